#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::seconds;

const std::string kGallery = Compute("galleries/teaching");
constexpr const char* kBody = R"({"location": "westeurope"})";

void Style(Cloud& cloud, const std::string& style) {
  cloud.Set(R"({"styles": {"Microsoft.Compute/galleries": ")" + style + "\"}}");
}

TEST(LocationStyle, Answers202UntilTheOperationHasEndedThenAsACallWould) {
  Cloud cloud;
  Style(cloud, "Location");
  const Seen put = cloud.Put(kGallery, kBody);
  EXPECT_EQ(put.status, 202);
  EXPECT_EQ(put.Header("Retry-After"), "10");
  EXPECT_EQ(put.Header("Azure-AsyncOperation"), "");
  const Seen running = cloud.Follow(put.Header("Location"));
  EXPECT_EQ(running.status, 202);
  EXPECT_TRUE(running.text.empty());
  cloud.Pass(seconds(2));
  const Seen done = cloud.Follow(put.Header("Location"));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.state(), "Succeeded");
  const Seen removed = cloud.Delete(kGallery);
  EXPECT_EQ(removed.status, 202);
  cloud.Pass(seconds(2));
  EXPECT_EQ(cloud.Follow(removed.Header("Location")).status, 204);
}

TEST(ProvisioningStateStyle, GivesNoUrlUntilADeletionWhose202HasToHaveOne) {
  Cloud cloud;
  Style(cloud, "ProvisioningState");
  const Seen put = cloud.Put(kGallery, kBody);
  EXPECT_EQ(put.status, 201);
  EXPECT_EQ(put.Header("Azure-AsyncOperation") + put.Header("Location"), "");
  EXPECT_EQ(put.state(), "Creating");
  cloud.Pass(seconds(2));
  EXPECT_EQ(cloud.Get(kGallery).state(), "Succeeded");
  const Seen removed = cloud.Delete(kGallery);
  EXPECT_EQ(removed.status, 202);
  EXPECT_EQ(removed.Header("Azure-AsyncOperation"), "");
  EXPECT_EQ(cloud.Follow(removed.Header("Location")).status, 202);
  cloud.Pass(seconds(2));
  EXPECT_EQ(cloud.Follow(removed.Header("Location")).status, 204);
}

TEST(ComputeSource, IsCreatedAnd200WhereAzureKnowsNo201) {
  struct Row {
    const char* name;
    int status;
  };
  for (const Row& row : {Row{"images/source", 201}, Row{"virtualMachines/source", 201},
                         Row{"disks/source", 200}, Row{"snapshots/source", 200}}) {
    Cloud cloud;
    cloud.Seed(kGroup, kBody);
    EXPECT_EQ(cloud.Put(Compute(row.name), kBody).status, row.status) << row.name;
  }
}

TEST(SynchronousStyle, IsDoneWithTheAnswer) {
  Cloud cloud;
  Style(cloud, "Synchronous");
  EXPECT_EQ(cloud.Put(kGallery, kBody).state(), "Succeeded");
  EXPECT_EQ(cloud.Delete(kGallery).status, 200);
  EXPECT_EQ(cloud.Get(kGallery).status, 404);
}

TEST(Operation, OfADeleteIsTheSameWhenItIsAskedTwice) {
  Cloud cloud;
  cloud.Seed(kGallery, kBody);
  const Seen first = cloud.Delete(kGallery);
  EXPECT_EQ(cloud.Delete(kGallery).Header("Location"), first.Header("Location"));
}

TEST(Operation, EndsAtItsOwnInstantHoweverLateItIsLookedAt) {
  Cloud cloud;
  const Seen put = cloud.Put(kGallery, kBody);
  cloud.Pass(seconds(600));
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).body.Text({"endTime"}),
            "2026-11-25T00:00:01.000000Z");
}

TEST(ResourceGroup, GoesWithEverythingInIt) {
  Cloud cloud;
  cloud.SeedVersion();
  EXPECT_EQ(cloud.Put(kGroup, kBody).status, 200);
  const Seen removed = cloud.Delete(kGroup);
  EXPECT_EQ(removed.status, 202);
  EXPECT_EQ(cloud.Put(kGallery, kBody).code(), "ResourceGroupBeingDeleted");
  cloud.Pass(seconds(11));
  EXPECT_EQ(cloud.Follow(removed.Header("Location")).status, 204);
  EXPECT_EQ(cloud.Get(kGallery).code(), "ResourceGroupNotFound");
  EXPECT_EQ(cloud.Get(kGroup).code(), "ResourceGroupNotFound");
}

TEST(ResourceGroup, IsListedByItsSubscription) {
  Cloud cloud;
  EXPECT_EQ(cloud.Put(std::string(kSubscription) + "/resourceGroups/second", kBody).status, 201);
  EXPECT_EQ(cloud.Get(std::string(kSubscription) + "/resourceGroups").count(), 2U);
  EXPECT_EQ(
      cloud.Send(http::Method::kHead, std::string(kSubscription) + "/resourceGroups/second").status,
      204);
  EXPECT_EQ(
      cloud.Send(http::Method::kHead, std::string(kSubscription) + "/resourceGroups/third").status,
      404);
}

TEST(Locations, GroupRegionsByGeography) {
  Cloud cloud;
  const Seen seen = cloud.Get(std::string(kSubscription) + "/locations");
  std::map<std::string, int> by_geography;
  bool logical = false;
  for (const json::Value& region : *seen.body.Find("value")->AsArray()) {
    EXPECT_EQ(region.Text({"type"}), "Region");
    logical = logical || region.Text({"metadata", "regionType"}) == "Logical";
    ++by_geography[std::string(region.Text({"metadata", "geography"}))];
  }
  EXPECT_TRUE(logical);
  EXPECT_EQ(by_geography["United States"], 9);
  EXPECT_EQ(by_geography["Europe"], 2);
  EXPECT_EQ(by_geography["Australia"], 4);
  const std::string extended =
      cloud.Get(std::string(kSubscription) + "/locations?includeExtendedLocations=true").text;
  EXPECT_NE(extended.find("EdgeZone"), std::string::npos);
}

TEST(Providers, ListWhereEachTypeIsOffered) {
  Cloud cloud;
  cloud.Set(R"({"regionsNotOffered": ["northeurope"]})");
  const Seen seen = cloud.Get(std::string(kSubscription) + "/providers/microsoft.compute");
  ASSERT_EQ(seen.status, 200);
  for (const json::Value& type : *seen.body.Find("resourceTypes")->AsArray()) {
    if (type.Text({"resourceType"}) != "galleries") continue;
    const json::Value::Array& locations = *type.Find("locations")->AsArray();
    const auto has = [&locations](const char* name) {
      return std::count(locations.begin(), locations.end(), json::Value(name)) == 1;
    };
    EXPECT_TRUE(has("West Europe"));
    EXPECT_FALSE(has("North Europe"));
    EXPECT_FALSE(has("Germany North"));
  }
  EXPECT_EQ(cloud.Get(std::string(kSubscription) + "/providers").count(), 4U);
  EXPECT_EQ(cloud.Get(std::string(kSubscription) + "/providers/Microsoft.Nothing").status, 404);
}

}  // namespace
}  // namespace labgallery::azure_simulator
