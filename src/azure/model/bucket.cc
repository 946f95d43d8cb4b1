#include "src/azure/model/bucket.h"

#include <algorithm>
#include <cmath>

namespace labgallery::azure {
namespace {

double Without(double headroom, double capacity) {
  return std::max(1.0, capacity - std::ceil(capacity * headroom));
}

}  // namespace

BucketSize PerWindow(double count, Duration window) {
  return {.capacity = count, .per_second = count / std::chrono::duration<double>(window).count()};
}

TokenBucket::TokenBucket(BucketSize published, double headroom, SteadyTime now)
    : published_(published.capacity),
      headroom_(headroom),
      size_{.capacity = Without(headroom, published.capacity), .per_second = published.per_second},
      updated_(now),
      level_(size_.capacity) {}

void TokenBucket::Refill(SteadyTime now) {
  if (now <= updated_) return;
  const double seconds = std::chrono::duration<double>(now - updated_).count();
  level_ = std::min(level_ + seconds * size_.per_second, std::max(level_, size_.capacity));
  updated_ = now;
}

SteadyTime TokenBucket::ReadyAt(double tokens, SteadyTime now) {
  Refill(now);
  const double short_of = tokens - level_;
  if (short_of <= 1e-9) return now;
  // Rounded up: a microsecond early would be too early.
  const double wait = std::ceil(short_of / size_.per_second * 1e6);
  return now + Duration(static_cast<Duration::rep>(wait));
}

void TokenBucket::Take(SteadyTime now) {
  Refill(now);
  level_ = std::max(0.0, level_ - 1);
}

void TokenBucket::Correct(double remaining, SteadyTime then, SteadyTime now) {
  Refill(now);
  if (remaining > published_) {
    const double before = size_.capacity;
    published_ = remaining;
    size_.capacity = Without(headroom_, remaining);
    level_ += size_.capacity - before;
  }
  // Counted in whole tokens, and refilled while the answer was on its way. This bound is never
  // below the truth, so that answers that overtake each other do no harm.
  const double passed = std::chrono::duration<double>(now - std::min(then, now)).count();
  level_ = std::min(level_, remaining + 1 + passed * size_.per_second);
}

void TokenBucket::Empty(SteadyTime now) {
  Refill(now);
  level_ = 0;
}

double TokenBucket::Level(SteadyTime now) {
  Refill(now);
  return level_;
}

}  // namespace labgallery::azure
