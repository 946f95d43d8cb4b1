#include "src/json/schema_node.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <regex>
#include <set>
#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/json/parse.h"

namespace labgallery::json {
namespace {

constexpr std::array<std::string_view, 6> kTypes{"array",  "boolean", "integer",
                                                 "number", "object",  "string"};

std::size_t FollowingBytes(unsigned char lead) {
  if (lead >= 0xF0U) return 3;
  if (lead >= 0xE0U) return 2;
  return lead >= 0xC0U ? 1 : 0;
}

// UTF-8 to code points, so that a pattern counts characters as RE2 does. A broken byte stands for
// itself.
std::wstring Decode(std::string_view text) {
  std::wstring decoded;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t extra = FollowingBytes(lead);
    std::uint32_t point = extra == 0 ? lead : lead & (0x3FU >> extra);
    for (std::size_t k = 1; k <= extra && i + k < text.size(); ++k) {
      point = (point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    }
    decoded += static_cast<wchar_t>(point);
    i += extra + 1;
  }
  return decoded;
}

std::int64_t CharacterCount(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

bool IsWhole(double number) { return std::floor(number) == number && std::abs(number) < 9.2e18; }

std::string Shown(double number) {
  return IsWhole(number) ? std::to_string(static_cast<std::int64_t>(number)) : Dump(Value(number));
}

std::string Quoted(std::string_view text) { return Dump(Value(text)); }

std::optional<std::int64_t> Count(const Value& node, std::string_view key) {
  const Value* member = node.Find(key);
  const std::int64_t* number = member == nullptr ? nullptr : member->AsInteger();
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<double> Number(const Value& node, std::string_view key) {
  const Value* member = node.Find(key);
  return member == nullptr ? std::nullopt : member->AsNumber();
}

bool Flag(const Value& node, std::string_view key) {
  const Value* member = node.Find(key);
  const bool* flag = member == nullptr ? nullptr : member->AsBoolean();
  return flag != nullptr && *flag;
}

bool FormatFits(std::string_view format, const std::string& text) {
  // The only string format whose values are computed with; the API server ignores unknown ones,
  // too.
  return format != "date-time" || ParseRfc3339(text).has_value();
}

}  // namespace

struct SchemaNode::Pattern {
  std::string text;
  std::wregex regex;

  // libstdc++'s polynomial executor, for two reasons: it neither recurses over the input nor
  // backtracks, so no value can exhaust the stack or the time; and it has no back-references, as
  // RE2 has none.
  static Result<std::shared_ptr<const Pattern>> Compile(const std::string& text) {
    for (const std::string_view look_around : {"(?=", "(?!", "(?<"}) {
      if (text.find(look_around) != std::string::npos) {
        return InvalidInput("pattern " + Quoted(text) + ": look-around is not part of RE2");
      }
    }
    try {
      constexpr auto kFlags = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;
      return std::make_shared<const Pattern>(Pattern{text, std::wregex(Decode(text), kFlags)});
    } catch (const std::regex_error& error) {
      return InvalidInput("pattern " + Quoted(text) + ": " + error.what());
    }
  }
};

Result<SchemaNode> SchemaNode::Read(const Value& node) {
  SchemaNode rules;
  rules.type_ = node.Text({"type"});
  if (!rules.type_.empty() &&
      std::find(kTypes.begin(), kTypes.end(), rules.type_) == kTypes.end()) {
    return InvalidInput("unknown type " + Quoted(rules.type_));
  }
  rules.format_ = node.Text({"format"});
  rules.nullable_ = Flag(node, "nullable");
  rules.int_or_string_ = Flag(node, "x-kubernetes-int-or-string");
  if (const Value* values = node.Find("enum"); values != nullptr && values->IsArray()) {
    rules.enum_ = *values->AsArray();
  }
  if (const Value* pattern = node.Find("pattern"); pattern != nullptr && pattern->IsString()) {
    LAB_ASSIGN_OR_RETURN(rules.pattern_, Pattern::Compile(*pattern->AsString()));
  }
  rules.length_ = {Count(node, "minLength"), Count(node, "maxLength")};
  rules.items_ = {Count(node, "minItems"), Count(node, "maxItems")};
  rules.properties_ = {Count(node, "minProperties"), Count(node, "maxProperties")};
  rules.minimum_ = Number(node, "minimum");
  rules.maximum_ = Number(node, "maximum");
  rules.multiple_of_ = Number(node, "multipleOf");
  rules.exclusive_minimum_ = Flag(node, "exclusiveMinimum");
  rules.exclusive_maximum_ = Flag(node, "exclusiveMaximum");
  rules.list_type_ = node.Text({"x-kubernetes-list-type"});
  if (const Value* keys = node.Find("x-kubernetes-list-map-keys");
      keys != nullptr && keys->IsArray()) {
    for (const Value& key : *keys->AsArray()) {
      if (key.IsString()) rules.list_map_keys_.push_back(*key.AsString());
    }
  }
  return rules;
}

bool SchemaNode::LooksInside() const {
  return list_type_ == "set" || list_type_ == "map" ||
         std::any_of(enum_.begin(), enum_.end(),
                     [](const Value& allowed) { return allowed.IsObject() || allowed.IsArray(); });
}

bool SchemaNode::TypeFits(const Value& value) const {
  if (value.IsNull()) return nullable_ || (type_.empty() && !int_or_string_);
  if (int_or_string_) return value.IsString() || value.AsInteger() != nullptr;
  if (type_.empty() || Name(value.kind()) == type_) return true;
  const auto number = value.AsNumber();
  if (type_ == "number") return number.has_value();
  return type_ == "integer" && number && IsWhole(*number);
}

void SchemaNode::Check(const std::string& path, const Value& value, const Report& report) const {
  if (!TypeFits(value)) {
    const std::string found = Quoted(Name(value.kind()));
    const std::string wanted = int_or_string_ ? "integer or string" : type_;
    report(path, "Invalid value: " + found + ": " + path + " in body must be of type " + wanted +
                     ": " + found);
    return;
  }
  if (value.IsNull()) return;
  CheckEnum(path, value, report);
  if (value.AsNumber()) CheckNumber(path, value, report);
  if (const std::string* text = value.AsString()) CheckString(path, *text, report);
  if (const Value::Array* items = value.AsArray()) CheckArray(path, *items, report);
  if (value.IsObject()) CheckObject(path, value, report);
}

void SchemaNode::CheckEnum(const std::string& path, const Value& value,
                           const Report& report) const {
  if (enum_.empty() || std::find(enum_.begin(), enum_.end(), value) != enum_.end()) return;
  std::vector<std::string> supported;
  for (const Value& allowed : enum_) supported.push_back(Dump(allowed));
  report(path,
         "Unsupported value: " + Dump(value) + ": supported values: " + Join(supported, ", "));
}

void SchemaNode::CheckNumber(const std::string& path, const Value& value,
                             const Report& report) const {
  const double number = value.AsNumber().value_or(0);
  auto invalid = [&](const std::string& rule) {
    report(path, "Invalid value: " + Dump(value) + ": " + path + " in body should be " + rule);
  };
  if (minimum_ && (exclusive_minimum_ ? number <= *minimum_ : number < *minimum_)) {
    invalid((exclusive_minimum_ ? "greater than " : "greater than or equal to ") +
            Shown(*minimum_));
  }
  if (maximum_ && (exclusive_maximum_ ? number >= *maximum_ : number > *maximum_)) {
    invalid((exclusive_maximum_ ? "less than " : "less than or equal to ") + Shown(*maximum_));
  }
  if (multiple_of_ && !IsWhole(number / *multiple_of_)) {
    invalid("a multiple of " + Shown(*multiple_of_));
  }
  const bool too_wide = (format_ == "int32" && std::abs(number + 0.5) > 2147483648.0) ||
                        (format_ == "int64" && value.AsInteger() == nullptr && !IsWhole(number));
  if (too_wide) {
    report(path, "Invalid value: " + Dump(value) + ": " + path + " in body must be of type " +
                     format_ + ": " + Quoted(Dump(value)));
  }
}

void SchemaNode::CheckString(const std::string& path, const std::string& text,
                             const Report& report) const {
  auto invalid = [&](const std::string& rule) {
    report(path, "Invalid value: " + Quoted(text) + ": " + path + " in body " + rule);
  };
  const std::int64_t length = CharacterCount(text);
  if (length_.most && length > *length_.most) {
    report(path, "Too long: may not be more than " + std::to_string(*length_.most) + " bytes");
  }
  if (length_.least && length < *length_.least) {
    invalid("should be at least " + std::to_string(*length_.least) + " chars long");
  }
  if (pattern_ && !std::regex_search(Decode(text), pattern_->regex)) {
    invalid("should match '" + pattern_->text + "'");
  }
  if (!FormatFits(format_, text)) invalid("must be of type " + format_ + ": " + Quoted(text));
}

void SchemaNode::CheckArray(const std::string& path, const Value::Array& items,
                            const Report& report) const {
  const auto count = static_cast<std::int64_t>(items.size());
  if (items_.most && count > *items_.most) {
    report(path, "Too many: " + std::to_string(count) + ": must have at most " +
                     std::to_string(*items_.most) + " items");
  }
  if (items_.least && count < *items_.least) {
    report(path, "Invalid value: " + std::to_string(count) + ": " + path +
                     " in body should have at least " + std::to_string(*items_.least) + " items");
  }
  if (list_type_ == "set" || list_type_ == "map") CheckDuplicates(path, items, report);
}

void SchemaNode::CheckObject(const std::string& path, const Value& value,
                             const Report& report) const {
  const auto count = static_cast<std::int64_t>(value.AsObject()->size());
  if (properties_.most && count > *properties_.most) {
    report(path, "Too many: " + std::to_string(count) + ": must have at most " +
                     std::to_string(*properties_.most) + " items");
  }
  if (properties_.least && count < *properties_.least) {
    report(path, "Invalid value: " + std::to_string(count) + ": " + path +
                     " in body should have at least " + std::to_string(*properties_.least) +
                     " properties");
  }
}

void SchemaNode::CheckDuplicates(const std::string& path, const Value::Array& items,
                                 const Report& report) const {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Value identity = items[i];
    if (list_type_ == "map") {
      identity = Value(Value::Object());
      for (const std::string& key : list_map_keys_) {
        const Value* member = items[i].Find(key);
        if (member != nullptr) identity.Set(key, *member);
      }
    }
    if (!seen.insert(Dump(identity)).second) {
      report(path + "[" + std::to_string(i) + "]", "Duplicate value: " + Dump(identity));
    }
  }
}

}  // namespace labgallery::json
