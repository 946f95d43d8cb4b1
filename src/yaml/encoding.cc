#include "src/yaml/encoding.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "src/base/utf8.h"

namespace labgallery::yaml {
namespace {

constexpr const char* kSaveAgain = "save it as UTF-8";

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::string Hex(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("0x") + kDigits[byte / 16] + kDigits[byte % 16];
}

Problem At(std::string_view text, std::size_t at, std::string reason, std::string remedy) {
  const std::string_view before = text.substr(0, at);
  const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t feed = before.rfind('\n');
  const std::size_t column = at - (feed == std::string_view::npos ? 0 : feed + 1) + 1;
  return {.position = {line, static_cast<int>(column)},
          .path = {},
          .reason = std::move(reason),
          .remedy = std::move(remedy)};
}

}  // namespace

std::optional<Problem> ProblemOfText(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return Problem{.position = {},
                   .path = {},
                   .reason = "larger than " + std::to_string(limits.max_bytes) + " bytes",
                   .remedy = "split it into several files"};
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return At(text, 0, "not YAML: it is in UTF-16", kSaveAgain);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = Utf8Length(text.substr(at));
    if (bytes == 0)
      return At(text, at, "not YAML: the byte " + Hex(text[at]) + " is not UTF-8", kSaveAgain);
    if (IsControl(text[at])) {
      return At(text, at, "not YAML: a control character, " + Hex(text[at]),
                "take it out, or write it as an escape in double quotes");
    }
    at += bytes;
  }
  return std::nullopt;
}

}  // namespace labgallery::yaml
