#include "src/yaml/encoding.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace labgallery::yaml {
namespace {

constexpr const char* kSaveAgain = "save it as UTF-8";

unsigned char ByteAt(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool IsIn(unsigned char byte, unsigned char first, unsigned char last) {
  return byte >= first && byte <= last;
}

/// Bytes of the well-formed character that begins here; 0 if there is none (Unicode 15, table 3-7).
std::size_t CharacterAt(std::string_view text, std::size_t at) {
  const unsigned char lead = ByteAt(text, at);
  const unsigned char second = ByteAt(text, at + 1);
  if (lead < 0x80) return 1;
  if (IsIn(lead, 0xC2, 0xDF)) return IsIn(second, 0x80, 0xBF) ? 2 : 0;
  if (!IsIn(ByteAt(text, at + 2), 0x80, 0xBF)) return 0;
  if (IsIn(lead, 0xE0, 0xEF)) {
    const unsigned char least = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned char most = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    return IsIn(second, least, most) ? 3 : 0;
  }
  if (!IsIn(lead, 0xF0, 0xF4) || !IsIn(ByteAt(text, at + 3), 0x80, 0xBF)) return 0;
  const unsigned char least = lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = lead == 0xF4 ? 0x8F : 0xBF;
  return IsIn(second, least, most) ? 4 : 0;
}

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
    const std::size_t bytes = CharacterAt(text, at);
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
