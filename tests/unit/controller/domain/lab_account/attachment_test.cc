#include "controller/domain/lab_account/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/arm.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "src/base/text.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::lab_account {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
const char* const kAttachFirst =
    R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}, "swap": "DetachFirst"}})";
const char* const kDetached = R"({"gallery": {"state": "Detached"}})";
const char* const kAttach = R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}})";

Decision Decide(const LabAccountObservation& seen) { return NextStep(Assess(seen).situation); }

struct AttachRow {
  const char* name;
  LabAccountObservation seen;
  const char* rule;
  Lines writes = {};
  Reason reason = kUpdating;
  std::string message = {};  // part of it
};

class TheAttachment : public testing::TestWithParam<AttachRow> {};

TEST_P(TheAttachment, Is) {
  const AttachRow& row = GetParam();
  const Decision decision = Decide(row.seen);
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_EQ(LinesOf(decision.plan.writes), row.writes);
  for (const ArmWrite& write : decision.plan.writes)
    EXPECT_EQ(write.api_version, "2019-01-01-preview");
  ASSERT_TRUE(decision.plan.verdict);
  EXPECT_EQ(Name(decision.plan.verdict->reason), Name(row.reason));
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr(row.message));
}

template <typename Change>
LabAccountObservation Changed(LabAccountObservation seen, Change&& change) {
  change(seen);
  return seen;
}

LabAccountObservation WithRole(LabAccountObservation seen, RoleSight role, bool grants = true) {
  seen.role = role;
  seen.gallery.grants_role = grants;
  return seen;
}

INSTANTIATE_TEST_SUITE_P(
    First, TheAttachment,
    testing::Values(
        AttachRow{"PutUnderTheGallerysName",
                  AnAccountWith({}, kAttach),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{
            "DoneWhereAzureListsIt", AnAccountWith({kTeaching}, kAttach), "Done", {}, kReconciled},
        AttachRow{
            "DoneInAnyCasing", AnAccountWith({Lower(kTeaching)}, kAttach), "Done", {}, kReconciled},
        AttachRow{"DoneWhereAzureListsItTwice",
                  AnAccountWith({kTeaching, Lower(kTeaching)}, kAttach),
                  "Done",
                  {},
                  kReconciled},
        AttachRow{"PutAgainWhereAzureListsItAsFailed",
                  Changed(AnAccountWith({kTeaching}, kAttach),
                          [](auto& seen) {
                            seen.attachments->front()
                                .Find("properties")
                                ->Set("provisioningState", "Failed");
                          }),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{"AwaitedWhereItFailedForWantOfARole",
                  Changed(WithRole(AnAccountWith({kTeaching}, kAttach), {}),
                          [](auto& seen) {
                            seen.attachments->front()
                                .Find("properties")
                                ->Set("provisioningState", "Failed");
                          }),
                  "MissingNeed",
                  {},
                  kWaitingForRole,
                  "has not got its role"},
        AttachRow{"AwaitedWhereTheGalleryIsNotThere",
                  Changed(AnAccountWith({}, kAttach),
                          [](auto& seen) {
                            seen.gallery = {};
                            seen.gallery.by_object = true;
                            seen.gallery.problem = "no such object";
                          }),
                  "MissingNeed",
                  {},
                  kWaitingForGallery,
                  "no such object"},
        AttachRow{"AwaitedWhereTheGalleryIsNotReady",
                  Changed(AnAccountWith({}, kAttach),
                          [](auto& seen) {
                            seen.gallery.ready = false;
                            seen.gallery.problem = "it is being made";
                          }),
                  "MissingNeed",
                  {},
                  kWaitingForGallery,
                  "it is being made"},
        AttachRow{"AwaitedUntilOurRoleIsThere",
                  WithRole(AnAccountWith({}, kAttach), {}),
                  "MissingNeed",
                  {},
                  kWaitingForRole,
                  "has not got its role"},
        AttachRow{"AwaitedUntilOurRoleHasSettled",
                  WithRole(AnAccountWith({}, kAttach), {true, true, kNoon - 119s}),
                  "MissingNeed",
                  {},
                  kWaitingForRole,
                  "needs 2m to take effect"},
        AttachRow{"TriedOnceOurRoleHasSettled",
                  WithRole(AnAccountWith({}, kAttach), {true, true, kNoon - 120s}),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{"AwaitedWhereAzuresClockIsABitAhead",
                  WithRole(AnAccountWith({}, kAttach), {true, true, kNoon + 120s}),
                  "MissingNeed",
                  {},
                  kWaitingForRole,
                  "needs 2m to take effect"},
        AttachRow{"TriedAtOnceWhereAzuresClockRunsAway",
                  WithRole(AnAccountWith({}, kAttach), {true, true, kNoon + 121s}),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{"TriedAtOnceWithARoleThatOthersGave",
                  WithRole(AnAccountWith({}, kAttach), {true, false, {}}),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{"TriedWithoutARoleThatIsNotOursToGive",
                  WithRole(AnAccountWith({}, kAttach), {}, false),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{"AwaitedWhileItRuns",
                  Changed(AnAccountWith({}, kAttach),
                          [](auto& seen) { Remember(seen, kAttachmentPart, Verb::kPut); }),
                  "MovingPart",
                  {},
                  kUpdating,
                  "attaching " + kTeaching},
        AttachRow{"AwaitedWhileAzureMakesIt",
                  Changed(AnAccountWith({}, kAttach),
                          [](auto& seen) {
                            seen.attachments->push_back(Attached(kTeaching, "Creating"));
                          }),
                  "MovingPart",
                  {},
                  kUpdating,
                  "being attached"},
        AttachRow{
            "HeldBackAfterAFailure",
            Changed(AnAccountWith({}, kAttach), [](auto& seen) { Fail(seen, kAttachmentPart); }),
            "FailedBefore",
            {},
            kPolicyDenied},
        AttachRow{"LeftAloneWhereItIsNotManaged",
                  AnAccountWith({kOldGallery}, "{}"),
                  "Done",
                  {},
                  kReconciled}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Swap, TheAttachment,
    testing::Values(
        AttachRow{"DetachesTheOldGallery",
                  AnAccountWith({kOldGallery}, kAttach),
                  "WritePart",
                  {"DELETE sharedGalleries/old"}},
        AttachRow{"WaitsForTheNewGalleryBeforeItDetaches",
                  Changed(AnAccountWith({kOldGallery}, kAttach),
                          [](auto& seen) {
                            seen.gallery.ready = false;
                            seen.gallery.problem = "it is being made";
                          }),
                  "MissingNeed",
                  {},
                  kWaitingForGallery},
        AttachRow{"WaitsForAGalleryThatNobodyMade",
                  Changed(AnAccountWith({kOldGallery}, kAttach),
                          [](auto& seen) { seen.gallery.id = {}; }),
                  "MissingNeed",
                  {},
                  kWaitingForGallery},
        AttachRow{"WaitsForTheRoleBeforeItDetaches",
                  WithRole(AnAccountWith({kOldGallery}, kAttach), {}),
                  "MissingNeed",
                  {},
                  kWaitingForRole},
        AttachRow{"WaitsUntilTheRoleHasSettledBeforeItDetaches",
                  WithRole(AnAccountWith({kOldGallery}, kAttach), {true, true, kNoon - 1min}),
                  "MissingNeed",
                  {},
                  kWaitingForRole},
        AttachRow{"WaitsUntilAzureNoLongerListsTheOldOne",
                  Changed(AnAccountWith({kOldGallery}, kAttach),
                          [](auto& seen) { Remember(seen, kAttachmentPart, Verb::kDelete); }),
                  "MovingPart",
                  {},
                  kWaitingForDetach,
                  "no longer lists " + kOldGallery},
        AttachRow{"WaitsAlsoAfterARestart",
                  Changed(AnAccountWith({}, kAttach),
                          [](auto& seen) {
                            seen.attachments->push_back(Attached(kOldGallery, "Deleting"));
                          }),
                  "MovingPart",
                  {},
                  kWaitingForDetach},
        AttachRow{"AttachesOnceTheOldOneIsGone",
                  AnAccountWith({}, kAttach),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}},
        AttachRow{"DetachesASecondGalleryFromOutside",
                  AnAccountWith({kTeaching, kOldGallery}, kAttach),
                  "WritePart",
                  {"DELETE sharedGalleries/old"}},
        AttachRow{"RefusesUnderDetachFirst",
                  AnAccountWith({kOldGallery}, kAttachFirst),
                  "RefusedByAzureOrPolicy",
                  {},
                  kSwapRefused,
                  "set spec.gallery.state to Detached, wait until it is detached, then attach " +
                      kTeaching},
        AttachRow{"RefusesASecondGalleryFromOutsideUnderDetachFirst",
                  AnAccountWith({kTeaching, kOldGallery}, kAttachFirst),
                  "RefusedByAzureOrPolicy",
                  {},
                  kSwapRefused},
        AttachRow{"AttachesUnderDetachFirstWhereAzureListsNone",
                  AnAccountWith({}, kAttachFirst),
                  "WritePart",
                  {"PUT sharedGalleries/teaching " + kTeaching}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Detach, TheAttachment,
    testing::Values(
        AttachRow{"DeletesWhatIsAttached",
                  AnAccountWith({kOldGallery}, kDetached),
                  "WritePart",
                  {"DELETE sharedGalleries/old"}},
        AttachRow{"DeletesAllThatIsAttached",
                  AnAccountWith({kOldGallery, kTeaching}, kDetached),
                  "WritePart",
                  {"DELETE sharedGalleries/old", "DELETE sharedGalleries/teaching"}},
        AttachRow{"IsAwaited",
                  Changed(AnAccountWith({kOldGallery}, kDetached),
                          [](auto& seen) { Remember(seen, kAttachmentPart, Verb::kDelete); }),
                  "MovingPart",
                  {},
                  kWaitingForDetach},
        AttachRow{"IsDoneWhereNothingIs", AnAccountWith({}, kDetached), "Done", {}, kReconciled}),
    [](const auto& test) { return test.param.name; });

TEST(ASwap, IsTold) {
  EXPECT_EQ(Decide(AnAccountWith({kOldGallery}, kAttach)).plan.events,
            (std::vector<Event>{
                {Event::Type::kNormal, "Swap", "detaching " + kOldGallery + " for " + kTeaching}}));
  EXPECT_THAT(Decide(AnAccountWith({}, kAttach)).plan.events, IsEmpty())
      << "no events on the happy path";
}

TEST(ASwap, ThatFailsHalfwayNamesTheOldGalleryAndHowToReturn) {
  LabAccountObservation seen = AnAccountWith({}, kAttach);
  seen.status = With(seen.status, R"({"gallery": {"resourceId": ")" + kOldGallery + R"("}})");
  Fail(seen, kAttachmentPart);
  const Assessment first = Assess(seen);
  const kube::Condition condition = ConditionOf(first.report, condition::kGalleryAttached);
  EXPECT_EQ(condition.status, kFalse);
  EXPECT_THAT(condition.message, AllOf(HasSubstr("Before, " + kOldGallery + " was attached"),
                                       HasSubstr("name it in spec.gallery.ref.resourceId")));
  // The next passes know it from what the first one reported.
  seen.status = StatusDocument(seen, first.situation, first.report, {});
  EXPECT_EQ(seen.status.Find("gallery"), nullptr);
  EXPECT_THAT(ConditionOf(Assess(seen).report, condition::kGalleryAttached).message,
              HasSubstr(kOldGallery));
  // Once it has succeeded, nobody needs to return.
  seen.memory.clear();
  seen.attachments->push_back(Attached(kTeaching));
  EXPECT_EQ(Assess(seen).report.details.Find("previousGalleryId"), nullptr);
}

TEST(TheGalleryInStatus, HasTheTimeWhenItWasFirstSeen) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, kAttach);
  EXPECT_EQ(*Assess(seen).report.details.Find("gallery"),
            J(R"({"name": "teaching", "resourceId": ")" + kTeaching +
              R"(", "attachedTime": "2024-10-04T12:00:00Z"})"));
  seen.status.Set("gallery", *Assess(seen).report.details.Find("gallery"));
  seen.now += 1h;
  EXPECT_EQ(Assess(seen).report.details.At({"gallery", "attachedTime"})->AsString()->substr(11),
            "12:00:00Z");
}

TEST(TheGalleryInStatus, StaysAsItWasWhereAzureWasNotRead) {
  LabAccountObservation seen = AnAccountWith({}, kAttach);
  seen.attachments.reset();
  seen.status = With(seen.status, R"({"gallery": {"name": "old"}, "previousGalleryId": "older"})");
  EXPECT_EQ(Assess(seen).report.details.Text({"gallery", "name"}), "old");
  EXPECT_EQ(Assess(seen).report.details.Text({"previousGalleryId"}), "older");
}

TEST(TheRole, ThatWasNotSeenIsSaid) {
  const Assessment assessment = Assess(WithRole(AnAccountWith({}, kAttach), {}, false));
  const kube::Condition condition = ConditionOf(assessment.report, condition::kRoleAssigned);
  EXPECT_EQ(condition.status, kFalse);
  EXPECT_THAT(condition.message, AllOf(HasSubstr(std::string(kContributorRole)),
                                       HasSubstr(std::string(kLabAccounts.application))));
  EXPECT_EQ(ConditionOf(Assess(WithRole(AnAccountWith({}, kAttach), {true, false, {}})).report,
                        condition::kRoleAssigned)
                .status,
            kTrue);
}

TEST(TheRole, IsAsItWasLastSeenWhereItWasNotRead) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, kAttach);
  SayTrue(seen, condition::kRoleAssigned);
  EXPECT_EQ(ConditionOf(Assess(seen).report, condition::kRoleAssigned).status, kTrue);
}

}  // namespace
}  // namespace labgallery::domain::lab_account
