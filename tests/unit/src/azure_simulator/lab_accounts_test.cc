#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::seconds;

const std::string kAccount = LabServices("labaccounts/cs");
const std::string kAttachments = kAccount + "/sharedgalleries";
const std::string kAttachment = kAttachments + "/teaching";
const std::string kImage = kAccount + "/sharedimages/ubuntu";
const std::string kGallery = Compute("galleries/teaching");

std::string AttachBody(const std::string& gallery = "teaching") {
  return R"({"properties": {"galleryId": ")" + Compute("galleries/" + gallery) + "\"}}";
}

void Attach(Cloud& cloud) {
  cloud.SeedVersion();
  cloud.SeedAccount();
  ASSERT_EQ(cloud.Put(kAttachment, AttachBody()).status, 201);
  cloud.Pass(seconds(4));
}

TEST(LabAccount, IsCreatedWithItsProvisioningStateAsTheOnlyMonitor) {
  Cloud cloud;
  const Seen put = cloud.Put(kAccount, R"({"location": "westeurope"})");
  EXPECT_EQ(put.status, 201);
  EXPECT_EQ(put.state(), "Creating");
  EXPECT_EQ(put.Header("Azure-AsyncOperation") + put.Header("Location"), "");
  cloud.Pass(seconds(31));
  const Seen seen = cloud.Get(kAccount);
  EXPECT_EQ(seen.state(), "Succeeded");
  EXPECT_FALSE(seen.body.Text({"properties", "uniqueIdentifier"}).empty());
  EXPECT_EQ(seen.body.At({"properties", "sizeConfiguration"}), nullptr);
  EXPECT_NE(cloud.Get(kAccount + "?$expand=properties($expand=sizeConfiguration)")
                .body.At({"properties", "sizeConfiguration"}),
            nullptr);
}

TEST(LabAccount, CannotBeCreatedInTheRetiredServiceButStillBeChanged) {
  Cloud cloud;
  cloud.Set(R"({"newAccountsRefused": true})");
  EXPECT_EQ(cloud.Put(kAccount, R"({"location": "westeurope"})").code(), "OperationNotAllowed");
  cloud.SeedAccount();
  EXPECT_EQ(cloud.Put(kAccount, R"({"location": "westeurope", "tags": {"a": "b"}})").status, 200);
  EXPECT_EQ(cloud.Patch(kAccount, R"({"properties": {"enabledRegionSelection": true}})").code(),
            "Conflict");
  cloud.Pass(seconds(31));
  EXPECT_EQ(cloud.Patch(kAccount, R"({"properties": {"enabledRegionSelection": true}})").status,
            200);
}

TEST(LabAccount, CannotBeDeletedWhileItHasLabs) {
  Cloud cloud;
  cloud.SeedAccount();
  EXPECT_EQ(cloud.Post(kAccount + "/createLab", R"({"name": "course"})").status, 200);
  EXPECT_EQ(cloud.Get(kAccount + "/labs").count(), 1U);
  EXPECT_EQ(cloud.Delete(kAccount).status, 409);
  cloud.Pass(seconds(70));
  EXPECT_EQ(cloud.Delete(kAccount + "/labs/course").status, 202);
  cloud.Pass(seconds(30));
  EXPECT_EQ(cloud.Delete(kAccount).status, 202);
  EXPECT_EQ(cloud.Get(kAccount).state(), "Deleting");
  cloud.Pass(seconds(31));
  EXPECT_EQ(cloud.Get(kAccount).status, 404);
  EXPECT_EQ(cloud.Delete(kAccount).status, 204);
}

TEST(LabAccount, ListsWhereItsLabsCanLive) {
  Cloud cloud;
  cloud.SeedAccount();
  const Seen seen = cloud.Post(kAccount + "/getRegionalAvailability");
  ASSERT_EQ(seen.status, 200);
  EXPECT_GT(seen.body.Find("regionalAvailability")->AsArray()->size(), 10U);
}

TEST(SharedGallery, IsAttachedAfterSomeSeconds) {
  Cloud cloud;
  cloud.SeedVersion();
  cloud.SeedAccount();
  const Seen put = cloud.Put(kAttachment, AttachBody());
  EXPECT_EQ(put.status, 201);
  EXPECT_NE(put.state(), "Succeeded");
  cloud.Pass(seconds(4));
  const Seen list = cloud.Get(kAttachments);
  ASSERT_EQ(list.count(), 1U);
  const json::Value& item = list.body.Find("value")->AsArray()->front();
  EXPECT_EQ(item.Text({"properties", "galleryId"}), kGallery);
  EXPECT_EQ(item.Text({"properties", "provisioningState"}), "Succeeded");
}

TEST(SharedGallery, HasToBeAGalleryOfThatName) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.SeedAccount();
  EXPECT_EQ(cloud.Put(kAttachments + "/other", AttachBody()).status, 400);
  EXPECT_EQ(cloud.Put(kAttachments + "/none", AttachBody("none")).status, 404);
  EXPECT_EQ(cloud.Put(kAttachment, R"({"properties": {"galleryId": "x"}})").status, 400);
}

TEST(SharedGallery, IsTheOnlyOneUnlessSwitched) {
  Cloud cloud;
  Attach(cloud);
  cloud.Seed(Compute("galleries/second"), R"({"location": "westeurope"})");
  const Seen seen = cloud.Put(kAttachments + "/second", AttachBody("second"));
  EXPECT_EQ(seen.status, 409);
  EXPECT_NE(seen.message().find("teaching"), std::string::npos);
  cloud.Set(R"({"secondGalleryAccepted": true})");
  EXPECT_EQ(cloud.Put(kAttachments + "/second", AttachBody("second")).status, 201);
}

TEST(SharedGallery, IsListedWhileAndAfterItIsDetached) {
  Cloud cloud;
  Attach(cloud);
  cloud.Set(R"({"detachLag": 20})");
  EXPECT_EQ(cloud.Delete(kAttachment).status, 202);
  cloud.Pass(seconds(10));
  EXPECT_EQ(cloud.Get(kAttachments).count(), 1U);
  EXPECT_EQ(cloud.Get(kAttachment).state(), "Deleting");
  cloud.Pass(seconds(14));
  EXPECT_EQ(cloud.Get(kAttachments).count(), 0U);
  EXPECT_EQ(cloud.Get(kAttachment).status, 404);
  EXPECT_EQ(cloud.Get(kGallery).status, 200);
}

TEST(SharedGallery, MayBeDetachedAtOnce) {
  Cloud cloud;
  Attach(cloud);
  cloud.Set(R"({"styles": {"microsoft.labservices/labaccounts/sharedgalleries": "Synchronous"}})");
  EXPECT_EQ(cloud.Delete(kAttachment).status, 200);
  EXPECT_EQ(cloud.Get(kAttachments).count(), 0U);
  EXPECT_EQ(cloud.Put(kAttachment, AttachBody()).state(), "Succeeded");
}

TEST(SharedGallery, ListsMayRepeatEntries) {
  Cloud cloud;
  Attach(cloud);
  cloud.Set(R"({"duplicatesInLists": true})");
  EXPECT_EQ(cloud.Get(kAttachments).count(), 2U);
  EXPECT_EQ(cloud.Get(kAccount + "/sharedimages").count(), 2U);
}

TEST(SharedGallery, MayBringTheServicesOwnRoleAssignment) {
  Cloud cloud;
  cloud.Set(R"({"attachGrantsRole": true})");
  Attach(cloud);
  const Seen roles = cloud.Get(kGallery + "/providers/Microsoft.Authorization/roleAssignments");
  ASSERT_EQ(roles.count(), 1U);
  EXPECT_NE(roles.text.find("b24988ac-6180-42a0-ab88-20f7382dd24c"), std::string::npos);
}

TEST(SharedGallery, MayNeedTheRoleForSomeTimeBefore) {
  Cloud cloud;
  cloud.Set(R"({"attachNeedsRole": true, "roleLag": 60})");
  cloud.SeedVersion();
  cloud.SeedAccount();
  EXPECT_EQ(cloud.Put(kAttachment, AttachBody()).code(), "LinkedAuthorizationFailed");
  const json::Value principal =
      cloud.Get("/v1.0/servicePrincipals(appId='1a14be2a-e903-4cec-99cf-b2e209259a0f')").body;
  const std::string role =
      R"({"properties": {"roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c", "principalId": ")" +
      std::string(principal.Text({"id"})) + "\"}}";
  ASSERT_EQ(cloud
                .Put(kGallery + "/providers/Microsoft.Authorization/roleAssignments/"
                                "11111111-1111-1111-1111-111111111111",
                     role)
                .status,
            201);
  EXPECT_EQ(cloud.Put(kAttachment, AttachBody()).status, 403);
  cloud.Pass(seconds(61));
  EXPECT_EQ(cloud.Put(kAttachment, AttachBody()).status, 201);
}

TEST(SharedImage, IsThereAndEnabledOnceAVersionIsUsable) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.SeedAccount();
  cloud.Seed(kAttachment, AttachBody());
  EXPECT_EQ(cloud.Get(kAccount + "/sharedimages").count(), 0U);
  cloud.Put(kGallery + "/images/ubuntu/versions/1.0.0", VersionBody());
  cloud.Pass(std::chrono::minutes(8));
  const Seen seen = cloud.Get(kAccount + "/sharedimages");
  ASSERT_EQ(seen.count(), 1U);
  const json::Value& image = seen.body.Find("value")->AsArray()->front();
  EXPECT_EQ(image.Text({"properties", "enableState"}), "Enabled");
  EXPECT_EQ(image.Text({"properties", "definitionName"}), "ubuntu");
  EXPECT_EQ(image.Text({"properties", "sharedGalleryId"}), kGallery);
}

TEST(SharedImage, IsSwitchedByItsWholePropertySet) {
  Cloud cloud;
  Attach(cloud);
  EXPECT_EQ(cloud.Put(kImage, R"({"properties": {"enableState": "Disabled"}})").status, 400);
  json::Value image = cloud.Get(kImage).body;
  image.Find("properties")->Set("enableState", "Disabled");
  const Seen put = cloud.Send(http::Method::kPut, kImage, image);
  ASSERT_EQ(put.status, 200) << put.text;
  EXPECT_EQ(put.state(), "Updating");
  cloud.Pass(seconds(2));
  const Seen seen = cloud.Get(kImage);
  EXPECT_EQ(seen.state(), "Succeeded");
  EXPECT_EQ(seen.body.Text({"properties", "enableState"}), "Disabled");
}

TEST(SharedImage, MaySpellItsSwitchWithACapital) {
  Cloud cloud;
  Attach(cloud);
  cloud.Set(R"({"enableStateCapital": true})");
  json::Value image = cloud.Get(kImage).body;
  EXPECT_EQ(image.Text({"properties", "EnableState"}), "Enabled");
  EXPECT_EQ(image.At({"properties", "enableState"}), nullptr);
  image.Find("properties")->Set("EnableState", "Disabled");
  EXPECT_EQ(cloud.Send(http::Method::kPut, kImage, image).status, 200);
  EXPECT_EQ(cloud.Get(kImage).body.Text({"properties", "EnableState"}), "Disabled");
}

TEST(SharedImage, IsEnabledAgainAfterItsGalleryWasDetachedAndAttached) {
  Cloud cloud;
  Attach(cloud);
  cloud.Seed(kImage, R"({"properties": {"enableState": "Disabled"}})");
  EXPECT_EQ(cloud.Get(kImage).body.Text({"properties", "enableState"}), "Disabled");
  cloud.Delete(kAttachment);
  cloud.Pass(seconds(4));
  EXPECT_EQ(cloud.Get(kImage).status, 404);
  cloud.Put(kAttachment, AttachBody());
  cloud.Pass(seconds(4));
  EXPECT_EQ(cloud.Get(kImage).body.Text({"properties", "enableState"}), "Enabled");
}

}  // namespace
}  // namespace labgallery::azure_simulator
