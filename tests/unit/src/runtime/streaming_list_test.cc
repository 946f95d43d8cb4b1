#include <gtest/gtest.h>

#include <string>

#include "src/runtime/list_watch.h"
#include "tests/unit/src/runtime/follower.h"

namespace labgallery::runtime {
namespace {

using std::chrono::seconds;

class StreamingListTest : public FollowerTest {
 protected:
  ListWatch follower = Follow({});
};

using StreamingList = StreamingListTest;

TEST_F(StreamingList, RF20_AsksForInitialEventsAndAlwaysForAMatchWithThem) {
  transport.Stream({EndOfInitialEvents(10), ErrorEvent(410, "Expired")});
  transport.Stream({EndOfInitialEvents(20)});
  Steps(follower, 4);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(transport.Parameter(i, "watch"), "true");
    EXPECT_EQ(transport.Parameter(i, "sendInitialEvents"), "true");
    EXPECT_EQ(transport.Parameter(i, "resourceVersionMatch"), "NotOlderThan");
  }
  EXPECT_EQ(transport.Parameter(0, "resourceVersion"), "-");
  EXPECT_EQ(transport.Parameter(1, "resourceVersion"), "10");
}

TEST_F(StreamingList, RF21_ShowsNothingBeforeTheEndIsMarkedAndWatchesOnTheSameStream) {
  transport.Stream({Added({.name = "b", .version = 9}), Added({.name = "a", .version = 3}),
                    Added({.name = "gone", .version = 4}), Deleted({.name = "gone", .version = 11}),
                    Bookmark(12), EndOfInitialEvents(12), Modified({.name = "a", .version = 13})});
  Steps(follower, 6);
  EXPECT_TRUE(Names().empty());
  Steps(follower, 1);
  EXPECT_EQ(Log(), (Strings{"+a", "+b", "synced"}));
  Steps(follower, 1);
  EXPECT_EQ(Log(), Strings{"~a"});
  EXPECT_EQ(transport.requests().size(), 1U);
}

TEST_F(StreamingList, RF17_TakesItsVersionFromTheEndMarkAndNotFromTheUnorderedBeginning) {
  transport.Stream({Added({.name = "a", .version = 99}), EndOfInitialEvents(100)});
  transport.Stream({});
  Steps(follower, 5);
  EXPECT_EQ(transport.Parameter(1, "resourceVersion"), "100");
  EXPECT_EQ(transport.Parameter(1, "sendInitialEvents"), "-");
}

TEST_F(StreamingList, RF17_KeepsNoVersionOfAListThatBroke) {
  transport.Stream({Added({.name = "a", .version = 99}), Unavailable("cut")});
  transport.Stream({EndOfInitialEvents(100)});
  Steps(follower, 4);
  EXPECT_EQ(Last("resourceVersion"), "-");
  EXPECT_EQ(Last("sendInitialEvents"), "true");
  Steps(follower, 1);
  EXPECT_EQ(Log(), Strings{"synced"});  // nothing of the broken list is left
}

TEST_F(StreamingList, RF22_ClearsTheVersionWhenItIsExpiredOrTooLarge) {
  transport.Stream({EndOfInitialEvents(10), ErrorEvent(410, "Expired")});
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Stream({EndOfInitialEvents(20)});
  Steps(follower, 3);
  Steps(follower, 1);
  const Duration before = Elapsed();
  Steps(follower, 2);
  EXPECT_EQ(Last("resourceVersion"), "-");
  EXPECT_EQ(Last("sendInitialEvents"), "true");
  EXPECT_EQ(Elapsed(), before);
}

TEST_F(StreamingList, RF22_ListsInTheOldWayForGoodWhenItIsRefused) {
  transport.Answer(422, StatusObject(422, "Invalid", R"({"field":"resourceVersionMatch"})"));
  transport.Answer(200, ListOf({{.name = "a"}}, 10));
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Answer(200, ListOf({{.name = "a"}}, 20));
  Steps(follower, 2);
  EXPECT_EQ(Last("watch"), "-");
  EXPECT_EQ(Log(), (Strings{"+a", "synced"}));
  EXPECT_EQ(Elapsed(), Duration::zero());
  Steps(follower, 3);
  EXPECT_EQ(Last("watch"), "-");
}

TEST_F(StreamingList, RF22_TakesARefusalWithoutCausesForOneToo) {
  transport.Answer(422, StatusObject(422, "Invalid"));
  Steps(follower, 1);
  EXPECT_EQ(follower.phase(), ListWatch::Phase::kListing);
}

TEST_F(StreamingList, RF22_TakesAStartingServerForNoRefusal) {
  transport.Fail(Unavailable("refused"));
  transport.Answer(503, "starting");
  transport.Answer(404, "404 page not found");
  transport.Stream({EndOfInitialEvents(10)});
  Steps(follower, 5);
  EXPECT_EQ(Log(), Strings{"synced"});
  EXPECT_EQ(Last("sendInitialEvents"), "true");
}

TEST_F(StreamingList, RF22_ListsInTheOldWayWhenTheServerNeverMarksTheEnd) {
  transport.Stream({Added({.name = "a", .version = 3})});
  transport.Answer(200, ListOf({{.name = "a", .version = 3}}, 10));
  Steps(follower, 4);
  EXPECT_EQ(Log(), (Strings{"+a", "synced"}));
}

TEST_F(StreamingList, RF23_ReportsALateEndOnce) {
  int reads = 0;
  transport.StreamBody([&](const std::stop_token&) -> Result<std::optional<std::string>> {
    clock.Sleep(seconds(6), {});
    ++reads;
    return std::optional(reads < 4 ? Added({.name = std::to_string(reads), .version = reads})
                                   : EndOfInitialEvents(10));
  });
  Steps(follower, 2);
  EXPECT_TRUE(troubles.empty());
  Steps(follower, 3);
  EXPECT_EQ(troubles.size(), 1U);
  EXPECT_EQ(Names().size(), 3U);
}

TEST_F(StreamingList, IN01_FindsWhatVanishedMeanwhile) {
  transport.Stream(
      {Added({.name = "a", .version = 3}), EndOfInitialEvents(10), ErrorEvent(410, "Expired")});
  transport.Stream({Added({.name = "b", .version = 12}), EndOfInitialEvents(20)});
  Steps(follower, 4);
  Log();
  Steps(follower, 3);
  EXPECT_EQ(Log(), (Strings{"-a", "+b", "synced"}));
}

}  // namespace
}  // namespace labgallery::runtime
