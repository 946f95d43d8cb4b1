#include "controller/domain/image/bodies.h"

#include <gtest/gtest.h>

#include "controller/domain/image/differences.h"
#include "src/json/parse.h"

namespace labgallery::domain::image {
namespace {

json::Value J(std::string_view text) {
  const auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return *value;
}

const TagMap kTags{{"labgallery-owner", "i/ns/n"}, {"labgallery-origin", "Created"}};

Definition Linux() {
  return {
      .os_type = "Linux", .os_state = "Generalized", .publisher = "p", .offer = "o", .sku = "s"};
}

ImageSpec FromImage() {
  ImageSpec spec;
  spec.version = "1.0.0";
  spec.source = VersionSource{.kind = SourceKind::kManagedImage, .id = "/img"};
  return spec;
}

TEST(NewDefinitionBody, SaysGenerationAndSecurityTypeEvenWhereTheSpecDoesNot) {
  EXPECT_EQ(NewDefinitionBody(Linux(), "Lake North", kTags), J(R"({"location": "lakenorth",
    "tags": {"labgallery-owner": "i/ns/n", "labgallery-origin": "Created"},
    "properties": {"osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
      "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
      "features": [{"name": "SecurityType", "value": "Standard"}]}})"));
}

TEST(NewDefinitionBody, HasAllFieldsOfTheSpec) {
  Definition definition = Linux();
  definition.hyper_v_generation = "V1";
  definition.architecture = "Arm64";
  definition.security_type = "TrustedLaunch";
  definition.description = "d";
  definition.eula = "e";
  definition.privacy_statement_uri = "u";
  definition.release_note_uri = "r";
  definition.end_of_life_date = "2030-01-01T00:00:00Z";
  definition.recommended = J(R"({"vCPUs": {"min": 2}})");
  definition.disallowed = J(R"({"diskTypes": ["A"]})");
  definition.purchase_plan = J(R"({"name": "n"})");
  definition.features = {{"F", "True", "1.0.0"}};
  definition.allow_update_image = true;
  EXPECT_EQ(NewDefinitionBody(definition, "lakenorth", {}),
            J(R"({"location": "lakenorth", "tags": {},
    "properties": {"osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V1",
      "architecture": "Arm64", "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
      "description": "d", "eula": "e", "privacyStatementUri": "u", "releaseNoteUri": "r",
      "endOfLifeDate": "2030-01-01T00:00:00Z", "recommended": {"vCPUs": {"min": 2}},
      "disallowed": {"diskTypes": ["A"]}, "purchasePlan": {"name": "n"}, "allowUpdateImage": true,
      "features": [{"name": "SecurityType", "value": "TrustedLaunch"},
                   {"name": "F", "value": "True", "startsAtVersion": "1.0.0"}]}})"));
}

TEST(ChangedDefinitionBody, KeepsWhatOthersSetAndDropsWhatIsReadOnly) {
  const json::Value existing = J(R"({"id": "/x", "name": "d", "type": "t", "location": "lakenorth",
    "systemData": {}, "tags": {"team": "a"}, "properties": {"provisioningState": "Succeeded",
      "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V1", "unknown": {"kept": 1},
      "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
      "recommended": {"vCPUs": {"min": 1, "max": 8}}, "eula": "theirs",
      "features": [{"name": "F", "value": "True"}, {"name": "securitytype", "value": "X"}]}})");
  Definition definition = Linux();
  definition.security_type = "TrustedLaunch";
  definition.recommended = J(R"({"vCPUs": {"min": 2}})");
  EXPECT_EQ(ChangedDefinitionBody(definition, existing, {{"team", "b"}}),
            J(R"({"location": "lakenorth", "tags": {"team": "b"}, "properties": {
      "osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V1", "unknown": {"kept": 1},
      "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
      "recommended": {"vCPUs": {"min": 2, "max": 8}}, "eula": "theirs",
      "features": [{"name": "F", "value": "True"}, {"name": "SecurityType", "value": "TrustedLaunch"}]}})"));
}

TEST(ChangedDefinitionBody, ChangesTheTagsAloneWithoutADefinition) {
  const json::Value existing =
      J(R"({"id": "/x", "location": "lakenorth", "properties": {"osType": "Linux"}})");
  EXPECT_EQ(
      ChangedDefinitionBody(std::nullopt, existing, {{"a", "b"}}),
      J(R"({"location": "lakenorth", "tags": {"a": "b"}, "properties": {"osType": "Linux"}})"));
}

struct SourceRow {
  const char* name;
  VersionSource source;
  const char* storage_profile;
};

class NewVersionFrom : public testing::TestWithParam<SourceRow> {};

TEST_P(NewVersionFrom, NamesItsSource) {
  ImageSpec spec;
  spec.source = GetParam().source;
  const json::Value body = NewVersionBody(spec, "lakenorth", {}, {{.name = "lakenorth"}});
  ASSERT_NE(body.At({"properties", "storageProfile"}), nullptr);
  EXPECT_EQ(*body.At({"properties", "storageProfile"}), J(GetParam().storage_profile));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NewVersionFrom,
    testing::Values(SourceRow{"ManagedImage",
                              {SourceKind::kManagedImage, "/i", {}, {}},
                              R"({"source": {"id": "/i"}})"},
                    SourceRow{"GalleryVersion",
                              {SourceKind::kGalleryImageVersion, "/v", {}, {}},
                              R"({"source": {"id": "/v"}})"},
                    SourceRow{"VirtualMachine",
                              {SourceKind::kVirtualMachine, "/m", {}, {}},
                              R"({"source": {"virtualMachineId": "/m"}})"},
                    SourceRow{
                        "Disks",
                        {SourceKind::kDisks, "", {0, "/os", "ReadOnly"}, {{3, "/d", {}}}},
                        R"({"osDiskImage": {"source": {"id": "/os"}, "hostCaching": "ReadOnly"},
                      "dataDiskImages": [{"lun": 3, "source": {"id": "/d"}}]})"}),
    [](const auto& row) { return row.param.name; });

TEST(NewVersionBody, HoldsTheWholeSetAndAllowsRemoval) {
  ImageSpec spec = FromImage();
  spec.exclude_from_latest = true;
  spec.end_of_life_date = "2030-01-01T00:00:00Z";
  spec.block_deletion_before_end_of_life = true;
  spec.replication_mode = "Full";
  const std::vector<TargetRegion> targets{
      {.name = "lakenorth"},
      {"lakeeast", 2, "Standard_ZRS", true, J(R"({"osDiskImage": {}})"), {{"Premium_LRS", 1}}}};
  EXPECT_EQ(NewVersionBody(spec, "Lake North", kTags, targets), J(R"({"location": "lakenorth",
    "tags": {"labgallery-owner": "i/ns/n", "labgallery-origin": "Created"},
    "properties": {"storageProfile": {"source": {"id": "/img"}},
      "safetyProfile": {"allowDeletionOfReplicatedLocations": true, "blockDeletionBeforeEndOfLife": true},
      "publishingProfile": {"excludeFromLatest": true, "endOfLifeDate": "2030-01-01T00:00:00Z",
        "replicationMode": "Full", "targetRegions": [{"name": "lakenorth"},
          {"name": "lakeeast", "regionalReplicaCount": 2, "storageAccountType": "Standard_ZRS",
           "excludeFromLatest": true, "encryption": {"osDiskImage": {}},
           "additionalReplicaSets": [{"storageAccountType": "Premium_LRS", "regionalReplicaCount": 1}]}]}}})"));
}

constexpr std::string_view kExisting =
    R"({"id": "/v", "name": "1.0.0", "type": "t", "location": "lakenorth",
  "tags": {"team": "a"}, "properties": {"provisioningState": "Succeeded",
    "storageProfile": {"source": {"id": "/gone"},
      "osDiskImage": {"sizeInGB": 30, "hostCaching": "ReadWrite", "source": {}},
      "dataDiskImages": [{"lun": 0, "sizeInGB": 8}]},
    "safetyProfile": {"reportedForPolicyViolation": false, "blockDeletionBeforeEndOfLife": false,
      "allowDeletionOfReplicatedLocations": false},
    "validationsProfile": {"validationOperationStatus": "NotExecuted"},
    "replicationStatus": {"aggregatedState": "Completed"},
    "publishingProfile": {"publishedDate": "2026-01-01T00:00:00Z", "replicaCount": 1,
      "targetRegions": [{"name": "Lake North", "regionalReplicaCount": 1, "novelty": true},
                        {"name": "Hill East", "regionalReplicaCount": 1}]}}})";

TEST(ChangedVersionBody, KeepsWhatOthersSetAndDropsWhatIsReadOnlyAndTheSource) {
  ImageSpec spec = FromImage();
  spec.exclude_from_latest = true;
  const json::Value body = ChangedVersionBody(
      spec, J(kExisting), kTags, {{.name = "lakenorth", .replicas = 3}, {.name = "lakeeast"}});
  EXPECT_EQ(body, J(R"({"location": "lakenorth",
    "tags": {"labgallery-owner": "i/ns/n", "labgallery-origin": "Created"}, "properties": {
      "storageProfile": {"osDiskImage": {"hostCaching": "ReadWrite", "source": {}},
        "dataDiskImages": [{"lun": 0}]},
      "safetyProfile": {"blockDeletionBeforeEndOfLife": false, "allowDeletionOfReplicatedLocations": false},
      "publishingProfile": {"replicaCount": 1, "excludeFromLatest": true,
        "targetRegions": [{"name": "lakenorth", "regionalReplicaCount": 3, "novelty": true},
                          {"name": "lakeeast"}]}}})"));
}

TEST(FoundVersionBody, LeavesTheTagsAlone) {
  const json::Value body =
      FoundVersionBody(J(kExisting), {{.name = "lakenorth"}, {.name = "hilleast"}});
  EXPECT_EQ(*body.Find("tags"), J(R"({"team": "a"})"));
  EXPECT_EQ(*body.At({"properties", "publishingProfile", "targetRegions"}),
            J(R"([{"name": "lakenorth", "regionalReplicaCount": 1, "novelty": true},
                  {"name": "hilleast", "regionalReplicaCount": 1}])"));
}

TEST(RemovalAllowedBody, ChangesTheFlagAndNothingElse) {
  const json::Value existing = J(kExisting);
  EXPECT_FALSE(AllowsRemoval(existing));
  json::Value body = RemovalAllowedBody(existing);
  EXPECT_TRUE(AllowsRemoval(body));
  json::Value* safety = body.Find("properties")->Find("safetyProfile");
  safety->Set("allowDeletionOfReplicatedLocations", false);
  EXPECT_EQ(body, J(R"({"location": "lakenorth", "tags": {"team": "a"}, "properties": {
    "storageProfile": {"osDiskImage": {"hostCaching": "ReadWrite", "source": {}},
      "dataDiskImages": [{"lun": 0}]},
    "safetyProfile": {"blockDeletionBeforeEndOfLife": false, "allowDeletionOfReplicatedLocations": false},
    "publishingProfile": {"replicaCount": 1,
      "targetRegions": [{"name": "Lake North", "regionalReplicaCount": 1, "novelty": true},
                        {"name": "Hill East", "regionalReplicaCount": 1}]}}})"));
}

TEST(Bodies, HaveNoDifferenceFromTheSpecTheyWereMadeFrom) {
  Definition definition = Linux();
  definition.security_type = "TrustedLaunch";
  definition.recommended = J(R"({"memory": {"max": 9}})");
  definition.features = {{"F", "True", {}}};
  EXPECT_TRUE(DefinitionDifferences(definition, "Lake North",
                                    NewDefinitionBody(definition, "lakenorth", {}))
                  .empty());
  ImageSpec spec = FromImage();
  spec.exclude_from_latest = true;
  spec.replication_mode = "Shallow";
  const std::vector<TargetRegion> targets{{.name = "lakenorth", .replicas = 2}};
  const json::Value body = NewVersionBody(spec, "Lake North", {}, targets);
  EXPECT_TRUE(VersionDifferences(spec, "lakenorth", body).empty());
  EXPECT_EQ(ReadTargetRegions(body).value(), targets);
}

TEST(ProvisionedGB, IsTheSumOfTheDisks) {
  EXPECT_EQ(ProvisionedGB(J(kExisting)), 38);
  EXPECT_EQ(ProvisionedGB(J(R"({"properties": {"storageProfile": {"osDiskImage": {}}}})")),
            std::nullopt);
  EXPECT_EQ(ProvisionedGB({}), std::nullopt);
}

}  // namespace
}  // namespace labgallery::domain::image
