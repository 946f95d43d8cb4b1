// Spreads the wakes of what adds up many objects: the first change wakes it at once, those that
// follow within a minute wake it together. A gallery of a thousand images would otherwise do
// nothing but add up while they become Ready.
#pragma once

#include <map>
#include <mutex>

#include "src/base/clock.h"
#include "src/runtime/key.h"

namespace labgallery::reconcile {

/// Thread-safe.
class WakeSpacing {
 public:
  /// As often as a status tells progress.
  static constexpr Duration kSpacing = std::chrono::minutes(1);
  /// Changes that come together are looked at together.
  static constexpr Duration kTogether = std::chrono::seconds(1);

  /// How long the wake of `key` for a change that is seen now may wait.
  Duration DelayOf(const runtime::Key& key, SteadyTime now);
  /// Forgets what has no influence any more.
  void ForgetOld(SteadyTime now);

 private:
  std::mutex mutex_;
  std::map<runtime::Key, SteadyTime> planned_;  // guarded by mutex_; the last wake of each key
};

}  // namespace labgallery::reconcile
