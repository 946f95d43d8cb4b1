// The rules that one node of a schema states about the value in its place, without its members:
// type, enum, bounds, pattern, format, list type. Messages are worded as kube-apiserver words them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::json {

class SchemaNode {
 public:
  /// kInvalidInput if the node states something that cannot be enforced.
  static Result<SchemaNode> Read(const Value& node);

  /// True if a rule depends on the members of an object or the items of an array, not only on their
  /// number.
  bool LooksInside() const;

  using Report = std::function<void(std::string path, std::string message)>;

  /// Calls `report` for each rule that `value` breaks; `path` is where it stands.
  void Check(const std::string& path, const Value& value, const Report& report) const;

 private:
  struct Pattern;
  struct Bounds {
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;
  };

  bool TypeFits(const Value& value) const;
  void CheckEnum(const std::string& path, const Value& value, const Report& report) const;
  void CheckNumber(const std::string& path, const Value& value, const Report& report) const;
  void CheckString(const std::string& path, const std::string& text, const Report& report) const;
  void CheckArray(const std::string& path, const Value::Array& items, const Report& report) const;
  void CheckObject(const std::string& path, const Value& value, const Report& report) const;
  void CheckDuplicates(const std::string& path, const Value::Array& items,
                       const Report& report) const;

  std::string type_;
  std::string format_;
  bool nullable_ = false;
  bool int_or_string_ = false;
  std::vector<Value> enum_;
  std::shared_ptr<const Pattern> pattern_;
  Bounds length_;
  Bounds items_;
  Bounds properties_;
  std::optional<double> minimum_;
  std::optional<double> maximum_;
  std::optional<double> multiple_of_;
  bool exclusive_minimum_ = false;
  bool exclusive_maximum_ = false;
  std::string list_type_;
  std::vector<std::string> list_map_keys_;
};

}  // namespace labgallery::json
