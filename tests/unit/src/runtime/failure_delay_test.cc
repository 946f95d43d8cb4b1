#include "src/runtime/failure_delay.h"

#include <gtest/gtest.h>

#include <vector>

namespace labgallery::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t value) : value_(value) {}
  std::uint64_t Next() override { return value_; }

 private:
  std::uint64_t value_;
};

TEST(FailureDelay, RF10_DoublesUpToItsCap) {
  LeapingClock clock{SystemTime{}};
  FixedRandom random(0);
  FailureDelay delay(clock, random);
  std::vector<milliseconds> waits;
  for (int i = 0; i < 8; ++i) {
    const Duration wait = delay.Next();
    waits.push_back(std::chrono::duration_cast<milliseconds>(wait));
    clock.Advance(wait);
  }
  const std::vector<milliseconds> wanted{
      milliseconds(800),   milliseconds(1600),  milliseconds(3200),  milliseconds(6400),
      milliseconds(12800), milliseconds(25600), milliseconds(30000), milliseconds(30000)};
  EXPECT_EQ(waits, wanted);
}

TEST(FailureDelay, RF10_IsJitteredByUpToAsMuchAgain) {
  LeapingClock clock{SystemTime{}};
  FixedRandom most(~0ULL);
  const Duration wait = FailureDelay(clock, most).Next();
  EXPECT_GT(wait, milliseconds(1599));
  EXPECT_LE(wait, milliseconds(1600));
}

TEST(FailureDelay, RF10_StartsAnewAfterTwoMinutesOfHealthOnly) {
  LeapingClock clock{SystemTime{}};
  FixedRandom random(0);
  FailureDelay delay(clock, random);
  clock.Advance(delay.Next());
  clock.Advance(minutes(2));
  EXPECT_EQ(delay.Next(), milliseconds(1600));
  clock.Advance(milliseconds(1600) + minutes(2) + milliseconds(1));
  EXPECT_EQ(delay.Next(), milliseconds(800));
}

}  // namespace
}  // namespace labgallery::runtime
