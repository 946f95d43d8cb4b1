// Watches: where they begin, what they tell, how they end.
#include <set>
#include <string>
#include <vector>

#include "src/kube/model/object_text.h"
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

class WatchContract : public Contract {
 protected:
  /// Ends by itself after `seconds`, by the server's clock.
  std::string Path(const std::string& more = "", int seconds = 5) const {
    return Widgets() + "?watch=true&timeoutSeconds=" + std::to_string(seconds) + more;
  }
  static std::string Version(const kube::WatchEvent& event) {
    return std::string(event.object.Text({"metadata", "resourceVersion"}));
  }
};

TEST_F(WatchContract, TellsEveryChangeAfterItsVersionInOrder) {
  const Answer list = Get(Widgets());
  auto events = Watch(Path("&resourceVersion=" + list.version()));
  EXPECT_EQ(events.status(), 200);
  const Answer created = CreateWidget("a");
  const Answer changed = MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})");
  Delete(WidgetPath("a"));
  const auto first = events.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->type, kube::WatchEventType::kAdded);
  EXPECT_EQ(first->object, *kube::ParseObject(created.text));
  const auto second = events.Next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->type, kube::WatchEventType::kModified);
  EXPECT_EQ(second->object, *kube::ParseObject(changed.text));
  EXPECT_EQ(events.NextLine(), "DELETED a");
  EXPECT_EQ(events.NextLine(), "end");
}

TEST_F(WatchContract, GoesOnFromAnyVersionThatItHasTold) {
  const Answer first = CreateWidget("a");
  const Answer second = CreateWidget("b");
  CreateWidget("c");
  auto events = Watch(Path("&resourceVersion=" + first.version(), 1));
  EXPECT_EQ(events.NextLine(), "ADDED b");
  EXPECT_EQ(events.NextLine(), "ADDED c");
  auto later = Watch(Path("&resourceVersion=" + second.version(), 1));
  EXPECT_EQ(later.NextLine(), "ADDED c");
  EXPECT_EQ(later.NextLine(), "end");
}

TEST_F(WatchContract, BeginsWithWhatIsThereWhenNoVersionIsGiven) {
  CreateWidget("a");
  CreateWidget("b");
  for (const char* version : {"", "&resourceVersion=0"}) {
    auto events = Watch(Path(version, 1));
    const std::set<std::string> initial{events.NextLine(), events.NextLine()};
    EXPECT_EQ(initial, (std::set<std::string>{"ADDED a", "ADDED b"})) << version;
    EXPECT_EQ(events.NextLine(), "end") << version;
  }
}

TEST_F(WatchContract, EndsWhenItsTimeIsOver) {
  const SteadyTime begin = TheApi().clock.SteadyNow();
  auto events = Watch(Path("&resourceVersion=" + Get(Widgets()).version(), 3));
  EXPECT_EQ(events.NextLine(), "end");
  const Duration lasted = TheApi().clock.SteadyNow() - begin;
  EXPECT_GE(lasted, std::chrono::seconds(3));
  EXPECT_LT(lasted, std::chrono::seconds(10));
}

TEST_F(WatchContract, SendsBookmarksAboutEveryMinute) {
  const Answer created = CreateWidget("a");
  const SteadyTime begin = TheApi().clock.SteadyNow();
  auto events = Watch(Path("&allowWatchBookmarks=true&resourceVersion=" + created.version(), 200));
  CreateWidget("b");
  EXPECT_EQ(events.NextLine(), "ADDED b");
  const auto event = events.Next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, kube::WatchEventType::kBookmark);
  EXPECT_EQ(event->object.Text({"kind"}), "Widget");
  EXPECT_GE(std::stoll(Version(*event)), std::stoll(created.version()));
  const Duration waited = TheApi().clock.SteadyNow() - begin;
  EXPECT_GE(waited, std::chrono::seconds(40));
  EXPECT_LE(waited, std::chrono::seconds(80));
}

// In these rows a change comes after the watch has begun: a kube-apiserver sends a bookmark only
// where it has seen a change of the kind since then. And it means to send the last one 2 s before a
// watch ends, for which it may once be too busy (k8s.io/apiserver,
// storage/cacher/cache_watcher.go).
TEST_F(WatchContract, SendsALastBookmarkBeforeItsEnd) {
  const std::string from =
      "&allowWatchBookmarks=true&resourceVersion=" + CreateWidget("a").version();
  std::vector<Events> watches;
  for (int seconds = 10; seconds < 14; ++seconds) watches.push_back(Watch(Path(from, seconds)));
  CreateWidget("b");
  for (Events& events : watches) EXPECT_EQ(events.NextLine(), "ADDED b");
  int bookmarks = 0;
  for (Events& events : watches) {
    const std::string line = events.NextLine();
    if (line == "end") continue;
    EXPECT_EQ(line, "BOOKMARK");
    EXPECT_EQ(events.NextChange(), "end") << "but there may be more of them";
    ++bookmarks;
  }
  EXPECT_GE(bookmarks, TheApi().real ? 1 : static_cast<int>(watches.size()));
}

TEST_F(WatchContract, SendsNoBookmarksUnasked) {
  auto events = Watch(Path("&resourceVersion=" + Get(Widgets()).version(), 75));
  EXPECT_EQ(events.NextLine(), "end");
}

TEST_F(WatchContract, ResumesFromABookmark) {
  const std::string from =
      "&allowWatchBookmarks=true&resourceVersion=" + CreateWidget("a").version();
  auto events = Watch(Path(from, 200));
  CreateWidget("b");
  EXPECT_EQ(events.NextLine(), "ADDED b");
  const auto bookmark = events.Next();
  ASSERT_TRUE(bookmark);
  ASSERT_EQ(bookmark->type, kube::WatchEventType::kBookmark);
  CreateWidget("c");
  auto resumed = Watch(Path("&resourceVersion=" + Version(*bookmark), 1));
  EXPECT_EQ(resumed.NextLine(), "ADDED c");
}

TEST_F(WatchContract, TellsThatAVersionIsTooOldAsAnEvent) {
  const Answer created = CreateWidget("a");
  TheApi().forget_past();
  auto events = Watch(Path("&resourceVersion=" + created.version()));
  EXPECT_EQ(events.status(), 200);
  const auto event = events.Next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, kube::WatchEventType::kError);
  EXPECT_EQ(event->object.Text({"kind"}), "Status");
  EXPECT_EQ(*event->object.Find("code"), json::Value(410));
  EXPECT_EQ(event->object.Text({"reason"}), "Expired");
  EXPECT_EQ(events.NextLine(), "end");
}

TEST_F(WatchContract, WaitsSilentlyForAVersionOfTheFuture) {
  CreateWidget("a");
  auto events = Watch(Path("&resourceVersion=999999999", 2));
  CreateWidget("b");
  EXPECT_EQ(events.NextLine(), "end");
}

TEST_F(WatchContract, TellsOnlyOfItsNamespace) {
  const std::string version = Get(Widgets()).version();
  auto events = Watch(Path("&resourceVersion=" + version, 1));
  auto everywhere =
      Watch(std::string(kApi) + "/widgets?watch=true&timeoutSeconds=1&resourceVersion=" + version);
  const std::string other = std::string(kApi) + "/namespaces/default/widgets";
  ASSERT_EQ(Post(other, Widget(name_space_)).status, 201);
  ASSERT_EQ(Delete(other + "/" + name_space_).status, 200);
  EXPECT_EQ(everywhere.NextLine(), "ADDED " + name_space_);
  EXPECT_EQ(events.NextLine(), "end");
}

TEST_F(WatchContract, TellsOfOneObjectByName) {
  CreateWidget("a");
  auto events = Watch(
      Path("&fieldSelector=metadata.name%3Db&resourceVersion=" + Get(Widgets()).version(), 1));
  MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})");
  CreateWidget("b");
  EXPECT_EQ(events.NextLine(), "ADDED b");
}

TEST_F(WatchContract, LetsAnObjectComeAndGoAsItMatchesASelector) {
  CreateWidget("a");
  auto events = Watch(Path("&labelSelector=l%3D1&resourceVersion=" + Get(Widgets()).version()));
  ASSERT_EQ(MergePatch(WidgetPath("a"), R"({"metadata": {"labels": {"l": "1"}}})").status, 200);
  ASSERT_EQ(MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})").status, 200);
  const Answer left = MergePatch(WidgetPath("a"), R"({"metadata": {"labels": {"l": "2"}}})");
  EXPECT_EQ(events.NextLine(), "ADDED a");
  EXPECT_EQ(events.NextLine(), "MODIFIED a");
  const auto gone = events.Next();
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->type, kube::WatchEventType::kDeleted);
  EXPECT_EQ(Version(*gone), left.version());
  EXPECT_EQ(gone->object.Text({"metadata", "labels", "l"}), "1");
}

TEST_F(WatchContract, StreamsAListAndSaysWhereItEnds) {
  CreateWidget("a");
  const Answer last = CreateWidget("b");
  auto events = Watch(
      Path("&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"));
  const std::set<std::string> initial{events.NextLine(), events.NextLine()};
  EXPECT_EQ(initial, (std::set<std::string>{"ADDED a", "ADDED b"}));
  const auto bookmark = events.Next();
  ASSERT_TRUE(bookmark);
  EXPECT_TRUE(kube::EndsInitialEvents(*bookmark));
  EXPECT_GE(std::stoll(Version(*bookmark)), std::stoll(last.version()));
  CreateWidget("c");
  EXPECT_EQ(events.NextChange(), "ADDED c") << "the same stream goes on";
}

TEST_F(WatchContract, LeavesTheInitialEventsOutWhenAsked) {
  CreateWidget("a");
  auto events = Watch(Path("&sendInitialEvents=false&resourceVersionMatch=NotOlderThan", 1));
  CreateWidget("b");
  EXPECT_EQ(events.NextChange(), "ADDED b");
}

TEST_F(WatchContract, WantsInitialEventsAndMatchTogether) {
  EXPECT_TRUE(IsRefusal(Get(Path("&sendInitialEvents=true")), 422, "Invalid"));
  EXPECT_TRUE(
      IsRefusal(Get(Path("&sendInitialEvents=true&resourceVersionMatch=Exact")), 422, "Invalid"));
  EXPECT_TRUE(
      IsRefusal(Get(Path("&resourceVersionMatch=NotOlderThan&resourceVersion=1")), 422, "Invalid"));
}

}  // namespace
}  // namespace labgallery::contract
