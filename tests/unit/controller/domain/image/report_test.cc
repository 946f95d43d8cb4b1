#include "controller/domain/image/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::image {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using testing::HasSubstr;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;

const PriceTable& Prices() {
  static const PriceTable kPrices = [] {
    PriceTable prices = ReadPriceTable(J(ShippedPriceTableText())).value();
    prices.continent_of["Land"] = prices.transfer.begin()->first;
    return prices;
  }();
  return kPrices;
}

ImageObservation Made(std::vector<VersionInSight> versions, std::string_view patch = "{}") {
  ImageObservation seen = AnImage(R"({"version": "1.0.0", "source": {"managedImageId":
      "/subscriptions/s1/resourceGroups/x/providers/Microsoft.Compute/images/m"},
      "occupiedSizeGiB": 10, "replication": {"scope": "Geography"}})");
  json::MergePatch(seen.spec, J(patch));
  seen.versions = std::move(versions);
  seen.prices = &Prices();
  return seen;
}

const std::vector<InRegion> kHalf{{"a"}, {"b", "Replicating", 40}, {"c", "Failed", 0}};

TEST(TheStatus, HasEachRegionAndTheirCounts) {
  const Report report = Assess(Made({AVersion("1.0.0", kHalf)})).report;
  EXPECT_EQ(report.details.Text({"version"}), "1.0.0");
  EXPECT_EQ(*report.details.Find("versions"), json::Value(1));
  EXPECT_EQ(report.details.Text({"replicated"}), "1/3");
  EXPECT_EQ(*report.details.Find("regionCounts"),
            J(R"({"target": 3, "completed": 1, "failed": 1})"));
  EXPECT_EQ(*report.details.Find("regions"), J(R"([
    {"name": "a", "state": "Completed", "progress": 100, "completedTime": "2024-10-04T12:00:00Z",
     "lastTransitionTime": "2024-10-04T12:00:00Z"},
    {"name": "b", "state": "Replicating", "progress": 40,
     "lastTransitionTime": "2024-10-04T12:00:00Z"},
    {"name": "c", "state": "Failed", "progress": 0,
     "lastTransitionTime": "2024-10-04T12:00:00Z"}])"));
  EXPECT_EQ(*report.details.Find("regionsRecord"),
            J(R"({"sourceRegion": "a", "geography": "Land", "resolvedTime": "2024-10-04T12:00:00Z",
                  "regions": ["a", "b", "c"]})"));
  const kube::Condition replicated = ConditionOf(report, condition::kReplicated);
  EXPECT_EQ(replicated.status, kFalse);
  EXPECT_EQ(replicated.reason, "RegionFailed");
}

TEST(Replicated, StandsBesideReady) {
  ImageObservation seen = Made({AVersion("1.0.0", {{"a"}, {"b", "Replicating", 1}, {"c"}})},
                               R"({"replication": {"readyWhen": {"minRegions": 2}}})");
  const Assessment assessment = Assess(seen);
  EXPECT_EQ(NextStep(assessment.situation).plan.verdict->ready, kTrue);
  EXPECT_EQ(ConditionOf(assessment.report, condition::kReplicated).status, kFalse);
  seen.versions = {AVersion("1.0.0", {{"a"}, {"b"}, {"c"}})};
  EXPECT_EQ(ConditionOf(Assess(seen).report, condition::kReplicated).status, kTrue);
}

TEST(ARegion, ThatIsNotOfferedIsACondition) {
  ImageObservation seen =
      Made({}, R"({"replication": {"scope": "Regions", "regions": [{"name": "moon"}]}})");
  const kube::Condition replicated = ConditionOf(Assess(seen).report, condition::kReplicated);
  EXPECT_EQ(replicated.reason, "RegionUnavailable");
  EXPECT_THAT(replicated.message, HasSubstr("moon"));
}

TEST(ARegion, ThatIsNewlyOfferedIsToldOnceAndNotUsed) {
  ImageObservation seen = Made({AVersion("1.0.0", {{"a"}, {"b"}})});
  seen.status.Set("regionsRecord", J(R"({"sourceRegion": "a", "geography": "Land",
      "resolvedTime": "2024-10-04T12:00:00Z", "regions": ["a", "b"]})"));
  const Assessment first = Assess(seen);
  const Decision decision = NextStep(first.situation);
  EXPECT_EQ(decision.rule, "Done");
  ASSERT_EQ(decision.plan.events.size(), 1U);
  EXPECT_EQ(decision.plan.events[0].reason, "RegionOffered");
  seen.status = StatusDocument(seen, first.situation, first.report, *decision.plan.verdict);
  EXPECT_TRUE(NextStep(Assess(seen).situation).plan.events.empty());
  seen.spec.Find("replication")->Set("newRegions", "Add");
  EXPECT_EQ(LinesOf(NextStep(Assess(seen).situation).plan.writes),
            Lines{"PUT versions/1.0.0 a b c"});
}

TEST(TheCost, IsThereBeforeAnythingIsWritten) {
  ImageObservation seen = Made({});
  seen.definition = AbsentInAzure();
  seen.status = {};
  const Assessment assessment = Assess(seen);
  EXPECT_EQ(NextStep(assessment.situation).plan.action, ActionKind::kRecord);
  const json::Value status = StatusDocument(seen, assessment.situation, assessment.report, {});
  EXPECT_EQ(*status.Find("replicaCount"), json::Value(3));
  EXPECT_EQ(status.Text({"cost", "basis"}), "occupiedSize");
  EXPECT_EQ(status.Text({"cost", "currency"}), Prices().currency);
  const Micros gib = *Prices().Storage("Standard_LRS", "a");
  const double gigabytes = 10.737418240;
  EXPECT_EQ(status.Text({"cost", "monthly"}),
            AmountText(static_cast<Micros>(3 * gigabytes * static_cast<double>(gib))));
  EXPECT_EQ(ConditionOf(assessment.report, condition::kCostKnown).status, kTrue);
}

TEST(TheCost, IsOfAllVersionsThereAre) {
  ImageObservation seen = Made(
      {AVersion("1.0.0", {{"a"}, {"b"}, {"c"}}), AVersion("0.9.0", {{"a"}, {"b"}}, Tagged::kNo)});
  EXPECT_EQ(*Assess(seen).report.details.Find("replicaCount"), json::Value(5));
}

TEST(TheCost, IsNotSaidWithoutAPrice) {
  ImageObservation seen = Made({}, R"({"replication": {"storageAccountType": "PremiumV9_LRS"}})");
  const Report report = Assess(seen).report;
  EXPECT_EQ(report.details.Text({"cost", "basis"}), "noPrice");
  EXPECT_EQ(report.details.At({"cost", "monthly"}), nullptr);
  EXPECT_EQ(ConditionOf(report, condition::kCostKnown).status, kFalse);
}

TEST(TheStatus, IsSilentAboutWhatWasNotRead) {
  ImageObservation seen = Made({});
  seen.definition = {};
  seen.versions_read = false;
  const Report report = Assess(seen).report;
  EXPECT_EQ(report.details.Find("versions"), nullptr);
  EXPECT_EQ(report.details.Find("cost"), nullptr);
  EXPECT_TRUE(report.conditions.empty());
}

TEST(TheStatus, RemembersThatTheVersionSucceeded) {
  EXPECT_EQ(Assess(Made({AVersion("1.0.0", kHalf, Tagged::kCreated, "Updating")}))
                .report.details.Find("versionSeenSucceeded"),
            nullptr);
  EXPECT_EQ(Assess(Made({AVersion("1.0.0", kHalf)})).report.details.Text({"versionSeenSucceeded"}),
            "1.0.0");
}

TEST(AConvergedImage, IsDoneTwiceWithoutAWrite) {
  ImageObservation seen =
      Made({AVersion("1.0.0", {{"a"}, {"b"}, {"c"}})}, R"({"retention": {"keepVersions": 2}})");
  const Assessment first = Assess(seen);
  const Decision decision = NextStep(first.situation);
  EXPECT_EQ(decision.rule, "Done");
  seen.status = StatusDocument(seen, first.situation, first.report, *decision.plan.verdict);
  seen.now += 5min;
  // Also by a bulk read, which has no word about regions.
  for (const bool bulk : {false, true}) {
    if (bulk) seen.versions[0].body.Find("properties")->Remove("replicationStatus");
    const Assessment again = Assess(seen);
    EXPECT_EQ(NextStep(again.situation).rule, "Done");
    EXPECT_EQ(StatusDocument(seen, again.situation, again.report, *decision.plan.verdict),
              seen.status);
  }
}

}  // namespace
}  // namespace labgallery::domain::image
