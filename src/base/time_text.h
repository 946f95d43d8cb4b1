// Instants and durations as text: RFC 3339 in and out, and the short forms that people read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/clock.h"

namespace labgallery {

/// "2026-11-25T17:15:06Z": whole seconds, UTC, as Kubernetes writes metav1.Time.
std::string Rfc3339(SystemTime time);

/// "2026-11-25T17:15:06.000001Z": as Kubernetes writes metav1.MicroTime.
std::string Rfc3339Micro(SystemTime time);

/// Reads RFC 3339 with any offset and any number of decimals; nothing if it is not that.
std::optional<SystemTime> ParseRfc3339(std::string_view text);

/// "45s", "7m", "3h12m", "5d": the two largest units that matter, as kubectl shows an age.
std::string ShortDuration(Duration duration);

}  // namespace labgallery
