#include "controller/domain/geography.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::domain {
namespace {

using azure::Region;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

azure::Location Place(std::string_view name, std::string display, std::string geography) {
  azure::Location location;
  location.region = Region(name);
  location.display_name = std::move(display);
  location.geography = std::move(geography);
  location.type = "Region";
  location.region_type = "Physical";
  return location;
}

std::vector<azure::Location> Locations() {
  std::vector<azure::Location> locations{Place("lakenorth", "Lake North", "Lakes"),
                                         Place("lakesouth", "Lake South", "Lakes"),
                                         Place("lakewest", "Lake West (restricted)", "Lakes"),
                                         Place("hilleast", "Hill East", "Hills"),
                                         Place("lakes", "Lakes", "Lakes"),
                                         Place("lakeedge", "Lake Edge", "Lakes"),
                                         Place("nowhere", "Nowhere", "")};
  locations[4].region_type = "Logical";
  locations[5].type = "EdgeZone";
  return locations;
}

TEST(RegionCatalog, HoldsTheGeographysRegionsThatOfferGalleries) {
  const auto catalog = CatalogRegions(Region("Lake North"), Locations(),
                                      {Region("Lake South"), Region("Hill East"),
                                       Region("Lake North"), Region("Lakes"), Region("Lake Edge")});
  ASSERT_TRUE(catalog);
  EXPECT_EQ(catalog->geography, "Lakes");
  EXPECT_THAT(catalog->regions, ElementsAre("lakenorth", "lakesouth"));
  EXPECT_THAT(catalog->offering, ElementsAre("hilleast", "lakenorth", "lakesouth"));
  EXPECT_EQ(catalog->geography_of.at("hilleast"), "Hills");
}

TEST(RegionCatalog, FindsARegionByADisplayNameThatIsNotItsSpacedName) {
  const auto catalog =
      CatalogRegions(Region("lakenorth"), Locations(), {Region("Lake West (restricted)")});
  ASSERT_TRUE(catalog);
  EXPECT_THAT(catalog->regions, ElementsAre("lakewest"));
  EXPECT_TRUE(catalog->Offers("lakewest"));
  EXPECT_FALSE(catalog->Offers("lakenorth"));
}

TEST(RegionCatalog, LeavesOutGalleryLocationsThatTheSubscriptionDoesNotList) {
  const auto catalog = CatalogRegions(Region("lakenorth"), Locations(), {Region("elsewhere")});
  ASSERT_TRUE(catalog);
  EXPECT_THAT(catalog->regions, IsEmpty());
}

struct Refused {
  const char* name;
  const char* source;
  ErrorKind kind;
  const char* message;
};

class RegionCatalogRefuses : public testing::TestWithParam<Refused> {};

TEST_P(RegionCatalogRefuses, ASource) {
  const auto catalog = CatalogRegions(Region(GetParam().source), Locations(), {});
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().kind, GetParam().kind);
  EXPECT_THAT(catalog.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Rows, RegionCatalogRefuses,
                         testing::Values(Refused{"ThatIsNotListed", "atlantis",
                                                 ErrorKind::kNotFound, "atlantis is not among"},
                                         Refused{"ThatIsLogical", "lakes", ErrorKind::kNotFound,
                                                 "lakes is not among"},
                                         Refused{"WithoutGeography", "nowhere",
                                                 ErrorKind::kProtocol, "no metadata.geography"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::domain
