// What holds the operator back, end to end: observing, pausing, an identity that changed, the
// scopes that a namespace allows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RestraintTest : public testing::Test {
 protected:
  RestraintTest() {
    HaveGroup(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& kind, const std::string& name, const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition(kind, name) == condition; });
  }
  std::vector<std::string> AzureLog() { return ToAzure(world_.effects().log()); }

  World world_;
};

// ---- observing and pausing

TEST_F(RestraintTest, ObserveReportsAndWritesNothingToAzure) {
  HaveGallery(world_);
  HaveAccount(world_);
  world_.Apply(Gallery("managementPolicy: Observe"));
  world_.Apply(Account("managementPolicy: Observe\n" + kAttachTeaching));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "True/Observing"));
  EXPECT_TRUE(Reaches("LabAccount", "cs", "False/Observing"));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(AzureLog(), IsEmpty());
  HaveAttachment(world_);
  EXPECT_TRUE(Reaches("LabAccount", "cs", "True/Observing"));
  world_.Delete("LabAccount", "cs");
  world_.Delete("SharedImageGallery", "teaching");
  world_.Run(std::chrono::minutes(2));
  EXPECT_FALSE(world_.Exists("LabAccount", "cs"));
  EXPECT_TRUE(world_.Resource(GalleryId()).IsObject());
  EXPECT_THAT(AzureLog(), IsEmpty());
}

TEST_F(RestraintTest, AnObserverIsNoRival) {
  world_.Apply(Gallery("managementPolicy: Observe\nazureName: teaching", "watcher"));
  world_.Run(std::chrono::seconds(30));
  world_.Apply(Gallery());
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "True/Reconciled"));
  EXPECT_TRUE(Reaches("SharedImageGallery", "watcher", "True/Observing"));
}

TEST_F(RestraintTest, APausedObjectIsNotTouchedUntilItGoesOn) {
  world_.Apply(Gallery());
  Settled();
  world_.Annotate("SharedImageGallery", "teaching", "labgallery.io/paused", "true");
  // An edit that leaves the annotation alone.
  std::string edited = Gallery("description: new");
  edited.insert(edited.find("metadata: {") + 11, "annotations: {labgallery.io/paused: 'true'}, ");
  world_.Apply(edited);
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/Paused"));
  const std::size_t before = AzureLog().size();
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(AzureLog(), SizeIs(before));
  world_.Annotate("SharedImageGallery", "teaching", "labgallery.io/paused", "false");
  Settled();
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"properties", "description"}), "new");
}

TEST_F(RestraintTest, APausedObjectCanBeDeleted) {
  world_.Apply(Gallery());
  Settled();
  world_.Annotate("SharedImageGallery", "teaching", "labgallery.io/paused", "true");
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "teaching"); }));
  EXPECT_TRUE(world_.Resource(GalleryId()).IsNull());
}

TEST_F(RestraintTest, AChangedIdentityIsRefusedOnceSomethingIsInAzure) {
  world_.Apply(Gallery());
  Settled();
  world_.Apply(Gallery("azureName: other"));
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/IdentityChanged"));
  EXPECT_TRUE(world_.Resource(GalleryId("other")).IsNull());
  world_.Apply(Gallery());
  Settled();
}

// ---- scopes

constexpr const char* kScopes = "labgallery.io/allowed-scopes";

TEST_F(RestraintTest, AnObjectOutsideTheAllowedScopesIsRefused) {
  world_.Annotate("Namespace", "labs", kScopes, "00000000-0000-0000-0000-000000000001/other-rg");
  world_.Apply(Gallery());
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/ScopeNotAllowed"));
  EXPECT_THAT(AzureLog(), IsEmpty());
  world_.Annotate("Namespace", "labs", kScopes,
                  "00000000-0000-0000-0000-000000000001/other-rg, "
                  "00000000-0000-0000-0000-000000000001/labs-rg");
  Settled();
}

TEST_F(RestraintTest, ASourceOutsideTheAllowedScopesIsRefused) {
  world_.Annotate("Namespace", "labs", kScopes, "00000000-0000-0000-0000-000000000001/labs-rg");
  world_.Apply(Gallery());
  std::string image = Image();
  image.replace(image.find("/labs-rg/"), 9, "/secret-rg/");
  world_.Apply(image);
  EXPECT_TRUE(Reaches("Image", "ubuntu", "False/ScopeNotAllowed"));
  EXPECT_THAT(Message(world_, "Image", "ubuntu"), HasSubstr("secret-rg"));
  EXPECT_TRUE(world_.Resource(DefinitionId()).IsNull());
}

TEST_F(RestraintTest, AWithdrawnScopeBlocksDeletionUntilRetainLetsGo) {
  world_.Apply(Gallery());
  Settled();
  world_.Annotate("Namespace", "labs", kScopes, "00000000-0000-0000-0000-000000000002");
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/ScopeNotAllowed"));
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(Reaches("SharedImageGallery", "teaching", "False/DeletionBlocked"));
  const std::size_t before = AzureLog().size();
  world_.Run(std::chrono::hours(1));
  world_.Apply(Gallery("deletionPolicy: Retain"));
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "teaching"); }));
  EXPECT_THAT(AzureLog(), SizeIs(before)) << "what lies outside is not touched any more";
  EXPECT_EQ(OwnerOf(world_, GalleryId()), "test/labs/teaching");
}

TEST(Restraint, ScopesAreMandatoryWhereTheOperatorSaysSo) {
  World world({.settings = {.installation = "test", .require_allowed_scopes = true}});
  HaveGroup(world);
  world.StartOperator();
  world.Apply(Gallery());
  EXPECT_TRUE(world.RunUntil([&] {
    return world.Condition("SharedImageGallery", "teaching") == "False/ScopeNotAllowed";
  }));
  world.Annotate("Namespace", "labs", kScopes, "00000000-0000-0000-0000-000000000001");
  EXPECT_TRUE(world.Settle());
}

}  // namespace
}  // namespace labgallery::component
