// Looks that have to wait for their turn within Azure's limits go on over several passes: they come
// to an end, on nothing that is old, and what changed meanwhile is seen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// Nothing is looked at again because time has passed: each look has a reason that a test can see.
class WaitingLookTest : public testing::Test {
 protected:
  WaitingLookTest()
      : world_({.settings = {.installation = "test", .sync_period = std::chrono::hours(240)}}) {
    world_.StartOperator();
    HaveGroup(world_);
    Hurry(world_);
    world_.Apply(Gallery());
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }
  /// A look at an account that waits before its last read.
  void HaveWaitingLook(int seconds) {
    HaveAccount(world_);
    HaveManagedImage(world_);
    world_.Apply(Image());
    world_.Apply(Account(kAttachTeaching + "\nadoption: Always\nimages: {default: Enabled}"));
    Settled();
    Fault(world_, R"({"match": {"method": "GET", "pathContains": "/roleAssignments"},
                      "action": "throttle", "count": 1, "retryAfterSeconds": )" +
                      std::to_string(seconds) + "}");
    world_.Control(http::Method::kDelete, "requests");
    world_.Annotate("LabAccount", "cs", "labgallery.io/reconcile-at", "now");
    world_.Run(std::chrono::seconds(1));
    ASSERT_EQ(ReadsOfAccount(), 1);
    ASSERT_FALSE(WasHeard());
  }
  bool WasHeard() {
    return world_.Object("LabAccount", "cs").Text({"status", "handledReconcileAt"}) == "now";
  }
  int ReadsOfAccount() { return ReadsByPath(world_)[AccountId()]; }
  /// So often Azure told what accounts attach.
  int AttachmentsTold() {
    const json::Value log = world_.Control(http::Method::kGet, "requests");
    int told = 0;
    for (const json::Value& request : *log.Find("requests")->AsArray()) {
      const bool asked = request.Text({"path"}).ends_with("/sharedGalleries");
      if (asked && Number(request, {"status"}) == 200) ++told;
    }
    return told;
  }

  World world_;
};

// Somebody else uses up what Azure lets a subscription read, five times a second.
TEST_F(WaitingLookTest, ComesToItsEndHoweverLittleIsLeftAtATime) {
  const int accounts = 10;
  for (int i = 0; i < accounts; ++i) HaveAccount(world_, "cs" + std::to_string(i));
  Settled();
  ExhaustReads(world_);
  world_.Delete("SharedImageGallery", "teaching");
  for (int step = 0; step < 300 && world_.Exists("SharedImageGallery", "teaching"); ++step) {
    world_.Run(std::chrono::milliseconds(200));
    ExhaustReads(world_);
  }
  EXPECT_FALSE(world_.Exists("SharedImageGallery", "teaching"));
  EXPECT_EQ(AttachmentsTold(), accounts);
}

TEST_F(WaitingLookTest, GoesOnFromWhatItHasRead) {
  HaveWaitingLook(60);
  ASSERT_TRUE(world_.RunUntil([&] { return WasHeard(); }));
  EXPECT_EQ(ReadsOfAccount(), 1);
}

TEST_F(WaitingLookTest, DoesNotGoOnFromWhatItHasReadLongAgo) {
  HaveWaitingLook(600);
  ASSERT_TRUE(world_.RunUntil([&] { return WasHeard(); }));
  EXPECT_EQ(ReadsOfAccount(), 2);
}

// The gallery has read that the account attaches it, and waits before it can ask another account.
TEST_F(WaitingLookTest, IsFollowedByAnotherWhereSomethingChangedMeanwhile) {
  const std::string place = "{subscriptionId: 00000000-0000-0000-0000-000000000000, ";
  const auto account = [&](const std::string& gallery) {
    return "apiVersion: labgallery.io/v1alpha1\nkind: LabAccount\nmetadata: {name: cs}\nspec: " +
           place +
           "resourceGroup: labs, location: westeurope, service: LabAccount, gallery: " + gallery +
           "}\n";
  };
  HaveAccount(world_, "math");
  json::Value group;
  group.Set("location", "westeurope");
  world_.Put("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/labs", group);
  Settled();
  world_.Apply(account("{state: Attached, ref: {name: teaching}}"));
  Settled();
  ASSERT_THAT(Roles(world_, GalleryId()), SizeIs(1));
  Fault(world_, R"({"match": {"method": "GET", "pathContains": "math/sharedGalleries"},
                    "action": "throttle", "count": 1, "retryAfterSeconds": 120})");
  world_.Apply(account("{state: Detached}"));
  world_.Run(std::chrono::minutes(1));
  ASSERT_THAT(Roles(world_, GalleryId()), SizeIs(1));
  world_.Run(std::chrono::minutes(10));
  EXPECT_THAT(Roles(world_, GalleryId()), IsEmpty());
}

}  // namespace
}  // namespace labgallery::component
