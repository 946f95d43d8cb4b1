#include "src/runtime/gate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace labgallery::runtime {
namespace {

using std::chrono::seconds;

constexpr Term kTerm{.unguarded_until = SteadyTime(seconds(5)),
                     .guarded_until = SteadyTime(seconds(7)),
                     .lapses = SteadyTime(seconds(10))};

class GateTest : public testing::Test {
 protected:
  LeapingClock clock{SystemTime{}};
  Gate gate{clock};
};

TEST_F(GateTest, IsOpenAndCountsWhatPasses) {
  EXPECT_TRUE(gate.MayWrite(Effect::kGuarded));
  EXPECT_TRUE(gate.MayWrite(Effect::kUnguarded));
  EXPECT_EQ(gate.passed(), 2U);
  EXPECT_FALSE(gate.term());
}

TEST_F(GateTest, ClosesForGoodAndSaysWhyItDidFirst) {
  gate.Close("going home");
  gate.Close("something else");
  gate.SetTerm(kTerm);
  const Status status = gate.MayWrite(Effect::kGuarded);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
  EXPECT_NE(status.error().message.find("going home"), std::string::npos);
  EXPECT_EQ(gate.passed(), 0U);
  EXPECT_FALSE(gate.cut().stop_requested());
}

TEST_F(GateTest, CutsWhatIsOnItsWay) {
  gate.Cut("over");
  EXPECT_TRUE(gate.cut().stop_requested());
  EXPECT_FALSE(gate.MayWrite(Effect::kGuarded));
}

TEST_F(GateTest, LetsNothingThroughBeforeTheFirstTerm) {
  gate.AwaitTerm();
  EXPECT_FALSE(gate.MayWrite(Effect::kGuarded));
  gate.SetTerm(kTerm);
  EXPECT_TRUE(gate.MayWrite(Effect::kUnguarded));
}

struct Moment {
  std::string name;
  int second;
  bool guarded;
  bool unguarded;
};

class GateInATerm : public GateTest, public testing::WithParamInterface<Moment> {};

TEST_P(GateInATerm, LetsThroughWhatThereIsTimeFor) {
  gate.SetTerm(kTerm);
  clock.Advance(seconds(GetParam().second));
  EXPECT_EQ(gate.MayWrite(Effect::kGuarded).has_value(), GetParam().guarded);
  EXPECT_EQ(gate.MayWrite(Effect::kUnguarded).has_value(), GetParam().unguarded);
}

INSTANTIATE_TEST_SUITE_P(Moments, GateInATerm,
                         testing::ValuesIn(std::vector<Moment>{
                             {"AtItsBegin", 0, true, true},
                             {"BeforeHalfOfItIsOver", 4, true, true},
                             {"WhenHalfOfItIsLeft", 5, true, false},
                             {"BeforeItIsGivenUp", 6, true, false},
                             {"WhenItIsGivenUp", 7, false, false},
                             {"WhenItHasLapsed", 10, false, false}}),
                         [](const auto& row) { return row.param.name; });

TEST_F(GateTest, OpensAgainWhenTheTermIsExtended) {
  gate.SetTerm(kTerm);
  clock.Advance(seconds(8));
  EXPECT_FALSE(gate.MayWrite(Effect::kGuarded));
  const Term next{SteadyTime(seconds(13)), SteadyTime(seconds(15)), SteadyTime(seconds(18))};
  gate.SetTerm(next);
  EXPECT_EQ(gate.term(), next);
  EXPECT_TRUE(gate.MayWrite(Effect::kUnguarded));
}

}  // namespace
}  // namespace labgallery::runtime
