#include "src/yaml/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "src/base/text.h"

namespace labgallery::yaml {
namespace {

constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";
constexpr std::array<std::string_view, 4> kPlainTypes = {"int", "float", "bool", "null"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kTrue = {"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> kFalse = {"false", "False", "FALSE"};
// Booleans of YAML 1.1, strings of YAML 1.2, in any spelling.
constexpr std::array<std::string_view, 6> kDisputed = {"yes", "no", "on", "off", "y", "n"};
constexpr std::array<std::string_view, 2> kNotFinite = {".inf", ".nan"};

template <typename Words>
bool Contains(const Words& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view WithoutSign(std::string_view text) {
  return !text.empty() && (text[0] == '+' || text[0] == '-') ? text.substr(1) : text;
}

std::size_t DigitsAt(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - from;
}

/// [0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)? or the same with the point first.
bool LooksDecimal(std::string_view digits) {
  std::size_t at = DigitsAt(digits, 0);
  std::size_t mantissa = at;
  if (at < digits.size() && digits[at] == '.') {
    mantissa += DigitsAt(digits, at + 1);
    at += 1 + DigitsAt(digits, at + 1);
  }
  if (mantissa == 0) return false;
  if (at < digits.size() && (digits[at] == 'e' || digits[at] == 'E')) {
    ++at;
    if (at < digits.size() && (digits[at] == '+' || digits[at] == '-')) ++at;
    const std::size_t exponent = DigitsAt(digits, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == digits.size();
}

bool ConsistsOf(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

/// 0x1F, 0o17, 0b1, 017, 1_000: numbers to some readers, other numbers or text to others.
bool LooksLikeDisputedNumber(std::string_view digits) {
  if (digits.size() < 2 || !IsDigit(digits[0])) return false;
  const std::string prefix = Lower(digits.substr(0, 2));
  const std::string tail = Lower(digits.substr(2));
  if (prefix == "0x") return ConsistsOf(tail, "0123456789abcdef_");
  if (prefix == "0o") return ConsistsOf(tail, "01234567_");
  if (prefix == "0b") return ConsistsOf(tail, "01_");
  if (digits[0] == '0' && ConsistsOf(digits, "0123456789")) return true;
  return digits.find('_') != std::string_view::npos && ConsistsOf(digits, "0123456789_.");
}

std::optional<json::Value> ReadNumber(std::string_view text) {
  const std::string_view unsigned_text = WithoutSign(text);
  if (!LooksDecimal(unsigned_text)) return std::nullopt;
  const std::string_view spelled = text[0] == '+' ? unsigned_text : text;
  const char* end = spelled.data() + spelled.size();
  std::int64_t integer = 0;
  if (auto [stop, error] = std::from_chars(spelled.data(), end, integer);
      error == std::errc() && stop == end) {
    return json::Value(integer);
  }
  double number = 0;
  const auto [stop, error] = std::from_chars(spelled.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
  return json::Value(number);
}

Scalar UnknownTag(std::string_view tag) {
  return {.value = {},
          .reason = "the tag \"" + std::string(tag) + "\" is not one that JSON has",
          .remedy = "leave the tag out"};
}

}  // namespace

Scalar ReadPlainScalar(std::string_view text) {
  if (Contains(kNull, text)) return {};
  if (Contains(kTrue, text)) return {.value = json::Value(true)};
  if (Contains(kFalse, text)) return {.value = json::Value(false)};
  const std::string quoted = "\"" + std::string(text) + "\"";
  if (Contains(kDisputed, Lower(text))) {
    return {.value = {},
            .reason = quoted + " is a boolean to some readers of YAML and text to others",
            .remedy = "write true or false, or put it in quotes if it is text"};
  }
  if (Contains(kNotFinite, Lower(WithoutSign(text)))) {
    return {.value = {},
            .reason = quoted + " is not a number that JSON has",
            .remedy = "put it in quotes if it is text"};
  }
  if (LooksLikeDisputedNumber(WithoutSign(text))) {
    return {.value = {},
            .reason = quoted + " is read as different numbers by different readers of YAML",
            .remedy = "write the decimal number, or put it in quotes if it is text"};
  }
  if (auto number = ReadNumber(text)) return {.value = *std::move(number)};
  return {.value = json::Value(text)};
}

Scalar ReadScalar(std::string_view tag, std::string_view text) {
  const bool core = tag.starts_with(kCoreTag);
  const std::string_view type = core ? tag.substr(kCoreTag.size()) : "";
  if (tag == "!" || type == "str") return {.value = json::Value(text)};
  if (tag == "?" || Contains(kPlainTypes, type)) return ReadPlainScalar(text);
  return UnknownTag(tag);
}

Scalar ReadCollectionTag(std::string_view tag, std::string_view type) {
  const bool core = tag.starts_with(kCoreTag) && tag.substr(kCoreTag.size()) == type;
  return tag.empty() || tag == "?" || tag == "!" || core ? Scalar{} : UnknownTag(tag);
}

}  // namespace labgallery::yaml
