// What the runtime does, as numbers: under the names that controller-runtime and client-go give
// them (pkg/internal/controller/metrics, pkg/metrics/workqueue.go and leaderelection.go), so that
// their dashboards work, and under ours for what they do not count. A controller is called as
// controller-runtime would call it: the kind in lower case.
#pragma once

#include <string>
#include <vector>

#include "src/runtime/runtime.h"
#include "src/telemetry/metrics.h"

namespace labgallery::runtime {

/// Made before the runtime, whose options it completes; lives as long as it. Thread-safe from the
/// runtime's start on.
class RuntimeMetrics {
 public:
  explicit RuntimeMetrics(telemetry::Metrics& metrics);

  /// Counts whatever these hooks are told; those that are set already are called as well.
  void Hook(RuntimeOptions& options);
  /// Makes the series of all types that are registered, at zero. Before the runtime's start.
  /// `metrics` must not be serialised any more when the runtime has gone.
  void Follow(const Runtime& runtime);

 private:
  /// The series of one reconciled type.
  struct Controller {
    telemetry::Counter& success;
    telemetry::Counter& after;
    telemetry::Counter& error;
    telemetry::Counter& errors;
    telemetry::Counter& terminal;
    telemetry::Counter& panics;
    telemetry::Histogram& time;
    telemetry::Histogram& waited;
    telemetry::Histogram& worked;
  };

  void NotePass(const Key& key, PassResult result, Duration took);
  Controller MakeController(const std::string& name);
  const Controller* Find(TypeIndex type) const;
  void AddQueueCollector(const Runtime& runtime);
  void AddWatchCollector(const Runtime& runtime);

  telemetry::Metrics& metrics_;
  telemetry::Family<telemetry::Gauge>& leads_;
  telemetry::Family<telemetry::Counter>& slow_paths_;
  telemetry::Family<telemetry::Counter>& lost_events_;
  telemetry::Gauge& overlap_;
  std::vector<std::optional<Controller>> controllers_;  // by type
};

}  // namespace labgallery::runtime
