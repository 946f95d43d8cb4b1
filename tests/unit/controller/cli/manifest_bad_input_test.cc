#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/manifest_input.h"
#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::string> Messages(const Manifests& manifests) {
  std::vector<std::string> messages;
  for (const InputError& error : manifests.errors) messages.push_back(ToString(error));
  return messages;
}

/// A manifest whose metadata stands in line 3 and whose spec begins in line 4.
std::string Manifest(const std::string& kind, const std::string& name, const std::string& spec) {
  return "apiVersion: labgallery.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name +
         "}\nspec:\n" + spec;
}

const std::string kWhere =
    "  subscriptionId: 00000000-0000-0000-0000-000000000001\n  resourceGroup: rg\n";

struct Bad {
  const char* name;
  std::string text;
  const char* message;
};
void PrintTo(const Bad& row, std::ostream* out) { *out << row.name; }

class BadManifest : public testing::TestWithParam<Bad> {};

TEST_P(BadManifest, IsRefusedWithPlaceReasonAndRemedy) {
  const Manifests manifests = LoadText(GetParam().text, {{"default", "teaching"}});
  EXPECT_THAT(Messages(manifests), ElementsAre(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadManifest,
    testing::Values(
        Bad{"BrokenYaml", "kind: Image\nspec: [\nx: }\n",
            "stdin:3:4: not YAML: illegal flow end (check the indentation and the quotes here and "
            "above)"},
        Bad{"KeyTwice", "apiVersion: v1\nkind: Secret\nkind: Secret\nmetadata: {name: a}\n",
            "stdin:3:1: kind: the key \"kind\" stands here twice, first at line 2, column 1 (keep "
            "one of "
            "them)"},
        Bad{"UnknownKindOfOurs", Manifest("LabAcount", "a", "  {}\n"),
            "stdin:2:1: kind: unknown kind \"LabAcount\" of labgallery.io/v1alpha1 (did you mean "
            "\"LabAccount\"?)"},
        Bad{"UnknownKindOfOthers", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
            "stdin:2:1: kind: unknown kind \"Deployment\" of apps/v1 (known are Image, LabAccount, "
            "SharedImageGallery, and Namespace and Secret as context; leave others to kubectl)"},
        Bad{"UnknownVersion", "apiVersion: labgallery.io/v2\nkind: Image\n",
            "stdin:1:1: apiVersion: \"labgallery.io/v2\" is not served for Image (write "
            "labgallery.io/v1alpha1)"},
        Bad{"NoKind", "apiVersion: v1\nmetadata: {name: a}\n",
            "stdin:1:1: kind: Required value (add it)"},
        Bad{"NoMapping", "- a\n- b\n",
            "stdin:1:1: a manifest must be a mapping, not array (it begins with apiVersion and "
            "kind)"},
        Bad{"UnknownField", Manifest("SharedImageGallery", "a", kWhere + "  tagz: {a: b}\n"),
            "stdin:7:3: spec.tagz: unknown field (did you mean \"tags\"?)"},
        Bad{"UnknownFieldInAList",
            Manifest(
                "Image", "a",
                "  galleryRef: {name: teaching}\n  replication:\n    scope: Regions\n    regions:\n"
                "    - name: northeurope\n      replicas: 2\n"),
            "stdin:10:7: spec.replication.regions[0].replicas: unknown field (known here are "
            "additionalReplicaSets, encryption, excludeFromLatest, name, replicaCount, "
            "storageAccountType)"},
        Bad{"UnknownFieldAtTheTop", Manifest("SharedImageGallery", "a", kWhere + "statu: {}\n"),
            "stdin:7:1: statu: unknown field (did you mean \"status\"?)"},
        Bad{"UnknownFieldInMetadataLikeNoOther",
            Manifest("SharedImageGallery", "a, zzz: 1", kWhere),
            "stdin:3:21: metadata.zzz: unknown field (known here are annotations, finalizers, "
            "labels, name, namespace, ownerReferences)"},
        Bad{"UnknownSecret",
            Manifest("SharedImageGallery", "a", kWhere + "  credentialsRef: {name: azure}\n"),
            "stdin:7:20: spec.credentialsRef.name: there is no Secret \"azure\" (add it to the "
            "input)"},
        Bad{"SecretOfAnotherNamespace",
            Manifest("LabAccount", "a",
                     kWhere + "  service: LabAccount\n  credentialsRef: {name: azure}\n") +
                "---\napiVersion: v1\nkind: Secret\nmetadata: {name: azure, namespace: other}\n",
            "stdin:8:20: spec.credentialsRef.name: there is no Secret \"azure\" (one of that name "
            "is in namespace other, but it must be in default)"},
        Bad{"UnknownFieldInMetadata", Manifest("SharedImageGallery", "a, label: {}", kWhere),
            "stdin:3:21: metadata.label: unknown field (did you mean \"labels\"?)"},
        Bad{"NumberForText", Manifest("SharedImageGallery", "a", kWhere + "  tags: {year: 2026}\n"),
            "stdin:7:10: spec.tags.year: Invalid value: \"integer\": must be of type string: "
            "\"integer\" (put it in quotes if it is meant as text)"},
        Bad{"TextForNumber",
            Manifest("Image", "a",
                     "  galleryRef: {name: teaching}\n  retention: {keepVersions: '3'}\n"),
            "stdin:6:15: spec.retention.keepVersions: Invalid value: \"string\": must be of type "
            "integer: \"string\" (write a whole number without quotes)"},
        Bad{"TextForAList",
            Manifest(
                "Image", "a",
                "  galleryRef: {name: teaching}\n  replication: {scope: Regions, regions: x}\n"),
            "stdin:6:33: spec.replication.regions: Invalid value: \"string\": must be of type "
            "array: "
            "\"string\" (write a list)"},
        Bad{"WordOfNoEnum",
            Manifest("SharedImageGallery", "a", kWhere + "  access: {mode: grant}\n"),
            "stdin:7:12: spec.access.mode: Unsupported value: \"grant\": supported values: "
            "\"Grant\", "
            "\"External\" (did you mean \"Grant\"?)"},
        Bad{"NumberOutOfBounds",
            Manifest("Image", "a",
                     "  galleryRef: {name: teaching}\n  retention: {keepVersions: 0}\n"),
            "stdin:6:15: spec.retention.keepVersions: Invalid value: 0: should be greater than or "
            "equal "
            "to 1"},
        Bad{"SameRegionTwice",
            Manifest(
                "Image", "a",
                "  galleryRef: {name: teaching}\n  replication:\n    scope: Regions\n    regions: "
                "[{name: a}, {name: a}]\n"),
            "stdin:8:26: spec.replication.regions[1]: Duplicate value: {\"name\":\"a\"} (keep one "
            "of "
            "them)"},
        Bad{"MissingField", Manifest("LabAccount", "a", kWhere),
            "stdin:4:1: spec.service: Required value (add it)"},
        Bad{"NameThatAzureRefuses",
            Manifest("SharedImageGallery", "a", kWhere + "  azureName: cs-images\n"),
            "stdin:7:3: spec.azureName: Azure refuses the name \"cs-images\" for this kind (The "
            "name of "
            "the gallery in Azure: at most 80 letters, digits, dots and underscores, beginning and "
            "ending "
            "with a letter or a digit, without dashes)"},
        Bad{"ComputedNameThatAzureRefuses", Manifest("SharedImageGallery", "cs-images", kWhere),
            "stdin:3:12: metadata.name: Azure refuses the name \"cs-images\" for this kind (set "
            "spec.azureName: The name of the gallery in Azure: at most 80 letters, digits, dots "
            "and "
            "underscores, beginning and ending with a letter or a digit, without dashes)"},
        Bad{"NameThatKubernetesRefuses",
            Manifest("SharedImageGallery", "Teaching", kWhere + "  azureName: Teaching\n"),
            "stdin:3:12: metadata.name: Invalid value: \"Teaching\": should match "
            "'^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$' (Lower-case "
            "letters, "
            "digits, dashes and dots, beginning and ending with a letter or a digit)"},
        Bad{"NoName",
            "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\nspec:\n" + kWhere,
            "stdin:1:1: metadata.name: Required value (add it)"},
        Bad{"IdOfAnotherType",
            Manifest("LabAccount", "a",
                     "  service: LabAccount\n  resourceId: /subscriptions/00000000-0000-0000-0000-"
                     "000000000001/resourceGroups/rg/providers/Microsoft.LabServices/labs/a\n"),
            "stdin:6:3: spec.resourceId: Invalid value: \"/subscriptions/00000000-0000-0000-0000-"
            "000000000001/resourceGroups/rg/providers/Microsoft.LabServices/labs/a\": should "
            "match "
            "'^/[Ss]ubscriptions/[0-9a-fA-F-]{36}/[Rr]esource[Gg]roups/[^/]+/[Pp]roviders/"
            "[Mm]icrosoft\\.[Ll]ab[Ss]ervices/[Ll]ab([Aa]ccounts|[Pp]lans)/[^/]+$' (The Azure "
            "resource id of "
            "the lab "
            "account, instead of `subscriptionId`, `resourceGroup`, `azureName` and `location`: "
            "for one "
            "that exists already)"},
        Bad{"IdAndName",
            Manifest("LabAccount", "a",
                     "  service: LabAccount\n  azureName: a\n  resourceId: "
                     "/subscriptions/00000000-0000-0000-"
                     "0000-000000000001/resourceGroups/rg/providers/Microsoft.LabServices/"
                     "labaccounts/a\n"),
            "stdin:4:1: spec: its fields do not go together: `resourceId` must not be combined "
            "with "
            "`subscriptionId`, `resourceGroup`, `azureName` or `location`; `subscriptionId` and "
            "`resourceGroup` must be set unless `resourceId` is"},
        Bad{"AttachedToNothing",
            Manifest("LabAccount", "a",
                     "  service: LabAccount\n" + kWhere + "  gallery: {state: Attached}\n"),
            "stdin:8:3: spec.gallery: `ref` must be set when `state` is 'Attached', and must not "
            "be when "
            "it is 'Detached'"},
        Bad{"TagOfOurs",
            Manifest("SharedImageGallery", "a", kWhere + "  tags: {labgallery-owner: me}\n"),
            "stdin:7:3: spec.tags: the keys of `tags` must have at most 512 characters and must "
            "not begin "
            "with 'labgallery-'"},
        Bad{"VersionNumberTooBig",
            Manifest("Image", "a",
                     "  galleryRef: {name: teaching}\n  version: 2147483648.0.0\n"
                     "  source: {managedImageId: /subscriptions/"
                     "00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/"
                     "Microsoft.Compute/images/i}\n"),
            "stdin:6:3: spec.version: expected three numbers of at most 2147483647, such as 1.0.0"},
        Bad{"RegionWantedAndNotWanted",
            Manifest("Image", "a",
                     "  galleryRef: {name: teaching}\n  replication: {scope: Regions, regions: "
                     "[{name: eastus}], excludeRegions: [eastus]}\n"),
            "stdin:6:60: spec.replication.excludeRegions: eastus is also in regions"},
        Bad{"SameObjectTwice",
            Manifest("SharedImageGallery", "a", kWhere) + "---\n" +
                Manifest("SharedImageGallery", "a, namespace: default", kWhere),
            "stdin:10:12: metadata.name: SharedImageGallery default/a stands in the input twice, "
            "first at "
            "stdin:3:12 (keep one of them)"},
        Bad{"DanglingReferenceOfAnImage", Manifest("Image", "a", "  galleryRef: {name: teachng}\n"),
            "stdin:5:16: spec.galleryRef.name: there is no SharedImageGallery \"teachng\" (did you "
            "mean "
            "\"teaching\"?)"},
        Bad{"DanglingReferenceOfAnAccount",
            Manifest("LabAccount", "a, namespace: other",
                     "  service: LabAccount\n" + kWhere +
                         "  gallery:\n    state: Attached\n    ref: {name: teaching}\n"),
            "stdin:10:11: spec.gallery.ref.name: there is no SharedImageGallery \"teaching\" (one "
            "of that "
            "name is in namespace default, but it must be in other)"},
        Bad{"NothingAtAll", "# only a comment\n",
            "-: holds no object of LabGallery's kinds (give it manifests with apiVersion and "
            "kind)"}),
    [](const auto& row) { return row.param.name; });

TEST(BadManifests, AreAllFoundInOneGo) {
  const Folder folder;
  folder.Write("a.yaml", "kind: [\n---\n" +
                             Manifest("Image", "x", "  galleryRef: {name: nowhere}\n") + "---\n" +
                             Manifest("SharedImageGallery", "dup", kWhere));
  folder.Write("b/b.yaml", Manifest("SharedImageGallery", "dup", kWhere + "  lokation: x\n") +
                               "---\napiVersion: v1\nkind: Pod\n");
  folder.Write("c.json", "{\"apiVersion\": 1,\n}");
  const Manifests manifests = Load({folder.path(), folder.path() + "/missing"});
  std::vector<std::string> messages;
  for (const InputError& error : manifests.errors) messages.push_back(folder.Relative(error));
  ASSERT_THAT(messages, SizeIs(7));
  EXPECT_THAT(messages[0], HasSubstr("missing: does not exist"));
  EXPECT_THAT(messages[1], HasSubstr("a.yaml:2:1: not YAML"));
  EXPECT_THAT(messages[2], HasSubstr("a.yaml:7:16: spec.galleryRef.name: there is no"));
  EXPECT_THAT(messages[3],
              HasSubstr("b/b.yaml:3:12: metadata.name: SharedImageGallery default/dup stands in "
                        "the input twice, first at a.yaml:11:12"));
  EXPECT_THAT(messages[4],
              HasSubstr("b/b.yaml:7:3: spec.lokation: unknown field (did you mean \"location\"?)"));
  EXPECT_THAT(messages[5], HasSubstr("b/b.yaml:10:1: kind: unknown kind \"Pod\""));
  EXPECT_THAT(messages[6], HasSubstr("c.json:2:1: not JSON"));
}

TEST(BadManifests, AreLookedThroughWhereSingleValuesAreDoubtful) {
  const Manifests manifests =
      LoadText(Manifest("SharedImageGallery", "y", kWhere + "  lokation: x\n") + "---\n" +
               Manifest("Image", "i", "  galleryRef: {name: 'y'}\n"));
  EXPECT_THAT(Messages(manifests),
              ElementsAre(HasSubstr("stdin:3:18: metadata.name: \"y\" is a boolean to some"),
                          HasSubstr("stdin:7:3: spec.lokation: unknown field")));
}

TEST(BadManifests, NameADirectoryWithoutAny) {
  const Folder folder;
  EXPECT_THAT(folder.Relative(Load({folder.path()}).errors.at(0)), HasSubstr("holds no manifest"));
}

TEST(BadManifests, PassOnThatStandardInputCannotBeRead) {
  const Manifests manifests =
      Load({"-"}, {.read_stdin = []() -> Result<std::string> { return Unavailable("closed"); }});
  EXPECT_EQ(ToString(manifests.errors.at(0)), "stdin: closed");
}

}  // namespace
}  // namespace labgallery::cli
