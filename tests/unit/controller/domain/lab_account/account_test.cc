#include "controller/domain/lab_account/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::lab_account {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
const char* const kAttach = R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}})";
const char* const kDetached = R"({"gallery": {"state": "Detached"}})";
const char* const kAlways = R"({"adoption": "Always"})";

Decision Decide(const LabAccountObservation& seen) { return NextStep(Assess(seen).situation); }

TEST(AnAccountInAzure, AsDescribedNeedsNothing) {
  const Decision decision = Decide(AnAccount());
  EXPECT_EQ(decision.rule, "Done");
  EXPECT_EQ(*decision.plan.verdict,
            (Verdict{kTrue, kReconciled, "the lab account is in Azure as described"}));
}

TEST(AnAccountInAzure, IsMadeWithBothTagsInItsFirstPut) {
  LabAccountObservation seen = AnAccount(R"({"tags": {"department": "cs"}})");
  seen.account = AbsentInAzure();
  seen.attachments.reset();
  seen.switches.reset();
  const Decision decision = Decide(seen);
  EXPECT_EQ(decision.plan.writes,
            (std::vector<ArmWrite>{{AccountPartName(kLabAccounts), Verb::kPut,
                                    azure::ResourceId::Parse(kAccount).value(), "2018-10-15",
                                    J(R"({"location": "westeurope", "tags": {"department": "cs",
                   "labgallery-owner": "inst/labs/cs", "labgallery-origin": "Created"}})")}}));
  EXPECT_EQ(decision.plan.verdict->reason, kCreating);
}

TEST(AnAccountInAzure, CannotBeMadeWithoutALocation) {
  LabAccountObservation seen = AnAccount(R"({"location": null})");
  seen.account = AbsentInAzure();
  EXPECT_EQ(Decide(seen).rule, "RefusedByAzureOrPolicy");
}

TEST(AnAccountInAzure, NeedsNoLocationOnceItIsThere) {
  EXPECT_EQ(Decide(AnAccount(R"({"location": null})")).rule, "Done");
}

TEST(AnAccountInAzure, CannotBeMoved) {
  const Decision decision = Decide(AnAccount(R"({"location": "northeurope"})"));
  EXPECT_EQ(decision.rule, "RefusedByAzureOrPolicy");
  EXPECT_EQ(decision.plan.verdict->reason, kInvalidSpec);
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr("is in westeurope"));
}

TEST(AnAccountInAzure, HasOnlyItsOwnTagsChanged) {
  const Decision decision = Decide(AnAccount(R"({"tags": {"department": "cs"}})"));
  ASSERT_THAT(decision.plan.writes, SizeIs(1));
  EXPECT_EQ(decision.plan.writes[0].verb, Verb::kPatch);
  EXPECT_EQ(decision.plan.writes[0].body,
            J(R"({"tags": {"department": "cs", "theirs": "kept", "labgallery-owner": "inst/labs/cs",
                           "labgallery-origin": "Created"}})"));
}

TEST(AnAccountInAzure, ThatAzureIsBusyWithIsAwaited) {
  LabAccountObservation seen = AnAccount();
  seen.account.body =
      With(seen.account.body, R"({"properties": {"provisioningState": "Creating"}})");
  const Decision decision = Decide(seen);
  EXPECT_EQ(decision.rule, "MovingPart");
  EXPECT_EQ(decision.plan.verdict->reason, kCreating);
  EXPECT_EQ(decision.plan.wait, (Wait{Wait::Kind::kAfter, 30s}));
}

TEST(AnAccountInAzure, ThatFailedIsNotReadyAndIsWrittenAgain) {
  LabAccountObservation seen = AnAccount();
  seen.account.body = With(seen.account.body, R"({"properties": {"provisioningState": "Failed"}})");
  const Assessment assessment = Assess(seen);
  EXPECT_EQ(LinesOf(NextStep(assessment.situation).plan.writes), Lines{"PATCH labaccounts/cs"});
  EXPECT_EQ(ConditionOf(assessment.report, condition::kProvisioned).status, kFalse);
}

struct AdoptionRow {
  const char* name;
  const char* spec;
  std::vector<std::string> attached;
  std::vector<json::Value> switches;
  const char* rule;
};

class AnUntaggedAccount : public testing::TestWithParam<AdoptionRow> {};

TEST_P(AnUntaggedAccount, Is) {
  const AdoptionRow& row = GetParam();
  LabAccountObservation seen = AnAccount(row.spec, Tagged::kNo);
  for (const std::string& gallery : row.attached) seen.attachments->push_back(Attached(gallery));
  seen.switches = row.switches;
  seen.gallery = TeachingInSight();
  EXPECT_EQ(Decide(seen).rule, row.rule);
}

INSTANTIATE_TEST_SUITE_P(
    All, AnUntaggedAccount,
    testing::Values(
        AdoptionRow{"AdoptedWhereNothingDiffers", "{}", {}, {}, "WritePart"},
        AdoptionRow{"AdoptedWhereATagIsAdded", R"({"tags": {"a": "1"}})", {}, {}, "WritePart"},
        AdoptionRow{"NotAdoptedWhereATagWouldChange",
                    R"({"tags": {"theirs": "2"}})",
                    {},
                    {},
                    "AdoptionRefused"},
        AdoptionRow{"AdoptedWhereNoGalleryIsAttached", kAttach, {}, {}, "WritePart"},
        AdoptionRow{"AdoptedWhereTheGalleryIsAttached", kAttach, {kTeaching}, {}, "WritePart"},
        AdoptionRow{"NotAdoptedWhereAnotherGalleryIsAttached",
                    kAttach,
                    {kOldGallery},
                    {},
                    "AdoptionRefused"},
        AdoptionRow{"NotAdoptedWhereAGalleryWouldBeDetached",
                    kDetached,
                    {kOldGallery},
                    {},
                    "AdoptionRefused"},
        AdoptionRow{"AdoptedWhereTheGalleryIsNotManaged", "{}", {kOldGallery}, {}, "WritePart"},
        AdoptionRow{"NotAdoptedWhereASwitchWouldFlip",
                    R"({"images": {"default": "Disabled"}})",
                    {kTeaching},
                    {Switch("ubuntu", "Enabled")},
                    "AdoptionRefused"},
        AdoptionRow{"AdoptedWhereTheSwitchesStandSo",
                    R"({"images": {"default": "Enabled"}})",
                    {kTeaching},
                    {Switch("ubuntu", "Enabled")},
                    "WritePart"},
        AdoptionRow{"AdoptedInAnyCaseWithAlways",
                    R"({"adoption": "Always", "gallery": {"state": "Detached"}})",
                    {kOldGallery},
                    {},
                    "WritePart"},
        AdoptionRow{"NotAdoptedWithNever", R"({"adoption": "Never"})", {}, {}, "AdoptionRefused"},
        AdoptionRow{
            "OnlyWatchedByAnObserver", R"({"managementPolicy": "Observe"})", {}, {}, "Observe"}),
    [](const auto& test) { return test.param.name; });

TEST(AnAdoption, WritesTheMarksFirst) {
  LabAccountObservation seen = AnAccount(kAlways, Tagged::kNo);
  const Decision decision = Decide(seen);
  ASSERT_THAT(decision.plan.writes, SizeIs(1));
  EXPECT_EQ(decision.plan.writes[0].body,
            J(R"({"tags": {"theirs": "kept", "labgallery-owner": "inst/labs/cs",
                           "labgallery-origin": "Adopted"}})"));
}

TEST(AnAdoption, ShowsTheDifferenceWithoutAWrite) {
  LabAccountObservation seen = AnAccount(kAttach, Tagged::kNo);
  seen.attachments->push_back(Attached(kOldGallery));
  seen.gallery = TeachingInSight();
  const Assessment assessment = Assess(seen);
  const Decision decision = NextStep(assessment.situation);
  EXPECT_THAT(decision.plan.writes, IsEmpty());
  const json::Value status =
      StatusDocument(seen, assessment.situation, assessment.report, *decision.plan.verdict);
  EXPECT_EQ(*status.Find("difference"),
            J(R"([{"path": "tags.labgallery-owner", "want": "this object", "have": ""},
                  {"path": "gallery", "want": ")" +
              kTeaching + R"(", "have": ")" + kOldGallery + R"("}])"));
}

TEST(AnAdoption, ShowsWhatIsAttachedEvenBeforeItsOwnGalleryIsInSight) {
  LabAccountObservation seen = AnAccount(kAttach, Tagged::kNo);
  seen.attachments->push_back(Attached(kOldGallery));
  const Assessment assessment = Assess(seen);
  const Decision decision = NextStep(assessment.situation);
  const json::Value status =
      StatusDocument(seen, assessment.situation, assessment.report, *decision.plan.verdict);
  EXPECT_EQ(status.Find("difference")->AsArray()->back(),
            J(R"({"path": "gallery", "want": "attached", "have": ")" + std::string(kOldGallery) +
              R"("})"));
}

TEST(AnObserver, OfAnUntaggedAccountAsDescribedIsReady) {
  const Assessment assessment =
      Assess(AnAccount(R"({"managementPolicy": "Observe"})", Tagged::kNo));
  EXPECT_EQ(*NextStep(assessment.situation).plan.verdict,
            (Verdict{kTrue, kObserving, "as described"}));
}

TEST(AClaim, ByATagOfAnotherObjectStopsEverything) {
  LabAccountObservation seen = AnAccount(kDetached, Tagged::kOther);
  seen.attachments->push_back(Attached(kOldGallery));
  const Decision decision = Decide(seen);
  EXPECT_EQ(decision.rule, "Claimed");
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr("object other"));
  EXPECT_THAT(decision.plan.writes, IsEmpty());
}

TEST(AClaim, ByAnOlderObjectStopsEverythingWhileThereIsNoTag) {
  LabAccountObservation seen = AnAccount("{}", Tagged::kNo);
  seen.rivals = {{{"math", "cs"}, *seen.meta.creation_time - 1s}};
  EXPECT_EQ(Decide(seen).rule, "Claimed");
  seen.rivals[0].created = *seen.meta.creation_time + 1s;
  EXPECT_EQ(Decide(seen).rule, "WritePart");
}

TEST(AClaim, ByAnOlderObjectDoesNotBeatOurTag) {
  LabAccountObservation seen = AnAccount();
  seen.rivals = {{{"math", "cs"}, *seen.meta.creation_time - 1s}};
  EXPECT_EQ(Decide(seen).rule, "Done");
}

TEST(AConvergedAccount, IsDoneTwiceWithoutAWrite) {
  LabAccountObservation seen = AnAccountWith(
      {kTeaching},
      R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}, "images": {"default":
          "Enabled"}, "tags": {"theirs": "kept"}})");
  seen.switches = {Switch("a", "Enabled"), Switch("s", "Disabled")};
  seen.os_states = {{"a", "Generalized"}, {"s", "Specialized"}};
  const Assessment first = Assess(seen);
  const Decision decision = NextStep(first.situation);
  EXPECT_EQ(decision.rule, "Done");
  seen.status = StatusDocument(seen, first.situation, first.report, *decision.plan.verdict);
  seen.now += 5min;
  const Assessment second = Assess(seen);
  EXPECT_EQ(NextStep(second.situation).rule, "Done");
  const json::Value again =
      StatusDocument(seen, second.situation, second.report, *decision.plan.verdict);
  EXPECT_EQ(again, seen.status);
  EXPECT_EQ(WorthWriting(seen.status, again, 5min), Worth::kNo);
}

}  // namespace
}  // namespace labgallery::domain::lab_account
