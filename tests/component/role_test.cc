// The role of Lab Services on a gallery, end to end: granted under a name that can be foretold,
// accepted where somebody else granted it, only checked where it is not ours to grant, taken back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/roles.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kContributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
constexpr const char* kOwner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
constexpr const char* kPrincipal = "11111111-2222-3333-4444-555555555555";
constexpr const char* kLabServices = "1a14be2a-e903-4cec-99cf-b2e209259a0f";

class RoleTest : public testing::Test {
 protected:
  RoleTest() {
    HaveGroup(world_);
    json::Value principals;
    principals.Set(kLabServices, kPrincipal);
    Set(world_, "principals", principals);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  void HaveRole(const std::string& scope, const std::string& role) {
    json::Value body;
    json::Value& properties = body.Set("properties", {});
    properties.Set("roleDefinitionId",
                   "/providers/Microsoft.Authorization/roleDefinitions/" + role);
    properties.Set("principalId", kPrincipal);
    world_.Put(scope +
                   "/providers/Microsoft.Authorization/roleAssignments/"
                   "99999999-0000-0000-0000-000000000001",
               body);
  }

  World world_;
};

TEST_F(RoleTest, IsGrantedOnceUnderTheNameThatFollowsFromScopePrincipalAndRole) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  world_.Apply(Account(kAttachTeaching, "physics"));
  Settled();
  const domain::WantedRole wanted{*azure::ResourceId::Parse(GalleryId()), kPrincipal, kContributor};
  const auto roles = Roles(world_, GalleryId());
  ASSERT_THAT(roles, SizeIs(1));
  EXPECT_EQ(roles.begin()->first, domain::AssignmentName(wanted));
  EXPECT_EQ(roles.begin()->second, kPrincipal);
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "roleassignments"), 1U);
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "RoleAssigned"), "True/Reconciled");
  EXPECT_EQ(world_.Condition("SharedImageGallery", "teaching", "RoleAssigned"), "True/Reconciled");
  ExpectConverged(world_);
}

TEST_F(RoleTest, IsNotGrantedBeforeAnAccountAttachesTheGallery) {
  world_.Apply(Gallery());
  Settled();
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
}

struct Granted {
  std::string name;
  std::string scope;
  std::string role;
};

class RoleGrantedByOthers : public RoleTest, public testing::WithParamInterface<Granted> {};

TEST_P(RoleGrantedByOthers, IsAcceptedAndNothingIsWritten) {
  HaveGallery(world_);
  HaveRole(GetParam().scope, GetParam().role);
  world_.Apply(Gallery("access: {mode: Grant}"));
  world_.Apply(Account(kAttachTeaching));
  Settled();
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "roleassignments"), 0U);
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "RoleAssigned"), "True/Reconciled");
  world_.Apply(Account("gallery: {state: Detached}"));
  Settled();
  EXPECT_THAT(Roles(world_, GetParam().scope), SizeIs(1)) << "it was never ours";
  ExpectConverged(world_);
}

INSTANTIATE_TEST_SUITE_P(
    Role, RoleGrantedByOthers,
    testing::Values(Granted{"UnderAnotherName", GalleryId(), kContributor},
                    Granted{"AsOwner", GalleryId(), kOwner},
                    Granted{"OnTheGroup", GroupId(), kContributor},
                    Granted{"OnTheSubscription",
                            "/subscriptions/00000000-0000-0000-0000-000000000001", kContributor}),
    [](const auto& row) { return row.param.name; });

TEST_F(RoleTest, ThatAppearsWhileItIsBeingGrantedCountsAsGranted) {
  Fault(world_, R"({"match": {"method": "PUT", "pathContains": "roleAssignments"},
                    "action": "fail", "status": 409, "code": "RoleAssignmentExists",
                    "message": "The role assignment already exists.", "count": 1000})");
  HaveGallery(world_);
  world_.Apply(Gallery("access: {mode: Grant}"));
  Settled();
  world_.Apply(Account(kAttachTeaching));
  ASSERT_TRUE(
      world_.RunUntil([&] { return Count(world_.effects().log(), "roleassignments") > 0; }));
  world_.Run(std::chrono::minutes(1));
  EXPECT_LE(Count(ToAzure(world_.effects().log()), "roleassignments"), 12U)
      << "the list shows it later: that is no reason to hurry";
  HaveRole(GalleryId(), kContributor);
  Settled();
  EXPECT_EQ(Count(world_.Events(), "RoleAssignmentExists"), 0U);
}

TEST_F(RoleTest, IsTriedAgainWhileTheDirectoryDoesNotKnowThePrincipal) {
  Set(world_, "principalLag", 600);
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  ASSERT_TRUE(world_.RunUntil([&] {
    return world_.Condition("SharedImageGallery", "teaching") == "False/WaitingForRole";
  }));
  Settled();
  EXPECT_THAT(Roles(world_, GalleryId()), SizeIs(1));
  EXPECT_EQ(world_.Condition("LabAccount", "cs"), "True/Reconciled");
  EXPECT_THAT(world_.Events(), testing::Not(testing::Contains(HasSubstr("PrincipalNotFound"))));
}

TEST_F(RoleTest, IsNotGrantedForAnAccountThatIsRefused) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  std::string plan = Account(kAttachTeaching);
  plan.replace(plan.find("service: LabAccount"), 19, "service: LabPlan");
  world_.Apply(plan);
  ASSERT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("LabAccount", "cs") == "False/IdentityChanged"; }));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Roles(world_, GalleryId()), SizeIs(1)) << "what it has, and no Owner for lab plans";
}

TEST_F(RoleTest, IsOnlyCheckedWithAccessExternal) {
  world_.Apply(Gallery("access: {mode: External}"));
  world_.Apply(Account(kAttachTeaching));
  Settled();
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
  EXPECT_EQ(world_.Condition("SharedImageGallery", "teaching", "RoleAssigned"),
            "False/WaitingForRole");
  const std::string message = Message(world_, "SharedImageGallery", "teaching", "RoleAssigned");
  EXPECT_THAT(message, HasSubstr(kContributor));
  EXPECT_THAT(message, HasSubstr(kPrincipal));
  EXPECT_THAT(Attached(world_), testing::ElementsAre("teaching")) << "Azure may add it itself";
  ExpectConverged(world_);
}

TEST_F(RoleTest, IsOnlyCheckedOnAnAdoptedGallery) {
  HaveGallery(world_);
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
  EXPECT_THAT(Attached(world_), testing::ElementsAre("teaching"));
}

TEST_F(RoleTest, ThatAzureItselfAddsAtAttachIsSeen) {
  Set(world_, "attachGrantsRole", true);
  world_.Apply(Gallery("access: {mode: External}"));
  world_.Apply(Account(kAttachTeaching));
  Settled();
  world_.Run(std::chrono::minutes(15));
  EXPECT_EQ(world_.Condition("SharedImageGallery", "teaching", "RoleAssigned"), "True/Reconciled");
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "RoleAssigned"), "True/Reconciled");
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "roleassignments"), 0U);
}

TEST_F(RoleTest, IsWaitedForWhereAzureInsistsOnIt) {
  Set(world_, "attachNeedsRole", true);
  Set(world_, "roleLag", 100);
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  EXPECT_EQ(Count(ToAzure(world_.effects().log()), "sharedgalleries"), 1U)
      << "the settle time is longer than Azure's lag: the first attach succeeds";
}

TEST_F(RoleTest, IsGrantedAgainWhenSomebodyTookItAway) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  Settled();
  world_.Remove(GalleryId() + "/providers/Microsoft.Authorization/roleAssignments/" +
                Roles(world_, GalleryId()).begin()->first);
  EXPECT_TRUE(world_.RunUntil([&] { return Roles(world_, GalleryId()).size() == 1; }));
  Settled();
  ExpectConverged(world_);
}

TEST_F(RoleTest, StaysWhileAnotherAccountStillAttachesTheGallery) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching));
  HaveAccount(world_, "physics");
  HaveAttachment(world_, "teaching", "physics");
  Settled();
  world_.Apply(Account("gallery: {state: Detached}"));
  Settled();
  EXPECT_THAT(Roles(world_, GalleryId()), SizeIs(1)) << "physics is no object, but attaches it";
  world_.Remove(AttachmentId("teaching", "physics"));
  EXPECT_TRUE(world_.RunUntil([&] { return Roles(world_, GalleryId()).empty(); }));
  Settled();
  ExpectConverged(world_);
}

}  // namespace
}  // namespace labgallery::component
