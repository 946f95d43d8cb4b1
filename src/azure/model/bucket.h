// A token bucket as Azure keeps it, seen from the side of the caller. Pure: time is a parameter.
// The level is what the server is believed to have: a token leaves it when a request is sent, never
// when somebody only waits for one.
#pragma once

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
  /// `headroom`: the part that is left alone.
  TokenBucket(BucketSize published, double headroom, SteadyTime now);

  /// When `tokens` will be there if nobody takes any; `now` if they are. More than the capacity is
  /// reached in time too: those who come before will have left by then.
  SteadyTime ReadyAt(double tokens, SteadyTime now);
  /// A request is sent: takes a token, as far as there is one.
  void Take(SteadyTime now);

  /// The server said that `remaining` were left, at some time since `then`: the level is not above
  /// what that can have become. More than the bucket was thought to hold makes it larger.
  void Correct(double remaining, SteadyTime then, SteadyTime now);
  /// The server said that none is left.
  void Empty(SteadyTime now);

  double Level(SteadyTime now);
  const BucketSize& size() const { return size_; }

 private:
  void Refill(SteadyTime now);

  double published_;
  double headroom_;
  BucketSize size_;  // without the headroom
  SteadyTime updated_;
  double level_;
};

}  // namespace labgallery::azure
