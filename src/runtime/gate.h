// The door that every side effect passes, to Kubernetes and to Azure alike: asked immediately
// before a mutating request is sent. It closes when the process stops, and by itself when a
// deadline passes.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "src/base/clock.h"
#include "src/base/result.h"

namespace labgallery::runtime {

/// Thread-safe; open from its construction.
class Gate {
 public:
  explicit Gate(Clock& clock) : clock_(clock) {}

  /// Success if a side effect may be sent now; it is counted. Otherwise kCancelled, with the
  /// reason.
  Status MayWrite();

  void Close(std::string why);
  /// Writes are allowed until then; nothing: without an end. A later call moves it.
  void SetDeadline(std::optional<SteadyTime> deadline);
  /// When a request that is sent now has to be over.
  std::optional<SteadyTime> deadline() const;
  /// How many side effects were let through.
  std::uint64_t passed() const;

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<std::string> closed_;   // guarded by mutex_
  std::optional<SteadyTime> deadline_;  // guarded by mutex_
  std::uint64_t passed_ = 0;            // guarded by mutex_
};

}  // namespace labgallery::runtime
