// Typed reading with a path: every wrong type or missing member is remembered with where it is
// ("properties.provisioningState: expected string, got integer"), and the reading goes on, so that
// one pass finds all of them. Absent and null are the same: ARM and Kubernetes both send nulls for
// nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::json {

/// What went wrong while reading; shared by all readers of one document.
class Problems {
 public:
  void Add(std::string_view path, std::string_view problem);
  bool empty() const { return list_.empty(); }
  const std::vector<std::string>& list() const { return list_; }
  /// Success, or kInvalidInput with all of them in one message.
  Status ToStatus() const;

 private:
  std::vector<std::string> list_;
};

/// A place in a document. Cheap to copy; the document and `problems` must outlive it.
class Reader {
 public:
  Reader(const Value& value, Problems& problems, std::string path = {});

  /// True if there is something other than null here, or at the member.
  bool Present() const { return value_ != nullptr; }
  bool Has(std::string_view key) const { return Raw(key) != nullptr; }

  /// A required member: its absence is a problem, and gives an empty value.
  std::string String(std::string_view key) const;
  std::int64_t Integer(std::string_view key) const;

  std::optional<std::string> OptionalString(std::string_view key) const;
  std::optional<std::int64_t> OptionalInteger(std::string_view key) const;
  std::optional<double> OptionalNumber(std::string_view key) const;
  std::optional<bool> OptionalBoolean(std::string_view key) const;

  /// The member, or `fallback` when it is absent.
  std::string StringOr(std::string_view key, std::string_view fallback) const;
  std::int64_t IntegerOr(std::string_view key, std::int64_t fallback) const;
  bool BooleanOr(std::string_view key, bool fallback) const;

  /// A member object; when absent, a reader that is not Present and in which everything is absent.
  Reader Object(std::string_view key) const;
  /// The items of a member array; none when it is absent.
  std::vector<Reader> Items(std::string_view key) const;
  std::vector<std::string> Strings(std::string_view key) const;
  std::map<std::string, std::string> StringMap(std::string_view key) const;

  /// The member itself, or null when it is absent or null.
  const Value* Raw(std::string_view key) const;
  const Value* value() const { return value_; }
  const std::string& path() const { return path_; }
  void Problem(std::string_view key, std::string_view problem) const;

 private:
  Reader(const Value* value, Problems* problems, std::string path)
      : value_(value), problems_(problems), path_(std::move(path)) {}
  std::string PathOf(std::string_view key) const;
  void Expected(std::string_view key, std::string_view wanted, const Value& got) const;

  const Value* value_;  // null: absent
  Problems* problems_;
  std::string path_;
};

}  // namespace labgallery::json
