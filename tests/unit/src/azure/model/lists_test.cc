// What lists are made of: pages, links, regions, locations, providers.
#include <gtest/gtest.h>

#include "src/azure/model/locations.h"
#include "src/azure/model/paging.h"
#include "src/azure/model/region.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

constexpr const char* kOrigin = "https://management.azure.com";

json::Value Parsed(std::string_view text) { return json::Parse(text).value(); }

TEST(Page, IsReadFromAWrapperOrABareArray) {
  const auto wrapped = ReadPage(Parsed(R"({"value":[{"id":"a"}],"nextLink":"https://x/?p=2"})"));
  EXPECT_EQ(wrapped->items.size(), 1U);
  EXPECT_EQ(wrapped->next_link, "https://x/?p=2");
  const auto bare = ReadPage(Parsed(R"([{"id":"a"},{"id":"b"}])"));
  EXPECT_EQ(bare->items.size(), 2U);
  EXPECT_EQ(bare->next_link, "");
}

TEST(Page, MayBeEmptyAndHaveANextOne) {
  const auto page = ReadPage(Parsed(R"({"value":[],"nextLink":"https://x/?p=2"})"));
  EXPECT_TRUE(page->items.empty());
  EXPECT_EQ(page->next_link, "https://x/?p=2");
}

TEST(Page, IsTheLastWhereTheLinkIsNullOrEmpty) {
  EXPECT_EQ(ReadPage(Parsed(R"({"value":[],"nextLink":null})"))->next_link, "");
  EXPECT_EQ(ReadPage(Parsed(R"({"value":[],"nextLink":""})"))->next_link, "");
}

TEST(Page, RefusesWhatIsNoList) {
  EXPECT_EQ(ReadPage(Parsed(R"({"id":"a"})")).error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(ReadPage(Parsed(R"({"value":{}})")).error().kind, ErrorKind::kProtocol);
}

struct LinkRow {
  const char* name;
  std::string link;
  std::string want;  // empty: refused
};

class Link : public ::testing::TestWithParam<LinkRow> {};

TEST_P(Link, IsFollowedOnlyToTheSameHost) {
  EXPECT_EQ(FollowLink(GetParam().link, kOrigin).value_or(""), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    NextLink, Link,
    ::testing::Values(LinkRow{"SameHost", "https://management.azure.com/a?$skiptoken=%7B1%7D",
                              "https://management.azure.com/a?$skiptoken=%7B1%7D"},
                      LinkRow{"SameHostWrittenOtherwise", "https://MANAGEMENT.azure.com:443/a",
                              "https://MANAGEMENT.azure.com:443/a"},
                      LinkRow{"Relative", "/a?p=2", "https://management.azure.com/a?p=2"},
                      LinkRow{"OtherHost", "https://management.azure.com.evil.example/a", ""},
                      LinkRow{"RelativeToTheScheme", "//evil.example/a",
                              "https://management.azure.com//evil.example/a"},
                      LinkRow{"UserInFrontOfTheHost", "https://management.azure.com@evil.example/a",
                              ""},
                      LinkRow{"OtherPort", "https://management.azure.com:8443/a", ""},
                      LinkRow{"WithoutTls", "http://management.azure.com/a", ""},
                      LinkRow{"Nonsense", "next", ""}),
    [](const auto& row) { return row.param.name; });

TEST(ListCollector, DropsEntriesThatARepeatedIdShows) {
  ListCollector collector;
  collector.Add({Parsed(R"({"id":"/A","n":1})"), Parsed(R"({"name":"without id"})")});
  collector.Add({Parsed(R"({"id":"/a","n":2})"), Parsed(R"({"name":"without id"})"),
                 Parsed(R"({"id":"/b"})")});
  const auto items = collector.Take();
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(*items[0].Find("n"), json::Value(1));
}

TEST(Region, IsOneInBothSpellings) {
  EXPECT_EQ(Region("West Europe"), Region("westeurope"));
  EXPECT_EQ(Region("East US 2").name(), "eastus2");
  EXPECT_TRUE(Region("").empty());
}

TEST(Locations, AreReadWithTheirGeography) {
  const auto locations = ReadLocations({Parsed(R"({
      "id": "/subscriptions/s/locations/westeurope", "name": "westeurope", "type": "Region",
      "displayName": "West Europe", "availabilityZoneMappings": [{"logicalZone": "1"}],
      "metadata": {"regionType": "Physical", "regionCategory": "Recommended", "geography": "Europe",
                   "geographyGroup": "Europe", "pairedRegion": [{"name": "northeurope"}]}})")});
  ASSERT_TRUE(locations.has_value());
  EXPECT_EQ(locations->front(), (Location{.region = Region("westeurope"),
                                          .display_name = "West Europe",
                                          .type = "Region",
                                          .region_type = "Physical",
                                          .region_category = "Recommended",
                                          .geography = "Europe",
                                          .geography_group = "Europe",
                                          .paired = {Region("northeurope")},
                                          .has_zones = true}));
  EXPECT_EQ(FindLocation(*locations, Region("West Europe")), &locations->front());
  EXPECT_EQ(FindLocation(*locations, Region("eastus")), nullptr);
}

TEST(Locations, TellPhysicalRegionsFromTheRest) {
  const auto of = [](const char* type, const char* region_type) {
    return Location{.type = type, .region_type = region_type}.IsPhysicalRegion();
  };
  EXPECT_TRUE(of("Region", "Physical"));
  EXPECT_FALSE(of("Region", "Logical"));
  EXPECT_FALSE(of("EdgeZone", "Physical"));
  EXPECT_FALSE(of("Region", ""));
}

TEST(Locations, RefuseAnEntryWithoutName) {
  const auto locations = ReadLocations({Parsed(R"({"displayName":"West Europe"})")});
  EXPECT_EQ(locations.error().kind, ErrorKind::kProtocol);
}

TEST(Provider, TellsWhereItsTypesAreOffered) {
  const auto provider = ReadProvider(Parsed(R"({"namespace":"Microsoft.Compute",
      "registrationState":"Registered","resourceTypes":[
        {"resourceType":"galleries","locations":["West Europe","East US 2"],"apiVersions":["2023-07-03"]},
        {"resourceType":"operations","locations":[]}]})"));
  ASSERT_TRUE(provider.has_value());
  EXPECT_TRUE(provider->IsRegistered());
  ASSERT_NE(provider->Find("Galleries"), nullptr);
  EXPECT_EQ(provider->Find("Galleries")->regions,
            (std::vector<Region>{Region("westeurope"), Region("eastus2")}));
  EXPECT_EQ(provider->Find("disks"), nullptr);
}

TEST(Provider, IsNotRegisteredWhileRegistering) {
  const auto provider =
      ReadProvider(Parsed(R"({"namespace":"A.B","registrationState":"Registering"})"));
  EXPECT_FALSE(provider->IsRegistered());
  EXPECT_TRUE(provider->IsRegistering());
  EXPECT_EQ(ReadProvider(Parsed("[]")).error().kind, ErrorKind::kProtocol);
}

}  // namespace
}  // namespace labgallery::azure
