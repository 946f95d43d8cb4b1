#include "controller/domain/image/region_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain::image {
namespace {

using enum RegionState;
using std::chrono::hours;
using testing::ElementsAre;

SystemTime At(int hour) { return SystemTime(hours(hour)); }

struct Row {
  const char* name;
  TargetRegion goal;
  std::vector<TargetRegion> targets;
  std::vector<ReportedRegion> reported;
  bool moving = false;
  std::optional<RegionRecord> before;
  RegionRecord want;
};

class RegionRecordFor : public testing::TestWithParam<Row> {};

TEST_P(RegionRecordFor, ARegionAtHour10) {
  const Row& row = GetParam();
  RegionHistory history;
  if (row.before) history.regions.push_back(*row.before);
  const VersionRegions actual{row.targets, row.reported, row.moving};
  EXPECT_THAT(UpdatedRecords({row.goal}, actual, history, At(10)), ElementsAre(row.want));
}

TargetRegion Target(std::optional<std::int64_t> replicas) {
  return {.name = "a", .replicas = replicas};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RegionRecordFor,
    testing::Values(
        Row{.name = "NotSentYet",
            .goal = Target(1),
            .want = {.name = "a", .last_transition_time = At(10)}},
        Row{.name = "ThatAzureSaysNothingAbout",
            .goal = Target(1),
            .targets = {Target(1)},
            .want = {.name = "a", .state = kUnknown, .last_transition_time = At(10)}},
        Row{.name = "ThatIsBeingFilled",
            .goal = Target(1),
            .targets = {Target(1)},
            .reported = {{"a", kReplicating, 30, "copying"}},
            .before = RegionRecord{.name = "a",
                                   .state = kReplicating,
                                   .progress = 20,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kReplicating,
                     .progress = 30,
                     .details = "copying",
                     .last_transition_time = At(10)}},
        Row{.name = "ThatDidNotMove",
            .goal = Target(1),
            .targets = {Target(1)},
            .reported = {{"a", kReplicating, 30, ""}},
            .before = RegionRecord{.name = "a",
                                   .state = kReplicating,
                                   .progress = 30,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kReplicating,
                     .progress = 30,
                     .last_transition_time = At(1)}},
        Row{.name = "ThatCompletes",
            .goal = Target(2),
            .targets = {Target(2)},
            .reported = {{"a", kCompleted, 100, ""}},
            .moving = true,
            .before = RegionRecord{.name = "a",
                                   .state = kReplicating,
                                   .progress = 30,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kCompleted,
                     .progress = 100,
                     .completed_time = At(10),
                     .completed_replica_count = 2,
                     .last_transition_time = At(10)}},
        Row{.name = "ThatStaysCompleted",
            .goal = Target(2),
            .targets = {Target(2)},
            .reported = {{"a", kCompleted, 100, ""}},
            .before = RegionRecord{.name = "a",
                                   .state = kCompleted,
                                   .progress = 100,
                                   .completed_time = At(1),
                                   .completed_replica_count = 2,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kCompleted,
                     .progress = 100,
                     .completed_time = At(1),
                     .completed_replica_count = 2,
                     .last_transition_time = At(1)}},
        Row{.name = "WhoseNewCountIsNotTrustedWhileTheVersionMoves",
            .goal = Target(9),
            .targets = {Target(9)},
            .reported = {{"a", kCompleted, 100, ""}},
            .moving = true,
            .before = RegionRecord{.name = "a",
                                   .state = kCompleted,
                                   .progress = 100,
                                   .completed_time = At(1),
                                   .completed_replica_count = 2,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kCompleted,
                     .progress = 100,
                     .completed_time = At(1),
                     .completed_replica_count = 2,
                     .last_transition_time = At(1)}},
        Row{.name = "WhoseNewCountFailed",
            .goal = Target(9),
            .targets = {Target(9)},
            .reported = {{"a", kFailed, 50, "quota"}},
            .before = RegionRecord{.name = "a",
                                   .state = kCompleted,
                                   .progress = 100,
                                   .completed_time = At(1),
                                   .completed_replica_count = 2,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kFailed,
                     .progress = 50,
                     .details = "quota",
                     .completed_time = At(1),
                     .completed_replica_count = 2,
                     .failed_replica_count = 9,
                     .last_transition_time = At(10)}},
        Row{.name = "WhoseFailedCountIsRememberedWhileAskedFor",
            .goal = Target(9),
            .targets = {Target(2)},
            .reported = {{"a", kCompleted, 100, ""}},
            .before = RegionRecord{.name = "a",
                                   .state = kCompleted,
                                   .progress = 100,
                                   .completed_time = At(1),
                                   .completed_replica_count = 2,
                                   .failed_replica_count = 9,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kCompleted,
                     .progress = 100,
                     .completed_time = At(1),
                     .completed_replica_count = 2,
                     .failed_replica_count = 9,
                     .last_transition_time = At(1)}},
        Row{.name = "WhoseFailedCountIsForgottenWithTheWish",
            .goal = Target(5),
            .targets = {Target(2)},
            .reported = {{"a", kCompleted, 100, ""}},
            .before = RegionRecord{.name = "a",
                                   .state = kCompleted,
                                   .progress = 100,
                                   .completed_time = At(1),
                                   .completed_replica_count = 2,
                                   .failed_replica_count = 9,
                                   .last_transition_time = At(1)},
            .want = {.name = "a",
                     .state = kCompleted,
                     .progress = 100,
                     .completed_time = At(1),
                     .completed_replica_count = 2,
                     .last_transition_time = At(1)}},
        Row{.name = "ThatVanished",
            .goal = Target(1),
            .targets = {{.name = "b"}},
            .before = RegionRecord{.name = "a",
                                   .state = kCompleted,
                                   .progress = 100,
                                   .completed_time = At(1),
                                   .completed_replica_count = 2,
                                   .last_transition_time = At(1)},
            .want = {.name = "a", .last_transition_time = At(10)}},
        Row{.name = "ThatWasTakenOut",
            .goal = Target(1),
            .targets = {{.name = "b"}},
            .before = RegionRecord{.name = "a", .state = kRemoving, .last_transition_time = At(9)},
            .want = {.name = "a", .state = kRemoving, .last_transition_time = At(9)}}),
    [](const auto& row) { return row.param.name; });

TEST(RegionRecords, SurviveTheStatusOfTheirVersion) {
  const RegionHistory history{.regions = {{"a", kFailed, 50, "quota", At(1), 2, 9, At(3)},
                                          {.name = "b", .state = kRemoving}},
                              .repairs = {{"b", "2026-11-25", 2}}};
  json::Value status;
  status.Set("version", "1.0.0");
  for (const RegionRecord& record : history.regions) {
    json::Value* list = status.Find("regions");
    (list == nullptr ? status.Set("regions", json::Value::Array()) : *list).Push(ToJson(record));
  }
  status.Set("repairs", json::Value::Array()).Push(ToJson(history.repairs[0]));
  EXPECT_EQ(ReadRegionHistory(status, "1.0.0"), history);
  EXPECT_EQ(ReadRegionHistory(status, "2.0.0"), RegionHistory{});
}

TEST(ReportedRegions, AreReadFromDisplayNames) {
  const auto body =
      json::Parse(R"({"properties": {"replicationStatus": {"aggregatedState": "InProgress",
    "summary": [{"region": "Lake North", "state": "Completed", "details": "", "progress": 100},
                {"region": "lakesouth", "state": "SomethingNew"}]}}})");
  EXPECT_THAT(ReadReportedRegions(*body),
              ElementsAre(ReportedRegion{"lakenorth", kCompleted, 100, ""},
                          ReportedRegion{"lakesouth", kUnknown, 0, ""}));
}

constexpr std::string_view kProfile =
    R"("publishingProfile": {"targetRegions": [{"name": "a"}, {"name": "b"}]})";
const std::string kTwoTargets = std::string(kProfile) + R"(, "provisioningState": "Updating")";

RegionHistory CompletedAndRemoving() {
  return {{{.name = "a", .state = kCompleted, .progress = 100},
           {.name = "b", .state = kRemoving},
           {.name = "c", .state = kFailed}},
          {}};
}

TEST(VersionRegions, TakeStatesFromTheBodyWhereItHasThem) {
  const auto body = json::Parse("{\"properties\": {" + kTwoTargets + R"(,
    "replicationStatus": {"summary": [{"region": "b", "state": "Failed"}]}}})");
  const auto regions = ReadVersionRegions(*body, CompletedAndRemoving());
  ASSERT_TRUE(regions);
  EXPECT_THAT(regions->reported, ElementsAre(ReportedRegion{"b", kFailed, 0, ""}));
  EXPECT_TRUE(regions->moving);
  EXPECT_EQ(regions->targets.size(), 2U);
}

TEST(VersionRegions, TakeStatesFromStatusWhereTheBodyHasNone) {
  const auto body = json::Parse("{\"properties\": {" + kTwoTargets + "}}");
  const auto regions = ReadVersionRegions(*body, CompletedAndRemoving());
  ASSERT_TRUE(regions);
  EXPECT_THAT(regions->reported, ElementsAre(ReportedRegion{"a", kCompleted, 100, ""}));
}

TEST(VersionRegions, AreCompletedInAVersionThatSucceededOfWhichNothingElseIsKnown) {
  for (const auto& [state, reported] : {std::pair{"Succeeded", 2U}, {"Updating", 0U}}) {
    const auto body = json::Parse("{\"properties\": {\"provisioningState\": \"" +
                                  std::string(state) + "\", " + std::string(kProfile) + "}}");
    const auto regions = ReadVersionRegions(*body, {});
    ASSERT_TRUE(regions);
    EXPECT_EQ(regions->reported.size(), reported) << state;
    for (const ReportedRegion& region : regions->reported) EXPECT_EQ(region.state, kCompleted);
  }
}

TEST(VersionRegions, AreStillWhereAzureShowsNoProvisioningState) {
  const auto regions = ReadVersionRegions(*json::Parse("{}"), {});
  ASSERT_TRUE(regions);
  EXPECT_FALSE(regions->moving);
}

struct ReadyRow {
  const char* name;
  RegionCounts counts;
  std::optional<std::int64_t> min_regions;
  bool want;
};

class EnoughRegionsFor : public testing::TestWithParam<ReadyRow> {};

TEST_P(EnoughRegionsFor, Ready) {
  EXPECT_EQ(EnoughRegions(GetParam().counts, GetParam().min_regions), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Rows, EnoughRegionsFor,
                         testing::Values(ReadyRow{"All", {3, 3, 0}, {}, true},
                                         ReadyRow{"NotAll", {3, 2, 0}, {}, false},
                                         ReadyRow{"AsManyAsAsked", {3, 2, 0}, 2, true},
                                         ReadyRow{"FewerThanAsked", {3, 1, 0}, 2, false},
                                         ReadyRow{"ClampedToTheTargets", {3, 3, 0}, 9, true},
                                         ReadyRow{"EnoughButOneFailed", {3, 2, 1}, 1, false},
                                         ReadyRow{"NoTargets", {0, 0, 0}, {}, false}),
                         [](const auto& row) { return row.param.name; });

TEST(RegionCounts, CountStates) {
  const std::vector<RegionRecord> regions{{.name = "a", .state = kCompleted},
                                          {.name = "b", .state = kFailed},
                                          {.name = "c", .state = kReplicating},
                                          {.name = "d", .state = kCompleted}};
  EXPECT_EQ(CountRegions(regions), (RegionCounts{4, 2, 1}));
  EXPECT_EQ(CountRegions(regions).Summary(), "2/4");
}

RegionRecord Since(RegionState state, int hour) {
  return {.name = "x", .state = state, .last_transition_time = At(hour)};
}

struct StallRow {
  const char* name;
  std::vector<RegionRecord> regions;
  std::optional<SystemTime> want;
};

class StalledAtHour20 : public testing::TestWithParam<StallRow> {};

TEST_P(StalledAtHour20, AfterTwelveHours) {
  EXPECT_EQ(StalledSince(GetParam().regions, hours(12), At(20)), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, StalledAtHour20,
    testing::Values(
        StallRow{"NothingMoved", {Since(kReplicating, 8), Since(kReplicating, 2)}, At(8)},
        StallRow{"OneMovedSince", {Since(kReplicating, 9), Since(kReplicating, 2)}, {}},
        StallRow{"OneCompletedSince", {Since(kCompleted, 9), Since(kReplicating, 2)}, {}},
        StallRow{"AllCompletedLongAgo", {Since(kCompleted, 1)}, {}},
        StallRow{"FailedIsNotStalled", {Since(kFailed, 1)}, {}}, StallRow{"NoRegions", {}, {}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::domain::image
