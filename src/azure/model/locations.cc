#include "src/azure/model/locations.h"

#include <algorithm>

#include "src/base/text.h"
#include "src/json/reader.h"

namespace labgallery::azure {
namespace {

Status Understood(const json::Problems& problems, std::string_view what) {
  if (problems.empty()) return Ok();
  return ProtocolError(std::string(what) + ": " + Join(problems.list(), "; "));
}

Location ReadLocation(const json::Reader& item) {
  const json::Reader metadata = item.Object("metadata");
  Location location{.region = Region(item.String("name")),
                    .display_name = item.StringOr("displayName", ""),
                    .type = item.StringOr("type", "Region"),  // older versions list nothing else
                    .region_type = metadata.StringOr("regionType", ""),
                    .region_category = metadata.StringOr("regionCategory", ""),
                    .geography = metadata.StringOr("geography", ""),
                    .geography_group = metadata.StringOr("geographyGroup", "")};
  for (const json::Reader& pair : metadata.Items("pairedRegion")) {
    location.paired.emplace_back(pair.StringOr("name", ""));
  }
  location.has_zones = !item.Items("availabilityZoneMappings").empty();
  return location;
}

ProviderType ReadType(const json::Reader& item) {
  ProviderType type{.name = item.String("resourceType")};
  for (const std::string& place : item.Strings("locations")) type.regions.emplace_back(place);
  type.api_versions = item.Strings("apiVersions");
  return type;
}

}  // namespace

bool Location::IsPhysicalRegion() const {
  return EqualsIgnoreCase(type, "Region") && EqualsIgnoreCase(region_type, "Physical");
}

Result<std::vector<Location>> ReadLocations(const std::vector<json::Value>& items) {
  json::Problems problems;
  std::vector<Location> locations;
  for (const json::Value& item : items) {
    locations.push_back(ReadLocation(json::Reader(item, problems, "locations")));
  }
  LAB_RETURN_IF_ERROR(Understood(problems, "the subscription's locations"));
  return locations;
}

const Location* FindLocation(const std::vector<Location>& locations, const Region& region) {
  const auto found = std::find_if(locations.begin(), locations.end(),
                                  [&](const Location& one) { return one.region == region; });
  return found == locations.end() ? nullptr : &*found;
}

bool Provider::IsRegistered() const { return EqualsIgnoreCase(registration_state, "Registered"); }

bool Provider::IsRegistering() const { return EqualsIgnoreCase(registration_state, "Registering"); }

const ProviderType* Provider::Find(std::string_view type) const {
  const auto found = std::find_if(types.begin(), types.end(), [type](const ProviderType& one) {
    return EqualsIgnoreCase(one.name, type);
  });
  return found == types.end() ? nullptr : &*found;
}

Result<Provider> ReadProvider(const json::Value& body) {
  json::Problems problems;
  const json::Reader reader(body, problems, "provider");
  Provider provider{.name_space = reader.String("namespace"),
                    .registration_state = reader.StringOr("registrationState", "")};
  for (const json::Reader& item : reader.Items("resourceTypes")) {
    provider.types.push_back(ReadType(item));
  }
  LAB_RETURN_IF_ERROR(Understood(problems, "a resource provider"));
  return provider;
}

}  // namespace labgallery::azure
