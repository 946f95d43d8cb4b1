// What passes come to, as numbers: which rule decided, how long objects took to become Ready, what
// was put back, what went wrong.
#pragma once

#include "controller/reconcile/reconciler.h"
#include "src/telemetry/metrics.h"

namespace labgallery::reconcile {

/// Thread-safe; `metrics` outlives it.
class PassMetrics {
 public:
  explicit PassMetrics(telemetry::Metrics& metrics);

  /// As OperatorOptions::on_pass.
  void Note(const PassReport& report);

 private:
  telemetry::Family<telemetry::Counter>& passes_;
  telemetry::Family<telemetry::Counter>& errors_;
  telemetry::Family<telemetry::Counter>& repairs_;
  telemetry::Family<telemetry::Histogram>& ready_;
};

}  // namespace labgallery::reconcile
