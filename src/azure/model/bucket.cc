#include "src/azure/model/bucket.h"

#include <algorithm>
#include <cmath>

namespace labgallery::azure {

BucketSize PerWindow(double count, Duration window) {
  return {.capacity = count, .per_second = count / std::chrono::duration<double>(window).count()};
}

TokenBucket::TokenBucket(BucketSize size, SteadyTime now)
    : size_(size), updated_(now), level_(size.capacity) {}

void TokenBucket::Refill(SteadyTime now) {
  if (now <= updated_) return;
  const double seconds = std::chrono::duration<double>(now - updated_).count();
  const double ceiling = size_.capacity - static_cast<double>(held_);
  level_ = std::min(level_ + seconds * size_.per_second, std::max(level_, ceiling));
  updated_ = now;
}

TokenBucket::Booking TokenBucket::Book(SteadyTime now) {
  Refill(now);
  level_ -= 1;
  ++held_;
  return ++booked_;
}

SteadyTime TokenBucket::ReadyAt(Booking booking, SteadyTime now) {
  Refill(now);
  // Without those who booked later, the level is what this booking left behind.
  const double short_of = -(level_ + static_cast<double>(booked_ - booking));
  if (short_of <= 1e-9) return now;
  // Rounded up: a microsecond early would be too early.
  const double wait = std::ceil(short_of / size_.per_second * 1e6);
  return now + Duration(static_cast<Duration::rep>(wait));
}

void TokenBucket::Use() {
  if (held_ > 0) --held_;
}

void TokenBucket::Spend(SteadyTime now) {
  Refill(now);
  if (level_ >= 1) level_ -= 1;
}

void TokenBucket::Limit(double remaining, SteadyTime now) {
  Refill(now);
  level_ = std::min(level_, remaining - static_cast<double>(held_));
}

double TokenBucket::Level(SteadyTime now) {
  Refill(now);
  return level_;
}

}  // namespace labgallery::azure
