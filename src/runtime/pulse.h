// What a loop shows of itself, so that somebody else can tell whether it still turns.
#pragma once

#include <cstdint>

namespace labgallery::runtime {

/// Tells a loop that stands still from one that has nothing to do.
struct Pulse {
  std::uint64_t turns = 0;  // grows while the loop turns
  bool due = false;         // there is something to do now
};

}  // namespace labgallery::runtime
