#include "controller/domain/image/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<ImageSpec> Read(std::string_view text) {
  const auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return ReadImageSpec(*value);
}

TEST(ImageSpec, IsReadWithAllItsFields) {
  const auto spec = Read(R"({
    "galleryRef": {"name": "teaching"}, "azureName": "ml", "location": "Lake North", "tags": {"a": "b"},
    "definition": {"osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V1",
      "architecture": "Arm64", "securityType": "TrustedLaunch",
      "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
      "description": "d", "eula": "e", "privacyStatementUri": "u", "releaseNoteUri": "r",
      "endOfLifeDate": "2030-01-01T00:00:00Z", "recommended": {"vCPUs": {"min": 2}},
      "disallowed": {"diskTypes": ["Standard_LRS"]}, "purchasePlan": {"name": "n"},
      "features": [{"name": "F", "value": "True", "startsAtVersion": "1.0.0"}], "allowUpdateImage": true},
    "version": "1.0.0",
    "source": {"disks": {"os": {"id": "/os", "hostCaching": "ReadOnly"},
                         "data": [{"lun": 1, "id": "/one"}, {"lun": 0, "id": "/zero"}]}},
    "excludeFromLatest": true, "endOfLifeDate": "2031-01-01T00:00:00Z",
    "blockDeletionBeforeEndOfLife": true, "replicationMode": "Full", "occupiedSizeGiB": 12,
    "replication": {"scope": "Geography", "replicaCount": 2, "storageAccountType": "Standard_ZRS",
      "regions": [{"name": "hilleast", "replicaCount": 3, "storageAccountType": "Premium_LRS",
        "excludeFromLatest": true, "encryption": {"osDiskImage": {"diskEncryptionSetId": "/des"}},
        "additionalReplicaSets": [{"storageAccountType": "Standard_LRS", "replicaCount": 4}]}],
      "excludeRegions": ["lakewest"], "newRegions": "Add", "readyWhen": {"minRegions": 2},
      "rollout": "Ordered"},
    "retention": {"keepVersions": 3, "includeForeign": true}})");
  ASSERT_TRUE(spec) << spec.error().ToString();
  ImageSpec want;
  want.gallery_name = "teaching";
  want.azure_name = "ml";
  want.location = "Lake North";
  want.tags = {{"a", "b"}};
  want.definition = Definition{.os_type = "Linux",
                               .os_state = "Generalized",
                               .publisher = "p",
                               .offer = "o",
                               .sku = "s",
                               .hyper_v_generation = "V1",
                               .architecture = "Arm64",
                               .security_type = "TrustedLaunch",
                               .description = "d",
                               .eula = "e",
                               .privacy_statement_uri = "u",
                               .release_note_uri = "r",
                               .end_of_life_date = "2030-01-01T00:00:00Z",
                               .recommended = *json::Parse(R"({"vCPUs": {"min": 2}})"),
                               .disallowed = *json::Parse(R"({"diskTypes": ["Standard_LRS"]})"),
                               .purchase_plan = *json::Parse(R"({"name": "n"})"),
                               .features = {{"F", "True", "1.0.0"}},
                               .allow_update_image = true};
  want.version = "1.0.0";
  want.source = VersionSource{.kind = SourceKind::kDisks,
                              .id = "",
                              .os_disk = {0, "/os", "ReadOnly"},
                              .data_disks = {{0, "/zero", {}}, {1, "/one", {}}}};
  want.exclude_from_latest = true;
  want.end_of_life_date = "2031-01-01T00:00:00Z";
  want.block_deletion_before_end_of_life = true;
  want.replication_mode = "Full";
  want.occupied_size_gib = 12;
  want.replication =
      Replication{.scope = Scope::kGeography,
                  .replica_count = 2,
                  .storage_account_type = "Standard_ZRS",
                  .regions = {{"hilleast",
                               3,
                               "Premium_LRS",
                               true,
                               *json::Parse(R"({"osDiskImage": {"diskEncryptionSetId": "/des"}})"),
                               {{"Standard_LRS", 4}}}},
                  .exclude_regions = {"lakewest"},
                  .new_regions = NewRegions::kAdd,
                  .min_regions = 2,
                  .rollout = Rollout::kOrdered};
  want.retention = Retention{3, true};
  EXPECT_EQ(*spec, want);
}

TEST(ImageSpec, LeavesAbsentFieldsUnmanaged) {
  const auto spec = Read(R"({"galleryRef": {"name": "g"}})");
  ASSERT_TRUE(spec);
  ImageSpec want;
  want.gallery_name = "g";
  EXPECT_EQ(*spec, want);
}

struct SourceRow {
  const char* name;
  const char* source;
  SourceKind kind;
};

class ImageSource : public testing::TestWithParam<SourceRow> {};

TEST_P(ImageSource, IsRead) {
  const auto spec =
      Read(std::string(R"({"galleryRef": {"name": "g"}, "version": "1.0.0", "source": )") +
           GetParam().source + "}");
  ASSERT_TRUE(spec) << spec.error().ToString();
  EXPECT_EQ(spec->source->kind, GetParam().kind);
  EXPECT_EQ(spec->source->id + spec->source->os_disk.id, "/x");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ImageSource,
    testing::Values(
        SourceRow{"ManagedImage", R"({"managedImageId": "/x"})", SourceKind::kManagedImage},
        SourceRow{"VirtualMachine", R"({"virtualMachineId": "/x"})", SourceKind::kVirtualMachine},
        SourceRow{"GalleryVersion", R"({"galleryImageVersionId": "/x"})",
                  SourceKind::kGalleryImageVersion},
        SourceRow{"Disks", R"({"disks": {"os": {"id": "/x"}}})", SourceKind::kDisks}),
    [](const auto& row) { return row.param.name; });

struct RefusedRow {
  const char* name;
  const char* spec;
  const char* message;
};

class ImageSpecRefuses : public testing::TestWithParam<RefusedRow> {};

TEST_P(ImageSpecRefuses, TheManifest) {
  const auto spec = Read(GetParam().spec);
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(spec.error().message, HasSubstr(GetParam().message));
}

#define GALLERY R"("galleryRef": {"name": "g"})"
INSTANTIATE_TEST_SUITE_P(
    Rows, ImageSpecRefuses,
    testing::Values(
        RefusedRow{"NoGallery", "{}", "exactly one of galleryRef and resourceId"},
        RefusedRow{"TwoGalleries", R"({"galleryRef": {"name": "g"}, "resourceId": "/x"})",
                   "exactly one of galleryRef and resourceId"},
        RefusedRow{"NameBesideId", R"({"resourceId": "/x", "azureName": "n"})", "spec.azureName"},
        RefusedRow{"VersionWithoutSource", "{" GALLERY R"(, "version": "1.0.0"})", "set together"},
        RefusedRow{"SourceWithoutVersion", "{" GALLERY R"(, "source": {"managedImageId": "/x"}})",
                   "set together"},
        RefusedRow{"BadVersion",
                   "{" GALLERY R"(, "version": "1.0", "source": {"managedImageId": "/x"}})",
                   "spec.version: expected three numbers"},
        RefusedRow{"TwoSources", "{" GALLERY R"(, "version": "1.0.0",
                   "source": {"managedImageId": "/x", "virtualMachineId": "/y"}})",
                   "spec.source: exactly one kind"},
        RefusedRow{"EmptySource", "{" GALLERY R"(, "version": "1.0.0", "source": {}})",
                   "spec.source: exactly one kind"},
        RefusedRow{"SameLunTwice",
                   "{" GALLERY R"(, "version": "1.0.0", "source": {"disks": {"os": {"id": "/x"},
                   "data": [{"lun": 1, "id": "/a"}, {"lun": 1, "id": "/b"}]}}})",
                   "two disks have one lun"},
        RefusedRow{"VersionFieldWithoutVersion", "{" GALLERY R"(, "excludeFromLatest": true})",
                   "spec.excludeFromLatest: needs version"},
        RefusedRow{"NoScope", "{" GALLERY R"(, "replication": {}})",
                   "spec.replication.scope: is required"},
        RefusedRow{"UnknownScope", "{" GALLERY R"(, "replication": {"scope": "World"}})",
                   "unknown value \"World\""},
        RefusedRow{"SourceOnlyWithRegions",
                   "{" GALLERY
                   R"(, "replication": {"scope": "SourceOnly", "regions": [{"name": "a"}]}})",
                   "SourceOnly goes with neither"},
        RefusedRow{"RegionTwice", "{" GALLERY R"(, "replication": {"scope": "Regions",
                   "regions": [{"name": "a"}, {"name": "A"}]}})",
                   "spec.replication.regions[1].name: the region is listed twice"},
        RefusedRow{"RegionListedAndExcluded",
                   "{" GALLERY R"(, "replication": {"scope": "Regions", "regions": [{"name": "a"}],
                   "excludeRegions": ["a"]}})",
                   "a is also in regions"},
        RefusedRow{"NoReplicas",
                   "{" GALLERY R"(, "replication": {"scope": "Regions", "replicaCount": 0}})",
                   "must be at least 1"},
        RefusedRow{"KeepNothing", "{" GALLERY R"(, "retention": {"keepVersions": 0}})",
                   "spec.retention.keepVersions: must be at least 1"},
        RefusedRow{"SecurityTypeAsFeature",
                   "{" GALLERY R"(, "definition": {"osType": "Linux", "osState": "Generalized",
                   "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
                   "features": [{"name": "SecurityType", "value": "Standard"}]}})",
                   "use securityType instead"},
        RefusedRow{"FeatureTwice",
                   "{" GALLERY R"(, "definition": {"osType": "Linux", "osState": "Generalized",
                   "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
                   "features": [{"name": "IsHibernateSupported", "value": "True"},
                                {"name": "ishibernatesupported", "value": "False"}]}})",
                   "features[1].name: the feature is listed twice"},
        RefusedRow{"NoInstant",
                   "{" GALLERY R"(, "version": "1.0.0", "source": {"managedImageId": "/x"},
                   "endOfLifeDate": "soon"})",
                   "spec.endOfLifeDate: expected an instant"}),
    [](const auto& row) { return row.param.name; });
#undef GALLERY

struct NameRow {
  const char* name;
  std::optional<std::string> azure_name;
  const char* resource_id;
  std::string object_name;
  std::optional<std::string> want;
};

class DefinitionNameOf : public testing::TestWithParam<NameRow> {};

TEST_P(DefinitionNameOf, Is) {
  ImageSpec spec;
  spec.azure_name = GetParam().azure_name;
  spec.resource_id = GetParam().resource_id;
  const auto name = DefinitionName(spec, GetParam().object_name);
  ASSERT_EQ(name.has_value(), GetParam().want.has_value());
  if (name) {
    EXPECT_EQ(*name, *GetParam().want);
  } else {
    EXPECT_THAT(name.error().message, HasSubstr("set spec.azureName"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DefinitionNameOf,
    testing::Values(NameRow{"TheObjects", {}, "", "ubuntu-ml", "ubuntu-ml"},
                    NameRow{"AzureName", "Ubuntu_ML", "", "ubuntu-ml", "Ubuntu_ML"},
                    NameRow{"TheIds", {}, "/subscriptions/s/images/fromid", "x", "fromid"},
                    NameRow{"Eighty", {}, "", std::string(80, 'a'), std::string(80, 'a')},
                    NameRow{"TooLong", {}, "", std::string(81, 'a'), std::nullopt},
                    NameRow{"EndsInADash", "a-", "", "x", std::nullopt},
                    NameRow{"HasABlank", "a b", "", "x", std::nullopt}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::domain::image
