#include "src/runtime/lease.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/json/parse.h"

namespace labgallery::runtime {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const SystemTime kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
SteadyTime At(int second) { return SteadyTime(seconds(second)); }

LeaseRecord HeldBy(const std::string& holder, const std::string& renewed = "r1") {
  return {.holder = holder, .duration = seconds(10), .renew_time = renewed};
}

TEST(LeaseRecord, IsReadAsClientGoWritesIt) {
  const auto lease = json::Parse(
      R"({"spec":{"holderIdentity":"a_1","leaseDurationSeconds":15,"leaseTransitions":3,
          "acquireTime":"2026-11-25T00:00:00.000000Z","renewTime":"2026-11-25T00:00:02.000000Z"}})");
  EXPECT_EQ(ReadLease(*lease), (LeaseRecord{"a_1", seconds(15), 3, "2026-11-25T00:00:00.000000Z",
                                            "2026-11-25T00:00:02.000000Z"}));
  EXPECT_EQ(ReadLease(*json::Parse("{}")), LeaseRecord{});
}

TEST(LeaseRecord, IsWrittenAsItIsReadAndLeavesOtherFields) {
  auto lease =
      *json::Parse(R"({"metadata":{"name":"x"},"spec":{"strategy":"OldestEmulationVersion"}})");
  const LeaseRecord record{"a", seconds(10), 1, "2026-11-25T00:00:00.000000Z",
                           "2026-11-25T00:00:02.000000Z"};
  WriteLease(lease, record);
  EXPECT_EQ(ReadLease(lease), record);
  EXPECT_EQ(lease.Text({"spec", "strategy"}), "OldestEmulationVersion");
}

TEST(LeaseRecord, CountsATransitionWhenAnotherTakesIt) {
  LeaseRecord before = HeldBy("a");
  before.transitions = 4;
  before.acquire_time = "then";
  const LeaseRecord taken = TakenBy("b", seconds(10), before, kNow);
  EXPECT_EQ(taken, (LeaseRecord{"b", seconds(10), 5, "2026-11-25T00:00:00.000000Z",
                                "2026-11-25T00:00:00.000000Z"}));
  EXPECT_EQ(TakenBy("a", seconds(10), before, kNow).transitions, 4);
  EXPECT_EQ(TakenBy("a", seconds(10), before, kNow).acquire_time, "then");
  EXPECT_EQ(TakenBy("b", seconds(10), std::nullopt, kNow).transitions, 0);
}

TEST(LeaseRecord, IsReleasedWithoutAHolderAndWithTheShortestDuration) {
  LeaseRecord record = HeldBy("a");
  record.transitions = 4;
  EXPECT_EQ(ReleasedAt(record, kNow), (LeaseRecord{"", seconds(1), 4, "2026-11-25T00:00:00.000000Z",
                                                   "2026-11-25T00:00:00.000000Z"}));
}

struct Seen {
  std::optional<LeaseRecord> record;
  int second;
};
struct Case {
  std::string name;
  std::vector<Seen> seen;
  std::optional<int> free_from;  // second
};

class LeaseOf : public testing::TestWithParam<Case> {};

TEST_P(LeaseOf, IsFreeForMe) {
  std::optional<LeaseView> view;
  for (const Seen& seen : GetParam().seen) view = Look(view, seen.record, At(seen.second));
  const auto free = FreeFrom(*view, "me");
  ASSERT_EQ(free.has_value(), GetParam().free_from.has_value());
  if (free) {
    EXPECT_EQ(*free, At(*GetParam().free_from));
  }
}

LeaseRecord Ancient() {
  LeaseRecord record = HeldBy("other", "1999-01-01T00:00:00.000000Z");
  return record;
}

INSTANTIATE_TEST_SUITE_P(
    Looks, LeaseOf,
    testing::ValuesIn(std::vector<Case>{
        {"WhenThereIsNone", {{std::nullopt, 3}}, 3},
        {"WhenItIsReleased", {{HeldBy("other"), 1}, {HeldBy(""), 4}}, 4},
        {"WhenItsDurationHasPassedSinceTheFirstLook", {{HeldBy("other"), 3}}, 13},
        {"AlsoWhenItsOwnTimesAreLongPast", {{Ancient(), 3}}, 13},
        {"LaterWhenItWasRenewed", {{HeldBy("other"), 3}, {HeldBy("other", "r2"), 6}}, 16},
        {"NotLaterWhenItIsOnlySeenAgain", {{HeldBy("other"), 3}, {HeldBy("other"), 6}}, 13},
        {"NotSoonerWhenSomebodyDeletesIt", {{HeldBy("other"), 3}, {std::nullopt, 4}}, 13},
        {"AtOnceWhenItIsDeletedAfterItsEnd", {{HeldBy("other"), 3}, {std::nullopt, 14}}, 14},
        {"AtOnceWhenItIsDeletedAfterItsRelease", {{HeldBy(""), 3}, {std::nullopt, 4}}, 4},
        {"ButNotWhenItIsMineAlready", {{HeldBy("me"), 3}}, std::nullopt}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::runtime
