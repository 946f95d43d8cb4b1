// Files that somebody else writes and exchanges while we run: read whole, each time anew.
#pragma once

#include <string>

#include "src/base/result.h"

namespace labgallery {

/// All of a file. kInvalidInput, with its name, if it cannot be opened or read (a directory).
/// Blocks on the disk.
Result<std::string> ReadFileText(const std::string& file);

}  // namespace labgallery
