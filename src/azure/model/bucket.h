// A token bucket as Azure keeps it, seen from the side of the caller. Pure: time is a parameter.
//
// Tokens can be booked before they are used, in order: a booking knows from when on it may be used.
// Tokens that are booked and not used yet are *held*: at the server they are still in the bucket
// and keep it from refilling, so they lower the capacity here. That keeps `level + held` at or
// below what the server has, and a booking that is used at its time never overdraws the server's
// bucket.
#pragma once

#include <cstdint>

#include "src/base/clock.h"

namespace labgallery::azure {

struct BucketSize {
  double capacity = 0;
  double per_second = 0;
  friend bool operator==(const BucketSize&, const BucketSize&) = default;
};

/// A counter of `count` requests a window, as a bucket that refills evenly.
BucketSize PerWindow(double count, Duration window);

class TokenBucket {
 public:
  using Booking = std::uint64_t;

  TokenBucket(BucketSize size, SteadyTime now);

  /// Takes the next token in order, now or from the future.
  Booking Book(SteadyTime now);
  /// When this booking may be used: `now` if at once. Later than said before only when bookings
  /// ahead of it were used late.
  SteadyTime ReadyAt(Booking booking, SteadyTime now);
  /// The booking's request is being sent.
  void Use();
  /// The booking will not be used. Its token is lost, which errs on the side of the server.
  void Drop() { Use(); }

  /// A request was sent without asking: takes a token if there is one.
  void Spend(SteadyTime now);

  /// The server says that so many are left, or that none is: never raises the level.
  void Limit(double remaining, SteadyTime now);

  double Level(SteadyTime now);
  std::uint64_t held() const { return held_; }
  const BucketSize& size() const { return size_; }

 private:
  void Refill(SteadyTime now);

  BucketSize size_;
  SteadyTime updated_;
  double level_;
  std::uint64_t held_ = 0;
  Booking booked_ = 0;
};

}  // namespace labgallery::azure
