// A limit of our own to the requests that are sent to a server, for clusters whose API server does
// not protect itself (without API priority and fairness). Off unless somebody asks for it.
#pragma once

#include <mutex>
#include <stop_token>

#include "src/base/clock.h"

namespace labgallery::kube {

/// A token bucket: `burst` at once, then `per_second`, in the order of the calls. Thread-safe; the
/// clock must outlive it.
class RateLimit {
 public:
  RateLimit(Clock& clock, double per_second, int burst);

  /// Blocks until the caller's turn. False if it was stopped before.
  bool Await(const std::stop_token& stop);

 private:
  Clock& clock_;
  const Duration interval_;
  const Duration burst_;
  std::mutex mutex_;
  SteadyTime
      next_;  // when the bucket, emptied by all that were let in, is filled; guarded by mutex_
};

}  // namespace labgallery::kube
