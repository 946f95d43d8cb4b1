// Counts requests to the API server under the names that client-go's users know from
// controller-runtime (pkg/metrics/client_go_adapter.go), so that their dashboards work.
#pragma once

#include <string>

#include "src/kube/client/client.h"
#include "src/telemetry/metrics.h"

namespace labgallery::kube {

/// Thread-safe; `metrics` outlives it.
class RequestMetrics {
 public:
  /// `origin` is the server's, as in ClientOptions: its host and port are a label.
  RequestMetrics(telemetry::Metrics& metrics, const std::string& origin);

  /// As ClientOptions::on_request.
  void Note(const Exchange& exchange);

 private:
  const std::string host_;
  telemetry::Family<telemetry::Counter>& requests_;
  telemetry::Family<telemetry::Histogram>& durations_;
};

}  // namespace labgallery::kube
