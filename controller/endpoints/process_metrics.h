// What Linux counts of this process, under the names of Prometheus' client libraries, and what was
// built.
#pragma once

#include <optional>
#include <string_view>

#include "src/telemetry/metrics.h"

namespace labgallery::endpoints {

/// From /proc/PID/stat (proc(5)).
struct ProcessStat {
  double cpu_seconds = 0;    // user and system
  double start_seconds = 0;  // after the machine's start
  double virtual_bytes = 0;
  double resident_bytes = 0;
  double threads = 0;
};

/// Of the text of /proc/PID/stat; nothing if it is none. `ticks` are those of a second.
std::optional<ProcessStat> ReadProcessStat(std::string_view text, double ticks, double page_bytes);

/// process_* and labgallery_build_info. What /proc does not tell is left out.
void AddProcessMetrics(telemetry::Metrics& metrics, std::string_view version);

}  // namespace labgallery::endpoints
