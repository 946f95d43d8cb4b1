#include "src/base/file_stamp.h"

#include <sys/stat.h>

namespace labgallery {

FileStamp StampOf(const std::string& file) {
  struct stat status{};
  if (file.empty() || stat(file.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_ino,
          status.st_size};
}

}  // namespace labgallery
