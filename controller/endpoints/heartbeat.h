// Whether a loop that has something to do still turns. Time counts only while somebody looks, so
// that a process that was stopped (SIGSTOP, a frozen machine) is not taken for one that hangs.
#pragma once

#include <mutex>

#include "src/base/clock.h"
#include "src/runtime/pulse.h"

namespace labgallery::endpoints {

struct HeartbeatOptions {
  /// Longer than any turn that only waits for servers: a read from an API server that accepts
  /// connections and never answers takes ten times its timeout, over five minutes.
  Duration limit = std::chrono::minutes(30);
  /// The most that one look adds. Kubelet looks every few seconds.
  Duration most_per_look = std::chrono::minutes(1);
};

/// Thread-safe.
class Heartbeat {
 public:
  explicit Heartbeat(HeartbeatOptions options = {}) : options_(options) {}

  /// For how long the loop has been seen to stand still; zero while it turns, or has nothing to do.
  Duration Look(const runtime::Pulse& pulse, SteadyTime now);
  /// True if the last look found it standing still for too long.
  bool Lost() const;

 private:
  const HeartbeatOptions options_;
  mutable std::mutex mutex_;
  runtime::Pulse last_;        // guarded by mutex_
  SteadyTime last_look_{};     // guarded by mutex_
  Duration standing_still_{};  // guarded by mutex_
};

}  // namespace labgallery::endpoints
