#include <gtest/gtest.h>

#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kVersion = Compute("galleries/teaching/images/ubuntu/versions/1.0.0");

struct Refusal {
  std::string name;
  std::string path;
  std::string body;
  int status;
  std::string code;
  std::string in_message;
};

class NewVersion : public testing::TestWithParam<Refusal> {};

TEST_P(NewVersion, IsRefused) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Seed(Compute("images/windows"), R"({"location": "westeurope", "properties": {
    "storageProfile": {"osDisk": {"osType": "Windows", "osState": "Generalized"}}}})");
  cloud.Seed(Compute("images/special"), R"({"location": "westeurope", "properties": {
    "storageProfile": {"osDisk": {"osType": "Linux", "osState": "Specialized"}}}})");
  cloud.Seed(Compute("images/first"),
             R"({"location": "westeurope", "properties": {"hyperVGeneration": "V1",
    "storageProfile": {"osDisk": {"osType": "Linux", "osState": "Generalized"}}}})");
  cloud.Seed(Compute("images/far"), R"({"location": "eastus"})");
  cloud.Seed(Compute("virtualMachines/vm"), R"({"location": "westeurope"})");
  const Refusal& row = GetParam();
  const Seen seen = cloud.Put(row.path, row.body);
  EXPECT_EQ(seen.status, row.status) << seen.text;
  EXPECT_EQ(seen.code(), row.code);
  EXPECT_NE(seen.message().find(row.in_message), std::string::npos) << seen.message();
  EXPECT_EQ(cloud.Get(row.path).status, 404);
}

std::string From(const std::string& source) {
  return R"({"location": "westeurope", "properties": {"storageProfile": {"source": )" + source +
         "}}}";
}
std::string FromImage(const std::string& name) {
  return From(R"({"id": ")" + Compute("images/" + name) + "\"}");
}

INSTANTIATE_TEST_SUITE_P(
    Azure, NewVersion,
    testing::ValuesIn(std::vector<Refusal>{
        {"ForANameThatIsNoVersion", Compute("galleries/teaching/images/ubuntu/versions/1.0"),
         VersionBody(), 400, "InvalidParameter", "1.0"},
        {"ForANumberOver32Bits",
         Compute("galleries/teaching/images/ubuntu/versions/1.0.3000000000"), VersionBody(), 400,
         "InvalidParameter", "32-bit"},
        {"WithoutItsDefinition", Compute("galleries/teaching/images/none/versions/1.0.0"),
         VersionBody(), 404, "ParentResourceNotFound", "none"},
        {"ForDuplicateRegions", kVersion,
         VersionBody(R"([{"name": "westeurope"}, {"name": "West Europe"}])"), 400,
         "InvalidParameter", "more than once"},
        {"WithoutItsOwnRegion", kVersion, VersionBody(R"([{"name": "northeurope"}])"), 400,
         "InvalidParameter", "westeurope"},
        {"ForNoReplicas", kVersion,
         VersionBody(R"([{"name": "westeurope", "regionalReplicaCount": 0}])"), 400,
         "InvalidParameter", "between 1 and 100"},
        {"ForTooManyReplicas", kVersion,
         VersionBody(R"([{"name": "westeurope", "regionalReplicaCount": 101}])"), 400,
         "InvalidParameter", "between 1 and 100"},
        {"ForZonesWhereThereAreNone", kVersion,
         VersionBody(
             R"([{"name": "westeurope"}, {"name": "westus", "storageAccountType": "Standard_ZRS"}])"),
         400, "InvalidParameter", "ZRS"},
        {"ForARestrictedRegion", kVersion,
         VersionBody(R"([{"name": "westeurope"}, {"name": "germanynorth"}])"), 400,
         "LocationNotAvailableForResourceType", "germanynorth"},
        {"ForAnUnknownStorageType", kVersion,
         VersionBody(R"([{"name": "westeurope", "storageAccountType": "Tape"}])"), 400,
         "InvalidParameter", "Tape"},
        {"ForAPastEndOfLife", kVersion,
         VersionBody(R"([{"name": "westeurope"}])", R"(, "endOfLifeDate": "2020-01-01T00:00:00Z")"),
         400, "InvalidParameter", "future"},
        {"WithoutAStorageProfile", kVersion, R"({"location": "westeurope"})", 400,
         "InvalidParameter", "storageProfile"},
        {"WithoutASource", kVersion, From("{}"), 400, "InvalidParameter", "Exactly one source"},
        {"ForAMissingSource", kVersion, FromImage("none"), 404, "ResourceNotFound", "images/none"},
        {"ForASourceInAnotherRegion", kVersion, FromImage("far"), 404, "ResourceNotFound",
         "same region"},
        {"ForAnotherOsType", kVersion, FromImage("windows"), 400, "InvalidParameter", "osType"},
        {"ForAnotherOsState", kVersion, FromImage("special"), 400, "InvalidParameter", "osState"},
        {"ForAnotherGeneration", kVersion, FromImage("first"), 400, "InvalidParameter",
         "hyperVGeneration"},
        {"FromAMachineThatIsNotGeneralized", kVersion,
         From(R"({"virtualMachineId": ")" + Compute("virtualMachines/vm") + "\"}"), 400,
         "InvalidParameter", "osState"},
        {"FromTwoKindsOfSources", kVersion,
         From(R"({"id": ")" + Compute("images/source") + R"(", "virtualMachineId": ")" +
              Compute("virtualMachines/vm") + "\"}"),
         400, "InvalidParameter", "Exactly one source"},
    }),
    [](const auto& row) { return row.param.name; });

class ChangedVersion : public testing::TestWithParam<Refusal> {};

TEST_P(ChangedVersion, IsRefused) {
  Cloud cloud;
  cloud.SeedVersion(R"([{"name": "westeurope"}, {"name": "northeurope"}])");
  cloud.Seed(Compute("images/other"), R"({"location": "westeurope"})");
  const Seen seen = cloud.Put(kVersion, GetParam().body);
  EXPECT_EQ(seen.status, GetParam().status) << seen.text;
  EXPECT_EQ(seen.code(), GetParam().code);
  EXPECT_NE(seen.message().find(GetParam().in_message), std::string::npos) << seen.message();
  EXPECT_EQ(cloud.Get(kVersion).state(), "Succeeded");
}

constexpr const char* kBoth = R"([{"name": "westeurope"}, {"name": "northeurope"}])";

INSTANTIATE_TEST_SUITE_P(
    Azure, ChangedVersion,
    testing::ValuesIn(std::vector<Refusal>{
        {"ForAnotherSource", "", FromImage("other"), 409, "PropertyChangeNotAllowed",
         "storageProfile.source.id"},
        {"ForAnotherStorageTypeInARegion", "",
         VersionBody(
             R"([{"name": "westeurope"}, {"name": "northeurope", "storageAccountType": "Premium_LRS"}])"),
         409, "PropertyChangeNotAllowed", "storageAccountType"},
        {"ForAnotherReplicationMode", "", VersionBody(kBoth, R"(, "replicationMode": "Shallow")"),
         409, "PropertyChangeNotAllowed", "replicationMode"},
        {"WhenARegionIsRemovedUnallowed", "", VersionBody(), 409, "OperationNotAllowed",
         "northeurope"},
        {"WhenOnePutAllowsAndRemoves", "",
         VersionBody(R"([{"name": "westeurope"}])", "",
                     R"(, "safetyProfile": {"allowDeletionOfReplicatedLocations": true})"),
         409, "OperationNotAllowed", "northeurope"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ImageVersion, LosesARegionOnceThatIsAllowed) {
  Cloud cloud;
  cloud.SeedVersion(kBoth);
  const std::string allow = R"(, "safetyProfile": {"allowDeletionOfReplicatedLocations": true})";
  ASSERT_EQ(cloud.Put(kVersion, VersionBody(kBoth, "", allow)).status, 200);
  cloud.Pass(seconds(10));
  ASSERT_EQ(cloud.Put(kVersion, VersionBody(R"([{"name": "westeurope"}])", "", allow)).status, 200);
  cloud.Pass(seconds(10));
  const Seen seen = cloud.Get(kVersion + "?$expand=ReplicationStatus");
  EXPECT_EQ(seen.state(), "Succeeded");
  EXPECT_EQ(seen.body.At({"properties", "replicationStatus", "summary"})->AsArray()->size(), 1U);
}

TEST(ImageVersion, MayAllowAndRemoveAtOnceWhereThatIsSwitchedOn) {
  Cloud cloud;
  cloud.SeedVersion(kBoth);
  cloud.Set(R"({"allowAndRemoveAtOnce": true})");
  EXPECT_EQ(
      cloud
          .Put(kVersion,
               VersionBody(R"([{"name": "westeurope"}])", "",
                           R"(, "safetyProfile": {"allowDeletionOfReplicatedLocations": true})"))
          .status,
      200);
}

TEST(ImageVersion, ForgetsThePermissionThatAFullPutDoesNotRepeat) {
  Cloud cloud;
  cloud.SeedVersion(kBoth);
  cloud.Put(
      kVersion,
      VersionBody(kBoth, "", R"(, "safetyProfile": {"allowDeletionOfReplicatedLocations": true})"));
  cloud.Pass(seconds(10));
  cloud.Put(kVersion, VersionBody(kBoth));
  EXPECT_FALSE(*cloud.Get(kVersion)
                    .body.At({"properties", "safetyProfile", "allowDeletionOfReplicatedLocations"})
                    ->AsBoolean());
}

TEST(ImageVersion, KeepsItsSourceWhenAnUpdateLeavesItOut) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Put(kVersion, VersionBody());
  cloud.Pass(minutes(8));
  cloud.Delete(Compute("images/source"));
  const Seen put = cloud.Put(kVersion, R"({"location": "westeurope", "properties": {
    "publishingProfile": {"excludeFromLatest": true}, "storageProfile": {"osDiskImage": {"source": {}}}}})");
  ASSERT_EQ(put.status, 200) << put.text;
  EXPECT_EQ(put.body.Text({"properties", "storageProfile", "source", "id"}),
            Compute("images/source"));
}

TEST(ImageVersion, ShowsItsSizeOnceItIsMade) {
  Cloud cloud;
  cloud.SeedGallery();
  const Seen put = cloud.Put(kVersion, VersionBody());
  EXPECT_EQ(put.body.At({"properties", "storageProfile", "osDiskImage", "sizeInGB"}), nullptr);
  cloud.Pass(minutes(8));
  const Seen seen = cloud.Get(kVersion);
  EXPECT_EQ(*seen.body.At({"properties", "storageProfile", "osDiskImage", "sizeInGB"})->AsInteger(),
            64);
}

TEST(ImageVersion, IsMadeFromDisksAndSnapshots) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Seed(Compute("snapshots/os"),
             R"({"location": "westeurope", "properties": {"osType": "Linux", "diskSizeGB": 32}})");
  cloud.Seed(Compute("disks/data"),
             R"({"location": "westeurope", "properties": {"diskSizeGB": 8}})");
  const Seen put =
      cloud.Put(kVersion, R"({"location": "westeurope", "properties": {"storageProfile": {
    "osDiskImage": {"source": {"id": ")" +
                              Compute("snapshots/os") + R"("}, "hostCaching": "ReadOnly"},
    "dataDiskImages": [{"lun": 1, "source": {"id": ")" +
                              Compute("disks/data") + R"("}}]}}})");
  ASSERT_EQ(put.status, 201) << put.text;
  cloud.Pass(minutes(8));
  const json::Value body = cloud.Get(kVersion).body;
  EXPECT_EQ(*body.At({"properties", "storageProfile", "osDiskImage", "sizeInGB"})->AsInteger(), 32);
  const auto& disk =
      body.At({"properties", "storageProfile", "dataDiskImages"})->AsArray()->front();
  EXPECT_EQ(*disk.Find("sizeInGB")->AsInteger(), 8);
}

TEST(ImageVersion, IsMadeFromAGeneralizedMachine) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Put(Compute("virtualMachines/vm"), R"({"location": "westeurope", "properties": {
    "storageProfile": {"osDisk": {"osType": "Linux"}}}})");
  EXPECT_EQ(cloud.Post(Compute("virtualMachines/vm/generalize")).status, 200);
  EXPECT_EQ(
      cloud.Put(kVersion, From(R"({"virtualMachineId": ")" + Compute("virtualMachines/vm") + "\"}"))
          .status,
      201);
}

TEST(ImageVersion, IsMadeFromAnotherVersionThatIsReplicatedHere) {
  Cloud cloud;
  cloud.SeedVersion();
  const std::string second = Compute("galleries/teaching/images/ubuntu/versions/2.0.0");
  EXPECT_EQ(cloud.Put(second, From(R"({"id": ")" + kVersion + "\"}")).status, 201);
}

TEST(ImageVersion, CannotBeDeletedBeforeItsEndOfLifeWhereThatIsBlocked) {
  Cloud cloud;
  cloud.SeedGallery();
  cloud.Put(kVersion, VersionBody(R"([{"name": "westeurope"}])",
                                  R"(, "endOfLifeDate": "2026-11-25T01:00:00Z")",
                                  R"(, "safetyProfile": {"blockDeletionBeforeEndOfLife": true})"));
  cloud.Pass(minutes(30));
  EXPECT_EQ(cloud.Delete(kVersion).code(), "OperationNotAllowed");
  cloud.Pass(minutes(31));
  EXPECT_EQ(cloud.Delete(kVersion).status, 202);
}

TEST(ImageDefinition, RefusesWhatCannotChange) {
  Cloud cloud;
  cloud.SeedGallery();
  const std::string path = Compute("galleries/teaching/images/ubuntu");
  const Seen seen = cloud.Patch(path, R"({"properties": {"osState": "Specialized"}})");
  EXPECT_EQ(seen.status, 409);
  EXPECT_EQ(seen.code(), "PropertyChangeNotAllowed");
  EXPECT_EQ(seen.body.Text({"error", "target"}), "galleryImage.properties.osState");
  EXPECT_EQ(cloud.Patch(path, R"({"properties": {"description": "new"}})").status, 200);
}

TEST(ImageDefinition, ChangesFeaturesOnlyWhenThatIsAllowed) {
  Cloud cloud;
  cloud.SeedGallery();
  const std::string path = Compute("galleries/teaching/images/ubuntu");
  const std::string features = R"("features": [{"name": "IsHibernateSupported", "value": "True"}])";
  EXPECT_EQ(cloud.Patch(path, "{\"properties\": {" + features + "}}").code(),
            "PropertyChangeNotAllowed");
  EXPECT_EQ(
      cloud.Patch(path, "{\"properties\": {\"allowUpdateImage\": true, " + features + "}}").status,
      200);
}

TEST(ImageDefinition, NeedsItsOwnPublisherOfferAndSku) {
  Cloud cloud;
  cloud.SeedGallery();
  const std::string body =
      R"({"location": "westeurope", "properties": {"osType": "Linux", "osState": "Generalized",
    "identifier": {"publisher": "Contoso", "offer": "ubuntu", "sku": "ml"}}})";
  const Seen seen = cloud.Put(Compute("galleries/teaching/images/second"), body);
  EXPECT_EQ(seen.status, 409);
  EXPECT_EQ(seen.code(), "OperationNotAllowed");
  EXPECT_NE(seen.message().find("different publisher, offer, sku"), std::string::npos);
  cloud.Send(http::Method::kDelete,
             "/simulator/resources?id=" + Compute("galleries/teaching/images/ubuntu"));
  EXPECT_EQ(cloud.Put(Compute("galleries/teaching/images/second"), body).status, 201);
}

}  // namespace
}  // namespace labgallery::azure_simulator
