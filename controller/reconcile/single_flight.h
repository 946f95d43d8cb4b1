// A value that many want and one loads: while a load runs the others wait for it, and no lock is
// held over it.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include "src/base/clock.h"
#include "src/base/result.h"

namespace labgallery::reconcile {

/// Thread-safe.
template <typename T>
class SingleFlight {
 public:
  struct Loaded {
    std::shared_ptr<const T> value;
    SteadyTime at{};  // when its loading began
  };

  /// The value, if it was loaded at `not_before` or later; otherwise what `load` gives. A failed
  /// load leaves the old value for those who are content with it.
  template <typename Load>
  Result<Loaded> Get(Clock& clock, SteadyTime not_before, const std::stop_token& stop,
                     Load&& load) {
    std::unique_lock lock(mutex_);
    while (true) {
      if (loaded_.value && loaded_.at >= not_before) {
        used_ = clock.SteadyNow();
        return loaded_;
      }
      if (!loading_) break;
      if (stop.stop_requested()) return Cancelled();
      clock.Wait(lock, changed_, kNever, stop);
    }
    loading_ = true;
    lock.unlock();
    const SteadyTime began = clock.SteadyNow();
    Result<T> fresh = std::forward<Load>(load)();
    lock.lock();
    loading_ = false;
    clock.Notify(changed_);
    if (!fresh) return std::move(fresh).error();
    loaded_ = {std::make_shared<const T>(*std::move(fresh)), began};
    used_ = clock.SteadyNow();
    return loaded_;
  }

  /// What was loaded last; null before, and where it was given up.
  std::shared_ptr<const T> last() {
    std::lock_guard lock(mutex_);
    return loaded_.value;
  }

  /// What was asked for before `limit` for the last time becomes `rest` (may be null), and is as
  /// old as it was.
  void Reduce(SteadyTime limit, const std::shared_ptr<const T>& rest) {
    std::lock_guard lock(mutex_);
    if (loaded_.value && used_ < limit) loaded_.value = rest;
  }

 private:
  std::mutex mutex_;
  Signal changed_;
  Loaded loaded_;         // guarded by mutex_
  SteadyTime used_{};     // guarded by mutex_
  bool loading_ = false;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
