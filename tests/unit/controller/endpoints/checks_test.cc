#include "controller/endpoints/checks.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::endpoints {
namespace {

Check Good(const char* name) {
  return {name, [] { return std::optional<std::string>(); }};
}
Check Bad(const char* name) {
  return {name, [] { return std::optional<std::string>("it is broken"); }};
}
const CheckGroup kAllGood{"readyz", {Good("caches"), Good("shutdown")}};
const CheckGroup kOneBad{"readyz", {Good("caches"), Bad("shutdown")}};

struct Row {
  const char* name;
  const CheckGroup& group;
  const char* path;
  const char* query;
  int status;
  const char* body;
};

class HealthChecks : public testing::TestWithParam<Row> {};

TEST_P(HealthChecks, AreAnsweredAsKubeApiserverDoes) {
  const Row& row = GetParam();
  const http::Response answer = Answer(row.group, row.path, row.query);
  EXPECT_EQ(answer.status, row.status);
  EXPECT_EQ(answer.body, row.body);
  EXPECT_EQ(answer.headers.Get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.headers.Get("X-Content-Type-Options"), "nosniff");
}

INSTANTIATE_TEST_SUITE_P(
    All, HealthChecks,
    testing::Values(
        Row{"Good", kAllGood, "/readyz", "", 200, "ok"},
        Row{"GoodVerbose", kAllGood, "/readyz", "verbose", 200,
            "[+]caches ok\n[+]shutdown ok\nreadyz check passed\n"},
        Row{"Bad", kOneBad, "/readyz", "", 503,
            "[+]caches ok\n[-]shutdown failed: it is broken\nreadyz check failed\n"},
        Row{"BadButExcluded", kOneBad, "/readyz", "exclude=shutdown", 200, "ok"},
        Row{"AllExcluded", kOneBad, "/readyz", "verbose=1&exclude=shutdown&exclude=caches", 200,
            "[+]caches excluded: ok\n[+]shutdown excluded: ok\nreadyz check passed\n"},
        Row{"UnknownExcluded", kAllGood, "/readyz", "verbose&exclude=etcd", 200,
            "[+]caches ok\n[+]shutdown ok\nwarn: there is nothing to exclude by the name of "
            "etcd\nreadyz check passed\n"},
        Row{"OneGood", kOneBad, "/readyz/caches", "", 200, "ok"},
        Row{"OneBad", kOneBad, "/readyz/shutdown", "", 503, "it is broken\n"},
        Row{"OneUnknown", kOneBad, "/readyz/etcd", "", 404, "there is no check etcd\n"},
        Row{"TrailingSlash", kAllGood, "/readyz/", "", 200, "ok"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::endpoints
