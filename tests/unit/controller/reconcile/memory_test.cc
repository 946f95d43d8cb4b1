#include "controller/reconcile/memory.h"

#include <gtest/gtest.h>

namespace labgallery::reconcile {
namespace {

const runtime::Key kA{0, {"labs", "a"}};
const runtime::Key kB{1, {"labs", "b"}};

TEST(Memories, KeepWhatAnObjectWasTold) {
  Memories memories;
  memories.Of(kA).made_root = true;
  EXPECT_TRUE(memories.Of(kA).made_root);
  memories.Forget(kA);
  EXPECT_FALSE(memories.Of(kA).made_root);
}

TEST(Memories, GiveEachKnownObjectOneDeepLook) {
  Memories memories;
  memories.Of(kA);
  memories.Of(kB);
  EXPECT_FALSE(memories.TakeDeepLook(kA));
  memories.WantDeepLooks();
  EXPECT_TRUE(memories.TakeDeepLook(kA));
  EXPECT_FALSE(memories.TakeDeepLook(kA));
  EXPECT_TRUE(memories.TakeDeepLook(kB));
}

TEST(Memories, OfAnObjectThatIsGoneWantNothing) {
  Memories memories;
  memories.Of(kA);
  memories.WantDeepLooks();
  memories.Forget(kA);
  EXPECT_FALSE(memories.TakeDeepLook(kA));
}

}  // namespace
}  // namespace labgallery::reconcile
