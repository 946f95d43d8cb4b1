#include "src/embedded_kube/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/embedded_kube/crd.h"
#include "tests/unit/src/embedded_kube/kinds.h"

namespace labgallery::embedded_kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StorageTest : public testing::Test {
 protected:
  std::int64_t Commit(const std::string& name, Change change = Change::kAdded,
                      const std::string& name_space = "n") {
    json::Value object = Json(Thing(name));
    object.Find("metadata")->Set("namespace", name_space);
    const auto turn = storage_.BeginWrite();
    return (*storage_.Commit(turn, things_, change, std::move(object)))->version;
  }

  static std::vector<std::string> Names(const std::optional<Snapshot>& snapshot) {
    std::vector<std::string> names;
    if (!snapshot) return {"forgotten"};
    for (const ObjectPtr& object : snapshot->objects) names.push_back(object->key.name);
    return names;
  }

  LeapingClock clock_{SystemTime{}};
  Resource things_ = *ResourceFromCrd(ThingCrd());
  Storage storage_{clock_, {.store = nullptr, .history = 3}};
};

TEST_F(StorageTest, KnowsHowThingsStoodAtEachVersionThatItRemembers) {
  const auto a = Commit("a");
  const auto b = Commit("b");
  const auto a_again = Commit("a", Change::kModified);
  const auto b_gone = Commit("b", Change::kDeleted);
  EXPECT_THAT(Names(storage_.ListAt(things_, "n", b_gone)), ElementsAre("a"));
  EXPECT_THAT(Names(storage_.ListAt(things_, "n", a_again)), ElementsAre("a", "b"));
  EXPECT_THAT(Names(storage_.ListAt(things_, "n", b)), ElementsAre("a", "b"));
  EXPECT_EQ(storage_.ListAt(things_, "n", b)->objects[0]->version, a);
  EXPECT_THAT(Names(storage_.ListAt(things_, "n", a)), ElementsAre("a"))
      << "three changes are remembered";
  Commit("c");
  EXPECT_THAT(Names(storage_.ListAt(things_, "n", a)), ElementsAre("forgotten"));
}

TEST_F(StorageTest, ListsOneNamespaceOrAll) {
  Commit("a", Change::kAdded, "m");
  Commit("b", Change::kAdded, "n");
  Commit("c", Change::kAdded, "o");
  EXPECT_THAT(Names(storage_.List(things_, "n")), ElementsAre("b"));
  EXPECT_THAT(Names(storage_.List(things_, "")), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Names(storage_.List(things_, "p")), IsEmpty());
}

TEST_F(StorageTest, GivesTheChangesAfterAVersionOrSaysThatTheyAreForgotten) {
  const auto a = Commit("a");
  Commit("b");
  Commit("c");
  EXPECT_EQ(storage_.Await(things_, a, SteadyTime{}, {}).events.size(), 2U);
  EXPECT_FALSE(storage_.Await(things_, 0, SteadyTime{}, {}).expired);
  Commit("d");
  EXPECT_FALSE(storage_.Await(things_, a, SteadyTime{}, {}).expired);
  EXPECT_TRUE(storage_.Await(things_, a - 1, SteadyTime{}, {}).expired);
}

TEST_F(StorageTest, WaitsNoLongerThanAskedWhenNothingHappens) {
  const auto a = Commit("a");
  const Past past = storage_.Await(things_, a, clock_.SteadyNow() + std::chrono::seconds(5), {});
  EXPECT_THAT(past.events, IsEmpty());
  EXPECT_EQ(clock_.SteadyNow(), SteadyTime{} + std::chrono::seconds(5));
}

TEST_F(StorageTest, SharesTheTextOfAnObjectBetweenReadersAndChanges) {
  const auto version = Commit("a");
  const ObjectPtr read = storage_.Get(things_, {"n", "a"});
  EXPECT_EQ(storage_.Await(things_, version - 1, SteadyTime{}, {}).events.at(0).object, read);
  EXPECT_EQ(storage_.List(things_, "").objects.at(0), read);
}

}  // namespace
}  // namespace labgallery::embedded_kube
