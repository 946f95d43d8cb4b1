#include "src/kube/client/request_metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::kube {
namespace {

using std::chrono::milliseconds;

struct Row {
  const char* name;
  Exchange exchange;
  const char* count;
  const char* duration;  // a line that must be there; empty: none of the family
};

class KubeRequestMetrics : public testing::TestWithParam<Row> {};

TEST_P(KubeRequestMetrics, CountUnderTheNamesOfClientGo) {
  telemetry::Metrics metrics;
  RequestMetrics requests(metrics, "https://10.0.0.1:6443/clusters/a");
  requests.Note(GetParam().exchange);
  const std::string text = metrics.Serialise();
  EXPECT_NE(text.find(GetParam().count), std::string::npos) << text;
  const std::string duration = GetParam().duration;
  if (duration.empty()) {
    EXPECT_EQ(text.find("duration_seconds_count"), std::string::npos) << text;
  } else {
    EXPECT_NE(text.find(duration), std::string::npos) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, KubeRequestMetrics,
    testing::Values(
        Row{"Read",
            {http::Method::kGet, 200, milliseconds(50)},
            R"(rest_client_requests_total{code="200",host="10.0.0.1:6443",method="GET"} 1)",
            R"(rest_client_request_duration_seconds_bucket{host="10.0.0.1:6443",verb="GET",le="0.1"} 1)"},
        Row{"NoAnswer",
            {http::Method::kPatch, 0, milliseconds(30000)},
            R"(rest_client_requests_total{code="<error>",host="10.0.0.1:6443",method="PATCH"} 1)",
            R"(rest_client_request_duration_seconds_sum{host="10.0.0.1:6443",verb="PATCH"} 30)"},
        Row{"Watch",
            {http::Method::kGet, 200, milliseconds(50), true},
            R"(rest_client_requests_total{code="200",host="10.0.0.1:6443",method="GET"} 1)",
            ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::kube
