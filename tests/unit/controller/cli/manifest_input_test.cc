#include "controller/cli/manifest_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// The manifests of the design as a user writes them.
constexpr std::string_view kAll = R"(
apiVersion: labgallery.io/v1alpha1
kind: SharedImageGallery
metadata: {name: teaching, namespace: labs}
spec:
  subscriptionId: 00000000-0000-0000-0000-000000000001
  resourceGroup: labs-rg
  azureName: teaching
  location: westeurope
  description: Images of the computer science department
  tags: {department: cs}
  access: {mode: Grant}
---
apiVersion: labgallery.io/v1alpha1
kind: Image
metadata: {name: ubuntu-ml, namespace: labs}
spec:
  galleryRef: {name: teaching}
  definition:
    osType: Linux
    osState: Generalized
    hyperVGeneration: V2
    architecture: x64
    securityType: Standard
    identifier: {publisher: contoso, offer: ubuntu, sku: ml}
  version: 1.0.0
  source:
    managedImageId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/labs-rg/providers/Microsoft.Compute/images/ubuntu-ml
  replication:
    scope: Geography
    replicaCount: 1
    storageAccountType: Standard_LRS
    regions: [{name: northeurope, replicaCount: 2, storageAccountType: Standard_ZRS}]
    excludeRegions: []
    readyWhen: {minRegions: 1}
    rollout: AllAtOnce
  retention: {keepVersions: 3}
---
apiVersion: labgallery.io/v1alpha1
kind: LabAccount
metadata: {name: cs-department, namespace: labs}
spec:
  service: LabAccount
  subscriptionId: 00000000-0000-0000-0000-000000000001
  resourceGroup: labs-rg
  location: westeurope
  gallery:
    state: Attached
    ref: {name: teaching}
    swap: Replace
  images:
    default: Enabled
    overrides: [{definitionName: ubuntu-ml, state: Disabled}]
    allowedOSStates: [Generalized]
  deletionPolicy: Retain
)";

std::string Gallery(const std::string& name) {
  return "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\nmetadata: {name: " + name +
         "}\nspec: {subscriptionId: 00000000-0000-0000-0000-000000000001, resourceGroup: rg}\n";
}

std::vector<std::string> Keys(const std::vector<Manifest>& manifests) {
  std::vector<std::string> keys;
  for (const Manifest& manifest : manifests) {
    keys.push_back(manifest.type.kind + " " + manifest.key.ToString());
  }
  return keys;
}

TEST(LoadManifests, TakesTheManifestsOfTheDesign) {
  const Manifests manifests = LoadText(std::string(kAll));
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
  EXPECT_THAT(Keys(manifests.objects),
              ElementsAre("SharedImageGallery labs/teaching", "Image labs/ubuntu-ml",
                          "LabAccount labs/cs-department"));
}

TEST(LoadManifests, LeavesObjectsAsTheyWereWritten) {
  const Manifests manifests = LoadText(Gallery("a"));
  ASSERT_THAT(manifests.objects, SizeIs(1));
  const json::Value& object = manifests.objects[0].object;
  EXPECT_EQ(object.Text({"metadata", "namespace"}), "default");
  EXPECT_EQ(object.At({"spec", "managementPolicy"}), nullptr);
  EXPECT_EQ(manifests.objects[0].key, (kube::ObjectKey{"default", "a"}));
  EXPECT_EQ(manifests.objects[0].position, (yaml::Position{1, 1}));
}

TEST(LoadManifests, ReadsDirectoriesRecursivelyInTheOrderOfTheirPaths) {
  const Folder folder;
  folder.Write("b/z.yml", Gallery("third"));
  folder.Write("a.yaml", Gallery("first") + "---\n" + Gallery("second"));
  folder.Write("c.json", R"({"apiVersion":"labgallery.io/v1alpha1","kind":"SharedImageGallery",
    "metadata":{"name":"fourth"},
    "spec":{"subscriptionId":"00000000-0000-0000-0000-000000000001","resourceGroup":"rg"}})");
  folder.Write("azure.json", "[]");
  folder.Write("notes.txt", "no manifest");
  folder.Write(".hidden/a.yaml", "kind: [");
  folder.Write(".b.yaml", "kind: [");
  const Manifests manifests = Load({folder.path()});
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
  EXPECT_THAT(Keys(manifests.objects),
              ElementsAre("SharedImageGallery default/first", "SharedImageGallery default/second",
                          "SharedImageGallery default/third", "SharedImageGallery default/fourth"));
}

TEST(LoadManifests, ReadsAFileOnceEvenIfItIsNamedTwice) {
  const Folder folder;
  const std::string file = folder.Write("a.yaml", Gallery("a"));
  const Manifests manifests = Load({file, folder.path(), folder.path() + "/./a.yaml"});
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
  EXPECT_THAT(manifests.objects, SizeIs(1));
}

TEST(LoadManifests, ExpandsLists) {
  const Manifests manifests = LoadText(R"({"apiVersion":"v1","kind":"List","items":[
    {"apiVersion":"labgallery.io/v1alpha1","kind":"SharedImageGalleryList","items":[
      {"apiVersion":"labgallery.io/v1alpha1","kind":"SharedImageGallery","metadata":{"name":"a"},
       "spec":{"subscriptionId":"00000000-0000-0000-0000-000000000001","resourceGroup":"rg"}}]}]})");
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
  EXPECT_THAT(Keys(manifests.objects), ElementsAre("SharedImageGallery default/a"));
}

TEST(LoadManifests, PointsIntoItemsOfLists) {
  const Manifests manifests = LoadText(
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: labgallery.io/v1alpha1\n"
      "  kind: Image\n  metadata: {name: a}\n  spec:\n    verson: 1.0.0\n"
      "    galleryRef: {name: g}\n");
  ASSERT_THAT(manifests.errors, SizeIs(2));
  EXPECT_EQ(ToString(manifests.errors[0]),
            "stdin:8:5: spec.verson: unknown field (did you mean \"version\"?)");
}

TEST(LoadManifests, TakesNamespacesAndSecretsAsContext) {
  const Manifests manifests = LoadText(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: labs, annotations: {a: b}}\n---\n"
      "apiVersion: v1\nkind: Secret\nmetadata: {name: azure}\nstringData: {clientId: x}\n---\n" +
      Gallery("a"));
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
  EXPECT_THAT(Keys(manifests.context), ElementsAre("Namespace labs", "Secret default/azure"));
}

TEST(LoadManifests, TakesWhatKubectlHasShown) {
  const Manifests manifests = LoadText(
      "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\n"
      "metadata: {name: a, uid: x, resourceVersion: '7', generation: 2, creationTimestamp: t, "
      "managedFields: []}\n"
      "spec: {subscriptionId: 00000000-0000-0000-0000-000000000001, resourceGroup: rg}\n"
      "status: {anything: true}\n");
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
  ASSERT_THAT(manifests.objects, SizeIs(1));
  EXPECT_EQ(manifests.objects[0].object.Find("status"), nullptr);
  EXPECT_EQ(manifests.objects[0].object.At({"metadata", "uid"}), nullptr);
}

TEST(LoadManifests, FindsGalleriesThatTheApiHasAlready) {
  const std::string image =
      "apiVersion: labgallery.io/v1alpha1\nkind: Image\nmetadata: {name: a, namespace: labs}\n"
      "spec: {galleryRef: {name: old}}\n";
  EXPECT_THAT(LoadText(image, {{"labs", "old"}}).errors, IsEmpty());
  EXPECT_THAT(LoadText(image, {{"default", "old"}}).errors, SizeIs(1));
}

TEST(LoadManifests, NeedsNoGalleryObjectForOneNamedById) {
  const Manifests manifests = LoadText(
      "apiVersion: labgallery.io/v1alpha1\nkind: LabAccount\nmetadata: {name: a}\n"
      "spec:\n  service: LabAccount\n  resourceId: "
      "/subscriptions/00000000-0000-0000-0000-000000000001/"
      "resourcegroups/rg/providers/microsoft.labservices/labaccounts/a\n"
      "  gallery: {state: Attached, ref: {resourceId: "
      "/subscriptions/00000000-0000-0000-0000-000000000001/"
      "resourceGroups/rg/providers/Microsoft.Compute/galleries/g}}\n");
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
}

TEST(LoadManifests, TakesEverySourceAndEveryFieldOfAnImage) {
  const Manifests manifests = LoadText(R"(
apiVersion: labgallery.io/v1alpha1
kind: Image
metadata: {name: full}
spec:
  galleryRef: {name: g}
  location: West Europe
  definition:
    osType: Windows
    osState: Specialized
    hyperVGeneration: V2
    architecture: Arm64
    securityType: TrustedLaunch
    identifier: {publisher: p, offer: o, sku: s}
    description: d
    eula: e
    privacyStatementUri: https://example.org/privacy
    releaseNoteUri: https://example.org/notes
    endOfLifeDate: 2030-01-01T00:00:00Z
    recommended: {vCPUs: {min: 2, max: 8}, memory: {min: 4, max: 32}}
    disallowed: {diskTypes: [Standard_LRS]}
    purchasePlan: {name: plan, publisher: p, product: q}
    features: [{name: IsHibernateSupported, value: "True", startsAtVersion: 1.0.0}]
    allowUpdateImage: true
  version: 2.0.2147483647
  source:
    disks:
      os: {id: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/snapshots/os, hostCaching: ReadWrite}
      data: [{lun: 0, id: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/disks/d0}]
  excludeFromLatest: true
  endOfLifeDate: 2030-01-01T00:00:00.000Z
  blockDeletionBeforeEndOfLife: true
  replicationMode: Full
  occupiedSizeGiB: 12
  replication:
    scope: Regions
    regions:
    - name: northeurope
      excludeFromLatest: true
      encryption:
        osDiskImage: {diskEncryptionSetId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/diskEncryptionSets/k}
        dataDiskImages: [{lun: 0, diskEncryptionSetId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Compute/diskEncryptionSets/k}]
      additionalReplicaSets: [{storageAccountType: Premium_LRS, replicaCount: 1}]
    newRegions: Add
    rollout: Ordered
  retention: {keepVersions: 2, includeForeign: true}
  tags: {a: b}
  adoption: Always
  managementPolicy: Observe
  deletionPolicy: Delete
)",
                                       {{"default", "g"}});
  EXPECT_THAT(manifests.errors, IsEmpty()) << ToString(manifests.errors);
}

}  // namespace
}  // namespace labgallery::cli
