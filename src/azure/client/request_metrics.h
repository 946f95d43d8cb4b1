// Counts what is asked of Azure, how it answers, and what its rate limits leave.
#pragma once

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
  /// Shows the levels of its buckets. `metrics` must not be serialised any more when it has gone.
  void Follow(Pacer& pacer);

 private:
  telemetry::Metrics& metrics_;
  telemetry::Family<telemetry::Counter>& requests_;
  telemetry::Family<telemetry::Histogram>& durations_;
  telemetry::Family<telemetry::Histogram>& waits_;
};

}  // namespace labgallery::azure
