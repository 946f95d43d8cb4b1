#include "src/json/reader.h"

#include <utility>

#include "src/base/text.h"

namespace labgallery::json {

void Problems::Add(std::string_view path, std::string_view problem) {
  list_.push_back(path.empty() ? std::string(problem)
                               : std::string(path) + ": " + std::string(problem));
}

Status Problems::ToStatus() const {
  if (list_.empty()) return Ok();
  return InvalidInput(Join(list_, "; "));
}

Reader::Reader(const Value& value, Problems& problems, std::string path)
    : value_(value.IsNull() ? nullptr : &value), problems_(&problems), path_(std::move(path)) {
  if (value_ != nullptr && !value_->IsObject()) {
    problems_->Add(path_, "expected object, got " + std::string(Name(value_->kind())));
    value_ = nullptr;
  }
}

std::string Reader::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Reader::Problem(std::string_view key, std::string_view problem) const {
  problems_->Add(key.empty() ? path_ : PathOf(key), problem);
}

void Reader::Expected(std::string_view key, std::string_view wanted, const Value& got) const {
  Problem(key, "expected " + std::string(wanted) + ", got " + std::string(Name(got.kind())));
}

const Value* Reader::Raw(std::string_view key) const {
  const Value* member = value_ == nullptr ? nullptr : value_->Find(key);
  return member == nullptr || member->IsNull() ? nullptr : member;
}

std::string Reader::String(std::string_view key) const {
  auto text = OptionalString(key);
  if (!text && !Has(key)) Problem(key, "is required");
  return std::move(text).value_or("");
}

std::int64_t Reader::Integer(std::string_view key) const {
  const auto number = OptionalInteger(key);
  if (!number && !Has(key)) Problem(key, "is required");
  return number.value_or(0);
}

std::optional<std::string> Reader::OptionalString(std::string_view key) const {
  const Value* member = Raw(key);
  if (member == nullptr) return std::nullopt;
  if (const std::string* text = member->AsString()) return *text;
  Expected(key, "string", *member);
  return std::nullopt;
}

std::optional<std::int64_t> Reader::OptionalInteger(std::string_view key) const {
  const Value* member = Raw(key);
  if (member == nullptr) return std::nullopt;
  if (const std::int64_t* number = member->AsInteger()) return *number;
  Expected(key, "integer", *member);
  return std::nullopt;
}

std::optional<double> Reader::OptionalNumber(std::string_view key) const {
  const Value* member = Raw(key);
  if (member == nullptr) return std::nullopt;
  if (const auto number = member->AsNumber()) return number;
  Expected(key, "number", *member);
  return std::nullopt;
}

std::optional<bool> Reader::OptionalBoolean(std::string_view key) const {
  const Value* member = Raw(key);
  if (member == nullptr) return std::nullopt;
  if (const bool* flag = member->AsBoolean()) return *flag;
  Expected(key, "boolean", *member);
  return std::nullopt;
}

std::string Reader::StringOr(std::string_view key, std::string_view fallback) const {
  return OptionalString(key).value_or(std::string(fallback));
}

std::int64_t Reader::IntegerOr(std::string_view key, std::int64_t fallback) const {
  return OptionalInteger(key).value_or(fallback);
}

bool Reader::BooleanOr(std::string_view key, bool fallback) const {
  return OptionalBoolean(key).value_or(fallback);
}

Reader Reader::Object(std::string_view key) const {
  const Value* member = Raw(key);
  if (member == nullptr) return {nullptr, problems_, PathOf(key)};
  return {*member, *problems_, PathOf(key)};
}

std::vector<Reader> Reader::Items(std::string_view key) const {
  std::vector<Reader> items;
  const Value* member = Raw(key);
  if (member == nullptr) return items;
  const Value::Array* array = member->AsArray();
  if (array == nullptr) {
    Expected(key, "array", *member);
    return items;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    items.emplace_back((*array)[i], *problems_, PathOf(key) + "[" + std::to_string(i) + "]");
  }
  return items;
}

std::vector<std::string> Reader::Strings(std::string_view key) const {
  std::vector<std::string> strings;
  const Value* member = Raw(key);
  if (member == nullptr) return strings;
  if (!member->IsArray()) {
    Expected(key, "array", *member);
    return strings;
  }
  for (const Value& item : *member->AsArray()) {
    if (const std::string* text = item.AsString()) {
      strings.push_back(*text);
    } else {
      Expected(key, "array of strings", item);
    }
  }
  return strings;
}

std::map<std::string, std::string> Reader::StringMap(std::string_view key) const {
  std::map<std::string, std::string> map;
  const Value* member = Raw(key);
  if (member == nullptr) return map;
  if (!member->IsObject()) {
    Expected(key, "object", *member);
    return map;
  }
  for (const auto& [name, value] : *member->AsObject()) {
    if (const std::string* text = value.AsString()) {
      map.emplace(name, *text);
    } else {
      Expected(key, "object of strings", value);
    }
  }
  return map;
}

}  // namespace labgallery::json
