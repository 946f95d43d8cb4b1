// Whose an Azure resource is, end to end: tags, claims between objects, namespaces and
// installations, adoption.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class OwnershipTest : public testing::Test {
 protected:
  OwnershipTest() {
    HaveGroup(world_);
    HaveManagedImage(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& kind, const std::string& name, const std::string& condition,
               const std::string& name_space = "labs") {
    return world_.RunUntil(
        [&] { return world_.Condition(kind, name, "Ready", name_space) == condition; });
  }
  std::vector<std::string> AzureLog() { return ToAzure(world_.effects().log()); }
  json::Value Status(const std::string& kind, const std::string& name) {
    const json::Value object = world_.Object(kind, name);
    return object.Find("status") == nullptr ? json::Value() : *object.Find("status");
  }
  std::string Differences(const std::string& kind, const std::string& name) {
    const json::Value status = Status(kind, name);
    const json::Value* difference = status.Find("difference");
    return difference == nullptr ? "" : json::Dump(*difference);
  }

  World world_;
};

TEST_F(OwnershipTest, EverythingThatTakesTagsIsMarkedInItsFirstPut) {
  world_.Apply(Gallery("tags: {department: cs}"));
  world_.Apply(Image());
  world_.Apply(Account(kAttachTeaching));
  ASSERT_TRUE(world_.RunUntil([&] {
    for (const auto& [id, owner] : {std::pair{GalleryId(), "test/labs/teaching"},
                                    {DefinitionId(), "test/labs/ubuntu"},
                                    {VersionId(), "test/labs/ubuntu"},
                                    {AccountId(), "test/labs/cs"}}) {
      const json::Value resource = world_.Resource(id);
      if (resource.IsNull()) continue;
      EXPECT_EQ(resource.Text({"tags", "labgallery-owner"}), owner) << id;
      EXPECT_EQ(resource.Text({"tags", "labgallery-origin"}), "Created") << id;
    }
    return world_.Condition("Image", "ubuntu") == "True/Reconciled";
  }));
  Settled();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "department"}), "cs");
}

TEST_F(OwnershipTest, TheFinalizerIsThereAndThenTheIdInStatusBeforeTheFirstWriteToAzure) {
  world_.Apply(Gallery());
  Settled();
  const std::vector<std::string> log = world_.effects().log();
  ASSERT_GE(log.size(), 4U);
  EXPECT_THAT(log[0], HasSubstr("PATCH http://kube.test"));
  EXPECT_THAT(log[0], Not(HasSubstr("/status")));
  EXPECT_THAT(log[1], HasSubstr("teaching/status"));
  EXPECT_THAT(log[2], HasSubstr("PUT http://azure.test" + GalleryId()));
}

TEST_F(OwnershipTest, TagsOfOthersStay) {
  world_.Apply(Gallery("tags: {department: cs}"));
  Settled();
  json::Value tags;
  tags.Set("tags", {}).Set("cost-centre", "4711");
  world_.Control(http::Method::kPatch, "resources?id=" + GalleryId(), tags);
  world_.Apply(Gallery("tags: {department: maths}"));
  Settled();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "cost-centre"}), "4711");
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "department"}), "maths");
  EXPECT_EQ(OwnerOf(world_, GalleryId()), "test/labs/teaching");
  ExpectConverged(world_);
}

// ---- claims

TEST_F(OwnershipTest, OfTwoObjectsForOneAccountTheOlderWinsAndTheYoungerWritesNothing) {
  world_.Apply(Account("", "cs"));
  world_.Run(std::chrono::seconds(5));
  world_.Apply(Account("azureName: cs", "younger"));
  EXPECT_TRUE(Reaches("LabAccount", "cs", "True/Reconciled"));
  EXPECT_TRUE(Reaches("LabAccount", "younger", "False/AzureResourceClaimed"));
  EXPECT_EQ(OwnerOf(world_, AccountId()), "test/labs/cs");
  const std::size_t before = AzureLog().size();
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(AzureLog(), SizeIs(before));
  EXPECT_EQ(world_.Object("LabAccount", "younger").At({"metadata", "finalizers"}), nullptr);
}

TEST_F(OwnershipTest, TheYoungerTakesOverWhenTheOlderIsLetGo) {
  world_.Apply(Account("", "cs"));
  Settled();
  world_.Apply(Account("azureName: cs", "younger"));
  ASSERT_TRUE(Reaches("LabAccount", "younger", "False/AzureResourceClaimed"));
  world_.Delete("LabAccount", "cs");
  EXPECT_TRUE(Reaches("LabAccount", "younger", "True/Reconciled"));
  EXPECT_EQ(OwnerOf(world_, AccountId()), "test/labs/younger");
}

TEST_F(OwnershipTest, AClaimedObjectCanBeDeletedAndTouchesNothing) {
  world_.Apply(Account("", "cs"));
  world_.Run(std::chrono::seconds(5));
  world_.Apply(Account("azureName: cs\ndeletionPolicy: Delete", "younger"));
  ASSERT_TRUE(Reaches("LabAccount", "younger", "False/AzureResourceClaimed"));
  world_.Delete("LabAccount", "younger");
  world_.Run(std::chrono::minutes(5));
  EXPECT_FALSE(world_.Exists("LabAccount", "younger"));
  EXPECT_EQ(OwnerOf(world_, AccountId()), "test/labs/cs");
}

struct Stranger {
  std::string name;
  std::string owner;
  std::string advice;
};

class ClaimedByTag : public OwnershipTest, public testing::WithParamInterface<Stranger> {};

TEST_P(ClaimedByTag, IsLeftAloneWhateverTheAdoptionPolicySays) {
  const json::Value tags = OwnerTags(GetParam().owner);
  HaveGallery(world_, "teaching", tags);
  HaveAccount(world_, "cs", tags);
  HaveDefinition(world_);
  json::Value marked;
  marked.Set("tags", tags);
  world_.Control(http::Method::kPatch, "resources?id=" + DefinitionId(), marked);
  world_.Apply(Gallery("adoption: Always\ndescription: ours"));
  world_.Apply(Account("adoption: Always\ntags: {a: b}"));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/AzureResourceClaimed"));
  EXPECT_TRUE(Reaches("LabAccount", "cs", "False/AzureResourceClaimed"));
  EXPECT_THAT(Message(world_, "SharedImageGallery", "teaching"), HasSubstr(GetParam().owner));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr(GetParam().advice));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(AzureLog(), IsEmpty());
  world_.Delete("SharedImageGallery", "teaching");
  world_.Run(std::chrono::minutes(10));
  EXPECT_FALSE(world_.Exists("SharedImageGallery", "teaching"));
  EXPECT_EQ(OwnerOf(world_, GalleryId()), GetParam().owner);
}

INSTANTIATE_TEST_SUITE_P(Ownership, ClaimedByTag,
                         testing::Values(Stranger{"OfAnotherObject", "test/labs/other",
                                                  "deletionPolicy Retain"},
                                         Stranger{"OfAnotherNamespace", "test/elsewhere/teaching",
                                                  "deletionPolicy Retain"},
                                         Stranger{"OfAnotherInstallation", "campus-b/labs/teaching",
                                                  "--installation campus-b"}),
                         [](const auto& row) { return row.param.name; });

TEST_F(OwnershipTest, AnImageOfAnotherIsClaimedToo) {
  HaveGallery(world_);
  HaveDefinition(world_);
  json::Value marked;
  marked.Set("tags", OwnerTags("campus-b/labs/ubuntu"));
  world_.Control(http::Method::kPatch, "resources?id=" + DefinitionId(), marked);
  world_.Apply(Gallery());
  world_.Apply(Image("adoption: Always"));
  EXPECT_TRUE(Reaches("Image", "ubuntu", "False/AzureResourceClaimed"));
  world_.Run(std::chrono::hours(1));
  EXPECT_EQ(Count(AzureLog(), "/images/ubuntu"), 0U);
}

TEST_F(OwnershipTest, AnObjectAppliedAnewFindsWhatIsItsOwn) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  // The cluster is lost: objects without status and finalizer, the tags still in Azure.
  world_.StopOperator();
  World restored;
  HaveManagedImage(restored);
  HaveGallery(restored, "teaching", OwnerTags("test/labs/teaching"));
  HaveDefinition(restored);
  json::Value marked;
  marked.Set("tags", OwnerTags("test/labs/ubuntu"));
  restored.Control(http::Method::kPatch, "resources?id=" + DefinitionId(), marked);
  HaveVersion(restored, "1.0.0", "ubuntu", "teaching", OwnerTags("test/labs/ubuntu"));
  restored.Apply(Gallery());
  restored.Apply(Definition(
      "version: 1.0.0\nsource: {managedImageId: " + ComputeId("images", "ubuntu") + "}"));
  restored.StartOperator();
  ASSERT_TRUE(restored.Settle()) << restored.Remains();
  EXPECT_THAT(ToAzure(restored.effects().log()), IsEmpty());
  EXPECT_EQ(restored.Object("Image", "ubuntu").Text({"status", "origin"}), "Created");
}

// ---- adoption

TEST_F(OwnershipTest, IfIdenticalAdoptsWhatWouldNotChange) {
  HaveGallery(world_);
  world_.Apply(Gallery("tags: {department: cs}"));
  Settled();
  EXPECT_EQ(Status("SharedImageGallery", "teaching").Text({"origin"}), "Adopted");
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "department"}), "cs") << "an addition";
}

TEST_F(OwnershipTest, IfIdenticalRefusesAChangeAndShowsTheDifference) {
  json::Value body;
  body.Set("location", "westeurope");
  body.Set("properties", {}).Set("description", "theirs");
  world_.Put(GalleryId(), body);
  world_.Apply(Gallery("description: ours"));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/AdoptionRefused"));
  EXPECT_THAT(Differences("SharedImageGallery", "teaching"), HasSubstr("theirs"));
  EXPECT_THAT(Message(world_, "SharedImageGallery", "teaching"), HasSubstr("adoption to Always"));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(AzureLog(), IsEmpty());
  world_.Apply(Gallery("description: ours\nadoption: Always"));
  Settled();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "ours");
  EXPECT_EQ(Status("SharedImageGallery", "teaching").Text({"origin"}), "Adopted");
}

TEST_F(OwnershipTest, AProductionGalleryIsNotSwappedAwayByAFirstApply) {
  HaveGallery(world_, "production");
  HaveAccount(world_);
  HaveAttachment(world_, "production");
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  EXPECT_TRUE(Reaches("LabAccount", "cs", "False/AdoptionRefused"));
  EXPECT_THAT(Differences("LabAccount", "cs"), HasSubstr("production"));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Attached(world_), ElementsAre("production"));
  EXPECT_EQ(OwnerOf(world_, AccountId()), "");
}

TEST_F(OwnershipTest, ATeachersSwitchIsNotFlippedByAFirstApply) {
  HaveGallery(world_);
  HaveDefinition(world_);
  HaveVersion(world_);
  HaveAccount(world_);
  HaveAttachment(world_);
  world_.Apply(Account("gallery: {state: Attached, ref: {resourceId: " + GalleryId() +
                       "}}\nimages: {default: Disabled}"));
  EXPECT_TRUE(Reaches("LabAccount", "cs", "False/AdoptionRefused"));
  EXPECT_THAT(Differences("LabAccount", "cs"), HasSubstr("images.ubuntu"));
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), "Enabled");
  EXPECT_THAT(AzureLog(), IsEmpty());
}

TEST_F(OwnershipTest, AttachingAGalleryWhereThereIsNoneIsAnAddition) {
  HaveAccount(world_);
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  EXPECT_EQ(Status("LabAccount", "cs").Text({"origin"}), "Adopted");
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
}

TEST_F(OwnershipTest, NeverAdoptsNothing) {
  HaveGallery(world_);
  world_.Apply(Gallery("adoption: Never"));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/AdoptionRefused"));
  EXPECT_THAT(AzureLog(), IsEmpty());
}

TEST_F(OwnershipTest, ANamespaceDecidesTheAdoptionOfItsObjects) {
  world_.Annotate("Namespace", "labs", "labgallery.io/default-adoption", "Never");
  HaveGallery(world_);
  world_.Apply(Gallery());
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/AdoptionRefused"));
  const json::Value status = Status("SharedImageGallery", "teaching");
  EXPECT_THAT(json::Dump(*status.Find("effective")), HasSubstr("\"Namespace\""));
  world_.Annotate("Namespace", "labs", "labgallery.io/default-adoption", "Always");
  Settled();
}

TEST_F(OwnershipTest, TwoNamespacesDoNotShareAGallery) {
  world_.AddNamespace("physics");
  world_.Apply(Gallery());
  Settled();
  world_.Apply(Gallery("description: mine", "teaching", "physics"));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/AzureResourceClaimed", "physics"));
  EXPECT_EQ(OwnerOf(world_, GalleryId()), "test/labs/teaching");
  EXPECT_EQ(world_.Resource(GalleryId()).At({"properties", "description"}), nullptr);
}

}  // namespace
}  // namespace labgallery::component
