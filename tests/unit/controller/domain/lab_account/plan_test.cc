// Lab plans: where they differ from lab accounts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/arm.h"
#include "controller/domain/lab_account/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "src/json/parse.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::lab_account {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kPlan = kScope + "/providers/Microsoft.LabServices/labPlans/cs";
const char* const kAttach = R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}})";
const char* const kDetached = R"({"gallery": {"state": "Detached"}})";
const RoleSight kGranted{true, false, {}};

/// A lab plan of ours that names `gallery`, or none; `teaching` is the gallery that it may want.
LabAccountObservation APlan(std::string_view spec_patch, const std::string& gallery = "",
                            std::string_view body_patch = "{}") {
  LabAccountObservation seen = AnAccount(spec_patch);
  seen.spec.Set("service", "LabPlan");
  seen.status.Set("resourceId", kPlan);
  seen.account.body = With(
      seen.account.body,
      R"({"systemData": {"createdBy": "x"}, "properties": {"allowedRegions": ["westeurope"]}})");
  seen.account.body.Set("id", kPlan);
  if (!gallery.empty()) seen.account.body.Find("properties")->Set("sharedGalleryId", gallery);
  seen.account.body = With(seen.account.body, body_patch);
  seen.attachments = AttachmentRows(seen.account.body);
  seen.gallery = TeachingInSight();
  seen.role = kGranted;
  return seen;
}

Decision Decide(const LabAccountObservation& seen) { return NextStep(Assess(seen).situation); }

template <typename Change>
LabAccountObservation Changed(LabAccountObservation seen, Change&& change) {
  change(seen);
  return seen;
}

auto Accepted(int count) {
  return [count](LabAccountObservation& seen) {
    seen.memory[std::string(kAttachmentPart)].accepted = count;
  };
}

struct PlanRow {
  const char* name;
  LabAccountObservation seen;
  const char* rule;
  std::vector<std::string> writes = {};  // verb and body
  std::string message = {};              // part of it
};

class ALabPlan : public testing::TestWithParam<PlanRow> {};

TEST_P(ALabPlan, Is) {
  const PlanRow& row = GetParam();
  const Decision decision = Decide(row.seen);
  EXPECT_EQ(decision.rule, row.rule);
  std::vector<std::string> writes;
  const char* const verbs[] = {"PUT ", "PATCH ", "DELETE "};
  for (const ArmWrite& write : decision.plan.writes) {
    writes.push_back(verbs[static_cast<int>(write.verb)] +
                     (write.body.IsNull() ? "" : json::Dump(write.body)));
    EXPECT_EQ(write.api_version, "2023-06-07");
  }
  EXPECT_EQ(writes, row.writes);
  const std::string told = decision.plan.verdict ? decision.plan.verdict->message : "";
  EXPECT_THAT(told, HasSubstr(row.message));
}

const std::string kWhole =
    R"({"location":"westeurope","properties":{"allowedRegions":["westeurope"])";
const std::string kOwnTags =
    R"("tags":{"labgallery-origin":"Created","labgallery-owner":"inst/labs/cs","theirs":"kept"}})";

LabAccountObservation Absent(const char* spec) {
  return Changed(APlan(spec), [](auto& seen) {
    seen.account = AbsentInAzure();
    seen.attachments.reset();
    seen.switches.reset();
  });
}

LabAccountObservation WithLabs(const char* spec) {
  return Changed(APlan(spec, kTeaching), [](auto& seen) {
    Delete(seen);
    seen.labs = {J(R"({"name": "course", "id": "/labs/course"})")};
  });
}

INSTANTIATE_TEST_SUITE_P(
    All, ALabPlan,
    testing::Values(
        PlanRow{"MadeWithItsOwnRegionAllowed",
                Absent("{}"),
                "WritePart",
                {R"(PUT {"location":"westeurope","properties":{"allowedRegions":["westeurope"]},)"
                 R"("tags":{"labgallery-origin":"Created","labgallery-owner":"inst/labs/cs"}})"}},
        PlanRow{"TaggedByAPutOfAllThatIsThere",
                APlan(R"({"tags": {"department": "cs"}})", kTeaching),
                "WritePart",
                {"PUT " + kWhole + R"(,"sharedGalleryId":")" + kTeaching +
                 R"("},"tags":{"department":"cs","labgallery-origin":"Created",)"
                 R"("labgallery-owner":"inst/labs/cs","theirs":"kept"}})"}},
        PlanRow{"GivenItsGalleryByAPatch",
                APlan(kAttach),
                "WritePart",
                {R"(PATCH {"properties":{"sharedGalleryId":")" + kTeaching + "\"}}"}},
        PlanRow{"DoneOnceItNamesTheGallery", APlan(kAttach, kTeaching), "Done"},
        PlanRow{"GivenAnotherGalleryInOneOverwrite",
                APlan(kAttach, kOldGallery),
                "WritePart",
                {R"(PATCH {"properties":{"sharedGalleryId":")" + kTeaching + "\"}}"}},
        PlanRow{"KeptWithDetachFirst",
                APlan(R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"},
                       "swap": "DetachFirst"}})",
                      kOldGallery),
                "RefusedByAzureOrPolicy",
                {},
                "DetachFirst"},
        PlanRow{"WithoutGalleryWhileTheRoleIsMissing",
                Changed(APlan(kAttach), [](auto& seen) { seen.role = RoleSight{}; }),
                "MissingNeed",
                {},
                "Owner"},
        PlanRow{"WithoutGalleryWhileLabServicesIsNotKnown",
                Changed(APlan(kAttach),
                        [](auto& seen) {
                          seen.role.reset();
                          seen.principal_problem = "nobody knows Lab Services";
                        }),
                "MissingNeed",
                {},
                "nobody knows Lab Services"},
        PlanRow{"LeftAloneByARoleThatWentOnceItIsAttached",
                Changed(APlan(kAttach, kTeaching), [](auto& seen) { seen.role = RoleSight{}; }),
                "Done"},
        PlanRow{"FreedByAPutThatSaysNull",
                APlan(kDetached, kTeaching),
                "WritePart",
                {"PUT " + kWhole + R"(,"sharedGalleryId":null},)" + kOwnTags}},
        PlanRow{"FreedByAPatchWhereThePutChangedNothing",
                Changed(APlan(kDetached, kTeaching), Accepted(1)),
                "WritePart",
                {R"(PATCH {"properties":{"sharedGalleryId":null}})"}},
        PlanRow{"TroubleWhereBothChangedNothing",
                Changed(APlan(kDetached, kTeaching), Accepted(2)),
                "RefusedByAzureOrPolicy",
                {},
                "still has " + kTeaching},
        PlanRow{"AwaitedWhileItIsBusyWithItsGallery",
                Changed(APlan(kDetached, kTeaching,
                              R"({"properties": {"provisioningState": "Updating"}})"),
                        [](auto& seen) { Remember(seen, kAttachmentPart, Verb::kPut); }),
                "MovingPart",
                {},
                "waiting until Azure no longer lists"},
        PlanRow{"AwaitedWhileItIsLocked",
                APlan(kAttach, "", R"({"properties": {"provisioningState": "Locked"}})"),
                "MovingPart",
                {},
                "locked the lab plan for maintenance"},
        PlanRow{"NotDeletedWhileItHasLabs",
                WithLabs(R"({"deletionPolicy": "Delete"})"),
                "DeletionBlocked",
                {},
                "Lab course"},
        PlanRow{"DeletedWithItsGallery",
                Changed(WithLabs(R"({"deletionPolicy": "Delete"})"),
                        [](auto& seen) { seen.labs.emplace(); }),
                "DeletePart",
                {"DELETE "}},
        PlanRow{"ReleasedByAPut",
                Changed(APlan("{}"), [](auto& seen) { Delete(seen); }),
                "LetGo",
                {"PUT " + kWhole +
                 R"(},"tags":{"labgallery-released":"inst/labs/cs","theirs":"kept"}})"}},
        PlanRow{"DetachedBeforeItIsReleased",
                Changed(APlan(R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"},
                              "onDelete": "Detach"}})",
                              kTeaching),
                        [](auto& seen) { Delete(seen); }),
                "LetGo",
                {"PUT " + kWhole + R"(,"sharedGalleryId":null},)" + kOwnTags}}),
    [](const auto& row) { return row.param.name; });

TEST(ALockedPlan, StaysReady) {
  LabAccountObservation seen =
      APlan(kAttach, kTeaching, R"({"properties": {"provisioningState": "Locked"}})");
  SayTrue(seen, condition::kReady);
  EXPECT_EQ(Decide(seen).plan.verdict->ready, kube::ConditionStatus::kTrue);
  EXPECT_EQ(ConditionOf(Assess(seen).report, condition::kProvisioned).status,
            kube::ConditionStatus::kTrue);
}

TEST(APlanThatIsBusyForOthers, StaysReadyForTheSpecThatWasSeen) {
  LabAccountObservation seen =
      APlan(kAttach, kTeaching, R"({"properties": {"provisioningState": "Updating"}})");
  SayTrue(seen, condition::kReady);
  EXPECT_EQ(Decide(seen).plan.verdict->ready, kube::ConditionStatus::kFalse) << "another spec";
  seen.status.Set("observedGeneration", 1);
  EXPECT_EQ(Decide(seen).plan.verdict->ready, kube::ConditionStatus::kTrue);
}

json::Value Image(std::string_view name, std::string_view state, std::string_view os_state) {
  json::Value row;
  row.Set("name", "teaching." + std::string(name));
  json::Value& properties = row.Set("properties", {});
  properties.Set("sharedGalleryId", kTeaching + "/images/" + std::string(name));
  properties.Set("enabledState", state);
  properties.Set("osState", os_state);
  return row;
}

TEST(TheImagesOfAPlan, AreThoseOfItsGalleryByTheirDefinition) {
  LabAccountObservation seen = APlan(R"({"gallery": {"state": "Attached", "ref":
    {"name": "teaching"}}, "images": {"default": "Enabled", "overrides":
    [{"definitionName": "old", "state": "Disabled"}]}})",
                                     kTeaching);
  seen.switches = {
      Image("ubuntu", "Disabled", "Generalized"),
      Image("ubuntu", "Disabled", "Generalized"),
      Image("old", "Enabled", "Generalized"),
      Image("saved", "Disabled", "Specialized"),
      J(R"({"name": "market", "properties": {"enabledState": "Disabled"}})"),
      J(R"({"name": "other", "properties": {"enabledState": "Disabled", "sharedGalleryId": ")" +
        kOldGallery + R"(/images/other"}})")};
  const Decision decision = Decide(seen);
  ASSERT_EQ(decision.plan.writes.size(), 2U);
  EXPECT_EQ(decision.plan.writes[0],
            (ArmWrite{std::string(kSwitchesPart), Verb::kPatch,
                      azure::ResourceId::Parse(kPlan + "/images/teaching.ubuntu").value(),
                      "2023-06-07", J(R"({"properties": {"enabledState": "Enabled"}})")}));
  EXPECT_EQ(decision.plan.writes[1].target.name(), "teaching.old");
  EXPECT_EQ(Assess(seen).report.details.Text({"imagesEnabled"}), "1/3");
}

TEST(LabsOfAPlan, AreKnownByThePlanTheyName) {
  const auto plan = azure::ResourceId::Parse(kPlan).value();
  EXPECT_EQ(LabsPath(kLabPlans, plan), "/subscriptions/s1/providers/Microsoft.LabServices/labs");
  json::Value lab;
  EXPECT_FALSE(IsLabOf(kLabPlans, lab, plan)) << "a lab without a plan";
  EXPECT_TRUE(IsLabOf(kLabAccounts, lab, plan)) << "all that an account lists are its own";
  lab.Set("properties", {}).Set("labPlanId", kPlan);
  EXPECT_TRUE(IsLabOf(kLabPlans, lab, plan));
}

}  // namespace
}  // namespace labgallery::domain::lab_account
