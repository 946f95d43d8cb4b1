// Where things can be: the subscription's regions with their geographies, and what a resource
// provider offers where. No list of regions is in the code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/azure/model/region.h"
#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::azure {

/// One entry of GET /subscriptions/{s}/locations.
struct Location {
  Region region;
  std::string display_name;
  std::string type;             // "Region", "EdgeZone"
  std::string region_type;      // "Physical", "Logical"
  std::string region_category;  // "Recommended", "Other", "Extended"
  std::string geography;        // "United States"; not geographyGroup, which is wider
  std::string geography_group;
  std::vector<Region> paired;
  bool has_zones = false;

  /// True for what can hold resources: a physical region.
  bool IsPhysicalRegion() const;
  friend bool operator==(const Location&, const Location&) = default;
};

/// From the items of that list. kProtocol if an item has no name.
Result<std::vector<Location>> ReadLocations(const std::vector<json::Value>& items);

/// The location of that name, or null.
const Location* FindLocation(const std::vector<Location>& locations, const Region& region);

/// One resource type of a provider.
struct ProviderType {
  std::string name;  // "galleries/images", casing as answered
  std::vector<Region> regions;
  std::vector<std::string> api_versions;
  friend bool operator==(const ProviderType&, const ProviderType&) = default;
};

/// GET /subscriptions/{s}/providers/{namespace}.
struct Provider {
  std::string name_space;
  std::string registration_state;  // "Registered", "NotRegistered", "Registering", ...
  std::vector<ProviderType> types;

  bool IsRegistered() const;
  bool IsRegistering() const;
  /// The type of that name (without case), or null.
  const ProviderType* Find(std::string_view type) const;
  friend bool operator==(const Provider&, const Provider&) = default;
};

Result<Provider> ReadProvider(const json::Value& body);

}  // namespace labgallery::azure
