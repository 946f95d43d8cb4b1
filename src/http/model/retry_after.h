// How long a server asks to wait.
#pragma once

#include <chrono>
#include <optional>

#include "src/base/clock.h"
#include "src/http/model/message.h"

namespace labgallery::http {

/// From x-ms-retry-after-ms or retry-after-ms (milliseconds, exact), otherwise Retry-After as
/// seconds or as an HTTP date relative to `now`; nothing if there is none or it cannot be read.
/// Never negative.
std::optional<std::chrono::milliseconds> RetryAfter(const Headers& headers, SystemTime now);

}  // namespace labgallery::http
