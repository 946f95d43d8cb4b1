// The regions of the simulated cloud, as data. Which region belongs to which geography follows the
// region list of Azure's reliability documentation (2025-03-21); where Lab Services was offered was
// never published as a list, so that column is a guess, and settings can change what is offered
// where.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace labgallery::azure_simulator {

struct Region {
  enum class Kind { kPhysical, kLogical, kEdgeZone };
  std::string_view name;     // programmatic
  std::string_view display;  // "West Europe"
  std::string_view geography;
  std::string_view group;   // geographyGroup
  std::string_view pair;    // programmatic name, may be empty; for an edge zone its home region
  bool restricted = false;  // Azure gives access on request only
  bool zones = false;       // has availability zones, and so zone-redundant storage
  bool labs = false;
  Kind kind = Kind::kPhysical;
};

std::span<const Region> Regions();

/// Lower case without blanks: ARM takes "West Europe" and "westeurope" for the same.
std::string NormalRegion(std::string_view spelling);

/// The physical region of either spelling, or null.
const Region* FindRegion(std::string_view spelling);

/// How Compute spells a region in targetRegions: its display name, or the text itself if unknown.
std::string DisplayRegion(std::string_view spelling);

}  // namespace labgallery::azure_simulator
