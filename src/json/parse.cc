#include "src/json/parse.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "src/json/library.h"
#include "src/json/parse_without.h"

namespace labgallery::json {
namespace {

struct Omitted {
  std::string_view parent;
  std::string_view name;
};

// Builds our tree from nlohmann's parse events, so that no second tree is made and the depth is
// checked before anything recurses over it.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::size_t max_depth, const Omitted& omitted)
      : max_depth_(max_depth), omitted_(omitted) {}

  bool null() override { return Put(Value()); }
  bool boolean(bool value) override { return Put(Value(value)); }
  bool number_integer(number_integer_t value) override { return Put(Value(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX))
      return Put(Value(static_cast<double>(value)));
    return Put(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override {
    return Put(Value(double{value}));
  }
  // The lexer's buffer stays with it: it would have to grow anew for each text.
  bool string(string_t& value) override { return Put(Value(std::string_view(value))); }
  bool binary(binary_t&) override { return Fail("binary values are not JSON"); }
  bool start_object(std::size_t) override {
    const bool is_parent = !omitting_ && member_name_is_parent_;
    if (!Open(Value(Value::Object()))) return false;
    if (is_parent) parent_level_ = open_.size();
    return true;
  }
  bool start_array(std::size_t) override { return Open(Value(Value::Array())); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    if (omitting_) return true;
    member_name_is_parent_ = !omitted_.name.empty() && value == omitted_.parent;
    if (open_.size() == parent_level_ && value == omitted_.name) {
      omitting_ = true;
      return true;
    }
    Value::Object& members = open_.back()->MakeObject();
    // Most texts are sorted: then each member belongs behind the last.
    const std::size_t before = members.size();
    const auto member = members.try_emplace(members.end(), value);
    if (members.size() == before) return Fail("the key '" + member->first + "' stands twice");
    member_ = &member->second;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    return Fail("at byte " + std::to_string(position) + ": " + error.what());
  }

  Value Take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

 private:
  bool Put(Value value) {
    member_name_is_parent_ = false;
    if (omitting_) {
      omitting_ = omitted_depth_ > 0;
      return true;
    }
    Add(std::move(value));
    return true;
  }
  Value* Add(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Value& parent = *open_.back();
    if (parent.IsArray()) return &parent.Push(std::move(value));
    *member_ = std::move(value);
    return member_;
  }
  bool Open(Value value) {
    member_name_is_parent_ = false;
    if (omitting_) {
      ++omitted_depth_;
      return true;
    }
    if (open_.size() >= max_depth_) {
      return Fail("nested deeper than " + std::to_string(max_depth_) + " levels");
    }
    // The pointers stay good: only the innermost open value grows.
    open_.push_back(Add(std::move(value)));
    return true;
  }
  bool Close() {
    if (omitting_) {
      omitting_ = --omitted_depth_ > 0;
      return true;
    }
    if (open_.size() == parent_level_) parent_level_ = kNoLevel;
    open_.pop_back();
    return true;
  }
  bool Fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }

  static constexpr std::size_t kNoLevel = static_cast<std::size_t>(-1);

  std::size_t max_depth_;
  const Omitted omitted_;
  bool member_name_is_parent_ = false;
  std::size_t parent_level_ = kNoLevel;  // how many values are open in the omitted one's parent
  bool omitting_ = false;                // the value that comes, or is open
  std::size_t omitted_depth_ = 0;
  Value root_;
  std::vector<Value*> open_;
  Value* member_ = nullptr;  // whose value comes next, in an object
  std::string problem_;
};

constexpr auto kReplace = nlohmann::json::error_handler_t::replace;

// Which characters stand in a text as they are. A table: each character of a dump is looked at.
constexpr std::array<bool, 256> MakePlain() {
  std::array<bool, 256> plain{};
  for (unsigned char c = ' '; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = MakePlain();

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return kPlain[static_cast<unsigned char>(c)]; });
}

void AppendString(const std::string& value, std::string& text) {
  if (IsPlain(value)) {
    text.append(1, '"').append(value).append(1, '"');
  } else {
    text += nlohmann::json(value).dump(-1, ' ', false, kReplace);
  }
}

// Without a tree of the library's: most texts are plain, and dumping is what servers do most.
void Append(const Value& value, std::string& text) {
  char separator = 0;
  auto separate = [&] {
    if (separator != 0) text += separator;
    separator = ',';
  };
  if (const Value::Object* members = value.AsObject()) {
    text += '{';
    for (const auto& [key, member] : *members) {
      separate();
      AppendString(key, text);
      text += ':';
      Append(member, text);
    }
    text += '}';
  } else if (const Value::Array* items = value.AsArray()) {
    text += '[';
    for (const Value& item : *items) {
      separate();
      Append(item, text);
    }
    text += ']';
  } else if (const std::string* string = value.AsString()) {
    AppendString(*string, text);
  } else if (const bool* truth = value.AsBoolean()) {
    text += *truth ? "true" : "false";
  } else if (const std::int64_t* integer = value.AsInteger()) {
    text += std::to_string(*integer);
  } else {
    text += ToLibrary(value).dump();
  }
}

// The lexer takes each character by itself: it is a third cheaper where all that it calls is in
// line.
[[gnu::flatten]] Result<Value> Build(std::string_view text, const ParseLimits& limits,
                                     const Omitted& omitted) {
  if (text.size() > limits.max_bytes) {
    return InvalidInput("larger than " + std::to_string(limits.max_bytes) + " bytes");
  }
  Builder builder(limits.max_depth, omitted);
  try {
    if (!nlohmann::json::sax_parse(text, &builder))
      return InvalidInput("not JSON: " + builder.problem());
  } catch (const nlohmann::json::exception& error) {
    return InvalidInput(std::string("not JSON: ") + error.what());
  }
  return builder.Take();
}

}  // namespace

Result<Value> Parse(std::string_view text, const ParseLimits& limits) {
  return Build(text, limits, {});
}

Result<Value> ParseWithout(std::string_view parent, std::string_view name, std::string_view text) {
  return Build(text, {}, {parent, name});
}

std::string Dump(const Value& value) {
  std::string text;
  Append(value, text);
  return text;
}

std::string DumpPretty(const Value& value) {
  return ToLibrary(value).dump(2, ' ', false, kReplace) + "\n";
}

}  // namespace labgallery::json
