#include "src/yaml/split.h"

#include "src/base/text.h"

namespace labgallery::yaml {
namespace {

bool IsMarker(std::string_view line, std::string_view marker) {
  if (!line.starts_with(marker)) return false;
  return line.size() == marker.size() || line[marker.size()] == ' ' ||
         line[marker.size()] == '\t' || line[marker.size()] == '\r';
}

/// Nothing that could be a document of its own: it belongs to the marker that follows.
bool IsPreamble(std::string_view line) {
  line = Trim(line);
  return line.empty() || line[0] == '#' || line[0] == '%' || line == "\xEF\xBB\xBF";
}

}  // namespace

std::vector<Chunk> SplitDocuments(std::string_view text) {
  std::vector<Chunk> chunks;
  std::size_t begin = 0;
  int begin_line = 1;
  bool only_preamble = true;
  const auto cut = [&](std::size_t end, int next_line) {
    if (!only_preamble) chunks.push_back({text.substr(begin, end - begin), begin_line});
    begin = end;
    begin_line = next_line;
    only_preamble = true;
  };
  int line_number = 1;
  for (std::size_t at = 0; at < text.size(); ++line_number) {
    const std::size_t feed = text.find('\n', at);
    const std::size_t next = feed == std::string_view::npos ? text.size() : feed + 1;
    const std::string_view line =
        text.substr(at, next - at - (feed == std::string_view::npos ? 0 : 1));
    if (IsMarker(line, "---")) {
      if (!only_preamble) cut(at, line_number);
      only_preamble = false;
    } else if (IsMarker(line, "...")) {
      cut(next, line_number + 1);
    } else if (!IsPreamble(line)) {
      only_preamble = false;
    }
    at = next;
  }
  cut(text.size(), line_number);
  return chunks;
}

}  // namespace labgallery::yaml
