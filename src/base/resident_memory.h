// What this process holds in memory without needing it, given back to the system.
#pragma once

namespace labgallery {

/// Gives back what was freed, and lets go of the pages of the program's and its libraries' files:
/// most of them were needed by the start alone, and those that are used come back from the page
/// cache, at less than a millisecond for all of them. For the moment when work is over.
/// Thread-safe; the C library's lock is held meanwhile, a few milliseconds for each 10 MB.
void GiveBackMemory();

}  // namespace labgallery
