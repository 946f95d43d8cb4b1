// The loop around reconcilers: take a key, run, translate the outcome into the next time, catch
// what was thrown. Level-triggered: a reconciler is given a key, never what happened.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <variant>
#include <vector>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/runtime/key.h"
#include "src/runtime/observer.h"
#include "src/runtime/queue.h"
#include "src/runtime/threads.h"

namespace labgallery::runtime {

struct Done {};  // wait for the next change
struct After {
  Duration delay;
};  // look again by then at the latest
struct Backoff {
  Error error;
};  // try again, later each time, not before error.retry_after
struct Terminal {
  Error error;
};  // counted; only a change can help
using Outcome = std::variant<Done, After, Backoff, Terminal>;

/// Called with one key at a time per key, from several threads for different keys. It must give its
/// next delay in every pass: a run uses up the delay that was pending (WQ-11). `stop` is requested
/// only when a graceful stop has lasted too long.
using Reconciler = std::function<Outcome(const Key&, std::stop_token stop)>;

/// Starts on Start, stops on Stop; not thread-safe itself.
class Workers {
 public:
  struct Parts {
    Clock& clock;
    Queue& queue;
    const Observer& observer;
  };
  struct Hooks {
    /// Before each pass: nothing to go on, or what to do with the key instead of a pass.
    std::function<std::optional<Outcome>(const Key&, const std::stop_token&)> before{};
    /// After it, while the key is still with the worker.
    std::function<void(const Key&)> after{};
  };

  /// `reconcilers` by type; a key of a type without one is dropped.
  Workers(Parts parts, std::vector<Reconciler> reconcilers, Hooks hooks);

  void Start(std::size_t count);
  /// The queue must have been closed. Waits for running passes, asks them to stop after `grace`.
  void Stop(Duration grace);

  /// One turn of the loop: false when there is nothing more to take.
  bool RunOnce(const std::stop_token& stop);

 private:
  Outcome Run(const Key& key, const std::stop_token& stop);
  void Conclude(const Key& key, const Outcome& outcome);

  Parts parts_;
  std::vector<Reconciler> reconcilers_;
  Hooks hooks_;
  Threads threads_;
};

}  // namespace labgallery::runtime
