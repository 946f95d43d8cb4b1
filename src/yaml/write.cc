#include "src/yaml/write.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "src/base/text.h"
#include "src/json/parse.h"
#include "src/yaml/scalar.h"

namespace labgallery::yaml {
namespace {

bool IsControl(unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; }

/// Characters that YAML does not let stand in a text as they are: C1 controls, the line separators
/// of Unicode and the byte order mark, in UTF-8.
bool HasSpecialUnicode(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (first == 0xC2 && second >= 0x80 && second <= 0x9F) return true;
    if (i + 2 >= text.size()) continue;
    const auto third = static_cast<unsigned char>(text[i + 2]);
    if (first == 0xE2 && second == 0x80 && (third == 0xA8 || third == 0xA9)) return true;
    if (first == 0xEF && second == 0xBB && third == 0xBF) return true;
  }
  return false;
}

bool IsPrintable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return IsControl(static_cast<unsigned char>(c)); }) &&
         !HasSpecialUnicode(text);
}

/// Sexagesimal numbers and dates are no strings to some readers of YAML 1.1.
bool LooksLikeNumberOrDate(std::string_view text) {
  return text.find_first_not_of("0123456789:.,_+-TtZz eE") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos &&
         std::count(text.begin(), text.end(), '.') <= 1;
}

bool CanBePlain(std::string_view text) {
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=<";
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (text.find('\n') != std::string_view::npos || !IsPrintable(text)) return false;
  if (kIndicators.find(text.front()) != std::string_view::npos) return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) {
    return false;
  }
  if (text.starts_with("---") || text.starts_with("...")) return false;
  const Scalar read = ReadPlainScalar(text);
  return read.reason.empty() && read.value.IsString() && !LooksLikeNumberOrDate(text);
}

std::string Quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "\"";
  const auto escape = [&](char kind, unsigned value, int digits) {
    out.append("\\").append(1, kind);
    while (digits-- > 0) out += kHex[(value >> (4U * static_cast<unsigned>(digits))) & 15U];
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[i + n]); };
    if (c == '"' || c == '\\') {
      out.append("\\").append(1, text[i]);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (IsControl(c)) {
      escape('x', c, 2);
    } else if (HasSpecialUnicode(text.substr(i, c == 0xC2 ? 2 : 3)) && c >= 0xC2) {
      const unsigned wide = c == 0xE2 ? 0x2000U + (byte(2) & 0x3FU) : 0xFEFFU;
      const unsigned code = c == 0xC2 ? byte(1) : wide;
      escape('u', code, 4);
      i += c == 0xC2 ? 1 : 2;
    } else {
      out += text[i];
    }
  }
  return out + "\"";
}

class Writer {
 public:
  std::string Take() { return std::move(out_); }

  /// Writes a value after "key:" or at the start; ends with a line feed. `indent` is where its
  /// lines begin.
  void Value(const json::Value& value, std::size_t indent, bool after_key) {
    if (const auto* members = value.AsObject(); members != nullptr && !members->empty()) {
      if (after_key) out_ += '\n';
      Members(*members, indent, after_key);
    } else if (const auto* items = value.AsArray(); items != nullptr && !items->empty()) {
      // Lists stand flush with the key they belong to.
      const std::size_t list_indent = after_key && indent >= 2 ? indent - 2 : indent;
      if (after_key) out_ += '\n';
      Items(*items, list_indent, true);
    } else {
      if (after_key) out_ += ' ';
      Scalar(value, indent);
    }
  }

 private:
  void Members(const json::Value::Object& members, std::size_t indent, bool indent_first) {
    for (const auto& [key, value] : members) {
      if (indent_first) out_.append(indent, ' ');
      indent_first = true;
      out_ += CanBePlain(key) ? key : Quoted(key);
      out_ += ':';
      Value(value, indent + 2, true);
    }
  }

  void Items(const json::Value::Array& items, std::size_t indent, bool indent_first) {
    for (const json::Value& item : items) {
      if (indent_first) out_.append(indent, ' ');
      indent_first = true;
      out_ += "- ";
      if (const auto* members = item.AsObject(); members != nullptr && !members->empty()) {
        Members(*members, indent + 2, false);
      } else if (const auto* nested = item.AsArray(); nested != nullptr && !nested->empty()) {
        Items(*nested, indent + 2, false);
      } else {
        Scalar(item, indent + 2);
      }
    }
  }

  void Scalar(const json::Value& value, std::size_t indent) {
    const std::string* text = value.AsString();
    if (text == nullptr) {
      out_ += json::Dump(value);
    } else if (CanBePlain(*text)) {
      out_ += *text;
    } else if (CanBeBlock(*text)) {
      return Block(*text, indent);
    } else {
      out_ += Quoted(*text);
    }
    out_ += '\n';
  }

  static bool CanBeBlock(std::string_view text) {
    if (text.find('\n') == std::string_view::npos || !IsPrintable(text)) return false;
    // A first line that is empty or begins with a blank would need an indentation indicator.
    if (text.front() == ' ' || text.front() == '\n') return false;
    return !text.ends_with("\n\n");
  }

  void Block(std::string_view text, std::size_t indent) {
    const bool ends_with_feed = text.ends_with('\n');
    out_ += ends_with_feed ? "|\n" : "|-\n";
    if (ends_with_feed) text.remove_suffix(1);
    for (const std::string& line : Split(text, '\n')) {
      if (!line.empty()) out_.append(indent, ' ').append(line);
      out_ += '\n';
    }
  }

  std::string out_;
};

}  // namespace

std::string ToYaml(const json::Value& value) {
  Writer writer;
  writer.Value(value, 0, false);
  return writer.Take();
}

}  // namespace labgallery::yaml
