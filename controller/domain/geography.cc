#include "controller/domain/geography.h"

#include <algorithm>
#include <set>

namespace labgallery::domain {

bool RegionCatalog::Offers(std::string_view region) const {
  return std::binary_search(offering.begin(), offering.end(), region);
}

Result<RegionCatalog> CatalogRegions(const azure::Region& source_region,
                                     const std::vector<azure::Location>& locations,
                                     const std::vector<azure::Region>& gallery_locations) {
  // A display name need not be the spaced programmatic name, so it is looked up where it is listed.
  std::map<std::string, std::string> by_display_name;
  std::set<std::string> physical;
  RegionCatalog catalog;
  for (const azure::Location& location : locations) {
    if (!location.IsPhysicalRegion()) continue;
    const std::string& name = location.region.name();
    by_display_name.emplace(azure::Region(location.display_name).name(), name);
    physical.insert(name);
    if (!location.geography.empty()) catalog.geography_of.emplace(name, location.geography);
  }
  auto resolve = [&](const azure::Region& region) {
    const auto listed = by_display_name.find(region.name());
    const bool known = physical.contains(region.name()) || listed == by_display_name.end();
    return known ? region.name() : listed->second;
  };
  const std::string source = resolve(source_region);
  if (!physical.contains(source)) {
    return NotFound("region " + source + " is not among the physical regions of this subscription");
  }
  const auto geography = catalog.geography_of.find(source);
  if (geography == catalog.geography_of.end()) {
    return ProtocolError("Azure gives no metadata.geography for region " + source +
                         ": name the regions with scope Regions");
  }
  catalog.geography = geography->second;
  std::set<std::string> offering;
  for (const azure::Region& region : gallery_locations) {
    const std::string name = resolve(region);
    if (physical.contains(name)) offering.insert(name);
  }
  catalog.offering.assign(offering.begin(), offering.end());
  for (const std::string& name : catalog.offering) {
    const auto found = catalog.geography_of.find(name);
    if (found != catalog.geography_of.end() && found->second == catalog.geography) {
      catalog.regions.push_back(name);
    }
  }
  return catalog;
}

}  // namespace labgallery::domain
