#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const std::string kPlanId = LabServices("labPlans/cs");
const std::string kMachine = LabServices("labs/course/virtualMachines/template");
const std::string kSave = kPlanId + "/saveImage?api-version=2023-06-07";
const std::string kSetting = LabServices("labaccounts/cs/labs/course/environmentsettings/default");
const std::string kSaveSetting = kSetting + "/saveImage?api-version=2019-01-01-preview";
const std::string kSaved = Compute("galleries/teaching/images/saved");
const std::string kBody = R"({"name": "saved", "labVirtualMachineId": ")" + kMachine + "\"}";

void SeedPlan(Cloud& cloud, const std::string& gallery) {
  cloud.SeedGallery();
  cloud.Seed(kPlanId,
             R"({"location": "westeurope", "properties": {"sharedGalleryId": )" + gallery + "}}");
  cloud.Seed(LabServices("labs/course"), R"({"location": "westeurope"})");
  cloud.Seed(kMachine, R"({"location": "westeurope", "properties": {"osType": "Windows"}})");
}

TEST(SavingAnImage, OfAPlanLeavesASpecializedVersionInItsRegion) {
  Cloud cloud;
  SeedPlan(cloud, '"' + Compute("galleries/teaching") + '"');
  const Seen post = cloud.Post(kSave, kBody);
  EXPECT_EQ(post.status, 202);
  EXPECT_EQ(post.text, "");
  EXPECT_NE(post.Header("Location").find("/operationResults/"), std::string::npos);
  EXPECT_EQ(cloud.Post(kSave, kBody).code(), "Conflict") << "the plan is busy with it";
  EXPECT_EQ(cloud.Get(kSaved).status, 404) << "it takes a while";
  cloud.Pass(minutes(4));
  EXPECT_EQ(cloud.Get(kSaved).body.Text({"properties", "osState"}), "Specialized");
  EXPECT_EQ(cloud.Get(kSaved).body.Text({"properties", "osType"}), "Windows");
  ASSERT_EQ(cloud.Get(kSaved + "/versions").count(), 1U);
  cloud.Pass(hours(1));
  EXPECT_EQ(cloud.Follow(post.Header("Location")).status, 200);
  const Seen version = cloud.Get(kSaved + "/versions/0.1.0");
  EXPECT_EQ(version.state(), "Succeeded");
  EXPECT_EQ(
      version.body.At({"properties", "publishingProfile", "targetRegions"})->AsArray()->size(), 1U);
}

TEST(SavingAnImage, AgainMakesAnotherVersion) {
  Cloud cloud;
  SeedPlan(cloud, '"' + Compute("galleries/teaching") + '"');
  for (int i = 0; i < 2; ++i) {
    cloud.Post(kSave, kBody);
    cloud.Pass(hours(1));
  }
  EXPECT_EQ(cloud.Get(kSaved + "/versions").count(), 2U);
}

TEST(SavingAnImage, OfAPlanNeedsAGalleryAndALabsMachine) {
  Cloud cloud;
  SeedPlan(cloud, "null");
  EXPECT_EQ(cloud.Post(kSave, kBody).code(), "SharedGalleryNotAttached");
  EXPECT_EQ(cloud.Post(kSave, R"({"name": "saved", "labVirtualMachineId": "/x"})").code(),
            "InvalidParameter");
  EXPECT_EQ(cloud.Post(kSave, R"({"labVirtualMachineId": ")" + kMachine + "\"}").code(),
            "InvalidParameter");
}

TEST(SavingAnImage, OfAnAccountGoesToTheWholeGeography) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.SeedAccount();
  cloud.Seed(LabServices("labaccounts/cs/labs/course"), "{}");
  cloud.Seed(kSetting, "{}");
  EXPECT_EQ(cloud.Post(kSaveSetting, R"({"name": "saved"})").code(), "SharedGalleryNotAttached");
  cloud.Seed(LabServices("labaccounts/cs/sharedgalleries/teaching"),
             R"({"properties": {"galleryId": ")" + Compute("galleries/teaching") + "\"}}");
  EXPECT_EQ(cloud.Post(kSaveSetting, R"({"name": "saved"})").status, 202);
  cloud.Pass(hours(2));
  const Seen version = cloud.Get(kSaved + "/versions/0.1.0");
  EXPECT_EQ(version.state(), "Succeeded");
  EXPECT_EQ(
      version.body.At({"properties", "publishingProfile", "targetRegions"})->AsArray()->size(), 2U)
      << "West and North Europe";
}

}  // namespace
}  // namespace labgallery::azure_simulator
