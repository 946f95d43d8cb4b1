#include "tests/golden/markdown.h"

#include "src/base/text.h"

namespace labgallery::golden {

std::string Code(std::string_view text) { return "`" + Join(Split(text, '|'), "\\|") + "`"; }

std::string Escaped(std::string_view text) {
  return Join(Split(Join(Split(text, '<'), "&lt;"), '|'), "\\|");
}

std::string TableHead(const std::vector<std::string>& names) {
  std::string line = "|";
  for (std::size_t i = 0; i < names.size(); ++i) line += "---|";
  return TableRow(names) + line + "\n";
}

std::string TableRow(const std::vector<std::string>& cells) {
  return "| " + Join(cells, " | ") + " |\n";
}

}  // namespace labgallery::golden
