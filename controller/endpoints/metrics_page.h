// /metrics, for Prometheus.
#pragma once

#include "src/http/model/message.h"
#include "src/telemetry/metrics.h"

namespace labgallery::endpoints {

/// Answers GET and HEAD of /metrics in the text format; `metrics` outlives it. Who may ask is the
/// listener's business: it is bound to this machine unless somebody wants it otherwise.
http::Handler MetricsPage(const telemetry::Metrics& metrics);

}  // namespace labgallery::endpoints
