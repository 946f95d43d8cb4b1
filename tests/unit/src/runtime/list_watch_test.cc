#include "src/runtime/list_watch.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

#include "tests/unit/src/runtime/follower.h"

namespace labgallery::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class ListWatchTest : public FollowerTest {
 protected:
  /// Lists `widgets` at `version` and opens the watch that is scripted next.
  void Begin(const std::vector<AWidget>& widgets, int version) {
    transport.Answer(200, ListOf(widgets, version));
    Steps(follower, 1);
    Log();
  }
  ListWatch follower = Follow({.streaming_list = false});
};

using ListWatchLoop = ListWatchTest;

TEST_F(ListWatchLoop, RF01_ListsConsistentlyAtTheStart) {
  transport.Answer(200, ListOf({{.name = "a"}}, 10));
  Steps(follower, 1);
  EXPECT_EQ(Last("resourceVersion"), "-");
  EXPECT_EQ(Last("resourceVersionMatch"), "-");
  EXPECT_EQ(Log(), (Strings{"+a", "synced"}));
}

TEST_F(ListWatchLoop, CountsListsWatchesAndTroubles) {
  Begin({}, 10);
  EXPECT_EQ(follower.counts().lists, 1U);
  EXPECT_EQ(follower.counts().watches, 0U);
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Answer(200, ListOf({}, 20));
  Steps(follower, 3);
  EXPECT_EQ(follower.counts().lists, 2U);
  EXPECT_EQ(follower.counts().watches, 1U);
  EXPECT_EQ(follower.counts().troubles, 1U);
  EXPECT_EQ(follower.pulse().turns, 4U);
  EXPECT_TRUE(follower.pulse().due);
}

TEST_F(ListWatchLoop, RF02_ListsConsistentlyAtOnceWhenTheVersionIsExpiredOrTooLarge) {
  for (const std::string& refusal :
       {StatusObject(410, "Expired"),
        StatusObject(504, "Timeout", R"({"reason":"ResourceVersionTooLarge"})")}) {
    ListWatch fresh = Follow({.streaming_list = false});
    transport.Answer(200, ListOf({}, 10));
    transport.Stream({ErrorEvent(410, "Expired")});
    Steps(fresh, 3);
    transport.Answer(refusal.find("410") != std::string::npos ? 410 : 504, refusal);
    transport.Answer(200, ListOf({}, 20));
    Steps(fresh, 1);
    EXPECT_EQ(Last("resourceVersion"), "10");
    const Duration before = Elapsed();
    Steps(fresh, 1);
    EXPECT_EQ(Last("resourceVersion"), "-");
    EXPECT_EQ(Elapsed(), before);
    EXPECT_EQ(fresh.phase(), ListWatch::Phase::kWatching);
  }
}

TEST_F(ListWatchLoop, RF03_FollowsPages) {
  transport.Answer(200, ListOf({{.name = "a"}}, 10, "t1"));
  transport.Answer(200, ListOf({{.name = "b"}}, 10, "t2"));
  transport.Answer(200, ListOf({{.name = "c"}}, 10));
  Steps(follower, 1);
  EXPECT_EQ(Last("limit"), "500");
  Steps(follower, 2);
  EXPECT_EQ(transport.Parameter(1, "continue"), "t1");
  EXPECT_EQ(transport.Parameter(2, "continue"), "t2");
  EXPECT_EQ(Log(), (Strings{"+a", "+b", "+c", "synced"}));
}

TEST_F(ListWatchLoop, RF04_AsksForNoPagesAtAVersionUnlessTheServerMakesThemAnyway) {
  Begin({}, 10);
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Answer(200, ListOf({}, 20, "t"));  // paged, though not asked to
  transport.Answer(200, ListOf({}, 20));
  Steps(follower, 3);
  EXPECT_EQ(Last("limit"), "-");
  EXPECT_EQ(Last("resourceVersionMatch"), "NotOlderThan");
  Steps(follower, 1);
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Answer(200, ListOf({}, 30));
  Steps(follower, 3);
  EXPECT_EQ(Last("resourceVersion"), "20");
  EXPECT_EQ(Last("limit"), "500");
}

TEST_F(ListWatchLoop, RF05_SendsNoVersionWithAContinueToken) {
  Begin({}, 10);
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Answer(200, ListOf({}, 20, "t"));
  transport.Answer(200, ListOf({}, 20));
  Steps(follower, 4);
  EXPECT_EQ(Last("continue"), "t");
  EXPECT_EQ(Last("resourceVersion"), "-");
  EXPECT_EQ(Last("resourceVersionMatch"), "-");
}

TEST_F(ListWatchLoop, RF06_ListsEverythingAtOnceWhenAPageHasExpired) {
  transport.Answer(200, ListOf({{.name = "a"}, {.name = "gone"}}, 10, "t"));
  transport.Answer(410, StatusObject(410, "Expired"));
  transport.Answer(200, ListOf({{.name = "a"}, {.name = "b"}}, 12));
  Steps(follower, 2);
  EXPECT_TRUE(Log().empty());  // never a half list
  Steps(follower, 1);
  EXPECT_EQ(Last("limit"), "-");
  EXPECT_EQ(Last("continue"), "-");
  EXPECT_EQ(Log(), (Strings{"+a", "+b", "synced"}));
  EXPECT_EQ(Elapsed(), Duration::zero());
}

TEST_F(ListWatchLoop, RF07_AsksForWatchesOfRandomLength) {
  Begin({}, 10);
  std::set<std::string> lengths;
  for (int i = 0; i < 20; ++i) {
    transport.Stream({Bookmark(10)});
    Steps(follower, 3);
    const std::string length = Last("timeoutSeconds");
    EXPECT_GE(std::stoi(length), 300);
    EXPECT_LE(std::stoi(length), 600);
    lengths.insert(length);
  }
  EXPECT_GT(lengths.size(), 10U);
}

TEST_F(ListWatchLoop, RF08_BookmarksMoveTheVersionAndNothingElse) {
  Begin({{.name = "a"}}, 10);
  transport.Stream({Bookmark(15)});
  transport.Stream({});
  Steps(follower, 4);
  EXPECT_EQ(transport.Parameter(1, "allowWatchBookmarks"), "true");
  EXPECT_EQ(transport.Parameter(1, "resourceVersion"), "10");
  EXPECT_EQ(transport.Parameter(2, "resourceVersion"), "15");
  EXPECT_TRUE(Log().empty());
  EXPECT_EQ(Names(), Strings{"a"});
}

TEST_F(ListWatchLoop, RF09_WatchesOnFromTheLastVersionAfterANormalEnd) {
  Begin({}, 10);
  transport.Stream({Added({.name = "a", .version = 11})});
  transport.Stream({});
  Steps(follower, 4);
  EXPECT_EQ(Last("watch"), "true");
  EXPECT_EQ(Last("resourceVersion"), "11");
  EXPECT_EQ(Elapsed(), Duration::zero());
}

TEST_F(ListWatchLoop, RF09_WatchesOnAfterABrokenOrSilentConnection) {
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kTimeout}) {
    ListWatch fresh = Follow({.streaming_list = false});
    transport.Answer(200, ListOf({}, 10));
    transport.Stream({Bookmark(12), Error{.kind = kind, .message = "gone"}});
    transport.Stream({});
    Steps(fresh, 5);
    EXPECT_EQ(Last("watch"), "true");
    EXPECT_EQ(Last("resourceVersion"), "12");
  }
  EXPECT_EQ(Elapsed(), Duration::zero());
}

TEST_F(ListWatchLoop, RF10_BacksOffWhileTheServerIsDown) {
  for (int i = 0; i < 4; ++i) transport.Fail(Unavailable("refused"));
  Steps(follower, 4);
  // 0.8, 1.6 and 3.2 s, each with up to as much again, have been waited out.
  EXPECT_GE(Elapsed(), milliseconds(5600));
  EXPECT_LE(Elapsed(), milliseconds(11200));
  EXPECT_EQ(transport.requests().size(), 4U);
  transport.Answer(200, ListOf({}, 10));
  Steps(follower, 1);
  EXPECT_EQ(Log(), Strings{"synced"});
}

TEST_F(ListWatchLoop, RF11_AsksForTheWatchAgainAndNotForAListWhenItCannotConnect) {
  Begin({}, 10);
  for (int i = 0; i < 5; ++i) transport.Fail(Unavailable("refused"));
  transport.Answer(429, StatusObject(429, "TooManyRequests"), {{"Retry-After", "100"}});
  transport.Stream({});
  Steps(follower, 6);
  for (std::size_t i = 1; i < transport.requests().size(); ++i) {
    EXPECT_EQ(transport.Parameter(i, "watch"), "true");
    EXPECT_EQ(transport.Parameter(i, "resourceVersion"), "10");
  }
  const Duration before = Elapsed();
  Steps(follower, 1);
  EXPECT_GE(Elapsed() - before, seconds(100));  // as the server asked
  EXPECT_EQ(Last("watch"), "true");
}

TEST_F(ListWatchLoop, RF12_RelistsAfterGone) {
  for (const bool as_event : {true, false}) {
    ListWatch fresh = Follow({.streaming_list = false});
    transport.Answer(200, ListOf({}, 10));
    if (as_event) {
      transport.Stream({ErrorEvent(410, "Expired")});
    } else {
      transport.Answer(410, StatusObject(410, "Gone"));
    }
    Steps(fresh, as_event ? 3 : 2);
    transport.Answer(200, ListOf({{.name = as_event ? "a" : "b"}}, 20));
    Steps(fresh, 1);
    EXPECT_EQ(Last("watch"), "-");
    EXPECT_EQ(Last("resourceVersion"), "10");  // the lower bound
    EXPECT_EQ(Names(), Strings{as_event ? "a" : "b"});
  }
}

TEST_F(ListWatchLoop, RF13_KeepsTheVersionWhenAnEventSaysTooManyRequests) {
  Begin({}, 10);
  transport.Stream({ErrorEvent(429, "TooManyRequests")});
  transport.Stream({});
  Steps(follower, 2);
  Steps(follower, 1);
  EXPECT_EQ(Last("watch"), "true");
  EXPECT_EQ(Last("resourceVersion"), "10");
  EXPECT_GT(Elapsed(), Duration::zero());
}

TEST_F(ListWatchLoop, RF13_RetriesAFailingServerForAWhileThenRelists) {
  Begin({}, 10);
  while (follower.phase() == ListWatch::Phase::kWatching) {
    transport.Stream({ErrorEvent(500, "InternalError")});
    Steps(follower, 2);
  }
  EXPECT_GE(Elapsed(), minutes(1));
  EXPECT_LE(Elapsed(), minutes(2));
  transport.Answer(200, ListOf({}, 20));
  Steps(follower, 1);
  EXPECT_EQ(Last("watch"), "-");
}

TEST_F(ListWatchLoop, RF14_NeverPutsAStatusIntoTheStore) {
  Begin({{.name = "a"}}, 10);
  transport.Stream({ErrorEvent(500, "InternalError")});
  Steps(follower, 2);
  EXPECT_EQ(Names(), Strings{"a"});
  EXPECT_TRUE(Log().empty());
}

TEST_F(ListWatchLoop, RF15_BacksOffWhenAWatchEndsAtOnceWithoutAnything) {
  Begin({}, 10);
  for (int i = 0; i < 4; ++i) transport.Stream({});
  Steps(follower, 8);
  EXPECT_GE(Elapsed(), milliseconds(5600));
  EXPECT_EQ(transport.requests().size(), 5U);
}

TEST_F(ListWatchLoop, RF15_GoesOnAtOnceWhenTheWatchHasLivedForASecond) {
  Begin({}, 10);
  transport.StreamBody([this](const std::stop_token&) -> Result<std::optional<std::string>> {
    clock.Sleep(seconds(1), {});
    return std::optional<std::string>();
  });
  transport.Stream({});
  Steps(follower, 3);
  EXPECT_EQ(Elapsed(), seconds(1));
  EXPECT_EQ(transport.requests().size(), 3U);
}

TEST_F(ListWatchLoop, RF16_SkipsWhatItDoesNotKnow) {
  Begin({}, 10);
  transport.Stream(
      {R"({"type":"SURPRISE","object":{"kind":"Widget"}})"
       "\n",
       R"({"type":"ADDED","object":{"kind":"Table","metadata":{"resourceVersion":"99"}}})"
       "\n",
       R"({"type":"ADDED","object":{"kind":"Gadget","metadata":{"name":"g","resourceVersion":"99"}}})"
       "\n",
       Added({.name = "a", .version = 11})});
  transport.Stream({});
  Steps(follower, 7);
  EXPECT_EQ(Log(), Strings{"+a"});
  EXPECT_EQ(troubles.size(), 3U);
  EXPECT_EQ(Last("resourceVersion"), "11");
}

TEST_F(ListWatchLoop, RF17_AdvancesAfterEachEvent) {
  Begin({}, 10);
  transport.Stream({Added({.name = "a", .version = 11}) + Modified({.name = "a", .version = 12}) +
                        Deleted({.name = "a", .version = 13}),
                    Unavailable("cut")});
  transport.Stream({});
  Steps(follower, 6);
  EXPECT_EQ(Last("resourceVersion"), "13");
  EXPECT_EQ(Log(), (Strings{"+a", "~a", "-a"}));
}

TEST_F(ListWatchLoop, RF17_NeitherRepeatsNorGoesBackOnAnOldEvent) {
  Begin({{.name = "a", .version = 9}}, 10);
  transport.Stream({Modified({.name = "a", .version = 8}), Modified({.name = "a", .version = 9})});
  transport.Stream({});
  Steps(follower, 5);
  EXPECT_TRUE(Log().empty());
  EXPECT_EQ(store.refused(), 1U);
  EXPECT_EQ(Last("resourceVersion"), "10");
}

TEST_F(ListWatchLoop, RF18_ReplacesTheStoreOnlyAtTheEndOfAList) {
  Begin({{.name = "old"}}, 10);
  transport.Stream({ErrorEvent(410, "Expired")});
  transport.Answer(200, ListOf({{.name = "new-1"}}, 20, "t"));
  transport.Answer(200, ListOf({{.name = "new-2"}}, 20));
  Steps(follower, 3);
  EXPECT_EQ(Names(), Strings{"old"});
  Steps(follower, 1);
  EXPECT_EQ(Names(), (Strings{"new-1", "new-2"}));
  EXPECT_EQ(Log(), (Strings{"+new-1", "+new-2", "-old", "synced"}));
}

TEST_F(ListWatchLoop, RelistsAfterALineThatIsNoEvent) {
  Begin({}, 10);
  transport.Stream({"{broken\n"});
  transport.Answer(200, ListOf({}, 20));
  Steps(follower, 3);
  EXPECT_EQ(Last("watch"), "-");
}

TEST_F(ListWatchLoop, RelistsAfterAnObjectThatCannotBeRead) {
  Begin({}, 10);
  transport.Stream({R"({"type":"ADDED","object":{"kind":"Widget","metadata":{"name":7}}})"
                    "\n"});
  transport.Answer(200, ListOf({{.name = "a"}}, 20));
  Steps(follower, 3);
  EXPECT_EQ(Log(), (Strings{"+a", "synced"}));
}

TEST_F(ListWatchLoop, ListsWithoutAnObjectThatCannotBeRead) {
  transport.Answer(200, R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{}},)" +
                            AWidget{.name = "a"}.Json() + "]}");
  Steps(follower, 1);
  EXPECT_EQ(Log(), (Strings{"+a", "synced"}));
  EXPECT_EQ(troubles.size(), 1U);
}

TEST_F(ListWatchLoop, StartsAnewWhenABookmarkShowsThatTheServerHasGoneBack) {
  Begin({{.name = "a", .version = 900}}, 1000);
  transport.Stream({Bookmark(5)});
  transport.Answer(200, ListOf({{.name = "a", .version = 3}}, 5));
  transport.Stream({});
  Steps(follower, 3);
  EXPECT_EQ(Last("resourceVersion"), "-");
  EXPECT_EQ(store.Get({0, {"ns", "a"}})->resource_version(), ResourceVersion("3"));
  Steps(follower, 1);
  EXPECT_EQ(Last("resourceVersion"), "5");
}

TEST_F(ListWatchLoop, ListsConsistentlyWhenAWatchIsTooFarAhead) {
  Begin({}, 10);
  transport.Answer(504, StatusObject(504, "Timeout", R"({"reason":"ResourceVersionTooLarge"})"));
  transport.Answer(200, ListOf({}, 3));
  Steps(follower, 2);
  EXPECT_EQ(Last("watch"), "-");
  EXPECT_EQ(Last("resourceVersion"), "-");
}

TEST_F(ListWatchLoop, FollowsOneNamespaceAndMetadataOnlyWhereSoAsked) {
  WatchedType watched{.resource = kWidget, .name_space = "ns", .form = kube::Form::kMetadata};
  ListWatch narrow = Follow({.streaming_list = false}, watched);
  transport.Answer(200, ListOf({}, 10));
  transport.Stream(
      {R"({"type":"ADDED","object":{"kind":"PartialObjectMetadata","metadata":{"name":"a",)"
       R"("namespace":"ns","resourceVersion":"11"}}})"
       "\n"});
  Steps(narrow, 3);
  EXPECT_NE(transport.requests()[0].url.find("/namespaces/ns/widgets"), std::string::npos);
  EXPECT_EQ(Names(), Strings{"a"});
}

TEST_F(ListWatchLoop, StopsInTheMiddleOfABackoff) {
  transport.Fail(Unavailable("refused"));
  Steps(follower, 1);
  std::jthread runner(
      [&, there = clock.Enter()](const std::stop_token& stop) { follower.Run(stop); });
  runner.request_stop();
}

}  // namespace
}  // namespace labgallery::runtime
