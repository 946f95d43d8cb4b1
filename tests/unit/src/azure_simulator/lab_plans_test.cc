#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kApi = "?api-version=2023-06-07";
constexpr std::string_view kOldApi = "?api-version=2022-08-01";
const std::string kPlanId = LabServices("labPlans/cs");
const std::string kPlan = kPlanId + std::string(kApi);
const std::string kGallery = Compute("galleries/teaching");

std::string Images() { return kPlanId + "/images" + std::string(kApi); }
std::string ImageOf(std::string_view name) {
  return kPlanId + "/images/" + std::string(name) + std::string(kApi);
}
std::string WithGallery(const std::string& id) {
  return R"({"location": "westeurope", "properties": {"sharedGalleryId": )" + id + "}}";
}
std::string Quoted(const std::string& text) { return '"' + text + '"'; }

void SeedPlan(Cloud& cloud, const std::string& gallery = kGallery) {
  cloud.SeedVersion();
  cloud.Seed(kPlanId, WithGallery(Quoted(gallery)));
}

std::string Row(const Seen& list, std::string_view name, std::string_view property) {
  for (const json::Value& row : *list.body.Find("value")->AsArray()) {
    if (row.Text({"name"}) == name) return std::string(row.Text({"properties", property}));
  }
  return "not listed";
}

TEST(LabPlan, IsCreatedAsAnOperationWithALocation) {
  Cloud cloud;
  const Seen put = cloud.Put(kPlan, R"({"location": "westeurope"})");
  EXPECT_EQ(put.status, 202);
  EXPECT_EQ(put.state(), "Creating");
  EXPECT_NE(put.Header("Location").find("/operationResults/"), std::string::npos);
  EXPECT_EQ(cloud.Follow(put.Header("Location")).status, 202);
  cloud.Pass(seconds(31));
  const Seen result = cloud.Follow(put.Header("Location"));
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.body.Text({"status"}), "Succeeded");
  EXPECT_EQ(cloud.Get(kPlan).state(), "Succeeded");
}

TEST(LabPlan, OfTheOlderVersionEndsItsOperationWithoutABody) {
  Cloud cloud;
  const Seen put = cloud.Put(kPlanId + std::string(kOldApi), R"({"location": "westeurope"})");
  cloud.Pass(seconds(31));
  EXPECT_EQ(cloud.Follow(put.Header("Location")).status, 204);
}

TEST(LabPlan, ThatIsNotThereIsToldWithoutArmsEnvelope) {
  Cloud cloud;
  const Seen seen = cloud.Get(kPlan);
  EXPECT_EQ(seen.status, 404);
  EXPECT_EQ(seen.Header("Content-Type"), "application/problem+json; charset=utf-8");
  EXPECT_EQ(seen.body.Find("error"), nullptr);
  EXPECT_EQ(seen.body.Text({"title"}), "Not Found");
}

TEST(LabPlan, IsNotKnownToTheFirstGenerationsVersions) {
  Cloud cloud;
  EXPECT_EQ(cloud.Get(kPlanId + "?api-version=2018-10-15").code(), "InvalidResourceType");
}

TEST(LabPlan, TakesAGalleryAtOnceAndAnotherInItsPlace) {
  Cloud cloud;
  SeedPlan(cloud);
  cloud.Seed(Compute("galleries/spring"), R"({"location": "westeurope"})");
  const Seen patch = cloud.Patch(
      kPlan, R"({"properties": {"sharedGalleryId": ")" + Compute("galleries/spring") + "\"}}");
  EXPECT_EQ(patch.status, 200);
  EXPECT_EQ(patch.state(), "Succeeded");
  EXPECT_EQ(cloud.Get(kPlan).body.Text({"properties", "sharedGalleryId"}),
            Compute("galleries/spring"));
  EXPECT_EQ(cloud.Patch(kPlan, R"({"properties": {"sharedGalleryId": ""}})").status, 200)
      << "nothing is checked of a gallery that is not named";
  EXPECT_EQ(cloud.Patch(kPlan, R"({"properties": {"sharedGalleryId": "nonsense"}})").code(),
            "InvalidParameter");
  EXPECT_EQ(cloud.Patch(kPlan, R"({"tags": {"a": "b"}})").code(), "InvalidParameter");
}

struct NullRow {
  const char* name;
  const char* settings;
  bool put_clears, patch_clears;
};

class NullForTheGallery : public testing::TestWithParam<NullRow> {};

TEST_P(NullForTheGallery, MeansWhatTheSettingsSay) {
  const NullRow& row = GetParam();
  for (const bool by_put : {true, false}) {
    Cloud cloud;
    cloud.Set(row.settings);
    SeedPlan(cloud);
    const Seen seen = by_put ? cloud.Put(kPlan, WithGallery("null"))
                             : cloud.Patch(kPlan, R"({"properties": {"sharedGalleryId": null}})");
    EXPECT_EQ(seen.status, 200) << seen.text;
    EXPECT_EQ(cloud.Get(kPlan).body.Text({"properties", "sharedGalleryId"}).empty(),
              by_put ? row.put_clears : row.patch_clears);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, NullForTheGallery,
    testing::Values(NullRow{"PutClearsAndPatchIgnoresIt", "{}", true, false},
                    NullRow{"PutIgnoresAndPatchClears",
                            R"({"planPutClearsGallery": false, "planPatchClearsGallery": true})",
                            false, true}),
    [](const auto& row) { return row.param.name; });

TEST(LabPlan, TakesNoWriteWhileItIsLocked) {
  Cloud cloud;
  cloud.Seed(kPlanId,
             R"({"location": "westeurope", "properties": {"provisioningState": "Locked"}})");
  EXPECT_EQ(cloud.Get(kPlan).state(), "Locked");
  EXPECT_EQ(cloud.Patch(kPlan, R"({"properties": {}})").code(), "Conflict");
}

TEST(LabPlan, NeedsOwnerForItsOwnIdentityWhereTheRoleIsNeeded) {
  Cloud cloud;
  cloud.Set(R"({"attachNeedsRole": true})");
  cloud.SeedVersion();
  cloud.Seed(kPlanId, R"({"location": "westeurope"})");
  const std::string attach = R"({"properties": {"sharedGalleryId": ")" + kGallery + "\"}}";
  EXPECT_EQ(cloud.Patch(kPlan, attach).code(), "LinkedAuthorizationFailed");
  cloud.Set(R"({"principals": {"c7bb12bf-0b39-4f7f-9171-f418ff39b76a":
                               "99999999-0000-0000-0000-000000000002"}})");
  const auto grant = [&](std::string_view name, std::string_view role) {
    cloud.Put(kGallery + "/providers/Microsoft.Authorization/roleAssignments/" + std::string(name),
              R"({"properties": {"principalId": "99999999-0000-0000-0000-000000000002",
                  "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/)" +
                  std::string(role) + "\"}}");
  };
  grant("10000000-0000-0000-0000-000000000001", "b24988ac-6180-42a0-ab88-20f7382dd24c");
  EXPECT_EQ(cloud.Patch(kPlan, attach).code(), "LinkedAuthorizationFailed") << "Contributor";
  grant("10000000-0000-0000-0000-000000000002", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
  EXPECT_EQ(cloud.Patch(kPlan, attach).status, 200) << "Owner";
}

TEST(ImagesOfAPlan, AreOffUntilSomebodySwitchesThem) {
  Cloud cloud;
  SeedPlan(cloud);
  EXPECT_EQ(cloud.Get(Images()).count(), 3U) << "two of the Marketplace, one of the gallery";
  EXPECT_EQ(Row(cloud.Get(Images()), "teaching.ubuntu", "enabledState"), "Disabled");
  EXPECT_EQ(Row(cloud.Get(Images()), "teaching.ubuntu", "sharedGalleryId"),
            kGallery + "/images/ubuntu");
  EXPECT_EQ(Row(cloud.Get(Images()), "teaching.ubuntu", "osState"), "Generalized");
  const Seen on =
      cloud.Patch(ImageOf("teaching.ubuntu"), R"({"properties": {"enabledState": "Enabled"}})");
  EXPECT_EQ(on.status, 200);
  EXPECT_EQ(cloud.Get(ImageOf("teaching.ubuntu")).body.Text({"properties", "enabledState"}),
            "Enabled");
  EXPECT_EQ(cloud.Put(ImageOf("teaching.ubuntu"), R"({"properties": {}})").status, 400);
  EXPECT_EQ(cloud.Put(ImageOf("new"), R"({"properties": {"enabledState": "Enabled"}})").status, 404)
      << "a PUT makes no images";
}

TEST(ImagesOfAPlan, AreOffAgainWithAnotherGallery) {
  Cloud cloud;
  SeedPlan(cloud);
  cloud.Patch(ImageOf("teaching.ubuntu"), R"({"properties": {"enabledState": "Enabled"}})");
  cloud.Put(kPlan, R"({"location": "westeurope", "properties": {}})");
  EXPECT_EQ(Row(cloud.Get(Images()), "teaching.ubuntu", "enabledState"), "not listed");
  cloud.Put(kPlan, WithGallery(Quoted(kGallery)));
  EXPECT_EQ(Row(cloud.Get(Images()), "teaching.ubuntu", "enabledState"), "Disabled");
}

TEST(ImagesOfAPlan, AreListedOnlyWhereTheyAreInItsRegion) {
  Cloud cloud;
  cloud.SeedVersion();
  cloud.Seed(kPlanId,
             R"({"location": "eastus", "properties": {"sharedGalleryId": ")" + kGallery + "\"}}");
  EXPECT_EQ(Row(cloud.Get(Images()), "teaching.ubuntu", "enabledState"), "not listed");
}

TEST(LabsOfAPlan, AreResourcesOfTheirOwnAndOutliveIt) {
  Cloud cloud;
  SeedPlan(cloud);
  const std::string lab = LabServices("labs/course") + std::string(kApi);
  EXPECT_EQ(cloud
                .Put(lab, R"({"location": "westeurope", "properties": {"labPlanId": ")" + kPlanId +
                              "\"}}")
                .status,
            202);
  cloud.Pass(minutes(2));
  EXPECT_EQ(cloud
                .Get(std::string(kSubscription) + "/providers/Microsoft.LabServices/labs" +
                     std::string(kApi))
                .count(),
            1U);
  EXPECT_EQ(cloud.Delete(kPlan).status, 202);
  cloud.Pass(minutes(1));
  EXPECT_EQ(cloud.Get(kPlan).status, 404);
  EXPECT_EQ(cloud.Get(lab).state(), "Succeeded");
}

}  // namespace
}  // namespace labgallery::azure_simulator
