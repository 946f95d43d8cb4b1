// A JSON value as a plain C++ value: copies are deep, members are sorted by key, so equal values
// have equal texts. Parsing and printing are in parse.h; reading with a path and types in reader.h.
// There is deliberately no operator[]: a missing or mistyped member must be dealt with where it is
// read.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace labgallery::json {

class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::map<std::string, Value, std::less<>>;
  enum class Kind { kNull, kBoolean, kInteger, kNumber, kString, kArray, kObject };

  Value() = default;
  Value(std::nullptr_t) {}                                        // NOLINT: implicit, so that
  Value(bool value) : value_(value) {}                            // NOLINT: bodies can be
  Value(int value) : value_(static_cast<std::int64_t>(value)) {}  // NOLINT: written as
  Value(std::int64_t value) : value_(value) {}                    // NOLINT: nested braces
  Value(double value) : value_(value) {}                          // NOLINT
  Value(const char* value) : value_(std::string(value)) {}        // NOLINT
  Value(std::string value) : value_(std::move(value)) {}          // NOLINT
  Value(std::string_view value) : value_(std::string(value)) {}   // NOLINT
  Value(Array value) : value_(std::move(value)) {}                // NOLINT
  Value(Object value) : value_(std::move(value)) {}               // NOLINT

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool IsNull() const { return kind() == Kind::kNull; }
  bool IsObject() const { return kind() == Kind::kObject; }
  bool IsArray() const { return kind() == Kind::kArray; }
  bool IsString() const { return kind() == Kind::kString; }

  /// The content, or null (nothing) when the value is of another kind. AsNumber also takes
  /// integers.
  const bool* AsBoolean() const { return std::get_if<bool>(&value_); }
  const std::int64_t* AsInteger() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* AsString() const { return std::get_if<std::string>(&value_); }
  const Array* AsArray() const { return std::get_if<Array>(&value_); }
  const Object* AsObject() const { return std::get_if<Object>(&value_); }
  std::optional<double> AsNumber() const;

  /// The member, or null when it is absent or this is no object. A member that is null is returned.
  const Value* Find(std::string_view key) const;
  Value* Find(std::string_view key);
  /// The same along a path of members.
  const Value* At(std::initializer_list<std::string_view> path) const;
  /// The text of a string member along a path; empty when there is none.
  std::string_view Text(std::initializer_list<std::string_view> path) const;

  /// The integer member along a path; nothing when there is none.
  std::optional<std::int64_t> Integer(std::initializer_list<std::string_view> path) const;

  /// The array or object inside, after making this one if it was of another kind.
  Array& MakeArray();
  Object& MakeObject();

  /// Sets a member (making this an object first) and returns it.
  Value& Set(std::string_view key, Value value);
  /// Sets a member unless `value` is nothing.
  template <typename T>
  void SetIf(std::string_view key, const std::optional<T>& value) {
    if (value) Set(key, Value(*value));
  }
  void Remove(std::string_view key);
  /// Appends an item (making this an array first) and returns it.
  Value& Push(Value value);

  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// "null", "boolean", "integer", "number", "string", "array", "object".
std::string_view Name(Value::Kind kind);

/// RFC 7386: members of `patch` replace those of `target`, null removes.
void MergePatch(Value& target, const Value& patch);

}  // namespace labgallery::json
