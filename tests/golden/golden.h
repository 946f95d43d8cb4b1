// Golden files: what the code says now, compared with a file that people review. `make golden`
// writes them anew.
#pragma once

#include <string>
#include <string_view>

namespace labgallery::golden {

/// Fails the running test unless the file (relative to the root of the tree) holds exactly `text`.
/// With LABGALLERY_UPDATE_GOLDEN in the environment the file is written instead.
void ExpectFile(const std::string& path, std::string_view text);

}  // namespace labgallery::golden
