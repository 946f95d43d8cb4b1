// Image versions, end to end: made from every kind of source, found in Azure as a teacher saved
// them, removed by retention, missing and made again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class VersionsTest : public testing::Test {
 protected:
  VersionsTest() {
    HaveManagedImage(world_);
    world_.Apply(Gallery());
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition("Image", "ubuntu") == condition; });
  }
  std::string Current() {
    return std::string(world_.Object("Image", "ubuntu").Text({"status", "version"}));
  }
  bool InAzure(const std::string& version) {
    return world_.Resource(VersionId(version)).IsObject();
  }
  std::size_t Puts(const std::string& version = "1.0.0") {
    return Count(ToAzure(world_.effects().log()), "PUT " + VersionId(version));
  }
  void HaveDisk(const std::string& type, const std::string& name) {
    json::Value body;
    body.Set("location", "westeurope");
    json::Value& properties = body.Set("properties", {});
    properties.Set("osType", "Linux");
    properties.Set("hyperVGeneration", "V2");
    properties.Set("diskSizeGB", 64);
    world_.Put(ComputeId(type, name), body);
  }
  void HaveMachine(bool generalized) {
    json::Value body;
    body.Set("location", "westeurope");
    body.Set("generalized", generalized);
    json::Value& properties = body.Set("properties", {});
    properties.Set("hyperVGeneration", "V2");
    json::Value& disk = properties.Set("storageProfile", {}).Set("osDisk", {});
    disk.Set("osType", "Linux");
    disk.Set("diskSizeGB", 64);
    world_.Put(ComputeId("virtualMachines", "template"), body);
  }

  World world_;
};

TEST_F(VersionsTest, AreMadeFromAManagedImage) {
  world_.Apply(Image());
  Settled();
  EXPECT_EQ(world_.Resource(VersionId()).Text({"properties", "provisioningState"}), "Succeeded");
  EXPECT_EQ(OwnerOf(world_, VersionId()), "test/labs/ubuntu");
  EXPECT_EQ(OwnerOf(world_, DefinitionId()), "test/labs/ubuntu");
  EXPECT_EQ(world_.Resource(VersionId()).Text({"tags", "labgallery-origin"}), "Created");
  ExpectConverged(world_);
}

TEST_F(VersionsTest, AreMadeFromAVirtualMachine) {
  HaveMachine(true);
  world_.Apply(Definition("version: 1.0.0\nsource: {virtualMachineId: " +
                          ComputeId("virtualMachines", "template") + "}"));
  Settled();
  EXPECT_TRUE(InAzure("1.0.0"));
  ExpectConverged(world_);
}

TEST_F(VersionsTest, AreMadeSpecializedFromAVirtualMachineThatIsNotGeneralized) {
  HaveMachine(false);
  world_.Apply(Definition("version: 1.0.0\nsource: {virtualMachineId: " +
                              ComputeId("virtualMachines", "template") + "}",
                          "ubuntu", "Specialized"));
  Settled();
  EXPECT_TRUE(InAzure("1.0.0"));
}

TEST_F(VersionsTest, AreMadeFromAnotherVersion) {
  world_.Apply(Image());
  world_.Apply(
      Definition("version: 1.0.0\nsource: {galleryImageVersionId: " + VersionId() + "}", "copy"));
  Settled();
  EXPECT_TRUE(world_.Resource(VersionId("1.0.0", "copy")).IsObject());
  ExpectConverged(world_);
}

TEST_F(VersionsTest, AreMadeFromSnapshotsAndDisks) {
  HaveDisk("snapshots", "os");
  HaveDisk("disks", "data");
  world_.Apply(
      Definition("version: 1.0.0\nsource: {disks: {os: {id: " + ComputeId("snapshots", "os") +
                 "}, data: [{lun: 3, id: " + ComputeId("disks", "data") + "}]}}"));
  Settled();
  const json::Value version = world_.Resource(VersionId());
  const json::Value* data = version.At({"properties", "storageProfile", "dataDiskImages"});
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(Number(data->AsArray()->front(), {"lun"}), 3);
  ExpectConverged(world_);
}

TEST_F(VersionsTest, WaitForASourceThatIsNotThereYet) {
  world_.Remove(ComputeId("images", "ubuntu"));
  world_.Apply(Image());
  EXPECT_TRUE(Reaches("False/WaitingForSource"));
  HaveManagedImage(world_);
  Settled();
  EXPECT_TRUE(InAzure("1.0.0"));
  ExpectConverged(world_);
}

TEST_F(VersionsTest, StayAsTheyAreWhenTheirSourceHasGone) {
  world_.Apply(Image());
  Settled();
  world_.Remove(ComputeId("images", "ubuntu"));
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  EXPECT_THAT(Targets(world_, VersionId()),
              UnorderedElementsAre(Pair("westeurope", 1), Pair("northeurope", 1)));
}

TEST_F(VersionsTest, OfANewNumberAreMadeBesideTheOldOnes) {
  world_.Apply(Image());
  Settled();
  world_.Apply(Image("", "ubuntu", "1.1.0"));
  Settled();
  EXPECT_TRUE(InAzure("1.0.0"));
  EXPECT_TRUE(InAzure("1.1.0"));
  EXPECT_EQ(Current(), "1.1.0");
  EXPECT_EQ(Number(world_.Object("Image", "ubuntu"), {"status", "versions"}), 2);
  ExpectConverged(world_);
}

TEST_F(VersionsTest, ASourceThatChangesWithoutTheVersionIsRefused) {
  HaveManagedImage(world_, "other");
  world_.Apply(Image());
  Settled();
  world_.Apply(
      Definition("version: 1.0.0\nsource: {managedImageId: " + ComputeId("images", "other") + "}"));
  EXPECT_TRUE(Reaches("False/InvalidSpec"));
  EXPECT_THAT(Message(world_, "Image", "ubuntu"), HasSubstr("new number"));
  EXPECT_EQ(Puts(), 1U);
}

TEST_F(VersionsTest, ExcludeFromLatestAndEndOfLifeAreKept) {
  world_.Apply(Image("excludeFromLatest: true\nendOfLifeDate: 2035-09-30T00:00:00Z"));
  Settled();
  EXPECT_EQ(
      *world_.Resource(VersionId()).At({"properties", "publishingProfile", "excludeFromLatest"}),
      json::Value(true));
  EXPECT_THAT(
      std::string(
          world_.Resource(VersionId()).Text({"properties", "publishingProfile", "endOfLifeDate"})),
      HasSubstr("2035-09-30"));
  world_.Apply(Image("excludeFromLatest: false\nendOfLifeDate: 2036-09-30T00:00:00Z"));
  Settled();
  EXPECT_EQ(
      *world_.Resource(VersionId()).At({"properties", "publishingProfile", "excludeFromLatest"}),
      json::Value(false));
  ExpectConverged(world_);
}

// ---- found in Azure

TEST_F(VersionsTest, SavedByTeachersGetRegionsAndNoTags) {
  world_.Apply(Definition("replication: {scope: Geography}"));
  Settled();
  EXPECT_EQ(Current(), "");
  HaveVersion(world_, "0.24811.1");
  ASSERT_TRUE(world_.RunUntil([&] { return Current() == "0.24811.1"; }, std::chrono::hours(1)));
  ASSERT_TRUE(world_.RunUntil(
      [&] { return Targets(world_, VersionId("0.24811.1")).count("northeurope") == 1; }));
  Settled();
  EXPECT_EQ(OwnerOf(world_, VersionId("0.24811.1")), "");
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "replicated"}), "2/2");
  ExpectConverged(world_);
}

TEST_F(VersionsTest, SavedByTeachersKeepTheRegionsTheyHave) {
  world_.Apply(Definition("replication: {scope: Regions, regions: [{name: uksouth}]}"));
  Settled();
  json::Value version = json::Value::Object{};
  HaveVersion(world_, "1.0.0");
  Settled();
  ASSERT_TRUE(world_.RunUntil([&] { return Targets(world_, VersionId()).count("uksouth") == 1; }));
  world_.Apply(Definition("replication: {scope: SourceOnly}"));
  Settled();
  EXPECT_THAT(Targets(world_, VersionId()),
              UnorderedElementsAre(Pair("westeurope", 1), Pair("uksouth", 1)));
  ExpectConverged(world_);
}

TEST_F(VersionsTest, WithoutReplicationAreReportedAndNotWritten) {
  world_.Apply(Definition());
  Settled();
  HaveVersion(world_, "1.0.0");
  HaveVersion(world_, "1.10.0");
  HaveVersion(world_, "1.9.0");
  ASSERT_TRUE(world_.RunUntil([&] { return Current() == "1.10.0"; }, std::chrono::hours(1)));
  EXPECT_EQ(Number(world_.Object("Image", "ubuntu"), {"status", "versions"}), 3);
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "/versions/"), 0U);
  Settled();  // the gallery adds up what its images have told within a minute
  ExpectConverged(world_);
}

TEST_F(VersionsTest, ExcludedFromLatestAreNotTheCurrentOne) {
  HaveGallery(world_);
  HaveDefinition(world_);
  HaveVersion(world_, "1.0.0");
  HaveVersion(world_, "2.0.0");
  json::Value exclude;
  exclude.Set("properties", {}).Set("publishingProfile", {}).Set("excludeFromLatest", true);
  world_.Control(http::Method::kPatch, "resources?id=" + VersionId("2.0.0"), exclude);
  world_.Apply(Definition());
  Settled();
  EXPECT_EQ(Current(), "1.0.0");
}

// ---- retention

class RetentionTest : public VersionsTest {
 protected:
  RetentionTest() { Hurry(world_); }
  void Make(const std::string& version, const std::string& more) {
    world_.Apply(Image(more, "ubuntu", version));
    Settled();
  }
};

TEST_F(RetentionTest, KeepsTheCurrentVersionAndTheNewestOthers) {
  for (const char* version : {"1.0.0", "1.1.0", "1.2.0", "1.10.0"})
    Make(version, "retention: {keepVersions: 2}");
  EXPECT_FALSE(InAzure("1.0.0"));
  EXPECT_FALSE(InAzure("1.1.0"));
  EXPECT_TRUE(InAzure("1.2.0"));
  EXPECT_TRUE(InAzure("1.10.0"));
  ExpectConverged(world_);
}

TEST_F(RetentionTest, RunsOnlyWhileTheCurrentVersionIsReady) {
  Make("1.0.0", "retention: {keepVersions: 1}");
  Set(world_, "versionSource", 3600);
  world_.Apply(Image("retention: {keepVersions: 1}", "ubuntu", "1.1.0"));
  ASSERT_TRUE(world_.RunUntil([&] { return InAzure("1.1.0"); }));
  world_.Run(std::chrono::minutes(30));
  EXPECT_TRUE(InAzure("1.0.0"));
  Settled();
  EXPECT_FALSE(InAzure("1.0.0"));
}

TEST_F(RetentionTest, LeavesWhatOthersSaved) {
  Make("1.0.0", "retention: {keepVersions: 1}");
  HaveVersion(world_, "0.9.0");
  world_.Run(std::chrono::hours(1));
  EXPECT_TRUE(InAzure("0.9.0"));
  Make("1.1.0", "retention: {keepVersions: 1}");
  EXPECT_TRUE(InAzure("0.9.0"));
  EXPECT_FALSE(InAzure("1.0.0"));
  ExpectConverged(world_);
}

TEST_F(RetentionTest, RemovesWhatOthersSavedWhereThatIsAsked) {
  Make("1.0.0", "retention: {keepVersions: 1, includeForeign: true}");
  HaveVersion(world_, "0.9.0");
  HaveVersion(world_, "0.8.0", "ubuntu", "teaching", OwnerTags("elsewhere/a/b"));
  EXPECT_TRUE(world_.RunUntil([&] { return !InAzure("0.9.0"); }, std::chrono::hours(1)));
  EXPECT_TRUE(InAzure("0.8.0")) << "another's tag beats everything";
}

// ---- missing

TEST_F(VersionsTest, ThatVanishedAreReportedAndMadeAgainOnceOnRequest) {
  world_.Apply(Image());
  Settled();
  world_.Remove(VersionId());
  EXPECT_TRUE(Reaches("False/VersionMissing"));
  EXPECT_THAT(Message(world_, "Image", "ubuntu"),
              HasSubstr("labgallery.io/recreate-version=1.0.0"));
  EXPECT_THAT(ToAzure(WritesDuring(world_, std::chrono::hours(2))), IsEmpty());
  world_.Annotate("Image", "ubuntu", "labgallery.io/recreate-version", "1.0.0");
  Settled();
  EXPECT_TRUE(InAzure("1.0.0"));
  EXPECT_EQ(Puts(), 2U);
  EXPECT_EQ(world_.Object("Image", "ubuntu").Text({"status", "handledRecreate"}), "1.0.0");
  ExpectConverged(world_);
  world_.Remove(VersionId());
  EXPECT_TRUE(Reaches("False/VersionMissing")) << "the same value acts once";
  world_.Run(std::chrono::hours(2));
  EXPECT_EQ(Puts(), 2U);
  world_.Annotate("Image", "ubuntu", "labgallery.io/recreate-version", "1.0.0@again");
  Settled();
  EXPECT_EQ(Puts(), 3U);
}

TEST_F(VersionsTest, ARequestToMakeAnotherVersionAgainIsNoRequest) {
  world_.Apply(Image());
  Settled();
  world_.Remove(VersionId());
  ASSERT_TRUE(Reaches("False/VersionMissing"));
  world_.Annotate("Image", "ubuntu", "labgallery.io/recreate-version", "0.9.0");
  world_.Run(std::chrono::hours(1));
  EXPECT_EQ(world_.Condition("Image", "ubuntu"), "False/VersionMissing");
  EXPECT_EQ(Puts(), 1U);
}

}  // namespace
}  // namespace labgallery::component
