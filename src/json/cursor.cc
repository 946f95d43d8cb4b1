#include "src/json/cursor.h"

#include <array>
#include <charconv>
#include <system_error>

namespace labgallery::json {
namespace {

// What ends a run of characters that mean nothing to whoever passes a value over. A table: texts
// are passed over by the thousand, and find_first_of looks at each character several times.
enum class Mark : unsigned char { kNone, kBlank, kEnd, kOpen, kClose, kQuote };

constexpr std::array<Mark, 256> MakeMarks() {
  std::array<Mark, 256> marks{};
  for (const char c : {' ', '\t', '\r', '\n'}) marks[static_cast<unsigned char>(c)] = Mark::kBlank;
  marks[','] = Mark::kEnd;
  marks['{'] = marks['['] = Mark::kOpen;
  marks['}'] = marks[']'] = Mark::kClose;
  marks['"'] = Mark::kQuote;
  return marks;
}
constexpr std::array<Mark, 256> kMarks = MakeMarks();

Mark MarkOf(char c) { return kMarks[static_cast<unsigned char>(c)]; }

}  // namespace

void Cursor::SkipBlanks() {
  while (at_ < text_.size() && MarkOf(text_[at_]) == Mark::kBlank) ++at_;
}

bool Cursor::Enter(char bracket) {
  SkipBlanks();
  if (Peek() != bracket) {
    Skip();
    return false;
  }
  ++at_;
  return true;
}

bool Cursor::Next(char end) {
  SkipBlanks();
  if (Peek() == ',') {
    ++at_;
    SkipBlanks();
  }
  if (Peek() == end) {
    ++at_;
    return false;
  }
  // No value begins like this: the rest is no JSON.
  if (std::string_view(":,}]").find(Peek()) != std::string_view::npos) at_ = text_.size();
  return at_ < text_.size();
}

std::optional<std::string_view> Cursor::NextMember() {
  if (!Next('}')) return std::nullopt;
  if (Peek() != '"') {
    at_ = text_.size();
    return std::nullopt;
  }
  const std::string_view name = ReadString();
  SkipBlanks();
  if (Peek() == ':') ++at_;
  return name;
}

std::string_view Cursor::ReadString() {
  const std::size_t begin = ++at_;
  while (true) {
    at_ = text_.find('"', at_);
    if (at_ == std::string_view::npos) {
      at_ = text_.size();
      return text_.substr(begin);
    }
    std::size_t escapes = 0;
    while (at_ - escapes > begin && text_[at_ - escapes - 1] == '\\') ++escapes;
    ++at_;
    if (escapes % 2 == 0) return text_.substr(begin, at_ - 1 - begin);
  }
}

std::optional<std::string_view> Cursor::Text() {
  SkipBlanks();
  if (Peek() == '"') return ReadString();
  Skip();
  return std::nullopt;
}

std::optional<double> Cursor::Number() {
  SkipBlanks();
  double value = 0;
  const char* const begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
  if (error != std::errc()) {
    Skip();
    return std::nullopt;
  }
  at_ += static_cast<std::size_t>(end - begin);
  return value;
}

void Cursor::Skip() {
  SkipBlanks();
  std::size_t depth = 0;
  while (at_ < text_.size()) {
    const Mark mark = MarkOf(text_[at_]);
    if (mark == Mark::kQuote) {
      ReadString();
      if (depth == 0) return;
    } else if (mark == Mark::kOpen) {
      ++depth;
      ++at_;
    } else if (mark == Mark::kClose) {
      if (depth == 0) return;  // of what the value is in
      ++at_;
      if (--depth == 0) return;
    } else if (depth == 0 && mark != Mark::kNone) {
      return;  // behind a number or a word
    } else {
      ++at_;
    }
  }
}

}  // namespace labgallery::json
