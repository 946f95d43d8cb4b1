// Whether a file that somebody else exchanges while we run is still the one that was read.
#pragma once

#include <cstdint>
#include <string>

namespace labgallery {

/// What tells one content of a file from the next: enough to notice an exchange, by renaming, by
/// writing over it, or by turning a symbolic link on the way to it.
struct FileStamp {
  std::int64_t modified = 0;  // nanoseconds
  std::uint64_t inode = 0;
  std::int64_t size = -1;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Of the file that the path leads to now; that of no file where it leads to none, or is empty.
/// Blocks on the disk.
FileStamp StampOf(const std::string& file);

}  // namespace labgallery
