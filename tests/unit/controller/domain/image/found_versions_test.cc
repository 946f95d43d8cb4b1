// Versions that were not made by the spec: a teacher saved them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/image/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::image {
namespace {

using enum Reason;
using testing::HasSubstr;
using testing::SizeIs;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;

/// An image without spec.version and with these versions in Azure.
ImageObservation Found(std::vector<VersionInSight> versions, std::string_view patch = "{}") {
  ImageObservation seen = AnImage(R"({"replication": {"scope": "Geography"}})");
  json::MergePatch(seen.spec, J(patch));
  seen.versions = std::move(versions);
  return seen;
}

VersionInSight Saved(std::string name, const std::vector<InRegion>& regions,
                     std::string_view state = "Succeeded") {
  return AVersion(std::move(name), regions, Tagged::kNo, state);
}
VersionInSight Everywhere(std::string name) {
  return Saved(std::move(name), {{"a"}, {"b"}, {"c"}});
}

VersionInSight Excluded(VersionInSight version) {
  version.body =
      With(version.body, R"({"properties": {"publishingProfile": {"excludeFromLatest": true}}})");
  return version;
}

struct Row {
  const char* name;
  ImageObservation seen;
  const char* rule;
  Lines writes = {};
  Verdict verdict = {};
  std::string version = {};  // that status speaks about
};

class FoundVersions : public testing::TestWithParam<Row> {};

TEST_P(FoundVersions, Are) {
  const Row& row = GetParam();
  const Assessment assessment = Assess(row.seen);
  const Decision decision = NextStep(assessment.situation);
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_EQ(LinesOf(decision.plan.writes), row.writes);
  ASSERT_TRUE(decision.plan.verdict);
  EXPECT_EQ(decision.plan.verdict->ready, row.verdict.ready);
  EXPECT_EQ(Name(decision.plan.verdict->reason), Name(row.verdict.reason));
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr(row.verdict.message));
  EXPECT_EQ(assessment.report.details.Text({"version"}), row.version);
}

VersionInSight TaggedByAnother() { return AVersion("1.0.0", {{"a"}}, Tagged::kOther); }

INSTANTIATE_TEST_SUITE_P(
    All, FoundVersions,
    testing::Values(
        Row{"ReplicatedToTheGeography",
            Found({Saved("1.0.0", {{"a"}})}),
            "WritePart",
            {"PUT versions/1.0.0 a b c"},
            {kFalse, kUpdating, ""},
            "1.0.0"},
        Row{"DoneWhereTheyAreEverywhere",
            Found({Everywhere("1.0.0")}),
            "Done",
            {},
            {kTrue, kReconciled, "3/3"},
            "1.0.0"},
        Row{"NeverTakenOutOfARegion",
            Found({Saved("1.0.0", {{"a"}, {"b"}, {"c"}, {"d"}})}),
            "Done",
            {},
            {kTrue, kReconciled, "4/4"},
            "1.0.0"},
        Row{"ReportedOnlyWithoutReplication",
            Found({Saved("1.0.0", {{"a"}})}, R"({"replication": null})"),
            "Done",
            {},
            {kTrue, kReconciled, "1/1"},
            "1.0.0"},
        Row{"LeftAloneWhereAnotherObjectMarkedThem",
            Found({TaggedByAnother()}),
            "Done",
            {},
            {kTrue, kReconciled, "1/1"},
            "1.0.0"},
        Row{"CurrentByTheHighestNumber",
            Found({Everywhere("1.10.0"), Everywhere("1.9.0"), Everywhere("1.2.0")}),
            "Done",
            {},
            {kTrue, kReconciled, "version 1.10.0"},
            "1.10.0"},
        Row{"NotCurrentWhereTheyAreExcludedFromLatest",
            Found({Everywhere("1.0.0"), Excluded(Everywhere("2.0.0"))}),
            "Done",
            {},
            {kTrue, kReconciled, ""},
            "1.0.0"},
        Row{"NotCurrentWhileTheyAreFilled",
            Found({Everywhere("1.0.0"),
                   Saved("2.0.0", {{"a"}, {"b", "Replicating", 5}, {"c", "Replicating", 5}},
                         "Updating")}),
            "MovingPart",
            {},
            {kTrue, kReconciled, "version 2.0.0 is in 1/3 regions"},
            "1.0.0"},
        Row{"ServedWhileANewOneIsSentToMoreRegions",
            Found({Everywhere("1.0.0"), Saved("2.0.0", {{"a"}})}),
            "WritePart",
            {"PUT versions/2.0.0 a b c"},
            {kTrue, kReconciled, ""},
            "1.0.0"},
        Row{"ShownByTheHighestNumberWhileNoneIsReady",
            Found({Saved("2.0.0", {{"a"}}), Saved("1.0.0", {{"a"}})}),
            "WritePart",
            {"PUT versions/2.0.0 a b c"},
            {kFalse, kUpdating, ""},
            "2.0.0"},
        Row{"NotReadyWhereTheyFailed",
            Found({Saved("1.0.0", {{"a", "Unknown", 0}, {"b", "Unknown", 0}, {"c", "Unknown", 0}},
                         "Failed")}),
            "Shortfall",
            {},
            {kFalse, kAzureError, "Azure says that it failed"},
            "1.0.0"},
        Row{"PassedOverWhereTheNameIsNoNumber",
            Found({Everywhere("latest")}),
            "Done",
            {},
            {kTrue, kReconciled, "has no versions yet"},
            ""}),
    [](const auto& test) { return test.param.name; });

TEST(AFoundVersion, IsNeverTagged) {
  ImageObservation seen = Found({Saved("1.0.0", {{"a"}})});
  seen.versions[0].body = With(seen.versions[0].body, R"({"tags": {"theirs": "kept"}})");
  const Plan plan = NextStep(Assess(seen).situation).plan;
  EXPECT_EQ(*plan.writes.at(0).body.Find("tags"), J(R"({"theirs": "kept"})"));
}

TEST(AFoundVersion, IsNotRepairedInItsOwnRegionWhereverThatIs) {
  ImageObservation seen = Found({Saved("1.0.0", {{"a"}, {"b", "Failed", 0}, {"c"}})});
  seen.versions[0].body.Set("location", "B");
  seen.status.Set("version", "1.0.0");
  seen.status.Set("regions", J("[]"));
  const Decision decision = NextStep(Assess(seen).situation);
  EXPECT_EQ(decision.rule, "Shortfall");
  EXPECT_EQ(decision.plan.verdict->reason, kRegionFailed);
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr("source region cannot be removed"));
}

// ---- retention

/// Version 3.0.0 of the spec, ready, and these older ones.
ImageObservation Kept(std::vector<VersionInSight> older, std::string_view retention,
                      std::string_view state_of_current = "Completed") {
  ImageObservation seen = Found(std::move(older));
  json::MergePatch(seen.spec, J(R"({"version": "3.0.0", "source": {"managedImageId":
      "/subscriptions/s1/resourceGroups/x/providers/Microsoft.Compute/images/m"},
      "replication": {"scope": "SourceOnly"}})"));
  seen.spec.Set("retention", J(retention));
  seen.versions.push_back(AVersion("3.0.0", {{"a", std::string(state_of_current)}}));
  return seen;
}
VersionInSight Ours(std::string name, std::string_view state = "Succeeded") {
  return AVersion(std::move(name), {{"a"}}, Tagged::kCreated, state);
}

struct RetentionRow {
  const char* name;
  ImageObservation seen;
  const char* rule;
  Lines writes;
};

class Retained : public testing::TestWithParam<RetentionRow> {};

TEST_P(Retained, Are) {
  const Decision decision = NextStep(Assess(GetParam().seen).situation);
  EXPECT_EQ(decision.rule, GetParam().rule);
  EXPECT_EQ(LinesOf(decision.plan.writes), GetParam().writes);
}

const char* const kOne = R"({"keepVersions": 1})";
const char* const kForeignToo = R"({"keepVersions": 1, "includeForeign": true})";

INSTANTIATE_TEST_SUITE_P(
    Versions, Retained,
    testing::Values(
        RetentionRow{"AllWithoutRetention",
                     [] {
                       ImageObservation seen = Kept({Ours("1.0.0")}, kOne);
                       seen.spec.Remove("retention");
                       return seen;
                     }(),
                     "Done",
                     {}},
        RetentionRow{"SoManyOfTheNewest",
                     Kept({Ours("1.0.0"), Ours("2.0.0")}, R"({"keepVersions": 2})"),
                     "WritePart",
                     {"DELETE versions/1.0.0"}},
        RetentionRow{"NotThoseThatWeMade",
                     Kept({Ours("1.0.0"), Ours("2.0.0")}, kOne),
                     "WritePart",
                     {"DELETE versions/1.0.0", "DELETE versions/2.0.0"}},
        RetentionRow{"ThoseThatOthersMade", Kept({Saved("1.0.0", {{"a"}})}, kOne), "Done", {}},
        RetentionRow{"NotThoseThatOthersMadeWithIncludeForeign",
                     Kept({Saved("1.0.0", {{"a"}})}, kForeignToo),
                     "WritePart",
                     {"DELETE versions/1.0.0"}},
        RetentionRow{"ThoseThatAnotherObjectMarkedInAnyCase",
                     Kept({TaggedByAnother()}, kForeignToo),
                     "Done",
                     {}},
        RetentionRow{
            "ThoseThatAreBeingReplicated", Kept({Ours("1.0.0", "Updating")}, kOne), "Done", {}},
        RetentionRow{"AllWhileTheCurrentOneIsNotReady",
                     Kept({Ours("1.0.0")}, kOne, "Replicating"),
                     "MovingPart",
                     {}},
        RetentionRow{"NoneThatIsOnItsWayOut", Kept({Ours("1.0.0", "Deleting")}, kOne), "Done", {}}),
    [](const auto& test) { return test.param.name; });

TEST(Retention, LeavesTheImageReadyAndRemovesTenAtATime) {
  std::vector<VersionInSight> older;
  for (int i = 0; i < 15; ++i) older.push_back(Ours("1.0." + std::to_string(i)));
  const Plan plan = NextStep(Assess(Kept(older, kOne)).situation).plan;
  EXPECT_THAT(plan.writes, SizeIs(10));
  EXPECT_EQ(LinesOf(plan.writes).at(0), "DELETE versions/1.0.0");
  EXPECT_EQ(plan.verdict->ready, kTrue);
}

}  // namespace
}  // namespace labgallery::domain::image
