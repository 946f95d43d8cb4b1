#include "src/json/cursor.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace labgallery::json {

void Cursor::SkipBlanks() {
  while (at_ < text_.size() &&
         std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
    ++at_;
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
    at_ = text_.find_first_of("\"\\", at_);
    if (at_ == std::string_view::npos) {
      at_ = text_.size();
      return text_.substr(begin);
    }
    if (text_[at_] == '"') break;
    at_ += 2;
  }
  return text_.substr(begin, at_++ - begin);
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
  do {
    at_ = depth == 0 ? at_ : text_.find_first_of("\"[]{}", at_);
    if (at_ >= text_.size()) {
      at_ = text_.size();
      return;
    }
    const char c = text_[at_];
    if (c == '"') {
      ReadString();
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return;  // there is no value
      --depth;
      ++at_;
    } else {
      at_ = std::min(text_.size(), text_.find_first_of(",]} \t\r\n", at_));
    }
  } while (depth > 0);
}

}  // namespace labgallery::json
