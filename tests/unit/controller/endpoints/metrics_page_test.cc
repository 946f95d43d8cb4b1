#include "controller/endpoints/metrics_page.h"

#include <gtest/gtest.h>

#include <variant>

namespace labgallery::endpoints {
namespace {

struct Row {
  const char* name;
  http::Method method;
  const char* target;
  int status;
};

class MetricsPageTable : public testing::TestWithParam<Row> {};

TEST_P(MetricsPageTable, AnswersItsPathOnly) {
  telemetry::Metrics metrics;
  metrics.AddGauge({"g", "G.", {}}).With({}).Set(1);
  const auto answer = std::get<http::Response>(
      MetricsPage(metrics)({.method = GetParam().method, .url = GetParam().target}));
  EXPECT_EQ(answer.status, GetParam().status);
  if (answer.status != 200) return;
  EXPECT_EQ(answer.headers.Get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, metrics.Serialise());
}

INSTANTIATE_TEST_SUITE_P(All, MetricsPageTable,
                         testing::Values(Row{"Get", http::Method::kGet, "/metrics", 200},
                                         Row{"Query", http::Method::kGet, "/metrics?name[]=g", 200},
                                         Row{"Head", http::Method::kHead, "/metrics", 200},
                                         Row{"Post", http::Method::kPost, "/metrics", 405},
                                         Row{"Root", http::Method::kGet, "/", 404},
                                         Row{"Health", http::Method::kGet, "/livez", 404}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::endpoints
