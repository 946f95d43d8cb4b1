// Deleting objects, end to end: what goes with them and in which order, what is in the way, what
// stays and can be taken over by the next owner.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DeletionTest : public testing::Test {
 protected:
  explicit DeletionTest(WorldOptions options = {}) : world_(std::move(options)) {
    HaveGroup(world_);
    HaveManagedImage(world_);
    Hurry(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  bool Reaches(const std::string& kind, const std::string& name, const std::string& condition) {
    return world_.RunUntil([&] { return world_.Condition(kind, name) == condition; });
  }
  /// Azure does not answer when the account is read, until faults are deleted.
  void LoseSightOfAccount() {
    Fault(world_, R"({"match": {"method": "GET", "pathContains": "labaccounts/cs"},
                      "action": "fail", "status": 503, "code": "ServiceUnavailable",
                      "message": "Not now.", "count": 1000000})");
  }
  bool Goes(const std::string& kind, const std::string& name) {
    return world_.RunUntil([&] { return !world_.Exists(kind, name); });
  }
  std::string Inventory(const std::string& kind, const std::string& name) {
    const json::Value object = world_.Object(kind, name);
    const json::Value* inventory = object.At({"status", "inventory"});
    return inventory == nullptr ? "" : json::Dump(*inventory);
  }
  std::vector<std::string> AzureLog() { return ToAzure(world_.effects().log()); }
  bool InAzure(const std::string& id) { return world_.Resource(id).IsObject(); }
  void HaveLab(const std::string& name) {
    json::Value body;
    body.Set("properties", json::Value::Object{});
    world_.Put(AccountId() + "/labs/" + name, body);
  }

  World world_;
};

TEST_F(DeletionTest, OfAnImageRemovesVersionsThenTheDefinition) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  world_.Apply(Image("", "ubuntu", "1.1.0"));
  Settled();
  world_.Delete("Image", "ubuntu");
  ASSERT_TRUE(Goes("Image", "ubuntu"));
  EXPECT_FALSE(InAzure(DefinitionId()));
  EXPECT_TRUE(InAzure(GalleryId()));
  EXPECT_TRUE(InAzure(ComputeId("images", "ubuntu")));
  const std::size_t definition = Position(AzureLog(), "DELETE", "/images/ubuntu");
  EXPECT_LT(Position(AzureLog(), "DELETE", "/versions/1.0.0"), definition);
  EXPECT_LT(Position(AzureLog(), "DELETE", "/versions/1.1.0"), definition);
}

// Azure answers 409 on the parent for 10 to 20 s after its last child has gone.
TEST_F(DeletionTest, HasPatienceForAzuresLag) {
  Set(world_, "childLagMin", 20);
  Set(world_, "childLagMax", 20);
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  world_.Delete("Image", "ubuntu");
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "teaching"); },
                              std::chrono::minutes(15)));
  EXPECT_FALSE(InAzure(GalleryId()));
  for (const std::string& event : world_.Events()) {
    EXPECT_THAT(event, testing::Not(HasSubstr("CannotDelete"))) << "the lag is no trouble";
    EXPECT_THAT(event, testing::Not(HasSubstr("nested"))) << "the lag is no trouble";
  }
}

TEST_F(DeletionTest, OfAGalleryWaitsForImageObjectsWithAnInventory) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Reaches("SharedImageGallery", "teaching", "False/DeletionBlocked"));
  EXPECT_THAT(Inventory("SharedImageGallery", "teaching"), HasSubstr("labs/ubuntu"));
  world_.Run(std::chrono::hours(1));
  EXPECT_TRUE(InAzure(VersionId()));
  world_.Delete("Image", "ubuntu");
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_FALSE(InAzure(GalleryId()));
}

TEST_F(DeletionTest, OfAllAtOnceIsNoTrouble) {
  world_.Apply(Gallery());
  for (const char* name : {"a", "b", "c"}) world_.Apply(Definition("", name));
  world_.Apply(Account("deletionPolicy: Delete\n" + kAttachTeaching));
  Settled();
  const std::vector<std::string> before = world_.Events();
  world_.Delete("SharedImageGallery", "teaching");
  world_.Delete("LabAccount", "cs");
  for (const char* name : {"a", "b", "c"}) world_.Delete("Image", name);
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_FALSE(InAzure(GalleryId()));
  EXPECT_THAT(world_.Events(), testing::ElementsAreArray(before));
}

TEST_F(DeletionTest, OfAGalleryIsRefusedWhileAnAccountAttachesIt) {
  world_.Apply(Gallery());
  Settled();
  HaveAccount(world_, "physics");
  HaveAttachment(world_, "teaching", "physics");
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Reaches("SharedImageGallery", "teaching", "False/DeletionBlocked"));
  EXPECT_THAT(Inventory("SharedImageGallery", "teaching"), HasSubstr("physics"));
  world_.Run(std::chrono::hours(1));
  EXPECT_TRUE(InAzure(GalleryId()));
  world_.Remove(AttachmentId("teaching", "physics"));
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_FALSE(InAzure(GalleryId()));
}

TEST_F(DeletionTest, OfAGalleryIsRefusedWhileForeignDefinitionsLiveInIt) {
  world_.Apply(Gallery());
  Settled();
  HaveDefinition(world_, "byhand");
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Reaches("SharedImageGallery", "teaching", "False/DeletionBlocked"));
  EXPECT_THAT(Inventory("SharedImageGallery", "teaching"), HasSubstr("byhand"));
  world_.Remove(DefinitionId("byhand"));
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
}

TEST_F(DeletionTest, OfAnImageIsRefusedWhileATeachersVersionIsInIt) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  HaveVersion(world_, "0.9.0");
  world_.Delete("Image", "ubuntu");
  ASSERT_TRUE(Reaches("Image", "ubuntu", "False/DeletionBlocked"));
  EXPECT_THAT(Inventory("Image", "ubuntu"), HasSubstr("0.9.0"));
  EXPECT_TRUE(InAzure(VersionId("1.0.0")));
  world_.Apply(Image("retention: {keepVersions: 1, includeForeign: true}"));
  EXPECT_TRUE(Goes("Image", "ubuntu"));
  EXPECT_FALSE(InAzure(DefinitionId()));
}

TEST_F(DeletionTest, OfAnAccountRetainsItByDefaultAndMarksItReleased) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  world_.Delete("LabAccount", "cs");
  ASSERT_TRUE(Goes("LabAccount", "cs"));
  const json::Value account = world_.Resource(AccountId());
  EXPECT_EQ(account.Text({"tags", "labgallery-released"}), "test/labs/cs");
  EXPECT_EQ(account.At({"tags", "labgallery-owner"}), nullptr);
  EXPECT_THAT(Attached(world_), ElementsAre("teaching")) << "onDelete is Keep";
}

TEST_F(DeletionTest, OfAnAccountDetachesWhereOnDeleteSaysSo) {
  Set(world_, "detachLag", 30);
  world_.Apply(Gallery());
  world_.Apply(Account("gallery: {state: Attached, ref: {name: teaching}, onDelete: Detach}"));
  Settled();
  world_.Delete("LabAccount", "cs");
  ASSERT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_THAT(Attached(world_), IsEmpty());
  EXPECT_TRUE(InAzure(AccountId()));
  EXPECT_EQ(world_.Resource(AccountId()).Text({"tags", "labgallery-released"}), "test/labs/cs");
}

// What is not marked would bar the deletion of a gallery that it holds.
TEST_F(DeletionTest, OfAnAccountWaitsUntilItIsItsTurnToMarkIt) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  ExhaustReads(world_);
  world_.Delete("LabAccount", "cs");
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_EQ(world_.Resource(AccountId()).Text({"tags", "labgallery-released"}), "test/labs/cs");
}

TEST_F(DeletionTest, OfAnAccountWaitsForWritesThatArePacedToMarkIt) {
  world_.Apply(Account(""));
  Settled();
  Fault(world_, R"({"match": {"method": "PATCH"}, "action": "throttle", "count": 1,
                    "retryAfterSeconds": 300})");
  world_.Apply(Account("tags: {by: us}"));
  world_.Run(std::chrono::seconds(5));
  world_.Delete("LabAccount", "cs");
  world_.Run(std::chrono::seconds(200));
  EXPECT_TRUE(world_.Exists("LabAccount", "cs"));
  EXPECT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_EQ(world_.Resource(AccountId()).Text({"tags", "labgallery-released"}), "test/labs/cs");
}

TEST_F(DeletionTest, OfAnAccountWaitsForAzureAMinuteButNoLonger) {
  world_.Apply(Account(""));
  Settled();
  LoseSightOfAccount();
  world_.Delete("LabAccount", "cs");
  world_.Run(std::chrono::seconds(30));
  EXPECT_TRUE(world_.Exists("LabAccount", "cs"));
  world_.Control(http::Method::kDelete, "faults");
  ASSERT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_EQ(world_.Resource(AccountId()).Text({"tags", "labgallery-released"}), "test/labs/cs");
  EXPECT_EQ(Count(world_.Events(), "LabAccount/cs ReleaseFailed"), 0U);

  world_.Apply(Account(""));
  Settled();
  LoseSightOfAccount();
  world_.Delete("LabAccount", "cs");
  world_.Run(std::chrono::seconds(90));
  EXPECT_FALSE(world_.Exists("LabAccount", "cs"));
  EXPECT_EQ(OwnerOf(world_, AccountId()), "test/labs/cs");
  EXPECT_EQ(Count(world_.Events(), "LabAccount/cs ReleaseFailed"), 1U);
}

TEST_F(DeletionTest, OfAnAccountWaitsForAzureEachTimeThatItIsAway) {
  Set(world_, "detachLag", 1200);
  world_.Apply(Gallery());
  world_.Apply(Account("gallery: {state: Attached, ref: {name: teaching}, onDelete: Detach}"));
  Settled();
  const auto lose_azure_for_a_while = [&] {
    LoseSightOfAccount();
    world_.Annotate("LabAccount", "cs", "labgallery.io/note", "a reason to look");
    world_.Run(std::chrono::seconds(30));
    world_.Control(http::Method::kDelete, "faults");
  };
  world_.Delete("LabAccount", "cs");
  lose_azure_for_a_while();
  world_.Run(std::chrono::minutes(10));
  lose_azure_for_a_while();
  EXPECT_TRUE(world_.Exists("LabAccount", "cs"));
  ASSERT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_EQ(world_.Resource(AccountId()).Text({"tags", "labgallery-released"}), "test/labs/cs");
}

TEST_F(DeletionTest, WhatWasReleasedIsAdoptedByTheNextOwner) {
  world_.Apply(Gallery("deletionPolicy: Retain"));
  Settled();
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "labgallery-released"}),
            "test/labs/teaching");
  world_.Apply(Gallery("azureName: teaching", "next"));
  Settled();
  EXPECT_EQ(OwnerOf(world_, GalleryId()), "test/labs/next");
  EXPECT_EQ(world_.Resource(GalleryId()).At({"tags", "labgallery-released"}), nullptr);
  world_.Delete("SharedImageGallery", "next");
  ASSERT_TRUE(Goes("SharedImageGallery", "next"));
  EXPECT_TRUE(InAzure(GalleryId())) << "adopted things are retained by default";
}

TEST_F(DeletionTest, OfAnAccountWithPolicyDeleteIsRefusedWhileLabsExist) {
  world_.Apply(Account("deletionPolicy: Delete"));
  Settled();
  HaveLab("algorithms");
  world_.Delete("LabAccount", "cs");
  ASSERT_TRUE(Reaches("LabAccount", "cs", "False/DeletionBlocked"));
  EXPECT_THAT(Inventory("LabAccount", "cs"), HasSubstr("algorithms"));
  world_.Run(std::chrono::hours(1));
  EXPECT_TRUE(InAzure(AccountId()));
  world_.Remove(AccountId() + "/labs/algorithms");
  EXPECT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_FALSE(InAzure(AccountId()));
}

TEST_F(DeletionTest, ThatIsBlockedIsLetGoByRetain) {
  world_.Apply(Account("deletionPolicy: Delete"));
  Settled();
  HaveLab("algorithms");
  world_.Delete("LabAccount", "cs");
  ASSERT_TRUE(Reaches("LabAccount", "cs", "False/DeletionBlocked"));
  world_.Apply(Account("deletionPolicy: Retain"));
  EXPECT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_EQ(world_.Resource(AccountId()).Text({"tags", "labgallery-released"}), "test/labs/cs");
}

TEST_F(DeletionTest, OfAnImageWithPolicyRetainReleasesDefinitionAndVersions) {
  world_.Apply(Gallery());
  world_.Apply(Image("deletionPolicy: Retain"));
  Settled();
  world_.Delete("Image", "ubuntu");
  ASSERT_TRUE(Goes("Image", "ubuntu"));
  for (const std::string& id : {DefinitionId(), VersionId()}) {
    EXPECT_EQ(world_.Resource(id).Text({"tags", "labgallery-released"}), "test/labs/ubuntu") << id;
    EXPECT_EQ(OwnerOf(world_, id), "") << id;
  }
}

TEST_F(DeletionTest, OfTheGalleryBecomesRetainWhereItsImagesWereRetained) {
  world_.Apply(Gallery());
  world_.Apply(Image("deletionPolicy: Retain"));
  Settled();
  world_.Delete("SharedImageGallery", "teaching");
  world_.Delete("Image", "ubuntu");
  ASSERT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_TRUE(InAzure(VersionId()));
  EXPECT_EQ(world_.Resource(GalleryId()).Text({"tags", "labgallery-released"}),
            "test/labs/teaching");
}

struct Order {
  std::string name;
  std::vector<std::pair<std::string, std::string>> objects;
  std::string on_delete;
};

class DeletingAllAtOnce : public DeletionTest, public testing::WithParamInterface<Order> {};

TEST_P(DeletingAllAtOnce, EndsWithNoObjectLeft) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  world_.Apply(Account(
      "gallery: {state: Attached, ref: {name: teaching}, onDelete: " + GetParam().on_delete + "}"));
  Settled();
  for (const auto& [kind, name] : GetParam().objects) world_.Delete(kind, name);
  for (const auto& [kind, name] : GetParam().objects) EXPECT_TRUE(Goes(kind, name)) << kind;
  EXPECT_FALSE(InAzure(DefinitionId()));
  EXPECT_TRUE(InAzure(AccountId()));
  // An attachment that our own policy keeps needs its gallery.
  EXPECT_EQ(InAzure(GalleryId()), GetParam().on_delete == "Keep");
  world_.Run(std::chrono::minutes(1));  // the event about letting go follows the finalizer
  EXPECT_THAT(WritesDuring(world_, std::chrono::hours(1)), IsEmpty());
}

const std::pair<std::string, std::string> kTheGallery{"SharedImageGallery", "teaching"};
const std::pair<std::string, std::string> kTheImage{"Image", "ubuntu"};
const std::pair<std::string, std::string> kTheAccount{"LabAccount", "cs"};

INSTANTIATE_TEST_SUITE_P(
    Deletion, DeletingAllAtOnce,
    testing::Values(Order{"GalleryFirstKeep", {kTheGallery, kTheImage, kTheAccount}, "Keep"},
                    Order{"AccountFirstKeep", {kTheAccount, kTheImage, kTheGallery}, "Keep"},
                    Order{"GalleryFirstDetach", {kTheGallery, kTheAccount, kTheImage}, "Detach"},
                    Order{"ImageFirstDetach", {kTheImage, kTheGallery, kTheAccount}, "Detach"}),
    [](const auto& row) { return row.param.name; });

TEST_F(DeletionTest, WithoutAFinalizerLeavesNothingBehind) {
  world_.Apply(Image());  // its gallery is not there: nothing of it is in Azure
  ASSERT_TRUE(Reaches("Image", "ubuntu", "False/WaitingForGallery"));
  EXPECT_EQ(world_.Object("Image", "ubuntu").At({"metadata", "finalizers"}), nullptr);
  world_.Delete("Image", "ubuntu");
  EXPECT_FALSE(world_.Exists("Image", "ubuntu"));
}

TEST_F(DeletionTest, OfWhatSomebodyRemovedAlreadyEnds) {
  world_.Apply(Gallery());
  world_.Apply(Image());
  Settled();
  world_.Remove(GalleryId());
  world_.Delete("Image", "ubuntu");
  world_.Delete("SharedImageGallery", "teaching");
  EXPECT_TRUE(Goes("Image", "ubuntu"));
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
}

TEST_F(DeletionTest, KeepsTheFinalizerWhileAzureCannotBeRead) {
  world_.Apply(Gallery());
  Settled();
  Fault(world_, R"({"match": {"method": "GET", "pathContains": "/galleries/teaching"},
                    "action": "fail", "status": 500, "code": "InternalServerError",
                    "message": "no", "count": 100000})");
  world_.Delete("SharedImageGallery", "teaching");
  world_.Run(std::chrono::hours(1));
  EXPECT_TRUE(world_.Exists("SharedImageGallery", "teaching"));
  world_.Control(http::Method::kDelete, "faults");
  EXPECT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_FALSE(InAzure(GalleryId()));
}

struct Policy {
  std::string name;
  std::string annotation;  // of the namespace
  std::string field;
  bool stays;
};

class DeletionPolicies : public DeletionTest, public testing::WithParamInterface<Policy> {};

TEST_P(DeletionPolicies, DecideOverAGalleryThatWeMade) {
  if (!GetParam().annotation.empty()) {
    world_.Annotate("Namespace", "labs", "labgallery.io/default-deletion-policy",
                    GetParam().annotation);
  }
  world_.Apply(Gallery(GetParam().field));
  Settled();
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_EQ(InAzure(GalleryId()), GetParam().stays);
}

INSTANTIATE_TEST_SUITE_P(Deletion, DeletionPolicies,
                         testing::Values(Policy{"Default", "", "", false},
                                         Policy{"FieldRetain", "", "deletionPolicy: Retain", true},
                                         Policy{"NamespaceRetain", "Retain", "", true},
                                         Policy{"FieldBeatsNamespace", "Retain",
                                                "deletionPolicy: Delete", false}),
                         [](const auto& row) { return row.param.name; });

TEST_F(DeletionTest, ANamespaceCannotMakeAnAccountOrSomethingAdoptedBeDeleted) {
  world_.Annotate("Namespace", "labs", "labgallery.io/default-deletion-policy", "Delete");
  HaveGallery(world_);
  world_.Apply(Gallery());
  world_.Apply(Account(""));
  Settled();
  world_.Delete("SharedImageGallery", "teaching");
  world_.Delete("LabAccount", "cs");
  ASSERT_TRUE(Goes("SharedImageGallery", "teaching"));
  ASSERT_TRUE(Goes("LabAccount", "cs"));
  EXPECT_TRUE(InAzure(GalleryId()));
  EXPECT_TRUE(InAzure(AccountId()));
}

TEST_F(DeletionTest, AnObjectsOwnFieldDeletesWhatWasAdopted) {
  HaveGallery(world_);
  world_.Apply(Gallery("deletionPolicy: Delete"));
  Settled();
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_FALSE(InAzure(GalleryId()));
}

TEST_F(DeletionTest, OfAGalleryTakesItsRoleAlong) {
  world_.Apply(Gallery());
  world_.Apply(Account("gallery: {state: Attached, ref: {name: teaching}, onDelete: Detach}"));
  Settled();
  ASSERT_EQ(Roles(world_, GalleryId()).size(), 1U);
  world_.Delete("LabAccount", "cs");
  world_.Delete("SharedImageGallery", "teaching");
  ASSERT_TRUE(Goes("SharedImageGallery", "teaching"));
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
}

}  // namespace
}  // namespace labgallery::component
