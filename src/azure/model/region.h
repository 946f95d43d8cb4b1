// A region's name. ARM answers "westeurope" in one place and "West Europe" in another, and people
// write both; inside there is only the first form.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace labgallery::azure {

class Region {
 public:
  Region() = default;
  /// From either spelling: lower case, without blanks.
  explicit Region(std::string_view text);

  const std::string& name() const { return name_; }
  bool empty() const { return name_.empty(); }

  friend bool operator==(const Region&, const Region&) = default;
  friend auto operator<=>(const Region&, const Region&) = default;

 private:
  std::string name_;
};

}  // namespace labgallery::azure
