#include "src/json/value.h"

#include <utility>

namespace labgallery::json {

std::optional<double> Value::AsNumber() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  if (const auto* integer = AsInteger()) return static_cast<double>(*integer);
  return std::nullopt;
}

const Value* Value::Find(std::string_view key) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  const auto found = object->find(key);
  return found == object->end() ? nullptr : &found->second;
}

Value* Value::Find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).Find(key));
}

const Value* Value::At(std::initializer_list<std::string_view> path) const {
  const Value* value = this;
  for (const std::string_view key : path) {
    value = value->Find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view Value::Text(std::initializer_list<std::string_view> path) const {
  const Value* value = At(path);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<std::int64_t> Value::Integer(std::initializer_list<std::string_view> path) const {
  const Value* value = At(path);
  const std::int64_t* integer = value == nullptr ? nullptr : value->AsInteger();
  return integer == nullptr ? std::nullopt : std::optional<std::int64_t>(*integer);
}

Value::Array& Value::MakeArray() {
  if (!IsArray()) value_ = Array();
  return std::get<Array>(value_);
}

Value::Object& Value::MakeObject() {
  if (!IsObject()) value_ = Object();
  return std::get<Object>(value_);
}

Value& Value::Set(std::string_view key, Value value) {
  return MakeObject().insert_or_assign(std::string(key), std::move(value)).first->second;
}

void Value::Remove(std::string_view key) {
  if (auto* object = std::get_if<Object>(&value_)) {
    const auto found = object->find(key);
    if (found != object->end()) object->erase(found);
  }
}

Value& Value::Push(Value value) { return MakeArray().emplace_back(std::move(value)); }

std::string_view Name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kBoolean:
      return "boolean";
    case Value::Kind::kInteger:
      return "integer";
    case Value::Kind::kNumber:
      return "number";
    case Value::Kind::kString:
      return "string";
    case Value::Kind::kArray:
      return "array";
    case Value::Kind::kObject:
      return "object";
  }
  return "null";
}

void MergePatch(Value& target, const Value& patch) {
  const Value::Object* members = patch.AsObject();
  if (members == nullptr) {
    target = patch;
    return;
  }
  target.MakeObject();
  for (const auto& [key, value] : *members) {
    if (value.IsNull()) {
      target.Remove(key);
    } else if (Value* present = target.Find(key)) {
      MergePatch(*present, value);
    } else {
      MergePatch(target.Set(key, Value()), value);
    }
  }
}

}  // namespace labgallery::json
