// Living with others, end to end: what they set is kept, what they do at the same time is waited
// for, what they allow or forbid in Azure is met.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"
#include "tests/component/story.h"

namespace labgallery::component {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class CoexistenceTest : public testing::Test {
 protected:
  CoexistenceTest() {
    HaveManagedImage(world_);
    Hurry(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& kind, const std::string& name, const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition(kind, name) == condition; });
  }
  void Change(const std::string& id, const std::function<void(json::Value&)>& change) {
    json::Value patch;
    change(patch);
    world_.Control(http::Method::kPatch, "resources?id=" + id, patch);
  }
  std::vector<std::string> AzureLog() { return ToAzure(world_.effects().log()); }

  World world_;
};

TEST_F(CoexistenceTest, APutOfAVersionKeepsWhatOthersSetOnIt) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  Change(VersionId(), [](json::Value& patch) {
    patch.Set("tags", {}).Set("reviewed-by", "ann");
    patch.Set("properties", {})
        .Set("publishingProfile", {})
        .Set("endOfLifeDate", "2040-01-01T00:00:00Z");
  });
  world_.Apply(Image("replication: {scope: Geography}"));
  Settled();
  const json::Value version = world_.Resource(VersionId());
  EXPECT_EQ(version.Text({"tags", "reviewed-by"}), "ann");
  EXPECT_EQ(version.Text({"tags", "labgallery-owner"}), "test/labs/ubuntu");
  EXPECT_THAT(std::string(version.Text({"properties", "publishingProfile", "endOfLifeDate"})),
              HasSubstr("2040-01-01"));
  EXPECT_EQ(Targets(world_, VersionId()).size(), 2U);
}

TEST_F(CoexistenceTest, APutOfADefinitionKeepsWhatOthersSetOnIt) {
  world_.Apply(Gallery());
  world_.Apply(Definition());
  Settled();
  Change(DefinitionId(), [](json::Value& patch) {
    patch.Set("tags", {}).Set("reviewed-by", "ann");
    patch.Set("properties", {}).Set("releaseNoteUri", "https://notes.example");
  });
  world_.Apply(Definition("tags: {course: ml}"));
  Settled();
  const json::Value definition = world_.Resource(DefinitionId());
  EXPECT_EQ(definition.Text({"tags", "reviewed-by"}), "ann");
  EXPECT_EQ(definition.Text({"tags", "course"}), "ml");
  EXPECT_EQ(definition.Text({"properties", "releaseNoteUri"}), "https://notes.example");
  ExpectConverged(world_);
}

TEST_F(CoexistenceTest, AnAdoptedVersionIsMadeFitForRemovalBeforeARegionGoes) {
  HaveGallery(world_);
  HaveDefinition(world_);
  HaveVersion(world_);
  world_.Apply(Gallery());
  world_.Apply(Image("replication: {scope: Regions, regions: [{name: uksouth}]}"));
  Settled();
  EXPECT_EQ(world_.Resource(VersionId()).Text({"tags", "labgallery-origin"}), "Adopted");
  const std::size_t before = Count(AzureLog(), "PUT " + VersionId());
  world_.Apply(Image("replication: {scope: SourceOnly}"));
  Settled();
  EXPECT_THAT(Targets(world_, VersionId()), ElementsAre(Pair("westeurope", 1)));
  EXPECT_EQ(Count(AzureLog(), "PUT " + VersionId()), before + 2) << "allowed first, then removed";
  ExpectConverged(world_);
}

TEST_F(CoexistenceTest, AVersionThatWouldHaveToLoseARegionIsNotAdopted) {
  HaveGallery(world_);
  HaveDefinition(world_);
  HaveVersion(world_);
  Change(VersionId(), [](json::Value& patch) {
    json::Value target;
    target.Set("name", "North Europe");
    target.Set("regionalReplicaCount", 3);
    json::Value own;
    own.Set("name", "West Europe");
    own.Set("regionalReplicaCount", 1);
    patch.Set("properties", {})
        .Set("publishingProfile", {})
        .Set("targetRegions", json::Value::Array{own, target});
  });
  world_.Apply(Gallery());
  world_.Apply(Image("replication: {scope: SourceOnly}"));
  EXPECT_TRUE(Reaches("Image", "ubuntu", "False/AdoptionRefused"));
  world_.Run(std::chrono::hours(1));
  EXPECT_EQ(Count(AzureLog(), VersionId()), 0U);
  EXPECT_THAT(Targets(world_, VersionId()),
              UnorderedElementsAre(Pair("westeurope", 1), Pair("northeurope", 3)));
}

TEST_F(CoexistenceTest, AnObserverOfAnImageReportsItsRegionsAndWritesNothing) {
  HaveGallery(world_);
  HaveDefinition(world_);
  HaveVersion(world_);
  world_.Apply(Gallery("managementPolicy: Observe"));
  world_.Apply(Definition("managementPolicy: Observe\nreplication: {scope: Geography}"));
  EXPECT_TRUE(Reaches("Image", "ubuntu", "False/Observing"));
  EXPECT_TRUE(world_.RunUntil([&] {
    return world_.Object("Image", "ubuntu").Text({"status", "version"}) == "1.0.0";
  })) << "the gallery may have to be seen first";
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(AzureLog(), IsEmpty());
}

TEST_F(CoexistenceTest, AnObserverOfSeveralVersionsSaysTheSameThingAllTheTime) {
  HaveGallery(world_);
  HaveDefinition(world_);
  HaveVersion(world_);
  HaveVersion(world_, "1.1.0");
  world_.Apply(Gallery("managementPolicy: Observe"));
  world_.Apply(Definition("managementPolicy: Observe"));
  EXPECT_TRUE(Reaches("Image", "ubuntu", "True/Observing"));
  world_.Run(std::chrono::minutes(2));
  const std::size_t said = world_.effects().log().size();
  world_.Run(std::chrono::hours(1));
  EXPECT_EQ(world_.Condition("Image", "ubuntu"), "True/Observing");
  EXPECT_THAT(world_.effects().log(), SizeIs(said))
      << "a bulk read shows the regions of no version";
}

TEST_F(CoexistenceTest, AChangeThatSomebodyElseIsMakingIsWaitedFor) {
  world_.Apply(Gallery());
  Settled();
  Fault(world_, R"({"match": {"method": "PATCH", "pathContains": "/galleries/teaching"},
                    "action": "fail", "status": 409, "code": "Conflict",
                    "message": "Another operation is in progress.", "count": 3})");
  world_.Apply(Gallery("description: new"));
  Settled();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "new");
  EXPECT_THAT(world_.Events(), IsEmpty()) << "it passed by itself";
}

TEST_F(CoexistenceTest, ANewImageObjectIsSwitchedAsSoonAsItIsReady) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching + "\nimages: {default: Disabled}"));
  Settled();
  world_.Apply(Image());
  ASSERT_TRUE(Reaches("Image", "ubuntu", "True/Reconciled"));
  world_.Run(std::chrono::seconds(70));
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), "Disabled");
  EXPECT_EQ(world_.Condition("LabAccount", "cs"), "True/Reconciled");
  Settled();
  const json::Value account = world_.Object("LabAccount", "cs");
  EXPECT_EQ(account.Text({"status", "imagesEnabled"}), "0/1");
  EXPECT_EQ(Number(account.At({"status", "images"})->AsArray()->front(), {"versions"}), 1);
  ExpectConverged(world_);
}

TEST_F(CoexistenceTest, AGalleryTellsWhoAttachesItAndWhatItHolds) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  HaveDefinition(world_, "byhand");
  const json::Value gallery = world_.Object("SharedImageGallery", "teaching");
  const json::Value& attached = gallery.At({"status", "attachedTo"})->AsArray()->front();
  EXPECT_EQ(attached.Text({"resourceId"}), AccountId());
  EXPECT_EQ(Number(gallery, {"status", "attachedCount"}), 1);
  EXPECT_EQ(Number(gallery, {"status", "imageCounts", "managed"}), 1);
  EXPECT_EQ(Number(gallery, {"status", "imageCounts", "ready"}), 1);
  EXPECT_EQ(Number(gallery, {"status", "replicaCount"}), 1);
  EXPECT_EQ(Number(gallery.At({"status", "limits"})->AsArray()->front(), {"limit"}), 1000);
}

class CountTest : public CoexistenceTest, public testing::WithParamInterface<bool> {};

TEST_P(CountTest, OfDefinitionsHasThoseThatATeacherMadeAndLosesThoseThatATeacherDeletes) {
  if (!GetParam()) LoseResourceGraph(world_);
  HaveGallery(world_);
  HaveDefinition(world_, "older");
  world_.Apply(Gallery("adoption: Always"));
  world_.Apply(Image());
  Settled();
  const auto total = [&] {
    return Number(world_.Object("SharedImageGallery", "teaching"),
                  {"status", "imageCounts", "total"});
  };
  EXPECT_EQ(total(), 2);
  HaveDefinition(world_, "newer");
  world_.Run(std::chrono::minutes(12));
  EXPECT_EQ(total(), 3);
  world_.Remove(DefinitionId("older"));
  world_.Run(std::chrono::minutes(12));
  EXPECT_EQ(total(), 2);
  Settled();
  ExpectConverged(world_);
}

INSTANTIATE_TEST_SUITE_P(ResourceGraph, CountTest, testing::Bool(), [](const auto& row) {
  return std::string(row.param ? "There" : "Missing");
});

TEST_F(CoexistenceTest, AnIdentityMayChangeWhileNothingIsInAzure) {
  world_.Apply(Image("azureName: wrong"));
  ASSERT_TRUE(Reaches("Image", "ubuntu", "False/WaitingForGallery"));
  world_.Apply(Image("azureName: right"));
  world_.Apply(Gallery());
  Settled();
  EXPECT_TRUE(world_.Resource(DefinitionId("right")).IsObject());
  EXPECT_TRUE(world_.Resource(DefinitionId("wrong")).IsNull());
}

TEST_F(CoexistenceTest, AnAccountWithPolicyDeleteGoesWithItsAttachmentAndNotItsGallery) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching + "\ndeletionPolicy: Delete"));
  Settled();
  world_.Delete("LabAccount", "cs");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("LabAccount", "cs"); }));
  EXPECT_TRUE(world_.Resource(AccountId()).IsNull());
  EXPECT_TRUE(world_.Resource(GalleryId()).IsObject());
  EXPECT_LT(Position(AzureLog(), "DELETE", "/sharedgalleries/teaching"),
            Position(AzureLog(), "DELETE", "/labaccounts/cs"));
  Settled();
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
}

TEST_F(CoexistenceTest, AnAccountThatTheRetiredServiceRefusesIsReportedAndTriedAgain) {
  Set(world_, "newAccountsRefused", true);
  world_.Apply(Account(""));
  ASSERT_TRUE(
      world_.RunUntil([&] { return world_.Condition("LabAccount", "cs").starts_with("False/"); }));
  world_.Run(std::chrono::hours(2));
  EXPECT_LE(AzureLog().size(), 40U) << "every few minutes";
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("can no longer be created"));
  EXPECT_THAT(world_.Condition("LabAccount", "cs"), testing::StartsWith("False/"));
  Set(world_, "newAccountsRefused", false);
  Settled();
}

TEST_F(CoexistenceTest, ARegionThatAzureDoesNotOfferIsNamed) {
  Set(world_, "regionsNotOffered", json::Value::Array{"uksouth"});
  world_.Apply(Gallery());
  world_.Apply(Image("replication: {scope: Regions, regions: [{name: uksouth}]}"));
  ASSERT_TRUE(world_.RunUntil([&] {
    return Message(world_, "Image", "ubuntu", "Replicated").find("uksouth") != std::string::npos;
  }));
  EXPECT_EQ(world_.Condition("Image", "ubuntu", "Replicated"), "False/RegionUnavailable");
  world_.Apply(Image("replication: {scope: Regions, excludeRegions: [uksouth]}"));
  Settled();
}

TEST(Workers, OfAnyNumberReachTheSameEnd) {
  const Story story = LoadStory("full");
  std::string one;
  for (const std::size_t workers : {1U, 4U}) {
    World world({.workers = workers});
    world.Assume(story.directory);
    world.ApplyStep(story.steps.front());
    world.StartOperator();
    ASSERT_TRUE(world.Settle()) << workers;
    ExpectConverged(world);
    if (one.empty()) one = world.Remains();
    EXPECT_EQ(world.Remains(), one) << workers;
  }
}

}  // namespace
}  // namespace labgallery::component
