#include "src/base/file_text.h"

#include <array>
#include <fstream>

namespace labgallery {

Result<std::string> ReadFileText(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::array<char, 4096> piece{};
  // Not by iterators: a stream's buffer throws where a directory is read, the stream itself does
  // not.
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) return InvalidInput("cannot read " + file);
  return text;
}

}  // namespace labgallery
