// Lab plans where they differ from lab accounts, and images that Lab Services saves of a lab's
// template, on both generations.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::Value Json(const std::string& text) { return json::Parse(text).value(); }

/// A LabAccount object of either generation.
std::string Plan(const std::string& spec, const std::string& name = "cs",
                 const std::string& service = "LabPlan") {
  std::string manifest = Account(spec, name);
  const std::string line = "service: LabAccount";
  return manifest.replace(manifest.find(line), line.size(), "service: " + service);
}

std::size_t Saves(World& world) { return Count(world.effects().log(), "/saveImage"); }

class PlansTest : public testing::Test {
 protected:
  PlansTest() {
    HaveGroup(world_);
    world_.StartOperator();
  }
  void Settled() { ASSERT_TRUE(world_.Settle()) << world_.Remains(); }

  World world_;
};

TEST_F(PlansTest, WithoutTheRoleNothingIsAttached) {
  HaveGallery(world_);
  world_.Apply(Plan("gallery: {state: Attached, ref: {resourceId: " + GalleryId() + "}}"));
  EXPECT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("LabAccount", "cs") == "False/WaitingForRole"; }));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("Owner"));
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(Attached(world_), IsEmpty());
}

struct DetachRow {
  const char* name;
  bool put_clears, patch_clears;
};

class DetachingAPlan : public PlansTest, public testing::WithParamInterface<DetachRow> {};

TEST_P(DetachingAPlan, FindsTheWayThatAzureTakes) {
  Set(world_, "planPutClearsGallery", GetParam().put_clears);
  Set(world_, "planPatchClearsGallery", GetParam().patch_clears);
  world_.Apply(Gallery());
  world_.Apply(Plan(kAttachTeaching));
  Settled();
  world_.Apply(Plan("gallery: {state: Detached}"));
  if (GetParam().put_clears || GetParam().patch_clears) {
    Settled();
    EXPECT_THAT(Attached(world_), IsEmpty());
    ExpectConverged(world_);
    return;
  }
  EXPECT_TRUE(
      world_.RunUntil([&] { return world_.Condition("LabAccount", "cs") == "False/AzureError"; }));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("in the portal"));
  EXPECT_THAT(ToAzure(WritesDuring(world_, std::chrono::hours(2))), IsEmpty());
  world_.Put(PlanId(), Json(R"({"location": "westeurope", "tags":
    {"labgallery-owner": "test/labs/cs", "labgallery-origin": "Created"}})"));
  Settled();
}

INSTANTIATE_TEST_SUITE_P(All, DetachingAPlan,
                         testing::Values(DetachRow{"ByPut", true, false},
                                         DetachRow{"ByPatch", false, true},
                                         DetachRow{"ByNeither", false, false}),
                         [](const auto& row) { return row.param.name; });

TEST_F(PlansTest, ALockedPlanIsAwaitedAndStaysReady) {
  world_.Apply(Gallery());
  world_.Apply(Plan(kAttachTeaching));
  Settled();
  json::Value body = world_.Resource(PlanId());
  body.Find("properties")->Set("provisioningState", "Locked");
  world_.Put(PlanId(), body);
  world_.Run(std::chrono::minutes(30));
  EXPECT_EQ(world_.Condition("LabAccount", "cs"), "True/Reconciled");
  world_.Apply(Plan("gallery: {state: Detached}"));
  EXPECT_TRUE(world_.RunUntil([&] {
    return Message(world_, "LabAccount", "cs").find("maintenance") != std::string::npos;
  }));
  body = world_.Resource(PlanId());
  body.Find("properties")->Set("provisioningState", "Succeeded");
  world_.Put(PlanId(), body);
  Settled();
  EXPECT_THAT(Attached(world_), IsEmpty());
}

TEST_F(PlansTest, LabsOfThePlanAreInTheWayOfItsDeletion) {
  world_.Apply(Plan("deletionPolicy: Delete"));
  Settled();
  const std::string labs = GroupId() + "/providers/Microsoft.LabServices/labs/";
  world_.Put(labs + "ours", Json(R"({"location": "westeurope", "properties": {"labPlanId": ")" +
                                 PlanId() + "\"}}"));
  world_.Put(labs + "theirs", Json(R"({"location": "westeurope"})"));
  world_.Delete("LabAccount", "cs");
  EXPECT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("LabAccount", "cs") == "False/DeletionBlocked"; }));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("Lab ours"));
  world_.Remove(labs + "ours");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("LabAccount", "cs"); }));
  EXPECT_TRUE(world_.Resource(PlanId()).IsNull());
}

TEST_F(PlansTest, AccountAndPlanShareAGalleryWithARoleEach) {
  world_.Apply(Gallery());
  world_.Apply(Account(kAttachTeaching, "old"));
  world_.Apply(Plan(kAttachTeaching));
  Settled();
  EXPECT_THAT(Attached(world_, "old"), ElementsAre("teaching"));
  EXPECT_THAT(Attached(world_, "cs"), ElementsAre("teaching"));
  EXPECT_EQ(Roles(world_, GalleryId()).size(), 2U);
  world_.Apply(Plan("gallery: {state: Detached}"));
  Settled();
  EXPECT_TRUE(world_.RunUntil([&] { return Roles(world_, GalleryId()).size() == 1; }));
  EXPECT_THAT(Attached(world_, "old"), ElementsAre("teaching"));
  Settled();
  ExpectConverged(world_);
}

// ---- images saved of a template

class SavingATemplate : public testing::TestWithParam<const char*> {
 protected:
  SavingATemplate() {
    HaveGroup(world_);
    const std::string labs = GroupId() + "/providers/Microsoft.LabServices/";
    if (on_plan()) {
      world_.Put(labs + "labs/course", Json(R"({"location": "westeurope"})"));
      machine_ = labs + "labs/course/virtualMachines/template";
      world_.Put(machine_, Json(R"({"location": "westeurope"})"));
    } else {
      HaveAccount(world_);
      world_.Put(AccountId() + "/labs/course", Json("{}"));
      machine_ = AccountId() + "/labs/course/environmentsettings/default";
      world_.Put(machine_, Json("{}"));
    }
    world_.StartOperator();
  }
  bool on_plan() const { return std::string_view(GetParam()) == "LabPlan"; }
  std::string Saved(const std::string& version = "1.0.0") const {
    return "apiVersion: labgallery.io/v1alpha1\nkind: Image\nmetadata: {name: saved, namespace: "
           "labs}\nspec:\n  galleryRef: {name: teaching}\n  version: " +
           version + "\n  source:\n    labTemplate:\n      id: " + machine_ + "\n" +
           (on_plan() ? "      labPlanId: " + PlanId() + "\n" : "");
  }
  void ApplyAll() {
    world_.Apply(Gallery());
    world_.Apply(Plan(kAttachTeaching, "cs", GetParam()));
    world_.Apply(
        Plan(kAttachTeaching + "\nimages: {default: Enabled, allowedOSStates: [Specialized]}",
             "physics", GetParam()));
    world_.Apply(Saved());
  }
  std::size_t Versions() {
    std::size_t count = 0;
    const json::Value state = world_.Control(http::Method::kGet, "state");
    for (const json::Value& resource : *state.Find("resources")->AsArray()) {
      if (resource.Text({"type"}) == "Microsoft.Compute/galleries/images/versions") ++count;
    }
    return count;
  }

  World world_;
  std::string machine_;
};

TEST_P(SavingATemplate, IsAskedOnceAndTheOtherAccountPicksTheImageUp) {
  ApplyAll();
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  ASSERT_TRUE(world_.RunUntil([&] {
    return world_.Object("LabAccount", "physics").Text({"status", "imagesEnabled"}) == "1/1";
  }));
  EXPECT_EQ(Saves(world_), 1U);
  EXPECT_EQ(Versions(), 1U);
  const json::Value image = world_.Object("Image", "saved");
  EXPECT_EQ(image.Text({"status", "savedImage", "request"}), "1.0.0");
  EXPECT_EQ(image.Text({"status", "savedImage", "version"}), image.Text({"status", "version"}));
  EXPECT_EQ(SwitchOf(world_, "saved", "physics"), "Enabled");
  EXPECT_EQ(OwnerOf(world_, DefinitionId("saved")), "test/labs/saved");
  ASSERT_TRUE(world_.Settle());
  ExpectConverged(world_);
  EXPECT_EQ(Saves(world_), 1U);
}

TEST_P(SavingATemplate, AnotherVersionOfTheSpecAsksForAnotherSave) {
  ApplyAll();
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  world_.Apply(Saved("1.1.0"));
  ASSERT_TRUE(world_.RunUntil([&] { return Versions() == 2; })) << world_.Remains();
  ASSERT_TRUE(world_.RunUntil([&] {
    const json::Value image = world_.Object("Image", "saved");
    return image.Text({"status", "version"}) == image.Text({"status", "savedImage", "version"});
  }));
  ASSERT_TRUE(world_.Settle());
  EXPECT_EQ(Saves(world_), 2U);
  EXPECT_EQ(world_.Object("Image", "saved").Text({"status", "savedImage", "request"}), "1.1.0");
  ExpectConverged(world_);
}

TEST_P(SavingATemplate, WaitsUntilItsGalleryIsAttached) {
  world_.Apply(Gallery());
  world_.Apply(Plan("", "cs", GetParam()));
  world_.Apply(Saved());
  EXPECT_TRUE(world_.RunUntil([&] {
    return world_.Condition("Image", "saved") == "False/WaitingForGallery" &&
           Message(world_, "Image", "saved").find("attach") != std::string::npos;
  }));
  EXPECT_EQ(Saves(world_), 0U);
  world_.Apply(Plan(kAttachTeaching, "cs", GetParam()));
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  EXPECT_EQ(Saves(world_), 1U);
}

TEST_P(SavingATemplate, ARestartInTheMiddleAsksNoSecondTime) {
  ApplyAll();
  ASSERT_TRUE(world_.RunUntil([&] { return Saves(world_) == 1; }));
  EXPECT_EQ(Versions(), 0U) << "it takes a while until the version is seen";
  world_.StopOperator();
  world_.StartOperator();
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  EXPECT_EQ(Saves(world_), 1U);
  EXPECT_EQ(Versions(), 1U);
}

TEST_P(SavingATemplate, AnAnswerThatWasLostIsNoReasonToAskAgain) {
  Fault(world_, R"({"match": {"method": "POST", "pathContains": "/saveimage"},
                    "action": "loseAnswer", "drop": true, "count": 1})");
  ApplyAll();
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  EXPECT_EQ(Saves(world_), 1U);
  EXPECT_EQ(Versions(), 1U);
}

TEST_P(SavingATemplate, ARefusalIsTriedAgain) {
  Fault(world_, R"({"match": {"method": "POST", "pathContains": "/saveimage"},
                    "action": "fail", "status": 409, "code": "Conflict", "count": 2})");
  ApplyAll();
  ASSERT_TRUE(world_.Settle()) << world_.Remains();
  EXPECT_EQ(Versions(), 1U);
}

INSTANTIATE_TEST_SUITE_P(On, SavingATemplate, testing::Values("LabAccount", "LabPlan"),
                         [](const auto& row) { return std::string(row.param); });

// ---- what is around

TEST_F(PlansTest, ALabAccountThatCanNoLongerBeMadeSaysWhatElseCanBeDone) {
  Set(world_, "newAccountsRefused", true);
  world_.Apply(Account(""));
  EXPECT_TRUE(world_.RunUntil([&] {
    return Message(world_, "LabAccount", "cs").find("use service LabPlan") != std::string::npos;
  }));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("adopted"));
}

TEST_F(PlansTest, TheEndOfTheServiceIsSaid) {
  world_.Apply(Plan(""));
  Settled();
  EXPECT_EQ(world_.Condition("LabAccount", "cs", "ServiceRetiring"), "True/Announced");
  EXPECT_EQ(world_.Object("LabAccount", "cs").Text({"status", "retirementDate"}), "2027-06-28");
  ExpectConverged(world_);
  EXPECT_EQ(Count(world_.Events(), "ServiceRetiring"), 1U);
}

TEST_F(PlansTest, ARegionWithoutTheServiceIsRefusedWithThoseThatHaveIt) {
  Set(world_, "regionsNotOffered", json::Value::Array{"westeurope"});
  world_.Apply(Plan(""));
  EXPECT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("LabAccount", "cs") == "False/RegionUnavailable"; }));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("northeurope"));
  Set(world_, "regionsNotOffered", json::Value::Array{});
  Settled();
}

TEST_F(PlansTest, AProviderThatIsNotRegisteredIsAwaited) {
  Set(world_, "unregisteredProviders", json::Value::Array{"microsoft.labservices"});
  world_.Apply(Plan(""));
  EXPECT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("LabAccount", "cs") == "False/WaitingForProvider"; }));
  EXPECT_THAT(Message(world_, "LabAccount", "cs"), HasSubstr("--register-providers"));
  EXPECT_EQ(Count(world_.effects().log(), "/register"), 0U);
  Set(world_, "unregisteredProviders", json::Value::Array{});
  Settled();
}

TEST(AProvider, ThatSomebodyElseRegistersIsAwaited) {
  World world({.settings = {.installation = "test", .register_providers = true}});
  HaveGroup(world);
  Set(world, "unregisteredProviders", json::Value::Array{"microsoft.labservices"});
  Set(world, "registration", 300);
  const std::string subscription = GroupId().substr(0, GroupId().find("/resourceGroups"));
  world.AzureHandler()(
      {.method = http::Method::kPost,
       .url = subscription + "/providers/Microsoft.LabServices/register?api-version=2021-04-01",
       .headers = {{"Host", "azure.test"}, {"Authorization", "Bearer somebody"}},
       .body = ""});
  world.StartOperator();
  world.Apply(Plan(""));
  ASSERT_TRUE(world.RunUntil(
      [&] { return world.Condition("LabAccount", "cs") == "False/WaitingForProvider"; }));
  EXPECT_THAT(Message(world, "LabAccount", "cs"), HasSubstr("is being registered"));
  ASSERT_TRUE(world.Settle()) << world.Remains();
  EXPECT_EQ(Count(world.effects().log(), "/register?"), 0U);
}

TEST(AProvider, IsRegisteredWhereTheOperatorMay) {
  World world({.settings = {.installation = "test", .register_providers = true}});
  HaveGroup(world);
  Set(world, "unregisteredProviders",
      json::Value::Array{"microsoft.labservices", "microsoft.compute"});
  world.StartOperator();
  world.Apply(Gallery());
  world.Apply(Plan(kAttachTeaching));
  ASSERT_TRUE(world.Settle()) << world.Remains();
  EXPECT_EQ(Count(world.effects().log(), "/register?"), 2U);
  ExpectConverged(world);
}

}  // namespace
}  // namespace labgallery::component
