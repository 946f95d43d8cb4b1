#include "src/json/dumped.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "src/json/parse.h"

namespace labgallery::json {
namespace {

/// Stands before what has not been read yet.
class DumpedText {
 public:
  explicit DumpedText(std::string_view text) : left_(text) {}

  Value Read() {
    switch (Next()) {
      case '{':
        return ReadObject();
      case '[':
        return ReadArray();
      case '"':
        return ReadString();
      case 't':
        return ReadWord("true", true);
      case 'f':
        return ReadWord("false", false);
      case 'n':
        return ReadWord("null", nullptr);
      default:
        return ReadNumber();
    }
  }

 private:
  char Next() const { return left_.empty() ? '\0' : left_.front(); }
  void Pass(std::size_t characters) { left_.remove_prefix(std::min(characters, left_.size())); }
  // True before one more member or item; otherwise behind the end of the object or array.
  bool GoesOn(char end) {
    if (Next() == ',') Pass(1);
    if (!left_.empty() && Next() != end) return true;
    Pass(1);
    return false;
  }

  Value ReadObject() {
    Value::Object members;
    Pass(1);
    while (GoesOn('}')) {
      std::string name = ReadString();
      Pass(1);
      members.emplace_hint(members.end(), std::move(name), Read());
    }
    return members;
  }

  Value ReadArray() {
    Value::Array items;
    Pass(1);
    while (GoesOn(']')) items.push_back(Read());
    return items;
  }

  std::string ReadString() {
    const std::size_t end = left_.find('"', 1);
    const std::string_view text = left_.substr(std::min<std::size_t>(1, left_.size()), end - 1);
    if (end == std::string_view::npos || text.find('\\') != std::string_view::npos)
      return ReadEscapedString();
    Pass(end + 1);
    return std::string(text);
  }

  std::string ReadEscapedString() {
    std::size_t end = 1;
    while (end < left_.size() && left_[end] != '"') end += left_[end] == '\\' ? 2U : 1U;
    const auto parsed = Parse(left_.substr(0, end + 1));
    Pass(end + 1);
    const std::string* text = parsed ? parsed->AsString() : nullptr;
    return text == nullptr ? std::string() : *text;
  }

  Value ReadWord(std::string_view word, Value value) {
    Pass(word.size());
    return value;
  }

  Value ReadNumber() {
    const std::string_view text = left_.substr(0, left_.find_first_of(",]}"));
    Pass(std::max<std::size_t>(text.size(), 1));
    const char* const end = text.data() + text.size();
    std::int64_t integer = 0;
    const auto whole = std::from_chars(text.data(), end, integer);
    if (whole.ec == std::errc() && whole.ptr == end) return integer;
    double number = 0;
    std::from_chars(text.data(), end, number);
    return number;
  }

  std::string_view left_;
};

}  // namespace

Value ParseDumped(std::string_view text) { return DumpedText(text).Read(); }

}  // namespace labgallery::json
