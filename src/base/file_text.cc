#include "src/base/file_text.h"

#include <fstream>
#include <iterator>

namespace labgallery {

Result<std::string> ReadFileText(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open()) return InvalidInput("cannot read " + file);
  return text;
}

}  // namespace labgallery
