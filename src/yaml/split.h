// Cuts a YAML text at its document markers, so that a syntax error in one document does not hide
// those after it: a marker at the start of a line ends whatever is open, by the grammar of YAML.
#pragma once

#include <string_view>
#include <vector>

namespace labgallery::yaml {

struct Chunk {
  std::string_view text;  // with its "---" line and the directives before it
  int first_line = 1;
};

std::vector<Chunk> SplitDocuments(std::string_view text);

}  // namespace labgallery::yaml
