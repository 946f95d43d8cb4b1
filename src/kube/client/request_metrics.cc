#include "src/kube/client/request_metrics.h"

#include <chrono>

namespace labgallery::kube {
namespace {

std::string HostOf(const std::string& origin) {
  const auto scheme = origin.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  return origin.substr(begin, origin.find('/', begin) - begin);
}

}  // namespace

RequestMetrics::RequestMetrics(telemetry::Metrics& metrics, const std::string& origin)
    : host_(HostOf(origin)),
      requests_(metrics.AddCounter(
          {"rest_client_requests_total",
           "Number of HTTP requests, partitioned by status code, method, and host.",
           {"code", "method", "host"},
           "one per status code that occurred and method"})),
      durations_(metrics.AddHistogram({"rest_client_request_duration_seconds",
                                       "Request latency in seconds, without watches. Broken down "
                                       "by verb and host.",
                                       {"verb", "host"},
                                       "one per method"},
                                      {.005, .025, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60})) {}

void RequestMetrics::Note(const Exchange& exchange) {
  const std::string method(http::Name(exchange.method));
  // client-go's word for a request that got no answer.
  const std::string code = exchange.status == 0 ? "<error>" : std::to_string(exchange.status);
  requests_.With({code, method, host_}).Increment();
  if (exchange.is_watch) return;
  durations_.With({method, host_})
      .Observe(std::chrono::duration<double>(exchange.duration).count());
}

}  // namespace labgallery::kube
