// Where an image version is replicated to, end to end: regions from the geography, additions and
// exclusions, replica counts, order, readiness, and what is done when Azure or somebody else
// changes it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class ReplicationTest : public testing::Test {
 protected:
  ReplicationTest() {
    HaveManagedImage(world_);
    world_.Apply(Gallery());
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& condition, const std::string& type = "Ready") {
    return world_.RunUntil([&] { return world_.Condition("Image", "ubuntu", type) == condition; });
  }
  std::size_t VersionPuts() { return Count(ToAzure(world_.effects().log()), "PUT " + VersionId()); }

  World world_;
};

struct Goal {
  std::string name;
  std::string replication;
  std::map<std::string, std::int64_t> targets;
};

class ReplicationGoals : public ReplicationTest, public testing::WithParamInterface<Goal> {};

TEST_P(ReplicationGoals, AreReachedWithOnePutAndStay) {
  world_.Apply(Image(GetParam().replication));
  Settled();
  EXPECT_EQ(Targets(world_, VersionId()), GetParam().targets);
  const std::string all = std::to_string(GetParam().targets.size());
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "replicated"}), all + "/" + all);
  EXPECT_EQ(VersionPuts(), 1U) << "the whole set in one PUT";
  EXPECT_EQ(*world_.Resource(VersionId())
                 .At({"properties", "safetyProfile", "allowDeletionOfReplicatedLocations"}),
            json::Value(true));
  ExpectConverged(world_);
}

INSTANTIATE_TEST_SUITE_P(
    Replication, ReplicationGoals,
    testing::Values(
        Goal{"AbsentIsTheSource", "", {{"westeurope", 1}}},
        Goal{"SourceOnly", "replication: {scope: SourceOnly}", {{"westeurope", 1}}},
        Goal{"Geography",
             "replication: {scope: Geography, replicaCount: 2}",
             {{"westeurope", 2}, {"northeurope", 2}}},
        Goal{"GeographyWithAdditionAndOverride",
             "replication: {scope: Geography, replicaCount: 1, regions: [{name: swedencentral}, "
             "{name: northeurope, replicaCount: 3}]}",
             {{"westeurope", 1}, {"northeurope", 3}, {"swedencentral", 1}}},
        Goal{"GeographyWithoutOne",
             "replication: {scope: Geography, replicaCount: 1, excludeRegions: [northeurope]}",
             {{"westeurope", 1}}},
        Goal{"TheSourceIsNeverExcluded",
             "replication: {scope: Geography, replicaCount: 1, excludeRegions: [westeurope]}",
             {{"westeurope", 1}, {"northeurope", 1}}},
        Goal{"Regions",
             "replication: {scope: Regions, replicaCount: 2, regions: [{name: uksouth}]}",
             {{"westeurope", 2}, {"uksouth", 2}}}),
    [](const auto& row) { return row.param.name; });

TEST_F(ReplicationTest, GoesByTheGeographyOfTheImagesOwnLocation) {
  HaveManagedImage(world_, "ubuntu", "uksouth");
  world_.Apply(Image("location: uksouth\nreplication: {scope: Geography, replicaCount: 1}"));
  Settled();
  EXPECT_THAT(Targets(world_, VersionId()),
              UnorderedElementsAre(Pair("uksouth", 1), Pair("ukwest", 1)));
}

TEST_F(ReplicationTest, IsReadyAtTheMinimumWhileAzureStillUpdates) {
  Set(world_, "versionRegionMax", 3600);
  world_.Apply(
      Image("replication: {scope: Regions, regions: [{name: uksouth}, {name: francecentral}, "
            "{name: northeurope}], readyWhen: {minRegions: 1}}"));
  ASSERT_TRUE(Reaches("True/Reconciled"));
  EXPECT_EQ(world_.Resource(VersionId()).Text({"properties", "provisioningState"}), "Creating");
  EXPECT_EQ(world_.Condition("Image", "ubuntu", "Replicated"), "False/Replicating");
  ASSERT_TRUE(Reaches("True/Reconciled", "Replicated"));
  Settled();
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, WithoutAMinimumAllRegionsAreAwaited) {
  world_.Apply(Image("replication: {scope: Geography}"));
  ASSERT_TRUE(world_.RunUntil([&] { return RegionStates(world_)["westeurope"] == "Completed"; }));
  EXPECT_EQ(world_.Condition("Image", "ubuntu"), "False/Replicating");
  Settled();
  EXPECT_EQ(RegionStates(world_)["northeurope"], "Completed");
}

TEST_F(ReplicationTest, AMinimumAboveTheTargetsMeansAll) {
  world_.Apply(Image("replication: {scope: Geography, readyWhen: {minRegions: 40}}"));
  Settled();
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "replicated"}), "2/2");
}

TEST_F(ReplicationTest, OrderedFillsOneRegionAfterTheOther) {
  world_.Apply(
      Image("replication: {scope: Regions, rollout: Ordered, regions: [{name: uksouth}, "
            "{name: francecentral}]}"));
  std::vector<std::string> order;
  ASSERT_TRUE(world_.RunUntil([&] {
    std::size_t replicating = 0;
    for (const auto& [region, count] : Targets(world_, VersionId())) {
      if (std::find(order.begin(), order.end(), region) == order.end()) order.push_back(region);
    }
    for (const auto& [region, state] : RegionStates(world_)) {
      replicating += state == "Replicating" ? 1U : 0U;
    }
    EXPECT_LE(replicating, 1U);
    return world_.Condition("Image", "ubuntu") == "True/Reconciled" && order.size() == 3;
  }));
  EXPECT_THAT(order, testing::ElementsAre("westeurope", "uksouth", "francecentral"));
  Settled();
  EXPECT_EQ(VersionPuts(), 3U);
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, AddsAndRemovesRegionsAsTheSpecChanges) {
  world_.Apply(Image("replication: {scope: Regions, regions: [{name: uksouth}]}"));
  Settled();
  world_.Apply(Image("replication: {scope: Regions, regions: [{name: francecentral}]}"));
  Settled();
  EXPECT_THAT(Targets(world_, VersionId()),
              UnorderedElementsAre(Pair("westeurope", 1), Pair("francecentral", 1)));
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "replicated"}), "2/2");
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, ChangesReplicaCounts) {
  world_.Apply(Image("replication: {scope: Geography, replicaCount: 1}"));
  Settled();
  world_.Apply(
      Image("replication: {scope: Geography, replicaCount: 1, regions: [{name: northeurope, "
            "replicaCount: 4}]}"));
  Settled();
  EXPECT_EQ(Targets(world_, VersionId())["northeurope"], 4);
  EXPECT_EQ(Number(world_.Object("Image", "ubuntu"), {"status", "replicaCount"}), 5);
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, RefusesAnotherStorageTypeInARegionThatHasOne) {
  world_.Apply(Image("replication: {scope: SourceOnly, storageAccountType: Standard_LRS}"));
  Settled();
  world_.Apply(Image("replication: {scope: SourceOnly, storageAccountType: Standard_ZRS}"));
  EXPECT_TRUE(Reaches("False/InvalidSpec"));
  EXPECT_THAT(Message(world_, "Image", "ubuntu"), HasSubstr("make a new version"));
  EXPECT_EQ(VersionPuts(), 1U);
}

TEST_F(ReplicationTest, PutsBackARegionThatSomebodyRemoved) {
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  Region(world_, VersionId(), "northeurope", "drop");
  EXPECT_TRUE(
      world_.RunUntil([&] { return Targets(world_, VersionId()).count("northeurope") == 1; },
                      std::chrono::minutes(10)));
  Settled();
  EXPECT_THAT(world_.Events(), Contains(HasSubstr("northeurope: was removed")));
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, IgnoresANewRegionOfTheGeographyWithAnEvent) {
  Set(world_, "regionsNotOffered", json::Value::Array{"northeurope"});
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  EXPECT_THAT(Targets(world_, VersionId()), SizeIs(1));
  Set(world_, "regionsNotOffered", json::Value::Array{});
  world_.Run(std::chrono::hours(13));
  EXPECT_THAT(Targets(world_, VersionId()), SizeIs(1));
  EXPECT_EQ(Count(world_.Events(), "RegionOffered: northeurope"), 1U);
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, AddsANewRegionOfTheGeographyWhereThatIsAsked) {
  Set(world_, "regionsNotOffered", json::Value::Array{"northeurope"});
  world_.Apply(Image("replication: {scope: Geography, newRegions: Add}"));
  Settled();
  Set(world_, "regionsNotOffered", json::Value::Array{});
  EXPECT_TRUE(world_.RunUntil([&] { return Targets(world_, VersionId()).size() == 2; },
                              std::chrono::hours(13)));
  Settled();
  ExpectConverged(world_);
}

TEST_F(ReplicationTest, KeepsARegionThatAListingLacksAndSaysSo) {
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  Set(world_, "regionsNotOffered", json::Value::Array{"northeurope"});
  EXPECT_TRUE(world_.RunUntil(
      [&] {
        return world_.Condition("Image", "ubuntu", "Replicated") == "False/RegionUnavailable";
      },
      std::chrono::hours(13)));
  EXPECT_THAT(Targets(world_, VersionId()), SizeIs(2));
  EXPECT_EQ(VersionPuts(), 1U);
}

TEST_F(ReplicationTest, SaysWhenNothingMovesAnyMore) {
  world_.Apply(Image("replication: {scope: Geography, readyWhen: {minRegions: 1}}"));
  ASSERT_TRUE(world_.RunUntil([&] { return world_.Resource(VersionId()).IsObject(); }));
  Region(world_, VersionId(), "northeurope", "stall");
  ASSERT_TRUE(world_.RunUntil(
      [&] {
        return world_.Condition("Image", "ubuntu", "Replicated") == "False/ReplicationStalled";
      },
      std::chrono::hours(24)));
  EXPECT_EQ(world_.Condition("Image", "ubuntu"), "True/Reconciled") << "one region is enough";
  Region(world_, VersionId(), "northeurope", "complete");
  Settled();
  EXPECT_EQ(world_.Condition("Image", "ubuntu", "Replicated"), "True/Reconciled");
}

class RegionFailureTest : public ReplicationTest {
 protected:
  void FailNorthEurope(int times) {
    Fault(world_, R"({"match": {"method": "PUT", "pathContains": "/versions/1.0.0"},
                      "action": "failRegion", "region": "northeurope", "count": )" +
                      std::to_string(times) + "}");
  }
  std::int64_t Repairs() {
    const json::Value image = world_.Object("Image", "ubuntu");
    const json::Value* repairs = image.At({"status", "repairs"});
    return repairs == nullptr ? 0 : Number(repairs->AsArray()->front(), {"count"});
  }
};

TEST_F(RegionFailureTest, IsRepairedByTakingTheRegionOutAndPuttingItInAgain) {
  FailNorthEurope(1);
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "replicated"}), "2/2");
  EXPECT_EQ(VersionPuts(), 3U) << "made, taken out, put in again";
  EXPECT_EQ(Repairs(), 1);
  EXPECT_THAT(world_.Events(), Contains(HasSubstr("RegionRepair: northeurope")));
  ExpectConverged(world_);
}

TEST_F(RegionFailureTest, IsRepairedThreeTimesADayAndThenReportedUntilTheNextDay) {
  FailNorthEurope(1000);
  world_.Apply(Image("replication: {scope: Geography}"));
  ASSERT_TRUE(Reaches("False/RegionFailed"));
  ASSERT_TRUE(world_.RunUntil([&] { return Repairs() == 3; }, std::chrono::hours(12)));
  world_.Run(std::chrono::hours(2));
  EXPECT_EQ(world_.Condition("Image", "ubuntu"), "False/RegionFailed");
  EXPECT_THAT(Message(world_, "Image", "ubuntu"), HasSubstr("repaired 3 times today"));
  const std::size_t puts = VersionPuts();
  EXPECT_THAT(ToAzure(WritesDuring(world_, std::chrono::hours(3))), IsEmpty());
  EXPECT_EQ(VersionPuts(), puts);
  world_.Control(http::Method::kDelete, "faults");
  Settled();
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "replicated"}), "2/2");
}

TEST_F(RegionFailureTest, OfTheSourceIsReportedAndNotRepaired) {
  Fault(world_, R"({"match": {"method": "PUT", "pathContains": "/versions/1.0.0"},
                    "action": "failRegion", "region": "westeurope", "count": 1000})");
  world_.Apply(Image("replication: {scope: SourceOnly}"));
  ASSERT_TRUE(Reaches("False/RegionFailed"));
  EXPECT_THAT(Message(world_, "Image", "ubuntu"), HasSubstr("make a new version"));
  world_.Run(std::chrono::hours(6));
  EXPECT_EQ(VersionPuts(), 1U);
}

TEST_F(RegionFailureTest, OfAHigherReplicaCountGoesBackToTheLastThatWorked) {
  world_.Apply(Image("replication: {scope: Geography, replicaCount: 1}"));
  Settled();
  FailNorthEurope(1);
  world_.Apply(
      Image("replication: {scope: Geography, replicaCount: 1, regions: [{name: northeurope, "
            "replicaCount: 5}]}"));
  ASSERT_TRUE(world_.RunUntil([&] { return Targets(world_, VersionId())["northeurope"] == 5; }));
  ASSERT_TRUE(world_.RunUntil([&] { return Targets(world_, VersionId())["northeurope"] == 1; }));
  world_.Run(std::chrono::hours(2));
  EXPECT_EQ(RegionStates(world_)["northeurope"], "Completed");
  EXPECT_THAT(Message(world_, "Image", "ubuntu"), HasSubstr("5 replicas failed"));
  EXPECT_THAT(ToAzure(WritesDuring(world_, std::chrono::hours(2))), IsEmpty());
}

TEST_F(RegionFailureTest, FoundLaterInAConvergedVersionIsSeenAndRepaired) {
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  Region(world_, VersionId(), "northeurope", "fail");
  EXPECT_TRUE(world_.RunUntil([&] { return RegionStates(world_)["northeurope"] != "Completed"; },
                              std::chrono::hours(7)));
  Set(world_, "failedRegionsRetried", true);
  Settled();
  EXPECT_EQ(RegionStates(world_)["northeurope"], "Completed");
}

TEST_F(ReplicationTest, CostIsKnownBeforeAnythingIsWrittenAndFollowsTheReplicas) {
  Fault(world_, R"({"match": {"method": "PUT", "pathContains": "/images/ubuntu"},
                    "action": "throttle", "retryAfterSeconds": 60, "count": 5})");
  world_.Apply(Image("occupiedSizeGiB: 10\nreplication: {scope: Geography, replicaCount: 1}"));
  ASSERT_TRUE(world_.RunUntil([&] {
    return world_.Object("Image", "ubuntu").At({"status", "cost", "monthly"}) != nullptr;
  }));
  EXPECT_TRUE(world_.Resource(DefinitionId()).IsNull());
  const std::string before(world_.Object("Image", "ubuntu").Text({"status", "cost", "monthly"}));
  Settled();
  const json::Value image = world_.Object("Image", "ubuntu");
  EXPECT_EQ(image.Text({"status", "cost", "monthly"}), before) << "what was foretold came true";
  EXPECT_EQ(image.Text({"status", "cost", "basis"}), "occupiedSize");
  EXPECT_THAT(std::string(image.Text({"status", "cost", "oneTime"})), Not(IsEmpty()));
  EXPECT_EQ(world_.Condition("Image", "ubuntu", "CostKnown"), "True/Estimated");
  EXPECT_EQ(world_.Object("SharedImageGallery", "teaching").Text({"status", "cost", "monthly"}),
            before);
  world_.Apply(Image("occupiedSizeGiB: 10\nreplication: {scope: Geography, replicaCount: 2}"));
  Settled();
  EXPECT_NEAR(
      std::stod(std::string(world_.Object("Image", "ubuntu").Text({"status", "cost", "monthly"}))),
      2 * std::stod(before), 0.02);
}

TEST_F(ReplicationTest, CostIsAnUpperBoundWhereOnlyTheDiskSizeIsKnown) {
  world_.Apply(Image());
  Settled();
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "cost", "basis"}), "upperBound");
}

}  // namespace
}  // namespace labgallery::component
