// /metrics, for Prometheus.
#pragma once

#include "src/http/model/message.h"
#include "src/telemetry/metrics.h"

namespace labgallery::endpoints {

/// Answers GET and HEAD of /metrics in the text format; `metrics` outlives it. Who may ask is not
/// its business: see access_check.h.
http::Handler MetricsPage(const telemetry::Metrics& metrics);

}  // namespace labgallery::endpoints
