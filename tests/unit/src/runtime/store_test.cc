#include "src/runtime/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::runtime {
namespace {

std::vector<std::string> Names(const std::vector<RecordPtr>& records) {
  std::vector<std::string> names;
  for (const RecordPtr& record : records) names.push_back(record->key().name);
  return names;
}

std::vector<std::string> Summary(const std::vector<Change>& changes) {
  std::vector<std::string> summary;
  for (const Change& change : changes) {
    const char* const sign = !change.before ? "+" : change.after ? "~" : "-";
    summary.push_back(sign + change.record().key().name);
  }
  return summary;
}

using Names_ = std::vector<std::string>;
constexpr auto kContinued = Store::History::kContinued;

class StoreTest : public testing::Test {
 protected:
  Store store;
  TypeIndex type = store.AddType();
};

using StoreOfWidgets = StoreTest;

TEST_F(StoreOfWidgets, TellsWhatAnObjectWasAndIs) {
  const auto created = store.Apply(ARecord({.name = "a", .version = 1}));
  const auto changed = store.Apply(ARecord({.name = "a", .version = 2}));
  const auto gone = store.Remove(*ARecord({.name = "a", .version = 3}));
  ASSERT_TRUE(created && changed && gone);
  EXPECT_EQ(created->before, nullptr);
  EXPECT_EQ(changed->before, created->after);
  EXPECT_EQ(gone->before, changed->after);
  EXPECT_EQ(gone->after, nullptr);
  EXPECT_EQ(store.Get({type, {"ns", "a"}}), nullptr);
}

TEST_F(StoreOfWidgets, RefusesFallingVersionsAndCountsThem) {
  store.Apply(ARecord({.name = "a", .version = 10}));
  EXPECT_FALSE(store.Apply(ARecord({.name = "a", .version = 9})));
  EXPECT_FALSE(store.Remove(*ARecord({.name = "a", .version = 9})));
  EXPECT_EQ(store.refused(), 2U);
  EXPECT_FALSE(
      store.Apply(ARecord({.name = "a", .version = 10})));  // known already: nothing to count
  EXPECT_EQ(store.refused(), 2U);
  EXPECT_EQ(store.Get({type, {"ns", "a"}})->resource_version(), ResourceVersion("10"));
}

TEST_F(StoreOfWidgets, ListsATypeAndANamespaceSorted) {
  auto record = [&](const std::string& name_space, const std::string& name) {
    const std::string json = R"({"metadata":{"resourceVersion":"1","name":")" + name +
                             R"(","namespace":")" + name_space + R"("}})";
    store.Apply(*MakeRecord(Widgets(), type, *json::Parse(json), nullptr));
  };
  record("b", "x");
  record("a", "z");
  record("b", "a");
  record("ba", "q");
  const TypeIndex other = store.AddType();
  EXPECT_EQ(Names(store.List(type)), (Names_{"z", "a", "x", "q"}));
  EXPECT_EQ(Names(store.List(type, "b")), (Names_{"a", "x"}));
  EXPECT_TRUE(store.List(type, "none").empty());
  EXPECT_TRUE(store.List(other).empty());
  EXPECT_EQ(store.Count(type), 4U);
}

TEST_F(StoreOfWidgets, IN01_FindsWhatVanishedBetweenTwoLists) {
  const RecordPtr stays = ARecord({.name = "stays", .version = 1});
  store.Replace(type, {ARecord({.name = "goes"}), stays, ARecord({.name = "changes"})}, kContinued);
  const auto changes = store.Replace(
      type, {stays, ARecord({.name = "changes", .version = 5}), ARecord({.name = "new"})},
      kContinued);
  EXPECT_EQ(Summary(changes), (Names_{"~changes", "-goes", "+new"}));
  EXPECT_EQ(changes[0].origin, Origin::kList);
  EXPECT_EQ(Names(store.List(type)), (Names_{"changes", "new", "stays"}));
}

TEST_F(StoreOfWidgets, KeepsTheNewerOfListAndStore) {
  store.Apply(ARecord({.name = "a", .version = 9}));
  EXPECT_TRUE(store.Replace(type, {ARecord({.name = "a", .version = 8})}, kContinued).empty());
  EXPECT_EQ(store.Get({type, {"ns", "a"}})->resource_version(), ResourceVersion("9"));
  EXPECT_EQ(store.refused(), 1U);
}

TEST_F(StoreOfWidgets, BelievesTheListWhenTheHistoryHasRestarted) {
  store.Apply(ARecord({.name = "a", .version = 9}));
  const auto changes =
      store.Replace(type, {ARecord({.name = "a", .version = 2})}, Store::History::kRestarted);
  EXPECT_EQ(Summary(changes), Names_{"~a"});
  EXPECT_EQ(store.Get({type, {"ns", "a"}})->resource_version(), ResourceVersion("2"));
}

TEST_F(StoreOfWidgets, IN09_FindsByIndexWhatItHolds) {
  store.Apply(ARecord({.name = "a", .version = 1, .size = 1}));
  store.Apply(ARecord({.name = "b", .version = 1, .size = 1}));
  EXPECT_EQ(Names(store.Lookup(type, SizeValue(1))), (Names_{"a", "b"}));
  store.Apply(ARecord({.name = "a", .version = 2, .size = 2}));
  EXPECT_EQ(Names(store.Lookup(type, SizeValue(1))), Names_{"b"});
  EXPECT_EQ(Names(store.Lookup(type, SizeValue(2))), Names_{"a"});
  store.Remove(*ARecord({.name = "a", .version = 3}));
  EXPECT_TRUE(store.Lookup(type, SizeValue(2)).empty());
  store.Replace(type, {ARecord({.name = "c", .version = 4, .size = 1})}, kContinued);
  EXPECT_EQ(Names(store.Lookup(type, SizeValue(1))), Names_{"c"});
}

TEST_F(StoreOfWidgets, IN09_GivesTheCurrentRecordByIndex) {
  store.Apply(ARecord({.name = "a", .version = 1, .size = 1}));
  store.Apply(ARecord({.name = "a", .version = 2, .size = 1, .phase = "x"}));
  const auto found = store.Lookup(type, SizeValue(1));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], store.Get({type, {"ns", "a"}}));
}

TEST_F(StoreOfWidgets, RF18_IsNeverSeenEmptyOrHalfWhileItIsReplaced) {
  const std::vector<RecordPtr> one{ARecord({.name = "a", .version = 1}),
                                   ARecord({.name = "b", .version = 1})};
  const std::vector<RecordPtr> two{ARecord({.name = "a", .version = 2}),
                                   ARecord({.name = "b", .version = 2})};
  store.Replace(type, one, Store::History::kRestarted);
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    while (!done) {
      const auto seen = store.List(type);
      ASSERT_EQ(seen.size(), 2U);
      ASSERT_EQ(seen[0]->resource_version(), seen[1]->resource_version());
    }
  });
  for (int i = 0; i < 500; ++i)
    store.Replace(type, i % 2 == 0 ? two : one, Store::History::kRestarted);
  done = true;
}

}  // namespace
}  // namespace labgallery::runtime
