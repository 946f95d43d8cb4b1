#include "controller/cli/endpoint_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace labgallery::cli {
namespace {

using testing::HasSubstr;

struct Row {
  const char* name;
  ControllerOptions options;
  const char* metrics;
  const char* health;
};

class EndpointAddressTable : public testing::TestWithParam<Row> {};

TEST_P(EndpointAddressTable, ExposeNothingByAccident) {
  const EndpointAddresses addresses = AddressesFor(GetParam().options);
  EXPECT_EQ(addresses.metrics, GetParam().metrics);
  EXPECT_EQ(addresses.health, GetParam().health);
}

INSTANTIATE_TEST_SUITE_P(
    All, EndpointAddressTable,
    testing::Values(Row{"ForACluster", {}, "127.0.0.1:8080", ":8081"},
                    Row{"ForAPlainServer", {.kube_endpoint = "http://127.0.0.1:1"}, "0", "0"},
                    Row{"AsGiven",
                        {.kube_endpoint = "http://127.0.0.1:1",
                         .endpoints = {.metrics = ":1", .health = ":2"}},
                        ":1",
                        ":2"},
                    Row{"SwitchedOff", {.endpoints = {.metrics = "0", .health = "0"}}, "0", "0"}),
    [](const auto& row) { return row.param.name; });

TEST(EndpointServersTest, ListenWhereTheyAreTold) {
  RealClock clock;
  const auto none = EndpointServers::Start(clock, {"0", "0"}, "http://api", {});
  ASSERT_TRUE(none);
  EXPECT_EQ((*none)->metrics_port(), 0);
  EXPECT_EQ((*none)->health_port(), 0);
  const auto both = EndpointServers::Start(clock, {"127.0.0.1:0", "127.0.0.1:0"}, "http://api", {});
  ASSERT_TRUE(both);
  EXPECT_GT((*both)->metrics_port(), 0);
  EXPECT_GT((*both)->health_port(), 0);
  const std::string taken = "127.0.0.1:" + std::to_string((*both)->health_port());
  const auto again = EndpointServers::Start(clock, {taken, "0"}, "http://api", {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(again.error().ToString(), HasSubstr("--metrics-bind-address " + taken));
}

}  // namespace
}  // namespace labgallery::cli
