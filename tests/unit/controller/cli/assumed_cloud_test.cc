#include "controller/cli/assumed_cloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string kSubscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
const std::string kCompute = kSubscription + "/resourceGroups/rg/providers/Microsoft.Compute/";

std::string Gallery(const std::string& name, const std::string& group = "rg") {
  return "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\n"
         "metadata: {name: " +
         name + ", namespace: labs}\n" +
         "spec: {subscriptionId: 00000000-0000-0000-0000-000000000001, resourceGroup: " + group +
         ", location: northeurope}\n---\n";
}

std::string Image(const std::string& source, const std::string& os_state = "Generalized") {
  return "apiVersion: labgallery.io/v1alpha1\nkind: Image\n"
         "metadata: {name: windows, namespace: labs}\n"
         "spec:\n  galleryRef: {name: a}\n  definition: {osType: Windows, osState: " +
         os_state +
         ", hyperVGeneration: V2, identifier: {publisher: p, offer: o, sku: s}}\n"
         "  version: 1.0.0\n  source: " +
         source + "\n---\n";
}

std::vector<Assumption> Assumed(const std::string& text) {
  const Manifests manifests = LoadText(text);
  EXPECT_TRUE(manifests.errors.empty()) << ToString(manifests.errors);
  return AssumedCloud(manifests.objects);
}

TEST(AssumedCloud, HasEachResourceGroupOnceWithALocation) {
  const std::string by_id =
      "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\n"
      "metadata: {name: c, namespace: labs}\n"
      "spec: {resourceId: /subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/other/"
      "providers/Microsoft.Compute/galleries/c}\n";
  const auto groups = Assumed(Gallery("a", "rg") + Gallery("b", "RG") + by_id);
  ASSERT_THAT(groups, SizeIs(2));
  EXPECT_EQ(groups[0].id, kSubscription + "/resourceGroups/rg");
  EXPECT_EQ(groups[0].body.Text({"location"}), "northeurope");
  EXPECT_EQ(groups[1].id,
            "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/other");
  EXPECT_NE(groups[1].body.Text({"location"}), "");
}

TEST(AssumedCloud, HasAManagedImageThatFitsItsDefinition) {
  const auto made = Assumed(Gallery("a") + Image("{managedImageId: " + kCompute + "images/w}"));
  ASSERT_THAT(made, SizeIs(2));
  EXPECT_EQ(made[1].id, kCompute + "images/w");
  EXPECT_EQ(made[1].body.Text({"location"}), "northeurope") << "that of the gallery";
  EXPECT_EQ(made[1].body.Text({"properties", "hyperVGeneration"}), "V2");
  const json::Value* disk = made[1].body.At({"properties", "storageProfile", "osDisk"});
  ASSERT_NE(disk, nullptr);
  EXPECT_EQ(disk->Text({"osType"}), "Windows");
  EXPECT_EQ(disk->Text({"osState"}), "Generalized");
}

TEST(AssumedCloud, HasAVirtualMachineInTheStateOfItsDefinition) {
  const std::string source = "{virtualMachineId: " + kCompute + "virtualMachines/w}";
  EXPECT_EQ(*Assumed(Gallery("a") + Image(source, "Specialized"))[1].body.Find("generalized"),
            json::Value(false));
  EXPECT_EQ(*Assumed(Gallery("a") + Image(source, "Generalized"))[1].body.Find("generalized"),
            json::Value(true));
}

TEST(AssumedCloud, HasAllDisksOfASource) {
  const auto made = Assumed(Gallery("a") + Image("{disks: {os: {id: " + kCompute +
                                                 "snapshots/os}, data: [{lun: "
                                                 "0, id: " +
                                                 kCompute + "disks/data}]}}"));
  std::vector<std::string> ids;
  for (const Assumption& assumption : made) ids.push_back(assumption.id);
  EXPECT_THAT(ids, ElementsAre(kSubscription + "/resourceGroups/rg", kCompute + "snapshots/os",
                               kCompute + "disks/data"));
}

TEST(AssumedCloud, HasNoImageVersions) {
  EXPECT_THAT(Assumed(Gallery("a") + Image("{galleryImageVersionId: " + kCompute +
                                           "galleries/x/images/y/versions/1.0.0}")),
              SizeIs(1));
}

}  // namespace
}  // namespace labgallery::cli
