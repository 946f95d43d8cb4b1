// Each story of manifests/samples, end to end in one process: what a user does, step by step, what
// Azure and the objects look like after it, and that another look writes nothing to either server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"
#include "tests/component/story.h"

namespace labgallery::component {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const std::string kAccount = "cs-department";

class Samples : public testing::TestWithParam<const char*> {
 protected:
  void Begin(const std::string& name) {
    story_ = LoadStory(name, GetParam());
    world_.Assume(story_.directory, GetParam());
    world_.StartOperator();
  }
  bool on_plan() const { return std::string_view(GetParam()) == "LabPlan"; }
  std::string Id(const std::string& account = kAccount) const {
    return on_plan() ? PlanId(account) : AccountId(account);
  }
  /// What is enabled while nobody switches: Azure's two generations differ.
  std::string Untouched(int images) const {
    return (on_plan() ? "0" : std::to_string(images)) + "/" + std::to_string(images);
  }
  void Step(std::size_t number) {
    world_.ApplyStep(story_.steps.at(number - 1));
    ASSERT_TRUE(world_.Settle()) << world_.Remains();
  }
  std::string Status(const std::string& kind, const std::string& name, std::string_view field) {
    return std::string(world_.Object(kind, name).Text({"status", field}));
  }
  std::string AttachedGallery(const std::string& account = kAccount) {
    return std::string(world_.Object("LabAccount", account).Text({"status", "gallery", "name"}));
  }
  std::string StateInStatus(const std::string& image) {
    const json::Value account = world_.Object("LabAccount", kAccount);
    for (const json::Value& entry : *account.At({"status", "images"})->AsArray()) {
      if (entry.Text({"definitionName"}) == image) return std::string(entry.Text({"state"}));
    }
    return "not listed";
  }

  World world_;
  Story story_;
};

TEST_P(Samples, AttachExistingAttachesAndChangesNothingElse) {
  Begin("attach-existing");
  Step(1);
  EXPECT_THAT(Attached(world_, kAccount), ElementsAre("teaching"));
  EXPECT_THAT(Roles(world_, GalleryId()), SizeIs(1));
  EXPECT_EQ(OwnerOf(world_, GalleryId()), "test/labs/teaching");
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "labgallery-origin"}), "Adopted");
  EXPECT_EQ(world_.Resource(Id()).Text({"tags", "labgallery-origin"}), "Adopted");
  EXPECT_EQ(AttachedGallery(), "teaching");
  EXPECT_EQ(Status("LabAccount", kAccount, "imagesEnabled"), Untouched(1));
  EXPECT_THAT(ToAzure(world_.effects().log()), SizeIs(4)) << "two tags, a role, an attachment";
  ExpectConverged(world_);
}

TEST_P(Samples, CreateAndAttachMakesGalleryAccountAndAttachmentAndThenTheImage) {
  Begin("create-and-attach");
  world_.ApplyStep(story_.steps.front());
  ASSERT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("LabAccount", kAccount) == "True/Reconciled"; }));
  EXPECT_THAT(world_.Condition("Image", "ubuntu-ml"), testing::StartsWith("False/"))
      << "the account does not wait for replication";
  EXPECT_THAT(Attached(world_, kAccount), ElementsAre("teaching"));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(
      world_.Resource(VersionId("1.0.0", "ubuntu-ml")).Text({"properties", "provisioningState"}),
      "Succeeded");
  EXPECT_EQ(Status("LabAccount", kAccount, "imagesEnabled"), "1/1");
  EXPECT_EQ(Status("SharedImageGallery", "teaching", "origin"), "Created");
  ExpectConverged(world_);
}

TEST_P(Samples, AttachLaterGoesFromNoGalleryToOne) {
  Begin("attach-later");
  Step(1);
  EXPECT_EQ(AttachedGallery(), "");
  EXPECT_THAT(Attached(world_, kAccount), IsEmpty());
  ExpectConverged(world_);
  Step(2);
  EXPECT_EQ(AttachedGallery(), "teaching");
  EXPECT_THAT(Attached(world_, kAccount), ElementsAre("teaching"));
  EXPECT_EQ(world_.Condition("LabAccount", kAccount, "GalleryAttached"), "True/Reconciled");
  ExpectConverged(world_);
}

TEST_P(Samples, DetachLeavesGalleryImageAndVersion) {
  Begin("detach");
  Step(1);
  EXPECT_EQ(AttachedGallery(), "teaching");
  Step(2);
  EXPECT_EQ(AttachedGallery(), "");
  EXPECT_THAT(Attached(world_, kAccount), IsEmpty());
  EXPECT_TRUE(world_.Resource(GalleryId()).IsObject());
  EXPECT_TRUE(world_.Resource(VersionId("1.0.0", "ubuntu-ml")).IsObject());
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty()) << "no account attaches it any more";
  ExpectConverged(world_);
}

TEST_P(Samples, SwapDetachesTheOldGalleryWaitsAndAttachesTheNewOne) {
  Begin("swap");
  Step(1);
  EXPECT_THAT(Attached(world_, kAccount), ElementsAre("autumn"));
  ExpectConverged(world_);
  Set(world_, "detachLag", 60);
  const std::size_t before = world_.effects().log().size();
  world_.ApplyStep(story_.steps.at(1));
  EXPECT_TRUE(world_.RunUntil([&] {
    EXPECT_LE(Attached(world_, kAccount).size(), 1U);
    return on_plan() || world_.Condition("LabAccount", kAccount) == "False/WaitingForDetach";
  }));
  ASSERT_TRUE(world_.Settle());
  EXPECT_THAT(Attached(world_, kAccount), ElementsAre("spring"));
  EXPECT_EQ(AttachedGallery(), "spring");
  EXPECT_TRUE(world_.Resource(VersionId("1.0.0", "ubuntu-autumn", "autumn")).IsObject());
  std::vector<std::string> log = world_.effects().log();
  log.erase(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(before));
  if (on_plan()) {
    EXPECT_EQ(Count(log, "PATCH http://azure.test" + Id() + "?"), 1U) << "one overwrite";
  } else {
    EXPECT_LT(Position(log, "DELETE", "/sharedgalleries/autumn"),
              Position(log, "PUT", "/sharedgalleries/spring"));
  }
  ExpectConverged(world_);
}

TEST_P(Samples, SwitchImagesSwitchesSeveralAtOnce) {
  Begin("switch-images");
  Step(1);
  EXPECT_EQ(Status("LabAccount", kAccount, "imagesEnabled"), "1/3");
  EXPECT_EQ(SwitchOf(world_, "ubuntu-ml", kAccount), "Enabled");
  EXPECT_EQ(SwitchOf(world_, "ubuntu-web", kAccount), "Disabled");
  EXPECT_EQ(SwitchOf(world_, "windows-cad", kAccount), "Disabled");
  Step(2);
  EXPECT_EQ(Status("LabAccount", kAccount, "imagesEnabled"), "2/3");
  EXPECT_EQ(SwitchOf(world_, "ubuntu-ml", kAccount), "Disabled");
  EXPECT_EQ(SwitchOf(world_, "ubuntu-web", kAccount), "Enabled");
  EXPECT_EQ(SwitchOf(world_, "windows-cad", kAccount), "Enabled");
  EXPECT_EQ(StateInStatus("windows-cad"), "Enabled");
  ExpectConverged(world_);
}

TEST_P(Samples, ReplicateGeographyIsReadyAtThreeRegionsAndEndsInAll) {
  Begin("replicate-geography");
  world_.ApplyStep(story_.steps.front());
  ASSERT_TRUE(
      world_.RunUntil([&] { return world_.Condition("Image", "ubuntu-ml") == "True/Reconciled"; }));
  const json::Value early = world_.Object("Image", "ubuntu-ml");
  EXPECT_GE(Number(early, {"status", "regionCounts", "completed"}), 3);
  EXPECT_LT(Number(early, {"status", "regionCounts", "completed"}), 9);
  EXPECT_EQ(world_.Condition("Image", "ubuntu-ml", "Replicated"), "False/Replicating");
  ASSERT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("Image", "ubuntu-ml", "Replicated") == "True/Reconciled"; }));
  ASSERT_TRUE(world_.Settle());
  EXPECT_THAT(
      Targets(world_, VersionId("1.0.0", "ubuntu-ml")),
      UnorderedElementsAre(Pair("eastus", 1), Pair("eastus2", 1), Pair("centralus", 1),
                           Pair("northcentralus", 1), Pair("southcentralus", 1), Pair("westus", 1),
                           Pair("westus2", 3), Pair("westus3", 1), Pair("canadacentral", 1)));
  const json::Value image = world_.Object("Image", "ubuntu-ml");
  EXPECT_EQ(image.Text({"status", "replicated"}), "9/9");
  EXPECT_EQ(image.Text({"status", "regionsRecord", "geography"}), "United States");
  EXPECT_EQ(image.At({"status", "regionsRecord", "regions"})->AsArray()->size(), 9U);
  EXPECT_EQ(Number(image, {"status", "replicaCount"}), 11);
  EXPECT_THAT(std::string(image.Text({"status", "cost", "monthly"})), Not(IsEmpty()));
  ExpectConverged(world_);
}

TEST_P(Samples, AdoptFirstChangesNothingButTagsAndThenWhatIsAskedFor) {
  Begin("adopt");
  const json::Value gallery_before = world_.Resource(GalleryId());
  Step(1);
  for (const std::string& id : {GalleryId(), DefinitionId("statistics"), Id()}) {
    EXPECT_EQ(world_.Resource(id).Text({"tags", "labgallery-origin"}), "Adopted") << id;
  }
  EXPECT_THAT(ToAzure(world_.effects().log()), SizeIs(3)) << "the tags";
  EXPECT_EQ(*world_.Resource(GalleryId()).At({"properties", "description"}),
            *gallery_before.At({"properties", "description"}));
  EXPECT_EQ(SwitchOf(world_, "chemistry", kAccount), "Disabled");
  EXPECT_EQ(Status("Image", "statistics", "origin"), "Adopted");
  EXPECT_EQ(Status("Image", "statistics", "version"), "1.1.0");
  ExpectConverged(world_);
  Step(2);
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}),
            "Images of the computer science department");
  EXPECT_EQ(SwitchOf(world_, "chemistry", kAccount), "Enabled");
  // The older version is replicated too, while the current one serves.
  ASSERT_TRUE(world_.RunUntil(
      [&] { return Targets(world_, VersionId("1.0.0", "statistics")).size() == 2; }));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Targets(world_, VersionId("1.1.0", "statistics")),
              UnorderedElementsAre(Pair("westeurope", 1), Pair("northeurope", 1)));
  EXPECT_EQ(OwnerOf(world_, VersionId("1.1.0", "statistics")), "") << "a teacher's stays untagged";
  EXPECT_EQ(world_.Resource(Id()).Text({"tags", "owner"}), "teaching-it");
  EXPECT_EQ(world_.Resource(Id()).Text({"tags", "department"}), "cs");
  ExpectConverged(world_);
}

TEST_P(Samples, DeleteRemovesWhatWasMadeAndKeepsTheRest) {
  Begin("delete");
  Step(1);
  ASSERT_TRUE(world_.Resource(GalleryId()).IsObject());
  const std::size_t before = world_.effects().log().size();
  Step(2);
  EXPECT_TRUE(world_.Resource(GalleryId()).IsNull());
  EXPECT_TRUE(world_.Resource(Id()).IsObject());
  EXPECT_TRUE(world_.Resource(ComputeId("images", "ubuntu-ml")).IsObject());
  EXPECT_FALSE(world_.Exists("SharedImageGallery", "teaching"));
  EXPECT_FALSE(world_.Exists("Image", "ubuntu-ml"));
  std::vector<std::string> log = world_.effects().log();
  log.erase(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(before));
  const std::size_t gallery = Position(log, "DELETE", "/galleries/teaching");
  const std::size_t definition = Position(log, "DELETE", "/images/ubuntu-ml");
  EXPECT_LT(Position(log, "DELETE", "/images/ubuntu-ml/versions/1.0.0"), definition);
  EXPECT_LT(definition, gallery);
  EXPECT_LT(on_plan() ? Position(log, "PUT", "/labPlans/" + kAccount)
                      : Position(log, "DELETE", "/sharedgalleries/teaching"),
            gallery);
  ExpectConverged(world_);
}

TEST_P(Samples, FullEndsAsItsReadmeSays) {
  Begin("full");
  Step(1);
  EXPECT_EQ(Status("LabAccount", kAccount, "imagesEnabled"), "1/3");
  EXPECT_EQ(Status("LabAccount", "physics", "imagesEnabled"), Untouched(3));
  EXPECT_EQ(SwitchOf(world_, "windows-cad", kAccount), "Disabled");
  EXPECT_EQ(SwitchOf(world_, "kiosk", kAccount), "Disabled");
  EXPECT_THAT(Targets(world_, VersionId("1.0.0", "ubuntu-ml")),
              UnorderedElementsAre(Pair("westeurope", 1), Pair("northeurope", 2),
                                   Pair("swedencentral", 1)));
  EXPECT_THAT(Targets(world_, VersionId("1.0.0", "windows-cad")),
              UnorderedElementsAre(Pair("westeurope", 2), Pair("francecentral", 2),
                                   Pair("uksouth", 2), Pair("germanywestcentral", 2)));
  EXPECT_THAT(Targets(world_, VersionId("1.0.0", "kiosk")),
              UnorderedElementsAre(Pair("westeurope", 1)));
  for (const char* gallery : {"teaching", "research"}) {
    const json::Value object = world_.Object("SharedImageGallery", gallery);
    EXPECT_THAT(std::string(object.Text({"status", "cost", "monthly"})), Not(IsEmpty())) << gallery;
  }
  EXPECT_EQ(world_.Resource(Id("physics").replace(Id("physics").find("labs-rg"), 7, "research-rg"))
                .Text({"tags", "owner"}),
            "physics-it");
  ExpectConverged(world_);
}

INSTANTIATE_TEST_SUITE_P(On, Samples, testing::Values("LabAccount", "LabPlan"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace labgallery::component
