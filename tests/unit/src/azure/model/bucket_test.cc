#include "src/azure/model/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace labgallery::azure {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

SteadyTime At(Duration since_start) { return SteadyTime(since_start); }

// How Azure counts: refuses what finds no token.
class Server {
 public:
  explicit Server(BucketSize size) : size_(size), level_(size.capacity) {}
  bool Accept(SteadyTime now) {
    const double passed = std::chrono::duration<double>(now - updated_).count();
    level_ = std::min(size_.capacity, level_ + passed * size_.per_second);
    updated_ = now;
    if (level_ < 1 - 1e-6) return false;
    level_ -= 1;
    return true;
  }

 private:
  BucketSize size_;
  double level_;
  SteadyTime updated_{};
};

TEST(TokenBucket, GivesItsCapacityAtOnceAndThenAtTheRefillRate) {
  TokenBucket bucket({.capacity = 3, .per_second = 2}, 0, At({}));
  std::vector<SteadyTime> times;
  for (int i = 1; i <= 6; ++i) times.push_back(bucket.ReadyAt(i, At({})));
  EXPECT_EQ(times, (std::vector<SteadyTime>{At({}), At({}), At({}), At(milliseconds(500)),
                                            At(seconds(1)), At(milliseconds(1500))}));
}

TEST(TokenBucket, DoesNotFillAboveItsCapacity) {
  TokenBucket bucket({.capacity = 5, .per_second = 1}, 0, At({}));
  bucket.Take(At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At(minutes(10))), 5);
}

TEST(TokenBucket, LeavesItsHeadroomAlone) {
  EXPECT_DOUBLE_EQ(TokenBucket({.capacity = 200, .per_second = 1}, 0.02, At({})).Level(At({})),
                   196);
  EXPECT_DOUBLE_EQ(TokenBucket({.capacity = 1, .per_second = 1}, 0.02, At({})).Level(At({})), 1);
}

TEST(TokenBucket, StopsAtNothingWhenRequestsLeaveUnasked) {
  TokenBucket bucket({.capacity = 2, .per_second = 1}, 0, At({}));
  for (int i = 0; i < 100; ++i) bucket.Take(At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At({})), 0);
  bucket.Empty(At(seconds(1)));
  EXPECT_DOUBLE_EQ(bucket.Level(At(seconds(2))), 1);
}

struct CorrectRow {
  const char* name;
  double remaining;
  Duration sent_ago;
  double level;
  double capacity = 10;
};

class Correction : public ::testing::TestWithParam<CorrectRow> {};

// Of 10, with one a second, 4 are believed to be left.
TEST_P(Correction, BelievesTheServerAsFarAsTimeAllows) {
  TokenBucket bucket({.capacity = 10, .per_second = 1}, 0, At({}));
  for (int i = 0; i < 6; ++i) bucket.Take(At({}));
  bucket.Correct(GetParam().remaining, At(-GetParam().sent_ago), At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At({})), GetParam().level);
  EXPECT_DOUBLE_EQ(bucket.size().capacity, GetParam().capacity);
}

INSTANTIATE_TEST_SUITE_P(
    TokenBucket, Correction,
    ::testing::Values(CorrectRow{"OthersUseItToo", 1, seconds(0), 2},
                      CorrectRow{"OthersUseItTooAsSeenAWhileAgo", 1, seconds(1), 3},
                      CorrectRow{"AnAnswerThatWasLongOnItsWay", 0, seconds(9), 4},
                      CorrectRow{"AsCounted", 4, seconds(0), 4},
                      CorrectRow{"OthersCountIsNotRaised", 9, seconds(0), 4},
                      CorrectRow{"ABucketLargerThanPublished", 25, seconds(0), 19, 25}),
    [](const auto& row) { return row.param.name; });

TEST(TokenBucket, CountsAWindowAsAnEvenRefill) {
  EXPECT_EQ(PerWindow(150, minutes(3)), (BucketSize{150, 150.0 / 180}));
}

// Requests leave when a token is there, and arrive later than they left, in any order.
TEST(TokenBucket, NeverOverdrawsTheServersBucket) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const BucketSize size{.capacity = 20, .per_second = 2};
    Server server(size);
    TokenBucket bucket(size, 0.1, At({}));
    std::multiset<SteadyTime> arriving;
    int sent = 0;
    for (SteadyTime now{}; now < At(minutes(20)); now += milliseconds(100)) {
      while (!arriving.empty() && *arriving.begin() <= now) {
        ASSERT_TRUE(server.Accept(*arriving.begin())) << "seed " << seed;
        arriving.erase(arriving.begin());
      }
      if (random() % 300 == 0) now += seconds(random() % 20);  // nobody asks for a while
      while (bucket.ReadyAt(1, now) <= now) {
        bucket.Take(now);
        arriving.insert(now + milliseconds(random() % 400));
        ++sent;
      }
    }
    EXPECT_GT(sent, 1500) << "of 2400 that the server would have let through, seed " << seed;
  }
}

}  // namespace
}  // namespace labgallery::azure
