// One row per fact about Azure's wire that a client has to live with; the row's name is the fact.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kGallery = Compute("galleries/teaching");
const std::string kDefinition = Compute("galleries/teaching/images/ubuntu");
const std::string kVersion = Compute("galleries/teaching/images/ubuntu/versions/1.0.0");
const std::string kAccount = LabServices("labaccounts/cs");

struct Quirk {
  std::string name;
  std::function<void(Cloud&)> check;
};

class WireQuirk : public testing::TestWithParam<Quirk> {};

TEST_P(WireQuirk, Is) {
  Cloud cloud;
  GetParam().check(cloud);
}

void NoToken(Cloud& cloud) {
  const Seen seen = cloud.Raw({.method = http::Method::kGet,
                               .url = std::string(kGroup) + "?api-version=2021-04-01",
                               .headers = {},
                               .body = {}});
  EXPECT_EQ(seen.status, 401);
  EXPECT_EQ(seen.code(), "AuthenticationFailed");
}

void NoApiVersion(Cloud& cloud) {
  const Seen seen = cloud.Raw({.method = http::Method::kGet,
                               .url = std::string(kGroup),
                               .headers = {{"Authorization", "Bearer x"}},
                               .body = {}});
  EXPECT_EQ(seen.status, 400);
  EXPECT_EQ(seen.code(), "MissingApiVersionParameter");
}

void NewApiVersion(Cloud& cloud) {
  cloud.SeedGallery();
  EXPECT_EQ(cloud.Get(kGallery + "?api-version=2031-01-01").status, 200);
}

void OldApiVersionOfSharedGalleries(Cloud& cloud) {
  cloud.SeedAccount();
  const Seen seen = cloud.Get(kAccount + "/sharedgalleries?api-version=2018-10-15");
  EXPECT_EQ(seen.status, 400);
  EXPECT_EQ(seen.code(), "InvalidResourceType");
}

void MissingGroup(Cloud& cloud) {
  const Seen seen = cloud.Put(
      std::string(kSubscription) + "/resourceGroups/none/providers/Microsoft.Compute/galleries/g",
      R"({"location": "westeurope"})");
  EXPECT_EQ(seen.status, 404);
  EXPECT_EQ(seen.code(), "ResourceGroupNotFound");
}

void MalformedSubscription(Cloud& cloud) {
  EXPECT_EQ(cloud.Get("/subscriptions/mine/locations").code(), "InvalidSubscriptionId");
}

void UnknownSubscription(Cloud& cloud) {
  cloud.Set(R"({"subscriptions": ["00000000-0000-0000-0000-000000000002"]})");
  const Seen seen = cloud.Get(std::string(kSubscription) + "/locations");
  EXPECT_EQ(seen.status, 404);
  EXPECT_EQ(seen.code(), "SubscriptionNotFound");
}

void NotModelledIsSaid(Cloud& cloud) {
  const Seen seen = cloud.Post(kGallery + "/share");
  EXPECT_EQ(seen.status, 501);
  EXPECT_EQ(seen.code(), "NotModelled");
  const Seen log = cloud.Get("/simulator/requests");
  EXPECT_EQ(*log.body.At({"counts", "notModelled"})->AsInteger(), 1);
}

void IdsOnEveryAnswer(Cloud& cloud) {
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.status, 404);
  for (const auto* name :
       {"x-ms-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id"}) {
    EXPECT_FALSE(seen.Header(name).empty()) << name;
  }
}

void CorrelationIdComesBack(Cloud& cloud) {
  const Seen seen = cloud.Raw(
      {.method = http::Method::kGet,
       .url = kGallery + "?api-version=2023-07-03",
       .headers = {{"Authorization", "Bearer x"}, {"x-ms-correlation-request-id", "mine"}},
       .body = {}});
  EXPECT_EQ(seen.Header("x-ms-correlation-request-id"), "mine");
}

void GalleryCreate(Cloud& cloud) {
  const Seen put = cloud.Put(kGallery, R"({"location": "West Europe"})");
  EXPECT_EQ(put.status, 201);
  EXPECT_EQ(put.state(), "Creating");
  EXPECT_EQ(put.body.Text({"location"}), "westeurope");
  EXPECT_EQ(put.Header("azure-asyncnotification"), "Enabled");
  EXPECT_GT(put.Header("Azure-AsyncOperation").size(), 3500U);
  EXPECT_EQ(put.Header("Location"), "");
  EXPECT_EQ(put.Header("Retry-After"), "");
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).body.Text({"status"}), "InProgress");
  cloud.Pass(seconds(2));
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).body.Text({"status"}), "Succeeded");
  EXPECT_EQ(cloud.Get(kGallery).state(), "Succeeded");
}

void GalleryUniqueName(Cloud& cloud) {
  cloud.Put(kGallery, R"({"location": "westeurope"})");
  EXPECT_EQ(cloud.Get(kGallery).body.Text({"properties", "identifier", "uniqueName"}),
            "00000000-0000-0000-0000-000000000001-TEACHING");
}

void GalleryUpdate(Cloud& cloud) {
  cloud.SeedGallery();
  const Seen put = cloud.Put(kGallery, R"({"location": "westeurope", "tags": {"a": "b"}})");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.state(), "Succeeded");
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).body.Text({"status"}), "InProgress");
}

void VersionUpdate(Cloud& cloud) {
  cloud.SeedVersion();
  const Seen put =
      cloud.Put(kVersion, VersionBody(R"([{"name": "westeurope"}, {"name": "northeurope"}])"));
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.state(), "Updating");
  EXPECT_EQ(put.Header("Retry-After"), "60");
  EXPECT_EQ(put.Header("x-ms-retry-after-ms"), "60000");
  EXPECT_EQ(put.body.At({"properties", "publishingProfile", "targetRegions"})->AsArray()->size(),
            2U);
}

void RegionsByDisplayName(Cloud& cloud) {
  cloud.SeedVersion();
  const json::Value body = cloud.Get(kVersion + "?$expand=ReplicationStatus").body;
  const auto& target =
      body.At({"properties", "publishingProfile", "targetRegions"})->AsArray()->front();
  const auto& summary = body.At({"properties", "replicationStatus", "summary"})->AsArray()->front();
  EXPECT_EQ(target.Text({"name"}), "West Europe");
  EXPECT_EQ(summary.Text({"region"}), "West Europe");
}

void NoReplicationStatusUnasked(Cloud& cloud) {
  cloud.SeedVersion();
  EXPECT_EQ(cloud.Get(kVersion).body.At({"properties", "replicationStatus"}), nullptr);
}

void UpperCaseGroup(Cloud& cloud) {
  cloud.SeedGallery();
  const Seen list = cloud.Get(Compute("galleries"));
  const std::string id(list.body.Find("value")->AsArray()->front().Text({"id"}));
  EXPECT_NE(id.find("/resourceGroups/LABS-RG/"), std::string::npos) << id;
  EXPECT_NE(cloud.Get(kGallery).body.Text({"id"}).find("/resourceGroups/Labs-rg/"),
            std::string_view::npos);
}

void IdsIgnoreCase(Cloud& cloud) {
  cloud.SeedGallery();
  std::string shouted = kGallery;
  for (char& c : shouted) c = static_cast<char>(std::toupper(c));
  const Seen seen = cloud.Get(shouted);
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.body.Text({"id"}), kGallery);
}

void DeleteOfNothing(Cloud& cloud) { EXPECT_EQ(cloud.Delete(kGallery).status, 204); }

void DeleteAnswers(Cloud& cloud) {
  cloud.SeedVersion();
  const Seen seen = cloud.Delete(kVersion);
  EXPECT_EQ(seen.status, 202);
  EXPECT_TRUE(seen.text.empty());
  EXPECT_NE(seen.Header("Location").find("monitor=true"), std::string::npos);
  EXPECT_EQ(seen.Header("Retry-After"), "60");
  EXPECT_EQ(cloud.Get(kVersion).state(), "Deleting");
  EXPECT_EQ(cloud.Follow(seen.Header("Location")).status, 202);
  cloud.Pass(minutes(3));
  EXPECT_EQ(cloud.Follow(seen.Header("Location")).status, 204);
  EXPECT_EQ(cloud.Get(kVersion).status, 404);
}

void ParentWithChildren(Cloud& cloud) {
  cloud.SeedVersion();
  const Seen seen = cloud.Delete(kDefinition);
  EXPECT_EQ(seen.status, 409);
  EXPECT_EQ(seen.code(), "CannotDeleteResource");
  EXPECT_NE(seen.message().find("/versions/1.0.0"), std::string::npos);
}

void GhostOfChild(Cloud& cloud) {
  cloud.SeedVersion();
  cloud.Delete(kVersion);
  cloud.Pass(minutes(2) + seconds(1));
  EXPECT_EQ(cloud.Get(kVersion).status, 404);
  EXPECT_EQ(cloud.Delete(kDefinition).code(), "CannotDeleteResource");
  cloud.Pass(seconds(20));
  EXPECT_EQ(cloud.Delete(kDefinition).status, 202);
}

void OperationOfChangedUrl(Cloud& cloud) {
  const Seen put = cloud.Put(kGallery, R"({"location": "westeurope"})");
  std::string url = put.Header("Azure-AsyncOperation");
  url.resize(url.size() - 1);
  EXPECT_EQ(cloud.Follow(url).status, 403);
}

void OperationForgotten(Cloud& cloud) {
  const Seen put = cloud.Put(kGallery, R"({"location": "westeurope"})");
  cloud.Pass(minutes(90));
  EXPECT_EQ(cloud.Follow(put.Header("Azure-AsyncOperation")).status, 404);
}

void ProvisioningStateInBody(Cloud& cloud) {
  cloud.SeedGallery();
  const char* body = R"({"location": "westeurope", "properties": {"provisioningState": "Failed"}})";
  EXPECT_EQ(cloud.Put(kGallery, body).code(), "InvalidParameter");
  cloud.Set(R"({"readOnlyStateRefused": false})");
  EXPECT_EQ(cloud.Put(kGallery, body).status, 200);
}

void UnknownProperty(Cloud& cloud) {
  const Seen seen =
      cloud.Put(kGallery, R"({"location": "westeurope", "properties": {"colour": "red"}})");
  EXPECT_EQ(seen.status, 400);
  EXPECT_EQ(seen.body.Text({"error", "target"}), "properties.colour");
}

void FullReplace(Cloud& cloud) {
  cloud.Put(
      kGallery,
      R"({"location": "westeurope", "tags": {"a": "b"}, "properties": {"description": "x"}})");
  cloud.Pass(seconds(2));
  cloud.Put(kGallery, R"({"location": "westeurope"})");
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.body.Find("tags"), nullptr);
  EXPECT_EQ(seen.body.At({"properties", "description"}), nullptr);
}

void PatchReplacesTags(Cloud& cloud) {
  cloud.Seed(kGallery, R"({"location": "westeurope", "tags": {"a": "b"}})");
  cloud.Patch(kGallery, R"({"tags": {"c": "d"}})");
  EXPECT_EQ(*cloud.Get(kGallery).body.Find("tags"), Json(R"({"c": "d"})"));
  cloud.Pass(seconds(2));
  cloud.Set(R"({"patchMergesTags": true})");
  cloud.Patch(kGallery, R"({"tags": {"e": "f"}})");
  EXPECT_EQ(*cloud.Get(kGallery).body.Find("tags"), Json(R"({"c": "d", "e": "f"})"));
}

void LocationCannotChange(Cloud& cloud) {
  cloud.SeedGallery();
  const Seen seen = cloud.Put(kGallery, R"({"location": "eastus"})");
  EXPECT_EQ(seen.status, 409);
  EXPECT_EQ(seen.code(), "InvalidResourceLocation");
}

void LocationUnavailable(Cloud& cloud) {
  for (const auto* region : {"atlantis", "germanynorth", "losangeles"}) {
    const Seen seen = cloud.Put(kGallery, std::string(R"({"location": ")") + region + R"("})");
    EXPECT_EQ(seen.code(), "LocationNotAvailableForResourceType") << region;
  }
  EXPECT_EQ(cloud.Put(kGallery, "{}").code(), "LocationRequired");
}

void WriteWhileBusy(Cloud& cloud) {
  cloud.Put(kGallery, R"({"location": "westeurope"})");
  EXPECT_EQ(cloud.Put(kGallery, R"({"location": "westeurope"})").code(), "Conflict");
  cloud.Set(R"({"writeWhileBusyAccepted": true})");
  EXPECT_EQ(cloud.Put(kGallery, R"({"location": "westeurope"})").status, 200);
}

void EmptyFirstPage(Cloud& cloud) {
  cloud.SeedGallery();
  cloud.Set(R"({"emptyFirstPage": true})");
  const Seen first = cloud.Get(Compute("galleries"));
  EXPECT_EQ(first.count(), 0U);
  EXPECT_EQ(cloud.Follow(first.body.Text({"nextLink"})).count(), 1U);
}

void Paging(Cloud& cloud) {
  for (const auto* name : {"a", "b", "c"})
    cloud.Seed(Compute("galleries/") + name, R"({"location": "eastus"})");
  cloud.Set(R"({"pageSize": 2})");
  const Seen first = cloud.Get(Compute("galleries"));
  EXPECT_EQ(first.count(), 2U);
  const std::string next(first.body.Text({"nextLink"}));
  EXPECT_TRUE(next.starts_with("http://azure.test:8080/subscriptions/")) << next;
  const Seen second = cloud.Follow(next);
  EXPECT_EQ(second.count(), 1U);
  EXPECT_EQ(second.body.Find("nextLink"), nullptr);
}

void EndOfLifeText(Cloud& cloud) {
  cloud.SeedVersion();
  cloud.Put(kVersion, VersionBody(R"([{"name": "westeurope"}])",
                                  R"(, "endOfLifeDate": "2030-01-01T00:00:00.000Z")"));
  EXPECT_EQ(cloud.Get(kVersion).body.Text({"properties", "publishingProfile", "endOfLifeDate"}),
            "2030-01-01T00:00:00+00:00");
}

void ProviderNotRegistered(Cloud& cloud) {
  cloud.Set(R"({"unregisteredProviders": ["microsoft.compute"]})");
  EXPECT_EQ(cloud.Put(kGallery, R"({"location": "westeurope"})").code(),
            "MissingSubscriptionRegistration");
  const std::string provider = std::string(kSubscription) + "/providers/Microsoft.Compute";
  EXPECT_EQ(cloud.Get(provider).body.Text({"registrationState"}), "NotRegistered");
  EXPECT_EQ(cloud.Post(provider + "/register").status, 200);
  EXPECT_EQ(cloud.Get(provider).body.Text({"registrationState"}), "Registered");
  EXPECT_EQ(cloud.Put(kGallery, R"({"location": "westeurope"})").status, 201);
}

void RegistrationTakesItsTime(Cloud& cloud) {
  cloud.Set(R"({"unregisteredProviders": ["microsoft.compute"], "registration": 90})");
  const std::string provider = std::string(kSubscription) + "/providers/Microsoft.Compute";
  EXPECT_EQ(cloud.Post(provider + "/register").body.Text({"registrationState"}), "Registering");
  cloud.Pass(std::chrono::seconds(60));
  EXPECT_EQ(cloud.Post(provider + "/register").body.Text({"registrationState"}), "Registering");
  EXPECT_EQ(cloud.Put(kGallery, R"({"location": "westeurope"})").code(),
            "MissingSubscriptionRegistration");
  cloud.Pass(std::chrono::seconds(31));
  EXPECT_EQ(cloud.Get(provider).body.Text({"registrationState"}), "Registered");
}

void ModernDefinitionDefaults(Cloud& cloud) {
  cloud.SeedGallery();
  const char* body = R"({"location": "westeurope", "properties": {"osType": "Linux",
    "osState": "Generalized", "identifier": {"publisher": "p", "offer": "o", "sku": "s"}}})";
  const Seen old = cloud.Put(kGallery + "/images/old", body);
  EXPECT_EQ(old.body.Text({"properties", "hyperVGeneration"}), "V1");
  std::string other(body);
  other.replace(other.find("\"s\"}"), 3, "\"t\"");
  const Seen modern = cloud.Put(kGallery + "/images/new?api-version=2025-03-03", other);
  EXPECT_EQ(modern.body.Text({"properties", "hyperVGeneration"}), "V2") << modern.text;
  EXPECT_EQ(modern.body.At({"properties", "features"})->AsArray()->front().Text({"value"}),
            "TrustedLaunchSupported");
}

void LongTagValue(Cloud& cloud) {
  const std::string value(257, 'x');
  EXPECT_EQ(
      cloud.Put(kGallery, R"({"location": "westeurope", "tags": {"a": ")" + value + "\"}}").status,
      400);
}

void NullsAreNothing(Cloud& cloud) {
  cloud.Put(kGallery,
            R"({"location": "westeurope", "tags": null, "properties": {"description": null}})");
  const Seen seen = cloud.Get(kGallery);
  EXPECT_EQ(seen.body.Find("tags"), nullptr);
  EXPECT_EQ(seen.body.At({"properties", "description"}), nullptr);
  cloud.Pass(seconds(2));
  cloud.Patch(kGallery, R"({"properties": {"description": "x"}})");
  cloud.Pass(seconds(2));
  cloud.Patch(kGallery, R"({"properties": {"description": null}})");
  EXPECT_EQ(cloud.Get(kGallery).body.At({"properties", "description"}), nullptr);
}

void GenerationNeedNotBeRepeated(Cloud& cloud) {
  cloud.SeedGallery();
  const Seen put =
      cloud.Put(kDefinition, R"({"location": "westeurope", "properties": {"osType": "Linux",
    "osState": "Generalized", "identifier": {"publisher": "contoso", "offer": "ubuntu", "sku": "ml"}}})");
  EXPECT_EQ(put.status, 200) << put.text;
  EXPECT_EQ(put.body.Text({"properties", "hyperVGeneration"}), "V2");
}

void LabServicesTellsItsFailure(Cloud& cloud) {
  cloud.Fault(
      R"({"match": {"method": "PUT"}, "action": "failOperation", "code": "Broken", "message": "why"})");
  cloud.Put(kAccount, R"({"location": "westeurope"})");
  cloud.Pass(minutes(1));
  const Seen seen = cloud.Get(kAccount);
  EXPECT_EQ(seen.state(), "Failed");
  EXPECT_EQ(seen.body.Text({"properties", "latestOperationResult", "errorCode"}), "Broken");
}

INSTANTIATE_TEST_SUITE_P(Azure, WireQuirk,
                         testing::ValuesIn(std::vector<Quirk>{
                             {"ARequestWithoutTokenIs401", NoToken},
                             {"ARequestWithoutApiVersionIs400", NoApiVersion},
                             {"ANewerApiVersionIsServed", NewApiVersion},
                             {"SharedGalleriesAreNotIn20181015", OldApiVersionOfSharedGalleries},
                             {"AMissingResourceGroupIs404", MissingGroup},
                             {"AMalformedSubscriptionIs400", MalformedSubscription},
                             {"AnUnknownSubscriptionIs404", UnknownSubscription},
                             {"WhatIsNotModelledIs501AndCounted", NotModelledIsSaid},
                             {"EveryAnswerCarriesIds", IdsOnEveryAnswer},
                             {"TheCallersCorrelationIdComesBack", CorrelationIdComesBack},
                             {"AGalleryIsCreatedWith201AndAnOperation", GalleryCreate},
                             {"AGalleryHasAnUpperCaseUniqueName", GalleryUniqueName},
                             {"AGalleryUpdateSaysSucceededBesideAnOpenOperation", GalleryUpdate},
                             {"AVersionUpdateIs200AndUpdating", VersionUpdate},
                             {"RegionsComeBackByDisplayName", RegionsByDisplayName},
                             {"ReplicationStatusNeedsExpand", NoReplicationStatusUnasked},
                             {"GalleryListsShoutTheResourceGroup", UpperCaseGroup},
                             {"IdsCompareWithoutCase", IdsIgnoreCase},
                             {"DeletingNothingIs204", DeleteOfNothing},
                             {"ADeleteHasTwoUrlsAndNoBody", DeleteAnswers},
                             {"AParentWithChildrenCannotBeDeleted", ParentWithChildren},
                             {"ADeletedChildBarsItsParentForSomeSeconds", GhostOfChild},
                             {"AnOperationUrlMustComeBackWhole", OperationOfChangedUrl},
                             {"AnOldOperationUrlIs404", OperationForgotten},
                             {"AnotherProvisioningStateInABodyIs400", ProvisioningStateInBody},
                             {"AnUnknownPropertyIs400", UnknownProperty},
                             {"APutReplacesEverything", FullReplace},
                             {"APatchReplacesAllTags", PatchReplacesTags},
                             {"TheLocationCannotChange", LocationCannotChange},
                             {"AnUnavailableLocationIs400", LocationUnavailable},
                             {"AWriteWhileBusyIs409", WriteWhileBusy},
                             {"AListMayBeginWithAnEmptyPage", EmptyFirstPage},
                             {"ListsArePagedByAbsoluteNextLinks", Paging},
                             {"AnEndOfLifeDateComesBackWithAnOffset", EndOfLifeText},
                             {"AProviderMayHaveToBeRegisteredFirst", ProviderNotRegistered},
                             {"ARegistrationTakesItsTime", RegistrationTakesItsTime},
                             {"From20250303DefinitionsAreTrustedLaunch", ModernDefinitionDefaults},
                             {"NullIsTheSameAsNothing", NullsAreNothing},
                             {"AnUpdateNeedNotRepeatTheGeneration", GenerationNeedNotBeRepeated},
                             {"AFailedLabAccountTellsWhyInItself", LabServicesTellsItsFailure},
                             {"ATagValueHasAtMost256Characters", LongTagValue},
                         }),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::azure_simulator
