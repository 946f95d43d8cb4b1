// The one gallery of a lab account, end to end: attached, detached, swapped, and what happens when
// somebody else attaches another one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class AttachmentTest : public testing::Test {
 protected:
  AttachmentTest() {
    HaveGroup(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition("LabAccount", "cs") == condition; });
  }

  World world_;
};

const std::string kAttachSpring = "gallery: {state: Attached, ref: {name: spring}}";

TEST_F(AttachmentTest, AnAccountWaitsForAGalleryObjectThatIsNotThereYet) {
  world_.Apply(Account(kAttachTeaching));
  EXPECT_TRUE(Reaches("False/WaitingForGallery"));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("labs/teaching does not exist"));
  world_.Apply(Gallery());
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  ExpectConverged(world_);
}

TEST_F(AttachmentTest, AGalleryObjectThatNamesAnotherGalleryDoesNotMoveItsAccountsThere) {
  HaveManagedImage(world_);
  HaveGallery(world_, "other");
  world_.Apply(Gallery());
  world_.Apply(Image());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  world_.Apply(Gallery("azureName: other"));
  world_.Apply(Account(kAttachTeaching, "math"));
  EXPECT_TRUE(world_.RunUntil([&] {
    return world_.Condition("SharedImageGallery", "teaching") == "False/IdentityChanged" &&
           world_.Condition("LabAccount", "math") == "False/WaitingForGallery";
  }));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(world_.Condition("LabAccount", "cs"), "True/Reconciled");
  EXPECT_EQ(world_.Condition("Image", "ubuntu"), "True/Reconciled");
  EXPECT_EQ(Number(world_.Object("SharedImageGallery", "teaching"), {"status", "attachedCount"}),
            1);
  EXPECT_THAT(Message(world_, "LabAccount", "math"), HasSubstr("names another gallery"));
  world_.Apply(Gallery());
  Settled();
  EXPECT_THAT(Attached(world_, "math"), ElementsAre("teaching"));
}

TEST_F(AttachmentTest, AGalleryByIdIsAttachedAndNeverTouched) {
  HaveGallery(world_);
  world_.Apply(Account("gallery: {state: Attached, ref: {resourceId: " + GalleryId() + "}}"));
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(world_.Resource(GalleryId()).Find("tags"), nullptr);
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty()) << "named by id only: checked, not granted";
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "RoleAssigned"), "False/WaitingForRole");
  ExpectConverged(world_);
}

TEST_F(AttachmentTest, AGalleryByIdThatIsMadeLaterIsAttachedThen) {
  world_.Apply(Account("gallery: {state: Attached, ref: {resourceId: " + GalleryId() + "}}"));
  EXPECT_TRUE(Reaches("False/WaitingForGallery"));
  HaveGallery(world_);
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
}

TEST_F(AttachmentTest, AnAbsentGalleryFieldLeavesTheAttachmentAlone) {
  HaveGallery(world_);
  HaveAccount(world_);
  HaveAttachment(world_);
  world_.Apply(Account(""));
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(world_.Object("LabAccount", "cs").Text({"status", "gallery", "name"}), "teaching");
  ExpectConverged(world_);
}

TEST_F(AttachmentTest, DetachedTakesTheGalleryOffAndKeepsIt) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  world_.Apply(Account("gallery: {state: Detached}"));
  Settled();
  EXPECT_THAT(Attached(world_), IsEmpty());
  EXPECT_TRUE(world_.Resource(GalleryId()).IsObject());
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "GalleryAttached"), "True/Reconciled");
  ExpectConverged(world_);
}

TEST_F(AttachmentTest, AGalleryDetachedFromOutsideIsAttachedAgain) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  world_.Remove(AttachmentId());
  EXPECT_TRUE(world_.RunUntil([&] { return Attached(world_).size() == 1; }));
  Settled();
  ExpectConverged(world_);
  EXPECT_EQ(Count(world_.Events(), "LabAccount/cs DriftPutBack: attaching"), 1U);
}

TEST_F(AttachmentTest, AGalleryAttachedFromOutsideIsTakenOffWhereNoneIsWanted) {
  HaveGallery(world_, "spring");
  world_.Apply(Account("gallery: {state: Detached}"));
  Settled();
  HaveAttachment(world_, "spring");
  EXPECT_TRUE(world_.RunUntil([&] { return Attached(world_).empty(); }));
  Settled();
  ExpectConverged(world_);
}

class SwapTest : public AttachmentTest {
 protected:
  SwapTest() {
    world_.Apply(Gallery());
    world_.Apply(Gallery("", "spring"));
    world_.Apply(Account(kAttachTeaching));
    EXPECT_TRUE(world_.Settle());
    begin_ = world_.effects().log().size();
  }
  std::vector<std::string> Log() {
    const std::vector<std::string> log = world_.effects().log();
    return {log.begin() + static_cast<std::ptrdiff_t>(begin_), log.end()};
  }
  std::size_t begin_ = 0;
};

TEST_F(SwapTest, GrantsTheRoleFirstThenDetachesThenAttaches) {
  Set(world_, "detachLag", 120);
  world_.Apply(Account(kAttachSpring));
  EXPECT_TRUE(Reaches("False/WaitingForDetach"));
  EXPECT_THAT(Attached(world_), ElementsAre("teaching")) << "Azure still lists it";
  EXPECT_EQ(Position(Log(), "PUT", "/sharedgalleries/spring"), Log().size());
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("spring"));
  const std::string role = "/" + Roles(world_, GalleryId("spring")).begin()->first;
  const std::size_t detach = Position(Log(), "DELETE", "/sharedgalleries/teaching");
  EXPECT_LT(Position(Log(), "PUT", role), detach);
  EXPECT_LT(detach, Position(Log(), "PUT", "/sharedgalleries/spring"));
  EXPECT_EQ(Count(Log(), "PUT http://azure.test" + AttachmentId("spring")), 1U)
      << "no attempt before Azure had let the old one go";
  EXPECT_EQ(Count(world_.Events(), "LabAccount/cs Swap"), 1U);
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
  ExpectConverged(world_);
}

TEST_F(SwapTest, WaitsForTwoMinutesAfterItsOwnGrantBeforeTheOldGalleryGoes) {
  world_.Apply(Account(kAttachSpring));
  ASSERT_TRUE(world_.RunUntil([&] { return Roles(world_, GalleryId("spring")).size() == 1; }));
  world_.Run(std::chrono::seconds(90));
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(world_.Condition("LabAccount", "cs"), "False/WaitingForRole");
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("spring"));
}

TEST_F(SwapTest, DoesNotTouchTheOldGalleryWhileTheNewOneIsNotThere) {
  world_.Apply(Account("gallery: {state: Attached, ref: {name: summer}}"));
  EXPECT_TRUE(Reaches("False/WaitingForGallery"));
  EXPECT_THAT(ToAzure(WritesDuring(world_, std::chrono::minutes(30))), IsEmpty());
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
}

TEST_F(SwapTest, DetachFirstRefusesWithTheAdviceAndGoesOnWhenItWasFollowed) {
  const std::string wish = "gallery: {state: Attached, ref: {name: spring}, swap: DetachFirst}";
  world_.Apply(Account(wish));
  EXPECT_TRUE(Reaches("False/SwapRefused"));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("spec.gallery.state to Detached"));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(Count(Log(), "sharedgalleries"), 0U);
  world_.Apply(Account("gallery: {state: Detached}"));
  Settled();
  world_.Apply(Account(wish));
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("spring"));
}

TEST_F(SwapTest, NamesTheOldGalleryWhereTheNewOneCannotBeAttached) {
  Fault(world_, R"({"match": {"method": "PUT", "pathContains": "/sharedgalleries/spring"},
                    "action": "fail", "status": 403, "code": "AuthorizationFailed",
                    "message": "no", "count": 1000})");
  world_.Apply(Account(kAttachSpring));
  ASSERT_TRUE(Reaches("False/PolicyDenied"));
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "GalleryAttached"), "False/PolicyDenied");
  EXPECT_THAT(Message(world_, "LabAccount", "cs", "GalleryAttached"), HasSubstr(GalleryId()));
  EXPECT_EQ(world_.Object("LabAccount", "cs").Text({"status", "previousGalleryId"}), GalleryId());
  world_.Control(http::Method::kDelete, "faults");
  Settled();
  EXPECT_EQ(world_.Object("LabAccount", "cs").Text({"status", "previousGalleryId"}), "");
}

TEST_F(SwapTest, TakesOffASecondGalleryThatSomebodyAttached) {
  Set(world_, "secondGalleryAccepted", true);
  HaveAttachment(world_, "spring");
  EXPECT_TRUE(world_.RunUntil([&] { return Attached(world_).size() == 1; }));
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  Settled();
  EXPECT_EQ(Count(Log(), "DELETE"), 1U);
  ExpectConverged(world_);
}

TEST_F(SwapTest, DetachFirstReportsASecondGalleryAndLeavesIt) {
  world_.Apply(Account("gallery: {state: Attached, ref: {name: teaching}, swap: DetachFirst}"));
  Settled();
  HaveAttachment(world_, "spring");
  EXPECT_TRUE(Reaches("False/SwapRefused"));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Attached(world_), SizeIs(2));
}

TEST_F(SwapTest, PutsBackAGalleryThatSomebodySwappedAway) {
  world_.Remove(AttachmentId());
  HaveAttachment(world_, "spring");
  EXPECT_TRUE(
      world_.RunUntil([&] { return Attached(world_) == std::vector<std::string>{"teaching"}; }));
  Settled();
  ExpectConverged(world_);
}

// Azure writes ids in other casings than they were sent in, and region names in two ways.
TEST_F(AttachmentTest, TakesEitherCasingOfIdsAndRegions) {
  Set(world_, "enableStateCapital", true);
  Set(world_, "rolePrefixStripped", true);
  Set(world_, "programmaticRegionsInStatus", true);
  Set(world_, "duplicatesInLists", true);
  Set(world_, "emptyFirstPage", true);
  HaveManagedImage(world_);
  std::string gallery = Gallery();
  gallery.replace(gallery.find("labs-rg"), 7, "LABS-RG");
  gallery.replace(gallery.find("westeurope"), 10, "West Europe");
  world_.Apply(gallery);
  world_.Apply(Image());
  world_.Apply(Account(kAttachTeaching + "\nimages: {default: Disabled}"));
  Settled();
  EXPECT_THAT(Attached(world_), ElementsAre("teaching"));
  EXPECT_EQ(SwitchOf(world_, "ubuntu"), "Disabled");
  EXPECT_EQ(world_.Object("LabAccount", "cs").Text({"status", "imagesEnabled"}), "0/1");
  ExpectConverged(world_);
}

}  // namespace
}  // namespace labgallery::component
