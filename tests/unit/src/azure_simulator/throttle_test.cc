#include "src/azure_simulator/throttle.h"

#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const SystemTime kStart = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

struct Bucket {
  std::string name;
  ThrottledRequest request;
  int at_once;      // requests that pass before the first refusal
  Duration refill;  // until the next one passes
};

class Buckets : public testing::TestWithParam<Bucket> {};

TEST_P(Buckets, HoldAndRefill) {
  const Bucket& row = GetParam();
  Throttle throttle;
  for (int i = 0; i < row.at_once; ++i) ASSERT_FALSE(throttle.Take(row.request, kStart)) << i;
  const auto wait = throttle.Take(row.request, kStart);
  ASSERT_TRUE(wait);
  EXPECT_NEAR(static_cast<double>(wait->count()), static_cast<double>(row.refill.count()), 2);
  EXPECT_TRUE(throttle.Take(row.request, kStart + row.refill - milliseconds(1)));
  EXPECT_FALSE(throttle.Take(row.request, kStart + row.refill + milliseconds(1)));
}

INSTANTIATE_TEST_SUITE_P(
    Published, Buckets,
    testing::ValuesIn(std::vector<Bucket>{
        {"SubscriptionReads", {"s", RequestClass::kRead, "", ""}, 250, milliseconds(40)},
        {"SubscriptionWrites", {"s", RequestClass::kWrite, "", ""}, 200, milliseconds(100)},
        {"SubscriptionDeletes", {"s", RequestClass::kDelete, "", ""}, 200, milliseconds(100)},
        {"TenantReads", {"", RequestClass::kRead, "", ""}, 250, milliseconds(40)},
        {"GalleryDeletes",
         {"s", RequestClass::kDelete, "DeleteGallery", "westeurope"},
         50,
         milliseconds(3600)},
        {"DefinitionWrites",
         {"s", RequestClass::kWrite, "CreateUpdateGalleryImage", "westeurope"},
         150,
         milliseconds(1200)},
        {"VersionDeletes",
         {"s", RequestClass::kDelete, "DeleteGalleryImageVersion", "x"},
         150,
         milliseconds(1200)},
    }),
    [](const auto& row) { return row.param.name; });

TEST(Throttle, KeepsRegionsAndSubscriptionsApart) {
  Throttle throttle;
  ThrottledRequest request{"a", RequestClass::kDelete, "DeleteGallery", "westeurope"};
  for (int i = 0; i < 50; ++i) throttle.Take(request, kStart);
  EXPECT_TRUE(throttle.Take(request, kStart));
  request.region = "eastus";
  EXPECT_FALSE(throttle.Take(request, kStart));
  request.region = "westeurope";
  request.subscription = "b";
  EXPECT_FALSE(throttle.Take(request, kStart));
}

TEST(Throttle, CountsThirtyMinutesToo) {
  Throttle throttle;
  const ThrottledRequest request{"s", RequestClass::kWrite, "CreateUpdateGalleryImageVersion",
                                 "westeurope"};
  SystemTime now = kStart;
  int taken = 0;
  // As fast as the three-minute bucket allows for twenty minutes: the other one has to end it.
  for (int second = 0; second < 1200; ++second, now += seconds(1)) {
    for (int i = 0; i < 2; ++i) taken += throttle.Take(request, now) ? 0 : 1;
  }
  EXPECT_GE(taken, 1200);
  EXPECT_LE(taken, 1200 + 1200 * 1200 / 1800 + 1);
}

TEST(Throttle, IsAnsweredWith429AndTheHeadersOfAzure) {
  Cloud cloud;
  cloud.SeedGallery();
  const std::string gallery = Compute("galleries/teaching");
  cloud.Set(R"({"throttling": true})");
  Seen seen = cloud.Get(gallery);
  EXPECT_EQ(seen.Header("x-ms-ratelimit-remaining-subscription-reads"), "249");
  EXPECT_EQ(seen.Header("x-ms-ratelimit-remaining-subscription-global-reads"), "3749");
  EXPECT_EQ(seen.Header("x-ms-ratelimit-remaining-resource"),
            "Microsoft.Compute/GetGallery3Min;349,Microsoft.Compute/GetGallery30Min;2499");
  for (int i = 0; i < 250; ++i) seen = cloud.Get(gallery);
  EXPECT_EQ(seen.status, 429);
  EXPECT_EQ(seen.code(), "TooManyRequests");
  EXPECT_EQ(seen.Header("Retry-After"), "1");
  EXPECT_EQ(seen.Header("x-ms-retry-after-ms"), "40");
}

TEST(Throttle, ShowsNoHeadersWhereTheyAreSwitchedOff) {
  Cloud cloud({.rate_headers = false});
  cloud.SeedGallery();
  const Seen seen = cloud.Get(Compute("galleries/teaching"));
  for (const auto& [name, value] : seen.headers.fields())
    EXPECT_FALSE(name.starts_with("x-ms-ratelimit")) << name;
}

TEST(Throttle, CountsANewGalleryInTheRegionItAsksFor) {
  Cloud cloud;
  cloud.Set(R"({"throttling": true})");
  const auto left = [&cloud](const std::string& name, const std::string& region) {
    return cloud.Put(Compute("galleries/") + name, R"({"location": ")" + region + "\"}")
        .Header("x-ms-ratelimit-remaining-resource")
        .substr(0, 46);
  };
  EXPECT_EQ(left("a", "westeurope"), "Microsoft.Compute/CreateUpdateGallery3Min;49,M");
  EXPECT_EQ(left("b", "eastus"), "Microsoft.Compute/CreateUpdateGallery3Min;49,M");
  EXPECT_EQ(left("c", "eastus"), "Microsoft.Compute/CreateUpdateGallery3Min;48,M");
}

TEST(Throttle, CountsAVersionWriteInTheRegionOfTheVersion) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Set(R"({"throttling": true})");
  const Seen put =
      cloud.Put(Compute("galleries/teaching/images/ubuntu/versions/1.0.0"), VersionBody());
  EXPECT_EQ(put.Header("x-ms-ratelimit-remaining-resource"),
            "Microsoft.Compute/CreateUpdateGalleryImageVersion3Min;374,"
            "Microsoft.Compute/CreateUpdateGalleryImageVersion30Min;1199");
}

}  // namespace
}  // namespace labgallery::azure_simulator
