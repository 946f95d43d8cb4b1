#include "controller/domain/image/region_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace labgallery::domain::image {
namespace {

using enum RegionState;
using enum RegionFinding;
using std::chrono::hours;
using testing::HasSubstr;
using testing::IsEmpty;
using Targets = std::vector<TargetRegion>;

constexpr std::string_view kToday = "1970-01-03";
const SystemTime kNow{hours(50)};

TargetRegion T(std::string name, std::optional<std::int64_t> replicas = {}) {
  return {.name = std::move(name), .replicas = replicas};
}

TargetRegion Stored(std::string name, std::string storage) {
  return {.name = std::move(name), .storage_account_type = std::move(storage)};
}

ReportedRegion R(std::string name, RegionState state) {
  return {.name = std::move(name), .state = state};
}

RegionRecord Had(std::string name, RegionState state) {
  return {.name = std::move(name), .state = state};
}

RegionRecord HadCompleted(std::string name, std::int64_t replicas,
                          std::optional<std::int64_t> failed = {}) {
  return {.name = std::move(name),
          .state = kCompleted,
          .completed_time = SystemTime(hours(1)),
          .completed_replica_count = replicas,
          .failed_replica_count = failed};
}

struct Row {
  const char* name;
  Targets desired;
  Targets actual = {};
  std::vector<ReportedRegion> reported = {};
  Rollout rollout = Rollout::kAllAtOnce;
  bool managed = true;
  bool ours = true;
  bool remembered = true;
  bool allowed = true;
  bool moving = false;
  RegionHistory history = {};

  RegionStep step = RegionStep::kNothing;
  Targets targets = {};
  bool matches = true;
  std::vector<std::pair<std::string, RegionFinding>> findings = {};
  std::vector<std::string> removed = {};
  std::vector<RepairCount> repairs = {};
  Targets goal = {};  // empty: as desired
};

RegionPlanInput InputOf(const Row& row) {
  return {.source_region = "s",
          .desired = row.desired,
          .managed = row.managed,
          .ours = row.ours,
          .remembered = row.remembered,
          .removal_allowed = row.allowed,
          .rollout = row.rollout,
          .actual = {row.actual, row.reported, row.moving},
          .history = row.history,
          .now = kNow};
}

class RegionPlanFor : public testing::TestWithParam<Row> {};

TEST_P(RegionPlanFor, Is) {
  const Row& row = GetParam();
  const RegionPlan plan = PlanRegions(InputOf(row));
  EXPECT_EQ(plan.step, row.step);
  EXPECT_EQ(plan.targets, row.targets);
  EXPECT_EQ(plan.matches, row.matches);
  EXPECT_EQ(plan.removed_for_repair, row.removed);
  EXPECT_EQ(plan.repairs, row.repairs);
  EXPECT_EQ(plan.goal, row.goal.empty() ? row.desired : row.goal);
  std::vector<std::pair<std::string, RegionFinding>> findings;
  for (const RegionReport& report : plan.reports)
    findings.emplace_back(report.region, report.finding);
  EXPECT_EQ(findings, row.findings);
}

using enum RegionStep;

INSTANTIATE_TEST_SUITE_P(
    AllAtOnce, RegionPlanFor,
    testing::Values(Row{.name = "ANewVersionGetsAllRegions",
                        .desired = {T("s"), T("a", 2), T("b")},
                        .step = kSend,
                        .targets = {T("s"), T("a", 2), T("b")},
                        .matches = false},
                    Row{.name = "NothingIsSentWhenAllIsThere",
                        .desired = {T("s", 1), T("a")},
                        .actual = {T("a", 3), T("s", 1)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)}},
                    Row{.name = "NothingIsSentWhileRegionsAreFilled",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kReplicating)},
                        .step = kWait},
                    Row{.name = "NothingIsSentWhileTheVersionMoves",
                        .desired = {T("s"), T("a", 5), T("b")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kReplicating)},
                        .moving = true,
                        .step = kWait,
                        .matches = false},
                    Row{.name = "ADifferenceSendsTheWholeSet",
                        .desired = {T("s"), T("a", 5), T("b")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .step = kSend,
                        .targets = {T("s"), T("a", 5), T("b")},
                        .matches = false},
                    Row{.name = "ARegionTakenFromTheSpecGoes",
                        .desired = {T("s")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .step = kSend,
                        .targets = {T("s")},
                        .matches = false},
                    Row{.name = "RemovalIsAllowedInAPutOfItsOwnFirst",
                        .desired = {T("s"), T("b")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .allowed = false,
                        .step = kAllowRemoval,
                        .targets = {T("s", 1), T("a", 1)},
                        .matches = false},
                    Row{.name = "AVanishedRegionIsPutBack",
                        .desired = {T("s"), T("a", 2)},
                        .actual = {T("s", 1)},
                        .reported = {R("s", kCompleted)},
                        .history = {{HadCompleted("s", 1), HadCompleted("a", 2)}, {}},
                        .step = kSend,
                        .targets = {T("s"), T("a", 2)},
                        .matches = false,
                        .findings = {{"a", kVanished}}},
                    Row{.name = "AVanishedRegionThatAzureStillReportsIsPutBackToo",
                        .desired = {T("s"), T("a", 2)},
                        .actual = {T("s", 1)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .history = {{HadCompleted("s", 1), HadCompleted("a", 2)}, {}},
                        .step = kSend,
                        .targets = {T("s"), T("a", 2)},
                        .matches = false,
                        .findings = {{"a", kVanished}}},
                    Row{.name = "AnUnmanagedRegionThatFailedIsNotTakenOut",
                        .desired = {T("s")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .managed = false,
                        .step = kWait,
                        .matches = false,
                        .findings = {{"a", kNotRepaired}},
                        .goal = {T("s", 1), T("a", 1)}},
                    Row{.name = "AnotherStorageTypeIsRefused",
                        .desired = {Stored("s", "Standard_LRS"), Stored("a", "Standard_ZRS")},
                        .actual = {Stored("s", "Standard_LRS"), Stored("a", "Standard_LRS")},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .matches = false,
                        .findings = {{"a", kStorageRefused}}},
                    Row{.name = "ARefusalDoesNotStopTheRest",
                        .desired = {Stored("s", "Standard_ZRS"), T("a")},
                        .actual = {Stored("s", "Standard_LRS")},
                        .reported = {R("s", kCompleted)},
                        .step = kSend,
                        .targets = {Stored("s", "Standard_LRS"), T("a")},
                        .matches = false,
                        .findings = {{"s", kStorageRefused}}},
                    Row{.name = "UnmanagedRegionsStayAsTheyAre",
                        .desired = {T("s")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .managed = false,
                        .goal = {T("s", 1), T("a", 1)}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(Ordered, RegionPlanFor,
                         testing::Values(Row{.name = "ANewVersionStartsInItsSource",
                                             .desired = {T("s"), T("b"), T("a")},
                                             .rollout = Rollout::kOrdered,
                                             .step = kSend,
                                             .targets = {T("s")}},
                                         Row{.name = "TheNextRegionComesWhenAllAreCompleted",
                                             .desired = {T("s"), T("b"), T("a")},
                                             .actual = {T("s", 1)},
                                             .reported = {R("s", kCompleted)},
                                             .rollout = Rollout::kOrdered,
                                             .step = kSend,
                                             .targets = {T("s"), T("b")}},
                                         Row{.name = "TheNextRegionWaitsForTheOnesBefore",
                                             .desired = {T("s"), T("b"), T("a")},
                                             .actual = {T("s", 1), T("b", 1)},
                                             .reported = {R("s", kCompleted), R("b", kReplicating)},
                                             .rollout = Rollout::kOrdered,
                                             .step = kWait},
                                         Row{.name = "ARegionThatIsThereAlreadyIsNotDropped",
                                             .desired = {T("s"), T("b"), T("a")},
                                             .actual = {T("s", 1), T("a", 1)},
                                             .reported = {R("s", kCompleted), R("a", kReplicating)},
                                             .rollout = Rollout::kOrdered,
                                             .step = kSend,
                                             .targets = {T("s"), T("b"), T("a")}},
                                         Row{.name = "ACountChangesWithoutARegionMoreThanItsTurn",
                                             .desired = {T("s", 2), T("b"), T("a")},
                                             .actual = {T("s", 1), T("b", 1)},
                                             .reported = {R("s", kCompleted), R("b", kReplicating)},
                                             .rollout = Rollout::kOrdered,
                                             .step = kSend,
                                             .targets = {T("s", 2), T("b")},
                                             .matches = false}),
                         [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Found, RegionPlanFor,
    testing::Values(Row{.name = "VersionsGainRegionsAndKeepTheirOwn",
                        .desired = {T("s", 3), T("a", 3)},
                        .actual = {T("s", 1), T("x", 1)},
                        .reported = {R("s", kCompleted), R("x", kCompleted)},
                        .ours = false,
                        .allowed = false,
                        .step = kSend,
                        .targets = {T("s", 1), T("a", 3), T("x", 1)},
                        .matches = false,
                        .goal = {T("s", 1), T("a", 3), T("x", 1)}},
                    Row{.name = "VersionsWithAllRegionsAreLeftAlone",
                        .desired = {T("s", 3)},
                        .actual = {T("s", 1), T("x", 1)},
                        .reported = {R("s", kCompleted), R("x", kCompleted)},
                        .ours = false,
                        .goal = {T("s", 1), T("x", 1)}},
                    Row{.name = "VersionsAreToldThatRemovalIsAllowedBeforeARepair",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .ours = false,
                        .allowed = false,
                        .step = kAllowRemoval,
                        .targets = {T("s", 1), T("a", 1)},
                        .matches = false,
                        .findings = {{"a", kRepairing}},
                        .goal = {T("s", 1), T("a", 1)}},
                    Row{.name = "VersionsFailedRegionsThatTheSpecDoesNotNameAreNotTakenOut",
                        .desired = {T("s")},
                        .actual = {T("s", 1), T("x", 1)},
                        .reported = {R("s", kCompleted), R("x", kFailed)},
                        .ours = false,
                        .step = kWait,
                        .matches = false,
                        .findings = {{"x", kNotRepaired}},
                        .goal = {T("s", 1), T("x", 1)}},
                    Row{.name = "VersionsThatStatusDoesNotRememberAreNotRepaired",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .ours = false,
                        .remembered = false,
                        .step = kWait,
                        .matches = false,
                        .findings = {{"a", kNotRepaired}},
                        .goal = {T("s", 1), T("a", 1)}}),
    [](const auto& row) { return row.param.name; });

RepairCount Count(std::string region, std::int64_t count, std::string_view day = kToday) {
  return {std::move(region), std::string(day), count};
}

INSTANTIATE_TEST_SUITE_P(
    Repair, RegionPlanFor,
    testing::Values(Row{.name = "TakesOutARegionThatNeverCompleted",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .step = kSend,
                        .targets = {T("s")},
                        .matches = false,
                        .findings = {{"a", kRepairing}},
                        .removed = {"a"},
                        .repairs = {Count("a", 1)}},
                    Row{.name = "WaitsUntilARegionTakenOutIsGone",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .history = {{HadCompleted("s", 1), Had("a", kRemoving)}, {Count("a", 1)}},
                        .step = kWait,
                        .matches = false,
                        .repairs = {Count("a", 1)}},
                    Row{.name = "AddsARegionTakenOutAgain",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1)},
                        .reported = {R("s", kCompleted)},
                        .history = {{HadCompleted("s", 1), Had("a", kRemoving)}, {Count("a", 1)}},
                        .step = kSend,
                        .targets = {T("s"), T("a")},
                        .matches = false,
                        .repairs = {Count("a", 1)}},
                    Row{.name = "StopsAfterThreeTimesADay",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .history = {{}, {Count("a", 3)}},
                        .step = kWait,
                        .matches = false,
                        .findings = {{"a", kRepairsExhausted}},
                        .repairs = {Count("a", 3)}},
                    Row{.name = "StartsCountingAnewTheNextDay",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .history = {{}, {Count("a", 3, "1970-01-02")}},
                        .step = kSend,
                        .targets = {T("s")},
                        .matches = false,
                        .findings = {{"a", kRepairing}},
                        .removed = {"a"},
                        .repairs = {Count("a", 1)}},
                    Row{.name = "NeverTakesOutTheSource",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kFailed), R("a", kCompleted)},
                        .step = kWait,
                        .matches = false,
                        .findings = {{"s", kSourceFailed}}},
                    Row{.name = "GoesBackToTheLastCountThatCompleted",
                        .desired = {T("s"), T("a", 9)},
                        .actual = {T("s", 1), T("a", 9)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .history = {{HadCompleted("s", 1), HadCompleted("a", 2)}, {}},
                        .step = kSend,
                        .targets = {T("s"), T("a", 2)},
                        .matches = false,
                        .findings = {{"a", kHeldReplicas}}},
                    Row{.name = "HoldsTheCountWhileTheSpecStillAsksForTheFailedOne",
                        .desired = {T("s"), T("a", 9)},
                        .actual = {T("s", 1), T("a", 2)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .history = {{HadCompleted("s", 1), HadCompleted("a", 2, 9)}, {}},
                        .matches = false,
                        .findings = {{"a", kHeldReplicas}}},
                    Row{.name = "TriesAnotherCount",
                        .desired = {T("s"), T("a", 5)},
                        .actual = {T("s", 1), T("a", 2)},
                        .reported = {R("s", kCompleted), R("a", kCompleted)},
                        .history = {{HadCompleted("s", 1), HadCompleted("a", 2, 9)}, {}},
                        .step = kSend,
                        .targets = {T("s"), T("a", 5)},
                        .matches = false},
                    Row{.name = "SendsTheSameAgainWhereTheSameCountHadCompleted",
                        .desired = {T("s"), T("a", 2)},
                        .actual = {T("s", 1), T("a", 2)},
                        .reported = {R("s", kCompleted), R("a", kFailed)},
                        .history = {{HadCompleted("s", 1), HadCompleted("a", 2)}, {}},
                        .step = kSend,
                        .targets = {T("s"), T("a", 2)},
                        .matches = false,
                        .findings = {{"a", kRepairing}},
                        .repairs = {Count("a", 1)}},
                    Row{.name = "IsNotCountedWhileTheVersionMoves",
                        .desired = {T("s"), T("a")},
                        .actual = {T("s", 1), T("a", 1)},
                        .reported = {R("s", kReplicating), R("a", kFailed)},
                        .moving = true,
                        .step = kWait,
                        .matches = false,
                        .findings = {{"a", kFailedForNow}}}),
    [](const auto& row) { return row.param.name; });

TEST(RegionPlan, LooksAgainWhenTheNextDayBegins) {
  const RegionPlan plan = PlanRegions(InputOf({.name = "",
                                               .desired = {T("s"), T("a")},
                                               .actual = {T("s"), T("a")},
                                               .reported = {R("s", kCompleted), R("a", kFailed)},
                                               .history = {{}, {Count("a", 3)}}}));
  EXPECT_EQ(plan.look_again, SystemTime(hours(72)));
  ASSERT_EQ(plan.reports.size(), 1U);
  EXPECT_THAT(plan.reports[0].message, HasSubstr("1970-01-04T00:00:00Z"));
}

// Azure as far as regions go: takes sets, fills regions over time, fails some.
class Cloud {
 public:
  explicit Cloud(std::uint32_t seed) : random_(seed) {}

  void Put(const Targets& targets) {
    version_.targets = targets;
    std::erase_if(version_.reported, [&](const ReportedRegion& region) {
      return FindRegion(targets, region.name) == nullptr;
    });
    for (const TargetRegion& target : targets) {
      const bool known = FindReported(version_.reported, target.name) != nullptr;
      if (!known) version_.reported.push_back(R(target.name, kReplicating));
    }
    version_.moving = true;
  }

  void Pass(bool quiet) {
    version_.moving = false;
    for (ReportedRegion& region : version_.reported) {
      if (region.state == kCompleted) continue;
      const auto roll = random_() % 4;
      const bool fails = !quiet && roll == 0 && region.name != "s";
      if (region.state == kReplicating && fails) region.state = kFailed;
      if (region.state == kReplicating && roll >= 2) region.state = kCompleted;
      version_.moving = version_.moving || region.state == kReplicating;
    }
    if (!quiet && random_() % 8 == 0 && version_.targets.size() > 1) Vanish();
  }

  const VersionRegions& version() const { return version_; }

 private:
  void Vanish() {
    const std::string name = version_.targets.back().name;
    version_.targets.pop_back();
    std::erase_if(version_.reported, [&](const ReportedRegion& r) { return r.name == name; });
  }

  std::mt19937 random_;
  VersionRegions version_;
};

void ExpectSound(const RegionPlanInput& input, const RegionPlan& plan) {
  if (plan.step != kSend) return;
  EXPECT_NE(FindRegion(plan.targets, "s"), nullptr);
  std::size_t added = 0;
  for (const TargetRegion& target : plan.targets) {
    if (FindRegion(input.actual.targets, target.name) == nullptr) ++added;
  }
  if (input.rollout == Rollout::kOrdered) {
    EXPECT_LE(added, 1U);
  }
  for (const TargetRegion& have : input.actual.targets) {
    const bool kept = FindRegion(plan.targets, have.name) != nullptr;
    const bool repaired =
        std::ranges::find(plan.removed_for_repair, have.name) != plan.removed_for_repair.end();
    EXPECT_TRUE(kept || repaired) << have.name;
  }
  for (const RepairCount& repair : plan.repairs) EXPECT_LE(repair.count, kRepairsPerDay);
}

class RegionPlanSettles : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RegionPlanSettles, OnceFaultsStop) {
  Cloud cloud(GetParam());
  RegionPlanInput input{.source_region = "s", .desired = {T("s"), T("c"), T("a"), T("b")}};
  input.removal_allowed = true;
  input.rollout = GetParam() % 2 == 0 ? Rollout::kOrdered : Rollout::kAllAtOnce;
  constexpr int kFaultyPasses = 60;
  constexpr int kQuietPasses = 160;
  RegionPlan plan;
  for (int pass = 0; pass < kFaultyPasses + kQuietPasses; ++pass) {
    input.now = SystemTime(hours(pass));
    input.actual = cloud.version();
    plan = PlanRegions(input);
    ExpectSound(input, plan);
    input.history =
        AfterPlan(plan, UpdatedRecords(plan.goal, input.actual, input.history, input.now));
    if (plan.step == kSend) cloud.Put(plan.targets);
    cloud.Pass(pass >= kFaultyPasses);
  }
  EXPECT_EQ(plan.step, kNothing);
  EXPECT_TRUE(plan.matches);
  EXPECT_THAT(plan.reports, IsEmpty());
  EXPECT_TRUE(EnoughRegions(CountRegions(input.history.regions), {}));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RegionPlanSettles, testing::Range(1U, 51U));

}  // namespace
}  // namespace labgallery::domain::image
