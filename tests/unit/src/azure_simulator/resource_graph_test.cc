#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::seconds;

constexpr const char* kPath = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";

std::string Query(
    const std::string& query, const std::string& options = "{}",
    const std::string& subscriptions = R"(["00000000-0000-0000-0000-000000000001"])") {
  return R"({"subscriptions": )" + subscriptions + R"(, "query": ")" + query + R"(", "options": )" +
         options + "}";
}

std::vector<std::string> Ids(const Seen& seen) {
  std::vector<std::string> names;
  const json::Value* data = seen.body.Find("data");
  EXPECT_NE(data, nullptr) << seen.text;
  if (data == nullptr) return names;
  for (const json::Value& row : *data->AsArray()) {
    const std::string_view id = row.Text({"id"});
    names.emplace_back(id.substr(id.rfind('/') + 1));
  }
  return names;
}

void SeedSome(Cloud& cloud) {
  cloud.SeedVersion();
  cloud.SeedAccount();
  cloud.Seed(LabServices("labaccounts/cs/sharedgalleries/teaching"),
             R"({"properties": {"galleryId": ")" + Compute("galleries/teaching") + "\"}}");
  cloud.Seed(Compute("galleries/alpha"),
             R"({"location": "eastus", "tags": {"labgallery-owner": "me"}})");
  cloud.Seed(
      "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/other/providers/"
      "Microsoft.Compute/galleries/elsewhere",
      R"({"location": "westeurope"})");
}

struct Case {
  std::string name;
  std::string query;
  std::vector<std::string> ids;
};

class Kql : public testing::TestWithParam<Case> {};

TEST_P(Kql, Finds) {
  Cloud cloud;
  SeedSome(cloud);
  const Seen seen = cloud.Post(kPath, Query(GetParam().query));
  ASSERT_EQ(seen.status, 200) << seen.text;
  EXPECT_EQ(Ids(seen), GetParam().ids);
  EXPECT_EQ(*seen.body.Find("totalRecords")->AsInteger(),
            static_cast<std::int64_t>(GetParam().ids.size()));
}

INSTANTIATE_TEST_SUITE_P(
    Queries, Kql,
    testing::ValuesIn(std::vector<Case>{
        {"OneType",
         "resources | where type =~ 'Microsoft.Compute/galleries' | order by id asc",
         {"alpha", "teaching"}},
        {"SeveralTypesInTheOrderOfIds",
         "Resources | where type in~ "
         "('microsoft.compute/galleries','microsoft.compute/galleries/images/versions',"
         "'microsoft.labservices/labaccounts')",
         {"alpha", "teaching", "1.0.0", "cs"}},
        {"ATag", "resources | where tags['labgallery-owner'] == 'me'", {"alpha"}},
        {"NoTag",
         "resources | where type == 'microsoft.compute/galleries' and "
         "isempty(tags['labgallery-owner'])",
         {"teaching"}},
        {"AGroupWithoutCase",
         "resources | where resourceGroup =~ 'LABS-RG' and type == 'microsoft.compute/images'",
         {"source"}},
        {"AProperty",
         "resources | where properties.provisioningState == 'Succeeded' and location == 'eastus'",
         {"alpha"}},
        {"EitherOfTwo",
         "resources | where name == 'alpha' or (name == 'cs' and not(isempty(id)))",
         {"alpha", "cs"}},
        {"PartOfAnId",
         "resources | where id contains '/versions/' and tolower(type) startswith "
         "'microsoft.compute'",
         {"1.0.0"}},
        {"WhatIsNotSo",
         "resources | where type =~ 'microsoft.compute/galleries' | where name !~ 'ALPHA'",
         {"teaching"}},
        {"TheFirstOnly",
         "resources | where type =~ 'microsoft.compute/galleries' | take 1",
         {"alpha"}},
        {"NeverAttachments",
         "resources | where type =~ 'microsoft.labservices/labaccounts/sharedgalleries'",
         {}},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ResourceGraph, ProjectsColumnsUnderTheirNames) {
  Cloud cloud;
  SeedSome(cloud);
  const Seen seen =
      cloud.Post(kPath, Query("resources | where name == 'alpha' | project id, type, owner = "
                              "tags['labgallery-owner'], properties.provisioningState, tags"));
  const json::Value& row = seen.body.Find("data")->AsArray()->front();
  EXPECT_EQ(row.Text({"type"}), "microsoft.compute/galleries");
  EXPECT_EQ(row.Text({"owner"}), "me");
  EXPECT_EQ(row.Text({"properties_provisioningState"}), "Succeeded");
  EXPECT_EQ(row.Text({"tags", "labgallery-owner"}), "me");
  EXPECT_EQ(row.Find("location"), nullptr);
}

TEST(ResourceGraph, ShowsWholeRowsWithoutReplicationStatus) {
  Cloud cloud;
  SeedSome(cloud);
  const Seen seen = cloud.Post(
      kPath, Query("resources | where type =~ 'microsoft.compute/galleries/images/versions'"));
  const json::Value& row = seen.body.Find("data")->AsArray()->front();
  EXPECT_EQ(row.Text({"resourceGroup"}), "labs-rg");
  EXPECT_NE(row.At({"properties", "publishingProfile", "targetRegions"}), nullptr);
  EXPECT_EQ(row.At({"properties", "replicationStatus"}), nullptr);
}

TEST(ResourceGraph, LooksIntoAllSubscriptionsWhenNoneIsNamed) {
  Cloud cloud;
  SeedSome(cloud);
  const Seen seen =
      cloud.Post(kPath, R"({"query": "resources | where type =~ 'microsoft.compute/galleries'"})");
  EXPECT_EQ(Ids(seen), (std::vector<std::string>{"alpha", "teaching", "elsewhere"}));
}

TEST(ResourceGraph, GivesPagesThatFollowEachOther) {
  Cloud cloud;
  SeedSome(cloud);
  for (int i = 0; i < 5; ++i)
    cloud.Seed(Compute("galleries/g" + std::to_string(i)), R"({"location": "eastus"})");
  const std::string query =
      "resources | where type =~ 'microsoft.compute/galleries' | project id | order by id asc";
  std::vector<std::string> all;
  std::string token;
  int pages = 0;
  do {
    const std::string options =
        token.empty() ? R"({"$top": 3})" : R"({"$top": 3, "$skipToken": ")" + token + "\"}";
    const Seen seen = cloud.Post(kPath, Query(query, options));
    ASSERT_EQ(seen.status, 200) << seen.text;
    EXPECT_EQ(*seen.body.Find("totalRecords")->AsInteger(), 7);
    for (std::string& id : Ids(seen)) all.push_back(std::move(id));
    token = seen.body.Text({"$skipToken"});
    ++pages;
  } while (!token.empty() && pages < 10);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(all, (std::vector<std::string>{"alpha", "g0", "g1", "g2", "g3", "g4", "teaching"}));
}

TEST(ResourceGraph, GivesNoTokenWithoutTheId) {
  Cloud cloud;
  SeedSome(cloud);
  const Seen seen = cloud.Post(kPath, Query("resources | project name", R"({"$top": 1})"));
  EXPECT_EQ(seen.body.Find("$skipToken"), nullptr);
  EXPECT_EQ(seen.body.Text({"resultTruncated"}), "true");
}

TEST(ResourceGraph, LagsBehindCreationChangeAndDeletion) {
  Cloud cloud;
  cloud.Set(R"({"graphLag": 60})");
  cloud.Seed(Compute("galleries/old"), R"({"location": "eastus", "tags": {"a": "1"}})");
  cloud.Seed(Compute("galleries/gone"), R"({"location": "eastus"})");
  cloud.Pass(seconds(100));
  cloud.Seed(Compute("galleries/new"), R"({"location": "eastus"})");
  cloud.Seed(Compute("galleries/old"), R"({"location": "eastus", "tags": {"a": "2"}})");
  cloud.Delete("/simulator/resources?id=" + Compute("galleries/gone"));
  const std::string query = "resources | where type =~ 'microsoft.compute/galleries'";
  const Seen early = cloud.Post(kPath, Query(query));
  EXPECT_EQ(Ids(early), (std::vector<std::string>{"gone", "old"}));
  EXPECT_EQ(early.body.Find("data")->AsArray()->back().Text({"tags", "a"}), "1");
  cloud.Pass(seconds(61));
  const Seen late = cloud.Post(kPath, Query(query));
  EXPECT_EQ(Ids(late), (std::vector<std::string>{"new", "old"}));
  EXPECT_EQ(late.body.Find("data")->AsArray()->back().Text({"tags", "a"}), "2");
}

TEST(ResourceGraph, MayNeverShowSomeResources) {
  Cloud cloud;
  SeedSome(cloud);
  cloud.Set(R"({"graphMissing": [")" + Compute("galleries/alpha") + "\"]}");
  EXPECT_EQ(
      Ids(cloud.Post(kPath, Query("resources | where type =~ 'microsoft.compute/galleries'"))),
      (std::vector<std::string>{"teaching"}));
}

TEST(ResourceGraph, AllowsFifteenQueriesInFiveSeconds) {
  Cloud cloud;
  cloud.Set(R"({"throttling": true})");
  Seen seen;
  for (int i = 0; i < 15; ++i) seen = cloud.Post(kPath, Query("resources"));
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.Header("x-ms-user-quota-remaining"), "0");
  EXPECT_EQ(seen.Header("x-ms-user-quota-resets-after"), "00:00:05");
  seen = cloud.Post(kPath, Query("resources"));
  EXPECT_EQ(seen.status, 429);
  EXPECT_EQ(seen.Header("Retry-After"), "5");
  cloud.Pass(seconds(5));
  EXPECT_EQ(cloud.Post(kPath, Query("resources")).status, 200);
}

TEST(ResourceGraph, SaysWhatItDoesNotModel) {
  Cloud cloud;
  EXPECT_EQ(cloud.Post(kPath, Query("resources | summarize count() by type")).status, 501);
  EXPECT_EQ(cloud.Post(kPath, Query("authorizationresources")).status, 501);
  EXPECT_EQ(cloud.Post(kPath, Query("resources | order by name asc")).status, 501);
  EXPECT_EQ(cloud.Post(kPath, Query("resources | where name == 'x")).status, 400);
}

TEST(ResourceGraph, IsNoWriteInTheRequestLog) {
  Cloud cloud;
  cloud.Post(kPath, Query("resources"));
  EXPECT_EQ(*cloud.Get("/simulator/requests").body.At({"counts", "writes"})->AsInteger(), 0);
}

}  // namespace
}  // namespace labgallery::azure_simulator
