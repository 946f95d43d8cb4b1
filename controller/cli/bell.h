// Wakes the one who waits for news from several sides.
#pragma once

#include <cstdint>
#include <mutex>
#include <stop_token>
#include <utility>

#include "src/base/clock.h"

namespace labgallery::cli {

/// Thread-safe.
class Bell {
 public:
  explicit Bell(Clock& clock) : clock_(clock) {}

  void Ring() {
    std::lock_guard guard(mutex_);
    ++rung_;
    clock_.Notify(rings_);
  }

  /// Blocks until it has been rung since the last call, `deadline` has passed or a stop comes. True
  /// if it was rung. For one thread, which the clock must know.
  bool Wait(SteadyTime deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (heard_ == rung_ && !stop.stop_requested() && clock_.SteadyNow() < deadline)
      clock_.Wait(lock, rings_, deadline, stop);
    return std::exchange(heard_, rung_) != rung_;
  }

 private:
  Clock& clock_;
  std::mutex mutex_;
  Signal rings_;
  std::uint64_t rung_ = 0;   // guarded by mutex_
  std::uint64_t heard_ = 0;  // guarded by mutex_
};

}  // namespace labgallery::cli
