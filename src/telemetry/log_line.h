// One event of the log as a line, pure: the two formats and their escaping.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/telemetry/log.h"

namespace labgallery::telemetry {

struct LogEvent {
  SystemTime time;
  LogLevel level = LogLevel::kInfo;
  std::string_view message;
  std::vector<LogField> fields;
};

/// `2026-11-25T17:15:06.000001Z INFO Reconciled kind=Image object="a b"`. Values with blanks,
/// quotes or control characters are quoted, so that one event is always one line.
std::string TextLine(const LogEvent& event);

/// One JSON object with ts, level, msg and the fields. Bytes that are not UTF-8 become U+FFFD.
std::string JsonLine(const LogEvent& event);

}  // namespace labgallery::telemetry
