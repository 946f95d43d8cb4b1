#include "src/runtime/resource_version.h"

#include <charconv>

namespace labgallery::runtime {

ResourceVersion::ResourceVersion(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  // Only what is printed the same again is kept as a number.
  const bool canonical = !text.empty() && (text.size() == 1 || text.front() != '0');
  if (error == std::errc() && rest == end && canonical) {
    number_ = number;
  } else {
    text_ = text;
  }
}

std::string ResourceVersion::ToString() const { return number_ ? std::to_string(*number_) : text_; }

Order Compare(const ResourceVersion& a, const ResourceVersion& b) {
  if (a == b) return Order::kSame;
  if (!a.number_ || !b.number_) return Order::kUnknown;
  return *a.number_ < *b.number_ ? Order::kOlder : Order::kNewer;
}

ResourceVersion VersionOf(const json::Value& object) {
  return ResourceVersion(object.Text({"metadata", "resourceVersion"}));
}

}  // namespace labgallery::runtime
