// How versions of objects stand to each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/json/value.h"

namespace labgallery::runtime {

enum class Order { kOlder, kSame, kNewer, kUnknown };

/// A resourceVersion. Decimal ones are ordered as numbers (KEP-5504); of others only equality is
/// known.
class ResourceVersion {
 public:
  ResourceVersion() = default;
  explicit ResourceVersion(std::string_view text);
  explicit ResourceVersion(std::uint64_t number) : number_(number) {}

  std::string ToString() const;
  bool empty() const { return !number_ && text_.empty(); }
  /// Nothing where it is none.
  const std::optional<std::uint64_t>& number() const { return number_; }

  /// How `a` stands to `b`: kOlder if it came before.
  friend Order Compare(const ResourceVersion& a, const ResourceVersion& b);
  friend bool operator==(const ResourceVersion&, const ResourceVersion&) = default;

 private:
  std::optional<std::uint64_t> number_;
  std::string text_;  // only when it is no number
};

/// The version of an object, bookmarks included; empty if it has none.
ResourceVersion VersionOf(const json::Value& object);

}  // namespace labgallery::runtime
