#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::seconds;

constexpr const char* kPrincipal = "99999999-9999-9999-9999-999999999999";
constexpr const char* kContributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
constexpr const char* kOwner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

const std::string kGallery = Compute("galleries/teaching");

std::string At(std::string_view scope, int number = 1) {
  const char digit = static_cast<char>('0' + number);
  return std::string(scope) + "/providers/Microsoft.Authorization/roleAssignments/" +
         std::string(8, digit) + "-1111-1111-1111-111111111111";
}

std::string Grant(const std::string& role, const std::string& principal = kPrincipal) {
  return R"({"properties": {"roleDefinitionId": "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/)" +
         role + R"(", "principalId": ")" + principal +
         R"(", "principalType": "ServicePrincipal"}})";
}

class RoleAssignment : public testing::Test {
 protected:
  RoleAssignment() { cloud.SeedGallery(); }
  std::size_t Count(std::string_view scope, std::string_view filter) {
    const Seen seen =
        cloud.Get(std::string(scope) + "/providers/Microsoft.Authorization/roleAssignments" +
                  std::string(filter));
    EXPECT_EQ(seen.status, 200) << seen.text;
    return seen.count();
  }
  Cloud cloud;
};

TEST_F(RoleAssignment, IsCreatedOnceAndFoundAgain) {
  const Seen created = cloud.Put(At(kGallery), Grant(kContributor));
  EXPECT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(cloud.Put(At(kGallery), Grant(kContributor)).status, 200);
  EXPECT_EQ(cloud.Get(At(kGallery)).body.Text({"properties", "principalId"}), kPrincipal);
}

TEST_F(RoleAssignment, ExistsUnderAnotherNameAndSaysWhich) {
  cloud.Put(At(kGallery), Grant(kContributor));
  const Seen seen = cloud.Put(At(kGallery, 2), Grant(kContributor));
  EXPECT_EQ(seen.status, 409);
  EXPECT_EQ(seen.code(), "RoleAssignmentExists");
  EXPECT_NE(seen.message().find("11111111111111111111111111111111"), std::string::npos);
}

TEST_F(RoleAssignment, CannotChangeItsContent) {
  cloud.Put(At(kGallery), Grant(kContributor));
  const Seen seen = cloud.Put(At(kGallery), Grant(kOwner));
  EXPECT_EQ(seen.status, 400);
  EXPECT_EQ(seen.code(), "RoleAssignmentUpdateNotPermitted");
}

TEST_F(RoleAssignment, WaitsForANewPrincipalToBecomeKnown) {
  cloud.Set(R"({"principalLag": 30})");
  EXPECT_EQ(cloud.Put(At(kGallery), Grant(kContributor)).code(), "PrincipalNotFound");
  cloud.Pass(seconds(31));
  EXPECT_EQ(cloud.Put(At(kGallery), Grant(kContributor)).status, 201);
}

TEST_F(RoleAssignment, RefusesAnApplicationIdAsPrincipal) {
  EXPECT_EQ(
      cloud.Put(At(kGallery), Grant(kContributor, "1a14be2a-e903-4cec-99cf-b2e209259a0f")).code(),
      "PrincipalNotFound");
}

TEST_F(RoleAssignment, NeedsAScopeThatIsThereAndANameThatIsAGuid) {
  EXPECT_EQ(cloud.Put(At(Compute("galleries/none")), Grant(kContributor)).status, 404);
  const std::string bad = kGallery + "/providers/Microsoft.Authorization/roleAssignments/mine";
  EXPECT_EQ(cloud.Put(bad, Grant(kContributor)).status, 400);
}

TEST_F(RoleAssignment, IsDeletedWithItsBodyAndThen204) {
  cloud.Put(At(kGallery), Grant(kContributor));
  const Seen seen = cloud.Delete(At(kGallery));
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.body.Text({"properties", "principalId"}), kPrincipal);
  EXPECT_EQ(cloud.Delete(At(kGallery)).status, 204);
}

TEST_F(RoleAssignment, ListsInheritHenceAndLookBelowUnlessAtScope) {
  cloud.Put(At(kSubscription, 1), Grant(kOwner));
  cloud.Put(At(kGroup, 2), Grant(kOwner));
  cloud.Put(At(kGallery, 3), Grant(kContributor));
  cloud.Put(At(kGallery, 4), Grant(kContributor, "88888888-8888-8888-8888-888888888888"));
  EXPECT_EQ(Count(kGallery, ""), 4U);
  EXPECT_EQ(Count(kGallery, "?$filter=principalId%20eq%20'99999999-9999-9999-9999-999999999999'"),
            3U);
  EXPECT_EQ(Count(kGroup, "?$filter=atScope()"), 2U);
  EXPECT_EQ(Count(kGroup, ""), 4U);
  EXPECT_EQ(Count(kGroup,
                  "?$filter=atScope()%20and%20assignedTo('88888888-8888-8888-8888-888888888888')"),
            0U);
}

TEST_F(RoleAssignment, MayLoseTheSubscriptionOfItsRole) {
  cloud.Put(At(kGallery), Grant(kContributor));
  cloud.Set(R"({"rolePrefixStripped": true})");
  EXPECT_EQ(cloud.Get(At(kGallery)).body.Text({"properties", "roleDefinitionId"}),
            std::string("/providers/Microsoft.Authorization/roleDefinitions/") + kContributor);
}

TEST_F(RoleAssignment, GoesWithItsGallery) {
  cloud.Put(At(kGallery), Grant(kContributor));
  cloud.Send(http::Method::kDelete,
             "/simulator/resources?id=" + Compute("galleries/teaching/images/ubuntu"));
  cloud.Delete(kGallery);
  cloud.Pass(seconds(2));
  EXPECT_EQ(cloud.Get(At(kGallery)).status, 404);
}

TEST(Directory, KnowsBothLabServicesApplications) {
  Cloud cloud;
  for (const std::string application :
       {"1a14be2a-e903-4cec-99cf-b2e209259a0f", "c7bb12bf-0b39-4f7f-9171-f418ff39b76a"}) {
    const Seen one = cloud.Get("/v1.0/servicePrincipals(appId='" + application + "')?$select=id");
    EXPECT_EQ(one.status, 200);
    EXPECT_NE(one.body.Text({"id"}), application);
    const Seen list =
        cloud.Get("/v1.0/servicePrincipals?$filter=appId%20eq%20'" + application + "'");
    EXPECT_EQ(list.body.Find("value")->AsArray()->front().Text({"id"}), one.body.Text({"id"}));
  }
  EXPECT_EQ(cloud.Get("/v1.0/servicePrincipals(appId='unknown')").status, 404);
  cloud.Set(R"({"principals": {"unknown": "77777777-7777-7777-7777-777777777777"}})");
  EXPECT_EQ(cloud.Get("/v1.0/servicePrincipals(appId='unknown')").body.Text({"id"}),
            "77777777-7777-7777-7777-777777777777");
}

TEST(Metadata, IsTheCloudItselfOrInOldVersionsAList) {
  Cloud cloud;
  const json::Value modern = cloud.Get("/metadata/endpoints?api-version=2022-09-01").body;
  EXPECT_EQ(modern.Text({"authentication", "loginEndpoint"}), "http://azure.test:8080");
  const json::Value old = cloud.Get("/metadata/endpoints?api-version=2019-05-01").body;
  ASSERT_TRUE(old.IsArray());
  EXPECT_EQ(old.AsArray()->front().Text({"resourceManager"}), "http://azure.test:8080");
  const json::Value first = cloud.Get("/metadata/endpoints?api-version=2015-01-01").body;
  EXPECT_EQ(first.Text({"authentication", "loginEndpoint"}), "http://azure.test:8080");
  EXPECT_EQ(first.Text({"graphEndpoint"}), "http://azure.test:8080/");
}

}  // namespace
}  // namespace labgallery::azure_simulator
