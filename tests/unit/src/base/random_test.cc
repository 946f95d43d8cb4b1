#include "src/base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace labgallery {
namespace {

// Gives what it was told, so that the shape of what is made from it can be seen.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t Next() override { return bits_; }

 private:
  std::uint64_t bits_;
};

TEST(SeededRandom, RepeatsItselfWithTheSameSeedOnly) {
  SeededRandom first(7);
  SeededRandom second(7);
  SeededRandom other(8);
  const std::uint64_t bits = first.Next();
  EXPECT_EQ(bits, second.Next());
  EXPECT_NE(bits, other.Next());
  EXPECT_NE(bits, first.Next());
}

TEST(Fraction, LiesBetweenZeroAndOneAndNeverReachesOne) {
  EXPECT_EQ(FixedRandom(0).Fraction(), 0.0);
  EXPECT_LT(FixedRandom(~0ULL).Fraction(), 1.0);
  EXPECT_EQ(FixedRandom(1ULL << 63U).Fraction(), 0.5);
}

TEST(Uuid, IsOfVersion4InLowerCase) {
  EXPECT_EQ(FixedRandom(~0ULL).Uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(FixedRandom(0).Uuid(), "00000000-0000-4000-8000-000000000000");
}

TEST(Uuid, DiffersEachTime) {
  SeededRandom random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.Uuid());
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(EntropySeed, Differs) { EXPECT_NE(EntropySeed(), EntropySeed()); }

}  // namespace
}  // namespace labgallery
