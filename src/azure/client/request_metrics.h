// Counts what is asked of Azure, how it answers, and what its rate limits leave.
#pragma once

#include <functional>
#include <string>

#include "src/azure/client/client.h"
#include "src/azure/client/pacer.h"
#include "src/telemetry/metrics.h"

namespace labgallery::azure {

/// Thread-safe; `metrics` outlives it.
class RequestMetrics {
 public:
  explicit RequestMetrics(telemetry::Metrics& metrics);

  /// As ClientOptions::observer.
  void Note(const Exchange& exchange);
  /// As PacingOptions::on_waited.
  void NoteWait(const RateUse& use, Duration waited);
  /// Shows a pacer, and the Secret ("namespace/name") by whose credential the paced requests go;
  /// empty: by the operator's own.
  using ShowPacer = std::function<void(const std::string& secret, Pacer& pacer)>;
  /// Shows the levels of the buckets of all pacers that there are while metrics are serialised:
  /// `for_each` is called then, and what it refers to must live so long.
  void Follow(std::function<void(const ShowPacer&)> for_each);

 private:
  telemetry::Metrics& metrics_;
  telemetry::Family<telemetry::Counter>& requests_;
  telemetry::Family<telemetry::Histogram>& durations_;
  telemetry::Family<telemetry::Histogram>& waits_;
};

}  // namespace labgallery::azure
