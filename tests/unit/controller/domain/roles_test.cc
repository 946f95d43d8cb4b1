#include "controller/domain/roles.h"

#include <gtest/gtest.h>

#include "controller/domain/arm.h"
#include "src/base/time_text.h"
#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

const char* const kGallery =
    "/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/galleries/Teaching";
const char* const kPrincipal = "AAAAAAAA-0000-0000-0000-000000000001";

WantedRole Wanted() {
  return {azure::ResourceId::Parse(kGallery).value(), kPrincipal, std::string(kContributorRole)};
}

struct UuidRow {
  const char* name;
  const char* name_space;
  const char* input;
  const char* uuid;
};

class Uuids : public testing::TestWithParam<UuidRow> {};

TEST_P(Uuids, Are) { EXPECT_EQ(UuidV5(GetParam().name_space, GetParam().input), GetParam().uuid); }

// The namespaces and the first name are those of RFC 4122 and its errata; the values those of
// Python's uuid module, whose documentation has the second.
INSTANTIATE_TEST_SUITE_P(
    All, Uuids,
    testing::Values(UuidRow{"OfAName", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com",
                            "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
                    UuidRow{"OfAnotherName", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org",
                            "886313e1-3b8a-5372-9b90-0c9aee199e5d"},
                    UuidRow{"OfAnUrl", "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
                            "http://www.ietf.org/rfc/rfc4122.txt",
                            "d0690b3c-b29d-52e7-81b0-d573b503f2d4"}),
    [](const auto& test) { return test.param.name; });

TEST(TheAssignment, IsCalledAlikeInAnyCasing) {
  WantedRole other = Wanted();
  other.principal_id = "aaaaaaaa-0000-0000-0000-000000000001";
  other.scope = azure::ResourceId::Parse(
                    "/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/galleries/"
                    "teaching")
                    .value();
  EXPECT_EQ(AssignmentName(Wanted()), AssignmentName(other));
  EXPECT_EQ(AssignmentName(Wanted()),
            UuidV5("11fb06fb-712d-4ddd-98c7-e71bbd588830",
                   "/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/galleries/"
                   "teaching-aaaaaaaa-0000-0000-0000-000000000001-"
                   "b24988ac-6180-42a0-ab88-20f7382dd24c"));
  other.principal_id = "bbbbbbbb-0000-0000-0000-000000000001";
  EXPECT_NE(AssignmentName(Wanted()), AssignmentName(other));
}

TEST(TheAssignment, HangsOnTheGallery) {
  EXPECT_EQ(AssignmentId(Wanted()).text(), std::string(kGallery) +
                                               "/providers/Microsoft.Authorization/"
                                               "roleAssignments/" +
                                               AssignmentName(Wanted()));
}

TEST(TheAssignment, NamesPrincipalTypeAndRole) {
  EXPECT_EQ(AssignmentBody(Wanted()), json::Parse(R"({"properties": {
    "roleDefinitionId": "/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c",
    "principalId": "AAAAAAAA-0000-0000-0000-000000000001",
    "principalType": "ServicePrincipal"}})")
                                          .value());
}

json::Value Assignment(std::string_view scope, std::string_view role,
                       std::string_view principal = kPrincipal, std::string_view name = "some") {
  json::Value body;
  body.Set("name", name);
  json::Value& properties = body.Set("properties", {});
  properties.Set("principalId", principal);
  properties.Set("roleDefinitionId",
                 "/providers/Microsoft.Authorization/roleDefinitions/" + std::string(role));
  properties.Set("scope", scope);
  properties.Set("createdOn", "2026-11-25T10:00:00.1234567Z");
  return body;
}

const char* const kReader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

struct SightRow {
  const char* name;
  std::vector<json::Value> assignments;
  RoleSight expected;
};

class Roles : public testing::TestWithParam<SightRow> {};

TEST_P(Roles, Are) { EXPECT_EQ(FindRole(GetParam().assignments, Wanted()), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    All, Roles,
    testing::Values(
        SightRow{"MissingWhereNothingIs", {}, {}},
        SightRow{"GrantedByAnother", {Assignment(kGallery, kContributorRole)}, {true, false, {}}},
        SightRow{"GrantedByOurs",
                 {Assignment(kGallery, kContributorRole, kPrincipal, AssignmentName(Wanted()))},
                 {true, true, ParseRfc3339("2026-11-25T10:00:00.1234567Z")}},
        SightRow{"GrantedInAnyCasing",
                 {Assignment("/Subscriptions/s/resourcegroups/rg",
                             "B24988AC-6180-42A0-AB88-20F7382DD24C",
                             "aaaaaaaa-0000-0000-0000-000000000001")},
                 {true, false, {}}},
        SightRow{"InheritedFromTheSubscription",
                 {Assignment("/subscriptions/S", kContributorRole)},
                 {true, false, {}}},
        SightRow{"InheritedFromTheRoot", {Assignment("/", kContributorRole)}, {true, false, {}}},
        SightRow{"GrantedByAWiderRole", {Assignment(kGallery, kOwnerRole)}, {true, false, {}}},
        SightRow{"NotGrantedByANarrowerRole", {Assignment(kGallery, kReader)}, {}},
        SightRow{"NotGrantedToAnother",
                 {Assignment(kGallery, kContributorRole, "cccccccc-0000-0000-0000-000000000001")},
                 {}},
        SightRow{"NotGrantedBeside",
                 {Assignment("/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/"
                             "galleries/Teaching2",
                             kContributorRole)},
                 {}},
        SightRow{"NotGrantedBelow",
                 {Assignment(std::string(kGallery) + "/images/ubuntu", kContributorRole)},
                 {}},
        SightRow{"GrantedByTwo",
                 {Assignment(kGallery, kContributorRole, kPrincipal, AssignmentName(Wanted())),
                  Assignment("/subscriptions/S", kOwnerRole)},
                 {true, true, ParseRfc3339("2026-11-25T10:00:00.1234567Z")}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace labgallery::domain
