// Durations as people write them on a command line.
#pragma once

#include <optional>
#include <string_view>

#include "src/base/clock.h"

namespace labgallery::cli {

/// "90s", "5m", "1h30m", "2d", "500ms", "0"; nothing for what is none of that, or is negative or
/// longer than a century.
std::optional<Duration> ParseDuration(std::string_view text);

}  // namespace labgallery::cli
