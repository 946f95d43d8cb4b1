// What the runtime tells those who count and log. Each function may be empty; they are called from
// many threads, never under a lock, and must not block.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/runtime/key.h"

namespace labgallery::runtime {

enum class PassResult { kDone, kAfter, kBackoff, kTerminal, kException };

/// "success", "requeue_after", "error", "terminal_error", "panic": as metric labels.
std::string_view Name(PassResult result);

struct Observer {
  /// A reconcile ended. `error` is null where the result has none.
  std::function<void(const Key&, PassResult, Duration took, const Error* error)> on_pass{};
  /// Following a type met something that a person may want to know; it goes on by itself.
  std::function<void(TypeIndex, std::string_view what, const Error*)> on_watch_trouble{};

  /// This process leads from now on, or no longer; `lease` is the Lease's name. Also told once at
  /// the start, with false. Not told where no leader is elected.
  std::function<void(std::string_view lease, bool leads)> on_leadership{};
  /// The holder could not renew its Lease in one request: it was refused, or had to be read first.
  std::function<void(std::string_view lease)> on_lease_slow_path{};
  /// An Event about an object of this kind could not be written, or there were too many to tell.
  std::function<void(std::string_view kind)> on_event_lost{};
  /// How many namespaces another operator is at work on as well; told whenever that changes.
  std::function<void(std::size_t namespaces)> on_overlap{};
};

}  // namespace labgallery::runtime
