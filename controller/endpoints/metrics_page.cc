#include "controller/endpoints/metrics_page.h"

#include <string>

#include "src/http/model/url.h"

namespace labgallery::endpoints {

http::Handler MetricsPage(const telemetry::Metrics& metrics) {
  return [&metrics](const http::Request& request) -> http::Reply {
    if (http::SplitTarget(request.url).first != "/metrics") {
      return http::Response{.status = 404,
                            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                            .body = "there is /metrics\n"};
    }
    if (request.method != http::Method::kGet && request.method != http::Method::kHead)
      return http::Response{.status = 405, .headers = {{"Allow", "GET, HEAD"}}};
    return http::Response{
        .status = 200,
        .headers = {{"Content-Type", std::string(telemetry::kMetricsContentType)}},
        .body = metrics.Serialise()};
  };
}

}  // namespace labgallery::endpoints
