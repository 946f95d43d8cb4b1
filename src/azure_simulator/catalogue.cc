#include "src/azure_simulator/catalogue.h"

#include <array>
#include <unordered_map>

#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

using enum Region::Kind;

// clang-format off
constexpr auto kRegions = std::to_array<Region>({
    // name, display name, geography, group, pair, restricted, zones, labs
    {"eastus", "East US", "United States", "US", "westus", false, true, true},
    {"eastus2", "East US 2", "United States", "US", "centralus", false, true, true},
    {"centralus", "Central US", "United States", "US", "eastus2", false, true, true},
    {"northcentralus", "North Central US", "United States", "US", "southcentralus", false, false, true},
    {"southcentralus", "South Central US", "United States", "US", "northcentralus", false, true, true},
    {"westcentralus", "West Central US", "United States", "US", "westus2", false, false, true},
    {"westus", "West US", "United States", "US", "eastus", false, false, true},
    {"westus2", "West US 2", "United States", "US", "westcentralus", false, true, true},
    {"westus3", "West US 3", "United States", "US", "eastus", false, true, true},
    {"northeurope", "North Europe", "Europe", "Europe", "westeurope", false, true, true},
    {"westeurope", "West Europe", "Europe", "Europe", "northeurope", false, true, true},
    {"eastasia", "East Asia", "Asia Pacific", "Asia Pacific", "southeastasia", false, true, true},
    {"southeastasia", "Southeast Asia", "Asia Pacific", "Asia Pacific", "eastasia", false, true, true},
    {"australiaeast", "Australia East", "Australia", "Asia Pacific", "australiasoutheast", false, true, true},
    {"australiasoutheast", "Australia Southeast", "Australia", "Asia Pacific", "australiaeast", false, false, true},
    {"australiacentral", "Australia Central", "Australia", "Asia Pacific", "australiacentral2", false, false, false},
    {"australiacentral2", "Australia Central 2", "Australia", "Asia Pacific", "australiacentral", true, false, false},
    {"austriaeast", "Austria East", "Austria", "Europe", "", false, true, false},
    {"belgiumcentral", "Belgium Central", "Belgium", "Europe", "", false, true, false},
    {"brazilsouth", "Brazil South", "Brazil", "South America", "southcentralus", false, true, true},
    {"brazilsoutheast", "Brazil Southeast", "Brazil", "South America", "brazilsouth", true, false, false},
    {"canadacentral", "Canada Central", "Canada", "Canada", "canadaeast", false, true, true},
    {"canadaeast", "Canada East", "Canada", "Canada", "canadacentral", false, false, true},
    {"chilecentral", "Chile Central", "Chile", "South America", "", false, true, false},
    {"denmarkeast", "Denmark East", "Denmark", "Europe", "", false, true, false},
    {"francecentral", "France Central", "France", "Europe", "francesouth", false, true, true},
    {"francesouth", "France South", "France", "Europe", "francecentral", true, false, false},
    {"germanywestcentral", "Germany West Central", "Germany", "Europe", "germanynorth", false, true, true},
    {"germanynorth", "Germany North", "Germany", "Europe", "germanywestcentral", true, false, false},
    {"centralindia", "Central India", "India", "Asia Pacific", "southindia", false, true, true},
    {"southindia", "South India", "India", "Asia Pacific", "centralindia", false, false, true},
    {"westindia", "West India", "India", "Asia Pacific", "southindia", false, false, false},
    {"indonesiacentral", "Indonesia Central", "Indonesia", "Asia Pacific", "", false, true, false},
    {"israelcentral", "Israel Central", "Israel", "Middle East", "", false, true, false},
    {"italynorth", "Italy North", "Italy", "Europe", "", false, true, false},
    {"japaneast", "Japan East", "Japan", "Asia Pacific", "japanwest", false, true, true},
    {"japanwest", "Japan West", "Japan", "Asia Pacific", "japaneast", false, true, false},
    {"koreacentral", "Korea Central", "Korea", "Asia Pacific", "koreasouth", false, true, true},
    {"koreasouth", "Korea South", "Korea", "Asia Pacific", "koreacentral", true, false, false},
    {"malaysiawest", "Malaysia West", "Malaysia", "Asia Pacific", "", false, true, false},
    {"mexicocentral", "Mexico Central", "Mexico", "Mexico", "", false, true, false},
    {"newzealandnorth", "New Zealand North", "New Zealand", "Asia Pacific", "", false, true, false},
    {"norwayeast", "Norway East", "Norway", "Europe", "norwaywest", false, true, true},
    {"norwaywest", "Norway West", "Norway", "Europe", "norwayeast", true, false, false},
    {"polandcentral", "Poland Central", "Poland", "Europe", "", false, true, false},
    {"qatarcentral", "Qatar Central", "Qatar", "Middle East", "", false, true, false},
    {"southafricanorth", "South Africa North", "South Africa", "Africa", "southafricawest", false, true, true},
    {"southafricawest", "South Africa West", "South Africa", "Africa", "southafricanorth", true, false, false},
    {"spaincentral", "Spain Central", "Spain", "Europe", "", false, true, false},
    {"swedencentral", "Sweden Central", "Sweden", "Europe", "swedensouth", false, true, true},
    {"swedensouth", "Sweden South", "Sweden", "Europe", "swedencentral", true, false, false},
    {"switzerlandnorth", "Switzerland North", "Switzerland", "Europe", "switzerlandwest", false, true, true},
    {"switzerlandwest", "Switzerland West", "Switzerland", "Europe", "switzerlandnorth", true, false, false},
    {"uaenorth", "UAE North", "UAE", "Middle East", "uaecentral", false, true, true},
    {"uaecentral", "UAE Central", "UAE", "Middle East", "uaenorth", true, false, false},
    {"uksouth", "UK South", "United Kingdom", "UK", "ukwest", false, true, true},
    {"ukwest", "UK West", "United Kingdom", "UK", "uksouth", false, false, true},
    {"centraluseuap", "Central US EUAP", "Canary (US)", "US", "eastus2euap", true, false, false},
    {"eastus2euap", "East US 2 EUAP", "Canary (US)", "US", "centraluseuap", true, false, false},
    {"asia", "Asia", "Asia", "", "", false, false, false, kLogical},
    {"europe", "Europe", "Europe", "", "", false, false, false, kLogical},
    {"global", "Global", "Global", "", "", false, false, false, kLogical},
    {"unitedstates", "United States", "United States", "", "", false, false, false, kLogical},
    {"losangeles", "Los Angeles", "United States", "US", "westus", false, false, false, kEdgeZone},
});
// clang-format on

using Index = std::unordered_map<std::string_view, const Region*>;

const Index& ByName() {
  static const Index kIndex = [] {
    Index by_name;
    for (const Region& region : kRegions) {
      if (region.kind == kPhysical) by_name.emplace(region.name, &region);
    }
    return by_name;
  }();
  return kIndex;
}

}  // namespace

std::span<const Region> Regions() { return kRegions; }

std::string NormalRegion(std::string_view spelling) {
  std::string name = Lower(spelling);
  std::erase(name, ' ');
  return name;
}

const Region* FindRegion(std::string_view spelling) {
  const auto found = ByName().find(NormalRegion(spelling));
  return found == ByName().end() ? nullptr : found->second;
}

std::string DisplayRegion(std::string_view spelling) {
  const Region* region = FindRegion(spelling);
  return std::string(region == nullptr ? spelling : region->display);
}

}  // namespace labgallery::azure_simulator
