#include "src/runtime/gate.h"

#include <gtest/gtest.h>

namespace labgallery::runtime {
namespace {

using std::chrono::seconds;

TEST(Gate, IsOpenAndCountsWhatPasses) {
  LeapingClock clock{SystemTime{}};
  Gate gate(clock);
  EXPECT_TRUE(gate.MayWrite());
  EXPECT_TRUE(gate.MayWrite());
  EXPECT_EQ(gate.passed(), 2U);
  EXPECT_FALSE(gate.deadline());
}

TEST(Gate, ClosesForGoodAndSaysWhyItDidFirst) {
  LeapingClock clock{SystemTime{}};
  Gate gate(clock);
  gate.Close("going home");
  gate.Close("something else");
  const Status status = gate.MayWrite();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
  EXPECT_NE(status.error().message.find("going home"), std::string::npos);
  EXPECT_EQ(gate.passed(), 0U);
}

TEST(Gate, ClosesAtItsDeadlineAndOpensWhenThatMoves) {
  LeapingClock clock{SystemTime{}};
  Gate gate(clock);
  gate.SetDeadline(SteadyTime(seconds(10)));
  clock.Advance(seconds(9));
  EXPECT_TRUE(gate.MayWrite());
  clock.Advance(seconds(1));
  EXPECT_EQ(gate.MayWrite().error().kind, ErrorKind::kCancelled);
  gate.SetDeadline(SteadyTime(seconds(20)));
  EXPECT_EQ(gate.deadline(), SteadyTime(seconds(20)));
  EXPECT_TRUE(gate.MayWrite());
}

}  // namespace
}  // namespace labgallery::runtime
