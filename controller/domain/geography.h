// Which regions an image can go to: joins the subscription's locations with the Compute provider's
// list of gallery locations. Read at run time by the shell; nothing here knows the name of a
// region. What is wanted of them is decided in image/target_regions.h, and their geographies decide
// the price of a transfer in cost.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/azure/model/locations.h"
#include "src/base/result.h"

namespace labgallery::domain {

struct RegionCatalog {
  std::string geography;                            // of the source region
  std::vector<std::string> regions;                 // of that geography, offering galleries; sorted
  std::vector<std::string> offering;                // of any geography, offering galleries; sorted
  std::map<std::string, std::string> geography_of;  // every physical region with a geography

  bool Offers(std::string_view region) const;
  friend bool operator==(const RegionCatalog&, const RegionCatalog&) = default;
};

/// The regions around `source_region`. `gallery_locations` is the provider's list for resource type
/// "galleries". kNotFound if the subscription does not list the source region as a
/// physical one, kProtocol if Azure gives no geography for it.
Result<RegionCatalog> CatalogRegions(const azure::Region& source_region,
                                     const std::vector<azure::Location>& locations,
                                     const std::vector<azure::Region>& gallery_locations);

}  // namespace labgallery::domain
