#include "controller/reconcile/memory.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace labgallery::reconcile {
namespace {

using std::chrono::minutes;

const runtime::Key kA{0, {"labs", "a"}};
const runtime::Key kB{1, {"labs", "b"}};
const SteadyTime kNow{std::chrono::hours(100)};

class MemoriesTest : public testing::Test {
 protected:
  void Put(const std::function<void(ObjectMemory&)>& change) {
    const Memories::Taken taken(memories, kA);
    change(*taken);
  }
  ObjectMemory& Look() {
    const Memories::Taken taken(memories, kA);
    seen = *taken;
    return seen;
  }

  Memories memories;
  ObjectMemory seen;
};

TEST_F(MemoriesTest, KeepWhatWasFoundOutAboutAnObjectFromPassToPass) {
  Put([](ObjectMemory& memory) { memory.made_root = true; });
  EXPECT_TRUE(Look().made_root);
  EXPECT_TRUE(Look().made_root);
  EXPECT_FALSE((*Memories::Taken(memories, kB)).made_root);
  Put([](ObjectMemory& memory) { memory = {}; });
  EXPECT_FALSE(Look().made_root);
}

TEST_F(MemoriesTest, OfAConvergedObjectKeepOnlyWhenItWasWritten) {
  Put([](ObjectMemory& memory) {
    memory.made_root = true;
    memory.sent["id"] = kNow;
    memory.sightings["id"] = {};
    memory.failures["part"] = {};
    memory.last = {.azure = kNow, .status = kNow - minutes(1)};
    memory.Converged();
  });
  Look();
  EXPECT_FALSE(seen.made_root);
  EXPECT_TRUE(seen.sent.empty() && seen.sightings.empty() && seen.failures.empty());
  EXPECT_EQ(seen.last.azure, kNow);
  EXPECT_EQ(seen.last.status, kNow - minutes(1));
}

TEST_F(MemoriesTest, ForgetAWriteWhenNobodyAsksForItAnyMore) {
  Put([](ObjectMemory& memory) { memory.last.azure = kNow; });
  memories.ForgetOld(kNow + minutes(1));
  EXPECT_EQ(Look().last.azure, kNow);
  memories.ForgetOld(kNow + minutes(3));
  EXPECT_EQ(Look().last.azure, std::nullopt);
}

TEST_F(MemoriesTest, ForgetOldListsButNothingThatIsUnderWay) {
  Put([](ObjectMemory& memory) {
    memory.lists["old"].at = kNow - minutes(10);
    memory.lists["new"].at = kNow;
    memory.failures["part"] = {};
  });
  memories.ForgetOld(kNow);
  EXPECT_EQ(Look().lists.size(), 1U);
  memories.ForgetOld(kNow + std::chrono::hours(10));
  EXPECT_EQ(Look().failures.size(), 1U);
}

TEST_F(MemoriesTest, ForgetAnswersToALookThatNobodyGoesOnWith) {
  Put([](ObjectMemory& memory) { memory.answers["path"].at = kNow; });
  memories.ForgetOld(kNow + minutes(4));
  EXPECT_EQ(Look().answers.size(), 1U);
  memories.ForgetOld(kNow + minutes(6));
  EXPECT_TRUE(Look().answers.empty());
}

TEST_F(MemoriesTest, KnowThatALookWasDisturbedBetweenTwoPassesOrDuringOne) {
  const auto wait = [](ObjectMemory& memory) { memory.answers["path"].at = kNow; };
  Put(wait);
  EXPECT_FALSE(Look().disturbed);
  memories.Disturb(kB);
  EXPECT_FALSE(Look().disturbed);
  memories.Disturb(kA);
  EXPECT_TRUE(Look().disturbed);

  Put([](ObjectMemory& memory) { memory.disturbed = false; });
  Put([&](ObjectMemory&) { memories.Disturb(kA); });
  EXPECT_TRUE(Look().disturbed);
}

TEST_F(MemoriesTest, OfWhatIsNotUnderWayKeepNothingThatDisturbsIt) {
  memories.Disturb(kA);
  Put([&](ObjectMemory&) { memories.Disturb(kA); });
  EXPECT_FALSE(Look().disturbed);
}

TEST_F(MemoriesTest, AreLeftAloneWhileAPassHasThem) {
  const Memories::Taken taken(memories, kA);
  (*taken).lists["old"].at = kNow - minutes(10);
  memories.ForgetOld(kNow);
  EXPECT_EQ((*taken).lists.size(), 1U);
}

TEST_F(MemoriesTest, GiveAnObjectOneDeepLook) {
  EXPECT_FALSE(memories.TakeDeepLook(kA));
  memories.WantDeepLook(kA);
  EXPECT_FALSE(memories.TakeDeepLook(kB));
  EXPECT_TRUE(memories.TakeDeepLook(kA));
  EXPECT_FALSE(memories.TakeDeepLook(kA));
}

}  // namespace
}  // namespace labgallery::reconcile
