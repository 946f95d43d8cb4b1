// The threads that read the bodies of running streams, one each.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace labgallery::http {

/// Thread-safe.
class StreamThreads {
 public:
  StreamThreads() = default;
  ~StreamThreads() { StopAndJoin(); }
  StreamThreads(const StreamThreads&) = delete;
  StreamThreads& operator=(const StreamThreads&) = delete;

  /// Runs `work` on a thread of its own, until it returns; `stop` is requested by the returned
  /// source and by StopAndJoin. After that nothing is run any more: the source comes back stopped.
  std::stop_source Run(std::function<void(std::stop_token)> work);

  /// Asks all to stop, waits for them, and lets no new one start. Not to be called by one of them.
  void StopAndJoin();

 private:
  struct Running {
    std::jthread thread;
    bool done = false;  // guarded by mutex_
  };

  std::mutex mutex_;
  bool closed_ = false;         // guarded by mutex_
  std::list<Running> running_;  // guarded by mutex_
};

}  // namespace labgallery::http
