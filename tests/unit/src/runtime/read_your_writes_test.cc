#include "src/runtime/read_your_writes.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::runtime {
namespace {

using std::chrono::seconds;

const Key kKey{0, {"ns", "a"}};
RecordPtr At(int version) { return ARecord({.name = "a", .version = version}); }

TEST(ReadYourWrites, HoldsBackAnObjectUntilItsLastWriteHasArrived) {
  ReadYourWrites writes;
  EXPECT_FALSE(writes.IsBehind(kKey, *At(5)));
  writes.Wrote(kKey, ResourceVersion("6"));
  writes.Wrote(kKey, ResourceVersion("8"));
  EXPECT_TRUE(writes.IsBehind(kKey, *At(5)));
  EXPECT_TRUE(writes.IsBehind(kKey, *At(6)));
  writes.Arrived(kKey, *At(6));
  EXPECT_TRUE(writes.IsBehind(kKey, *At(7)));
  EXPECT_FALSE(writes.IsBehind(kKey, *At(8)));
  EXPECT_EQ(writes.outstanding(), 1U);
  writes.Arrived(kKey, *At(9));
  EXPECT_EQ(writes.outstanding(), 0U);
  EXPECT_FALSE(writes.IsBehind(kKey, *At(5)));
}

TEST(ReadYourWrites, KnowsItsOwnVersionsUntilTheLastHasArrived) {
  ReadYourWrites writes;
  writes.Wrote(kKey, ResourceVersion("6"));
  writes.Wrote(kKey, ResourceVersion("8"));
  EXPECT_TRUE(writes.IsOwn(kKey, ResourceVersion("6")));
  EXPECT_FALSE(writes.IsOwn(kKey, ResourceVersion("7")));
  EXPECT_TRUE(writes.IsOwn(kKey, ResourceVersion("8")));
  EXPECT_FALSE(writes.IsOwn({0, {"ns", "b"}}, ResourceVersion("8")));
}

TEST(ReadYourWrites, SaysWhenAWaitingObjectHasCaughtUp) {
  ReadYourWrites writes;
  writes.Wrote(kKey, ResourceVersion("6"));
  EXPECT_EQ(writes.Await(kKey, SteadyTime(seconds(1))), SteadyTime(seconds(1)));
  EXPECT_EQ(writes.Await(kKey, SteadyTime(seconds(5))), SteadyTime(seconds(1)));
  EXPECT_FALSE(writes.IsAwaited(kKey, *At(5)));
  EXPECT_TRUE(writes.IsAwaited(kKey, *At(6)));
  writes.Arrived(kKey, *At(6));
  EXPECT_FALSE(writes.IsAwaited(kKey, *At(6)));
}

TEST(ReadYourWrites, AwaitsNothingUnlessAWorkerDoes) {
  ReadYourWrites writes;
  writes.Wrote(kKey, ResourceVersion("6"));
  EXPECT_FALSE(writes.IsAwaited(kKey, *At(6)));
}

TEST(ReadYourWrites, TakesVersionsWithoutAnOrderAsCaughtUpOnlyWhenEqual) {
  ReadYourWrites writes;
  writes.Wrote(kKey, ResourceVersion("abc"));
  EXPECT_TRUE(writes.IsBehind(kKey, *At(99)));
  writes.Forget(kKey);  // as after a fresh read
  EXPECT_FALSE(writes.IsBehind(kKey, *At(99)));
}

}  // namespace
}  // namespace labgallery::runtime
