#include <gtest/gtest.h>

#include <map>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string kVersion = Compute("galleries/teaching/images/ubuntu/versions/1.0.0");
constexpr const char* kBoth = R"([{"name": "westeurope"}, {"name": "northeurope"}])";

struct RegionSeen {
  std::string state;
  std::int64_t progress = 0;
  std::string details;
};

std::map<std::string, RegionSeen> Regions(Cloud& cloud) {
  std::map<std::string, RegionSeen> regions;
  const Seen seen = cloud.Get(kVersion + "?$expand=ReplicationStatus");
  const json::Value* summary = seen.body.At({"properties", "replicationStatus", "summary"});
  if (summary == nullptr) return regions;
  for (const json::Value& row : *summary->AsArray()) {
    regions[std::string(row.Text({"region"}))] = {std::string(row.Text({"state"})),
                                                  *row.Find("progress")->AsInteger(),
                                                  std::string(row.Text({"details"}))};
  }
  return regions;
}

std::string Aggregate(Cloud& cloud) {
  return std::string(cloud.Get(kVersion + "?$expand=ReplicationStatus")
                         .body.Text({"properties", "replicationStatus", "aggregatedState"}));
}

void Region(Cloud& cloud, const std::string& region, const std::string& what) {
  const Seen seen =
      cloud.Post("/simulator/regions", R"({"version": ")" + kVersion + R"(", "region": ")" +
                                           region + R"(", "do": ")" + what + "\"}");
  EXPECT_EQ(seen.status, 200) << seen.text;
}

TEST(Replication, FillsTheOwnRegionFirstAndTheOthersAfterIt) {
  Cloud cloud;
  cloud.SeedGallery();
  const Seen put = cloud.Put(kVersion, VersionBody(kBoth));
  ASSERT_EQ(put.status, 201);
  EXPECT_EQ(put.state(), "Creating");
  cloud.Pass(minutes(3));
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Replicating");
  EXPECT_EQ(Regions(cloud)["West Europe"].progress, 42);
  cloud.Pass(minutes(4) + seconds(1));
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Completed");
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Replicating");
  EXPECT_EQ(cloud.Get(kVersion).state(), "Creating");
  EXPECT_EQ(Aggregate(cloud), "InProgress");
  cloud.Pass(minutes(20));
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Completed");
  EXPECT_EQ(Regions(cloud)["North Europe"].progress, 100);
  EXPECT_EQ(cloud.Get(kVersion).state(), "Succeeded");
  EXPECT_EQ(Aggregate(cloud), "Completed");
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).body.Text({"status"}), "Succeeded");
}

TEST(Replication, TakesADifferentTimeInEachRegion) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Put(kVersion,
            VersionBody(R"([{"name": "westeurope"}, {"name": "eastus"}, {"name": "westus"}])"));
  cloud.Pass(minutes(10));
  EXPECT_NE(Regions(cloud)["East US"].progress, Regions(cloud)["West US"].progress);
}

TEST(Replication, OfANewRegionLeavesTheOthersCompleted) {
  Cloud cloud;
  cloud.SeedVersion();
  cloud.Put(kVersion, VersionBody(kBoth));
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Completed");
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Replicating");
  EXPECT_EQ(cloud.Get(kVersion).state(), "Updating");
  cloud.Pass(minutes(20));
  EXPECT_EQ(cloud.Get(kVersion).state(), "Succeeded");
}

TEST(Replication, OfMoreReplicasTakesTimeAndOfFewerNone) {
  Cloud cloud;
  cloud.SeedVersion();
  cloud.Put(kVersion, VersionBody(R"([{"name": "westeurope", "regionalReplicaCount": 3}])"));
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Replicating");
  cloud.Pass(minutes(2));
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Completed");
  cloud.Put(kVersion, VersionBody(R"([{"name": "westeurope", "regionalReplicaCount": 2}])"));
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Completed");
  cloud.Pass(seconds(6));
  EXPECT_EQ(cloud.Get(kVersion).state(), "Succeeded");
}

TEST(Replication, ThatFailsInARegionFailsTheOperationAndNamesTheRegion) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Fault(R"({"match": {"method": "PUT", "pathContains": "/versions/"}, "action": "failRegion",
                  "region": "northeurope", "message": "no capacity"})");
  const Seen put = cloud.Put(kVersion, VersionBody(kBoth));
  cloud.Pass(minutes(30));
  EXPECT_EQ(cloud.Get(kVersion).state(), "Failed");
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Failed");
  EXPECT_EQ(Regions(cloud)["North Europe"].details, "no capacity");
  EXPECT_EQ(Regions(cloud)["West Europe"].state, "Completed");
  const json::Value operation = cloud.Follow(put.Header("Azure-AsyncOperation")).body;
  EXPECT_EQ(operation.Text({"status"}), "Failed");
  EXPECT_NE(operation.Text({"error", "message"}).find("northeurope"), std::string_view::npos);
}

TEST(Replication, OfAFailedRegionStartsAnewOnlyAfterRemovalOrWithAnotherCount) {
  Cloud cloud;
  cloud.SeedVersion(kBoth);
  Region(cloud, "northeurope", "fail");
  cloud.Put(kVersion, VersionBody(kBoth));
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Failed");
  cloud.Pass(seconds(10));
  cloud.Put(kVersion,
            VersionBody(
                R"([{"name": "westeurope"}, {"name": "northeurope", "regionalReplicaCount": 2}])"));
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Replicating");
}

TEST(Replication, OfAFailedRegionStartsAnewWithAnyPutWhereThatIsSwitchedOn) {
  Cloud cloud;
  cloud.SeedVersion(kBoth);
  Region(cloud, "northeurope", "fail");
  cloud.Set(R"({"failedRegionsRetried": true})");
  cloud.Put(kVersion, VersionBody(kBoth));
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Replicating");
}

TEST(Replication, ThatStallsGoesOnWhenItIsCompletedFromOutside) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Fault(
      R"({"match": {"pathContains": "/versions/"}, "action": "stallRegion", "region": "northeurope"})");
  const Seen put = cloud.Put(kVersion, VersionBody(kBoth));
  cloud.Pass(hours(24));
  EXPECT_EQ(Regions(cloud)["North Europe"].state, "Replicating");
  EXPECT_EQ(Regions(cloud)["North Europe"].progress, 50);
  EXPECT_EQ(cloud.Get(kVersion).state(), "Creating");
  Region(cloud, "northeurope", "complete");
  EXPECT_EQ(cloud.Get(kVersion).state(), "Succeeded");
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).body.Text({"status"}), "Succeeded");
}

TEST(Replication, LosesARegionThatIsDroppedFromOutside) {
  Cloud cloud;
  cloud.SeedVersion(kBoth);
  Region(cloud, "North Europe", "drop");
  const Seen seen = cloud.Get(kVersion + "?$expand=ReplicationStatus");
  EXPECT_EQ(seen.body.At({"properties", "publishingProfile", "targetRegions"})->AsArray()->size(),
            1U);
  EXPECT_EQ(Regions(cloud).size(), 1U);
  EXPECT_EQ(seen.state(), "Succeeded");
}

TEST(Replication, MaySpellRegionsByTheirProgrammaticNames) {
  Cloud cloud;
  cloud.SeedVersion();
  cloud.Set(R"({"programmaticRegionsInStatus": true})");
  EXPECT_EQ(Regions(cloud).count("westeurope"), 1U);
}

TEST(Replication, IsTheSameForTheSameSeed) {
  const auto run = [] {
    Cloud cloud;
    cloud.SeedGallery();
    cloud.Put(kVersion, VersionBody(kBoth));
    cloud.Pass(minutes(10));
    return Regions(cloud)["North Europe"].progress;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace labgallery::azure_simulator
