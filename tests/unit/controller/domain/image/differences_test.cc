#include "controller/domain/image/differences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain::image {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

json::Value J(std::string_view text) {
  const auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return *value;
}

Definition Linux() {
  return {
      .os_type = "Linux", .os_state = "Generalized", .publisher = "p", .offer = "o", .sku = "s"};
}

constexpr std::string_view kLinux = R"({"location": "Lake North", "properties": {"osType": "Linux",
  "osState": "Generalized", "identifier": {"publisher": "P", "offer": "o", "sku": "s"},
  "description": "old", "endOfLifeDate": "2030-01-01T00:00:00+00:00",
  "recommended": {"vCPUs": {"min": 1, "max": 4}}, "disallowed": {"diskTypes": ["B", "A"]},
  "features": [{"name": "SecurityType", "value": "TrustedLaunch"}, {"name": "F", "value": "True"}]}})";

struct DefinitionRow {
  const char* name;
  void (*change)(Definition&);
  std::vector<BodyDifference> want;
  const char* location = "lakenorth";
};

class DefinitionDiffers : public testing::TestWithParam<DefinitionRow> {};

TEST_P(DefinitionDiffers, In) {
  Definition definition = Linux();
  GetParam().change(definition);
  EXPECT_EQ(DefinitionDifferences(definition, GetParam().location, J(kLinux)), GetParam().want);
}

BodyDifference Mutable(std::string path, std::string want, std::string have) {
  return {.path = std::move(path), .want = std::move(want), .have = std::move(have)};
}

BodyDifference Immutable(std::string path, std::string want, std::string have) {
  return {
      .path = std::move(path), .want = std::move(want), .have = std::move(have), .immutable = true};
}

BodyDifference Addition(std::string path, std::string want) {
  return {.path = std::move(path), .want = std::move(want), .have = {}, .addition = true};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DefinitionDiffers,
    testing::Values(
        DefinitionRow{"NothingWhereTheSpecIsSilent", [](Definition&) {}, {}},
        DefinitionRow{"Location",
                      [](Definition&) {},
                      {Immutable("location", R"("hilleast")", R"("Lake North")")},
                      "Hill East"},
        DefinitionRow{"NotTheLocationWhereNoneIsAsked", [](Definition&) {}, {}, ""},
        DefinitionRow{"OsType",
                      [](Definition& d) { d.os_type = "Windows"; },
                      {Immutable("properties.osType", R"("Windows")", R"("Linux")")}},
        DefinitionRow{"OsState",
                      [](Definition& d) { d.os_state = "Specialized"; },
                      {Immutable("properties.osState", R"("Specialized")", R"("Generalized")")}},
        DefinitionRow{"Sku",
                      [](Definition& d) { d.sku = "t"; },
                      {Immutable("properties.identifier.sku", R"("t")", R"("s")")}},
        DefinitionRow{"NotTheGenerationThatAzureDoesNotShow",
                      [](Definition& d) { d.hyper_v_generation = "V1"; },
                      {}},
        DefinitionRow{"TheOtherGeneration",
                      [](Definition& d) { d.hyper_v_generation = "V2"; },
                      {Immutable("properties.hyperVGeneration", R"("V2")", "")}},
        DefinitionRow{"Architecture",
                      [](Definition& d) { d.architecture = "Arm64"; },
                      {Immutable("properties.architecture", R"("Arm64")", "")}},
        DefinitionRow{"Description",
                      [](Definition& d) { d.description = "new"; },
                      {Mutable("properties.description", R"("new")", R"("old")")}},
        DefinitionRow{"AnAddedEula",
                      [](Definition& d) { d.eula = "e"; },
                      {Addition("properties.eula", R"("e")")}},
        DefinitionRow{"NotTheSameInstant",
                      [](Definition& d) { d.end_of_life_date = "2030-01-01T01:00:00+01:00"; },
                      {}},
        DefinitionRow{"AnotherInstant",
                      [](Definition& d) { d.end_of_life_date = "2031-01-01T00:00:00Z"; },
                      {Mutable("properties.endOfLifeDate", R"("2031-01-01T00:00:00Z")",
                               R"("2030-01-01T00:00:00+00:00")")}},
        DefinitionRow{"OneRecommendation",
                      [](Definition& d) { d.recommended = J(R"({"vCPUs": {"min": 2}})"); },
                      {Mutable("properties.recommended.vCPUs.min", "2", "1")}},
        DefinitionRow{"AnAddedRecommendation",
                      [](Definition& d) { d.recommended = J(R"({"memory": {"min": 8}})"); },
                      {Addition("properties.recommended.memory.min", "8")}},
        DefinitionRow{"NotTheOrderOfDiskTypes",
                      [](Definition& d) { d.disallowed = J(R"({"diskTypes": ["A", "B"]})"); },
                      {}},
        DefinitionRow{"AFeature",
                      [](Definition& d) { d.features = {{"F", "False", {}}}; },
                      {Immutable("properties.features[F]", R"({"value":"False"})",
                                 R"({"name":"F","value":"True"})")}},
        DefinitionRow{
            "AFeatureThatMayChange",
            [](Definition& d) {
              d.allow_update_image = true;
              d.features = {{"G", "True", "1.0.0"}};
            },
            {Addition("properties.features[G]", R"({"startsAtVersion":"1.0.0","value":"True"})")}},
        DefinitionRow{"TheSecurityType",
                      [](Definition& d) { d.security_type = "Standard"; },
                      {Immutable("properties.features[SecurityType]", R"({"value":"Standard"})",
                                 R"({"name":"SecurityType","value":"TrustedLaunch"})")}}),
    [](const auto& row) { return row.param.name; });

TEST(DefinitionDifferences, TakeAMissingSecurityTypeForStandard) {
  Definition definition = Linux();
  definition.security_type = "Standard";
  json::Value actual = J(kLinux);
  actual.Find("properties")->Remove("features");
  EXPECT_THAT(DefinitionDifferences(definition, "lakenorth", actual), IsEmpty());
}

struct VersionRow {
  const char* name;
  void (*change)(ImageSpec&);
  const char* actual;
  std::vector<BodyDifference> want;
};

class VersionDiffers : public testing::TestWithParam<VersionRow> {};

TEST_P(VersionDiffers, In) {
  ImageSpec spec;
  GetParam().change(spec);
  json::Value actual;
  actual.Set("location", "lakenorth");
  actual.Set("properties", J(GetParam().actual));
  EXPECT_EQ(VersionDifferences(spec, "lakenorth", actual), GetParam().want);
}

void FromDisks(ImageSpec& spec) {
  spec.source = VersionSource{.kind = SourceKind::kDisks,
                              .id = {},
                              .os_disk = {0, "/os", {}},
                              .data_disks = {{0, "/zero", {}}}};
}

void FromImage(ImageSpec& spec) {
  spec.source = VersionSource{.kind = SourceKind::kManagedImage, .id = "/a/Img"};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, VersionDiffers,
    testing::Values(
        VersionRow{"NothingWhereTheSpecIsSilent",
                   [](ImageSpec&) {},
                   R"({"publishingProfile": {"excludeFromLatest": true}})",
                   {}},
        VersionRow{"ExcludeFromLatest",
                   [](ImageSpec& s) { s.exclude_from_latest = true; },
                   R"({"publishingProfile": {"excludeFromLatest": false}})",
                   {Mutable("properties.publishingProfile.excludeFromLatest", "true", "false")}},
        VersionRow{"NotAFalseThatAzureDoesNotShow",
                   [](ImageSpec& s) { s.exclude_from_latest = false; },
                   "{}",
                   {}},
        VersionRow{"NotTheSpellingOfAnInstant",
                   [](ImageSpec& s) { s.end_of_life_date = "2030-01-01T00:00:00.000Z"; },
                   R"({"publishingProfile": {"endOfLifeDate": "2030-01-01T00:00:00+00:00"}})",
                   {}},
        VersionRow{"NotAFractionThatAzureDoesNotKeep",
                   [](ImageSpec& s) { s.end_of_life_date = "2030-01-01T00:00:00.5Z"; },
                   R"({"publishingProfile": {"endOfLifeDate": "2030-01-01T00:00:00+00:00"}})",
                   {}},
        VersionRow{
            "BlockedDeletion",
            [](ImageSpec& s) { s.block_deletion_before_end_of_life = true; },
            R"({"safetyProfile": {"blockDeletionBeforeEndOfLife": false}})",
            {Mutable("properties.safetyProfile.blockDeletionBeforeEndOfLife", "true", "false")}},
        VersionRow{"ReplicationMode",
                   [](ImageSpec& s) { s.replication_mode = "Shallow"; },
                   "{}",
                   {Immutable("properties.publishingProfile.replicationMode", R"("Shallow")", "")}},
        VersionRow{"NotTheCasingOfTheSource",
                   FromImage,
                   R"({"storageProfile": {"source": {"id": "/A/img"}}})",
                   {}},
        VersionRow{"AnotherSource",
                   FromImage,
                   R"({"storageProfile": {"source": {"id": "/b"}}})",
                   {Immutable("properties.storageProfile.source", R"("/a/Img")", R"("/b")")}},
        VersionRow{"NotASourceThatAzureDoesNotShow",
                   FromImage,
                   R"({"storageProfile": {"osDiskImage": {"source": {}}}})",
                   {}},
        VersionRow{"DisksInsteadOfAnImage",
                   FromImage,
                   R"({"storageProfile": {"osDiskImage": {"source": {"id": "/os"}}}})",
                   {Immutable("properties.storageProfile.source", R"("/a/Img")", R"("/os")")}},
        VersionRow{"AnImageInsteadOfDisks",
                   FromDisks,
                   R"({"storageProfile": {"source": {"id": "/img"}}})",
                   {Immutable("properties.storageProfile.source", R"("/os")", R"("/img")")}},
        VersionRow{"NotTheSameDisks",
                   FromDisks,
                   R"({"storageProfile": {"osDiskImage": {"source": {"id": "/OS"}},
                       "dataDiskImages": [{"lun": 0, "source": {"id": "/zero"}}]}})",
                   {}},
        VersionRow{"AnotherDataDisk",
                   FromDisks,
                   R"({"storageProfile": {"osDiskImage": {"source": {"id": "/os"}},
                       "dataDiskImages": [{"lun": 0, "source": {"id": "/one"}}]}})",
                   {Immutable("properties.storageProfile.dataDiskImages[0].source", R"("/zero")",
                              R"("/one")")}},
        VersionRow{"AMissingDataDisk",
                   FromDisks,
                   R"({"storageProfile": {"osDiskImage": {"source": {"id": "/os"}}}})",
                   {Immutable("properties.storageProfile.dataDiskImages[0]", R"("/zero")", "")}}),
    [](const auto& row) { return row.param.name; });

TEST(TargetDifferences, ShowRegionsToAddToChangeAndToRemove) {
  const std::vector<TargetRegion> desired{{.name = "a", .replicas = 2, .storage_account_type = "Z"},
                                          {.name = "b", .replicas = 1},
                                          {.name = "c", .exclude_from_latest = false}};
  const std::vector<TargetRegion> actual{{.name = "a", .replicas = 1, .storage_account_type = "L"},
                                         {.name = "c", .replicas = 7},
                                         {.name = "d", .replicas = 1}};
  const std::string root = "properties.publishingProfile.targetRegions";
  EXPECT_THAT(TargetDifferences(desired, actual),
              ElementsAre(Mutable(root + "[a].regionalReplicaCount", "2", "1"),
                          Immutable(root + "[a].storageAccountType", R"("Z")", R"("L")"),
                          Addition(root + "[b]", R"({"name":"b","regionalReplicaCount":1})"),
                          Mutable(root + "[d]", "", R"({"name":"d","regionalReplicaCount":1})")));
}

}  // namespace
}  // namespace labgallery::domain::image
