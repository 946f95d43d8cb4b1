#include "src/azure/model/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
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
  TokenBucket bucket({.capacity = 3, .per_second = 2}, At({}));
  std::vector<SteadyTime> times;
  for (int i = 0; i < 6; ++i) times.push_back(bucket.ReadyAt(bucket.Book(At({})), At({})));
  EXPECT_EQ(times, (std::vector<SteadyTime>{At({}), At({}), At({}), At(milliseconds(500)),
                                            At(seconds(1)), At(milliseconds(1500))}));
}

TEST(TokenBucket, IsNotOvertakenByALaterBooking) {
  TokenBucket bucket({.capacity = 1, .per_second = 1}, At({}));
  bucket.Book(At({}));
  bucket.Use();
  const auto waiting = bucket.Book(At({}));
  const auto later = bucket.Book(At(seconds(1)));
  EXPECT_EQ(bucket.ReadyAt(later, At(seconds(1))), At(seconds(2)));
  EXPECT_EQ(bucket.ReadyAt(waiting, At(seconds(1))), At(seconds(1)));
}

TEST(TokenBucket, DoesNotFillAboveItsCapacity) {
  TokenBucket bucket({.capacity = 5, .per_second = 1}, At({}));
  bucket.Book(At({}));
  bucket.Use();
  EXPECT_DOUBLE_EQ(bucket.Level(At(minutes(10))), 5);
}

TEST(TokenBucket, DoesNotRefillWhatIsBookedAndUnused) {
  TokenBucket bucket({.capacity = 5, .per_second = 1}, At({}));
  for (int i = 0; i < 5; ++i) bucket.Book(At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At(minutes(10))), 0);
  for (int i = 0; i < 5; ++i) bucket.Use();
  EXPECT_DOUBLE_EQ(bucket.Level(At(minutes(11))), 5);
}

TEST(TokenBucket, IsLoweredButNeverRaisedByTheServer) {
  TokenBucket bucket({.capacity = 10, .per_second = 1}, At({}));
  bucket.Limit(4, At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At({})), 4);
  bucket.Limit(9, At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At({})), 4);
}

TEST(TokenBucket, StopsAtNothingWhenRequestsLeaveUnasked) {
  TokenBucket bucket({.capacity = 2, .per_second = 1}, At({}));
  for (int i = 0; i < 100; ++i) bucket.Spend(At({}));
  EXPECT_DOUBLE_EQ(bucket.Level(At({})), 0);
}

TEST(TokenBucket, CountsAWindowAsAnEvenRefill) {
  EXPECT_EQ(PerWindow(150, minutes(3)), (BucketSize{150, 150.0 / 180}));
}

// Whoever books comes back late, by anything up to minutes, and not in order: the server must never
// see a request that it has no token for.
TEST(TokenBucket, NeverOverdrawsTheServersBucket) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const BucketSize size{.capacity = 20, .per_second = 2};
    Server server(size);
    TokenBucket bucket(size, At({}));
    struct Waiting {
      TokenBucket::Booking booking;
      SteadyTime back;
    };
    std::vector<Waiting> queue;
    int sent = 0;
    for (SteadyTime now{}; now < At(minutes(20)); now += milliseconds(100)) {
      if (random() % 4 == 0) queue.push_back({bucket.Book(now), now});
      std::vector<Waiting> still;
      for (Waiting& one : queue) {
        const SteadyTime ready = one.back > now ? one.back : bucket.ReadyAt(one.booking, now);
        if (ready > now) {
          const auto late = milliseconds(random() % 40 == 0 ? random() % 90000 : random() % 300);
          still.push_back({one.booking, one.back > now ? one.back : ready + late});
          continue;
        }
        bucket.Use();
        ASSERT_TRUE(server.Accept(now))
            << "seed " << seed << " at " << now.time_since_epoch().count();
        ++sent;
      }
      queue = std::move(still);
    }
    EXPECT_GT(sent, 2000) << "of 2400 that the server would have let through, seed " << seed;
  }
}

}  // namespace
}  // namespace labgallery::azure
