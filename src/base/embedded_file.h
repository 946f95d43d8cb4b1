// A file that was put into the binary when it was built (cmake/EmbedFiles.cmake).
#pragma once

#include <span>
#include <string_view>

namespace labgallery {

struct EmbeddedFile {
  std::string_view name;  // without its folder
  std::string_view text;
};

}  // namespace labgallery
