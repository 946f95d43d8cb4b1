#include <charconv>
#include <cstdint>

#include "src/json/parse.h"
#include "src/yaml/parse.h"

namespace labgallery::yaml {
namespace {

// Notes where members and items stand in a JSON text. Whether it is JSON is json::Parse's business:
// this gives up silently at the first thing it does not understand, and only reports keys that
// stand twice, because it alone knows where the first one was.
class PositionScanner {
 public:
  PositionScanner(std::string_view text, const Limits& limits, Document& document, Parsed& parsed)
      : text_(text), limits_(limits), document_(document), parsed_(parsed) {}

  void Run() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    SkipBlanks();
    document_.positions.insert_or_assign("", Here());
    ScanValue("", 0);
  }

  /// Line and column of a byte.
  static Position PositionOfByte(std::string_view text, std::size_t byte) {
    Position position{1, 1};
    for (std::size_t i = 0; i < byte && i < text.size(); ++i) {
      ++position.column;
      if (text[i] == '\n') position = {position.line + 1, 1};
    }
    return position;
  }

 private:
  Position Here() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Accept(char wanted) {
    SkipBlanks();
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }
  void SkipBlanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  bool ScanValue(const std::string& path, std::size_t depth) {
    SkipBlanks();
    if (depth > limits_.max_depth) return false;
    if (Peek() == '{') return ScanObject(path, depth);
    if (Peek() == '[') return ScanArray(path, depth);
    if (Peek() == '"') return ScanString(nullptr);
    const std::size_t end = text_.find_first_of(",]} \t\r\n", at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
    return true;
  }

  bool ScanObject(const std::string& path, std::size_t depth) {
    ++at_;
    if (Accept('}')) return true;
    std::map<std::string, Position> keys;
    do {
      SkipBlanks();
      const Position key_at = Here();
      std::string key;
      if (!ScanString(&key) || !Accept(':')) return false;
      const std::string member = MemberPath(path, key);
      const auto [first, is_new] = keys.try_emplace(key, key_at);
      if (is_new) {
        document_.positions[member] = key_at;
      } else {
        parsed_.problems.push_back(
            {1, key_at, member, KeyTwice(key, first->second), "keep one of them"});
      }
      if (!ScanValue(member, depth + 1)) return false;
    } while (Accept(','));
    return Accept('}');
  }

  bool ScanArray(const std::string& path, std::size_t depth) {
    ++at_;
    if (Accept(']')) return true;
    std::size_t index = 0;
    do {
      SkipBlanks();
      const std::string item = ItemPath(path, index++);
      document_.positions[item] = Here();
      if (!ScanValue(item, depth + 1)) return false;
    } while (Accept(','));
    return Accept(']');
  }

  bool ScanString(std::string* content) {
    if (Peek() != '"') return false;
    const std::size_t begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    if (content == nullptr) return true;
    const auto value = json::Parse(text_.substr(begin, at_ - begin));
    if (!value || value->AsString() == nullptr) return false;
    *content = *value->AsString();
    return true;
  }

  std::string_view text_;
  const Limits& limits_;
  Document& document_;
  Parsed& parsed_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

/// The byte that json::Parse names in its message, or nothing.
std::optional<std::size_t> ByteIn(const std::string& message) {
  constexpr std::string_view kMark = "at byte ";
  const auto found = message.find(kMark);
  if (found == std::string::npos) return std::nullopt;
  std::size_t byte = 0;
  const char* begin = message.data() + found + kMark.size();
  if (std::from_chars(begin, message.data() + message.size(), byte).ec != std::errc()) {
    return std::nullopt;
  }
  return byte == 0 ? 0 : byte - 1;  // counted from 1 there
}

}  // namespace

Parsed ParseJson(std::string_view text, const Limits& limits) {
  Parsed parsed;
  auto value = json::Parse(text, {.max_depth = limits.max_depth, .max_bytes = limits.max_bytes});
  Document document;
  if (text.size() <= limits.max_bytes) PositionScanner(text, limits, document, parsed).Run();
  if (!parsed.problems.empty()) return parsed;
  if (!value) {
    const auto byte = ByteIn(value.error().message);
    parsed.problems.push_back({1, byte ? PositionScanner::PositionOfByte(text, *byte) : Position{},
                               "", value.error().message,
                               "check the commas, quotes and brackets here"});
    return parsed;
  }
  document.value = *std::move(value);
  if (!document.value.IsNull()) parsed.documents.push_back(std::move(document));
  return parsed;
}

}  // namespace labgallery::yaml
