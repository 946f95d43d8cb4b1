// Threads that a clock knows of, and a stop that lets time pass while it waits for them.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "src/base/clock.h"

namespace labgallery::runtime {

/// Used by one thread; joins on destruction.
class Threads {
 public:
  explicit Threads(Clock& clock) : clock_(clock) {}
  ~Threads() { Stop(); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  void Start(std::function<void(const std::stop_token&)> body);
  void RequestStop();
  /// Blocks, through the clock, until all have ended or `deadline` has passed. True if all have
  /// ended.
  bool WaitUntilEnded(SteadyTime deadline);
  /// Requests a stop and waits for the end of all. The calling thread must be one that the clock
  /// knows.
  void Stop();

 private:
  Clock& clock_;
  std::mutex mutex_;
  Signal ended_;
  std::size_t running_ = 0;            // guarded by mutex_
  std::vector<std::jthread> threads_;  // declared last: joined before what the bodies use goes
};

}  // namespace labgallery::runtime
