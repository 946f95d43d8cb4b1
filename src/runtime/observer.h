// What the runtime tells those who count and log. Each function may be empty; they are called from
// many threads, never under a lock, and must not block.
#pragma once

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
};

}  // namespace labgallery::runtime
