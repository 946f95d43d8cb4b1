#include "controller/domain/rules.h"

#include <gtest/gtest.h>

#include "tests/unit/controller/domain/situations.h"

namespace labgallery::domain {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using enum ActionKind;
using Kind = Wait::Kind;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
constexpr auto kTrue = kube::ConditionStatus::kTrue;

struct Row {
  const char* name;
  Situation situation;
  const char* rule;
  Plan plan;
};

/// A plan that acts and says nothing.
Plan Act(ActionKind action, Wait wait, std::vector<ArmWrite> writes = {},
         std::vector<Event> events = {}) {
  Plan plan;
  plan.action = action;
  plan.writes = std::move(writes);
  plan.wait = wait;
  plan.events = std::move(events);
  return plan;
}

/// A plan that only says something.
Plan Say(Verdict verdict, Wait wait) {
  Plan plan;
  plan.verdict = std::move(verdict);
  plan.wait = wait;
  return plan;
}

/// A plan that acts and says what it does.
Plan Do(ActionKind action, Verdict verdict, std::vector<ArmWrite> writes = {}) {
  Plan plan = Act(action, {.kind = Kind::kAtOnce}, std::move(writes));
  plan.verdict = std::move(verdict);
  return plan;
}

Wait After(Duration after) { return {Kind::kAfter, after}; }
Wait Waiting(Kind kind) { return {.kind = kind}; }

const std::vector<ArmWrite> kReleaseTag{WriteTo("gallery", Verb::kPatch)};
const Event kLetGoEvent{Event::Type::kNormal, "LetGo",
                        kGalleryId + " stays in Azure and is no longer managed"};
const char* const kWritingText = "writing gallery: tags.department to cs";

Plan WithEvents(Plan plan, std::vector<Event> events) {
  plan.events = std::move(events);
  return plan;
}

class RuleThatDecides : public testing::TestWithParam<Row> {};

TEST_P(RuleThatDecides, Is) {
  const Row& row = GetParam();
  const Decision decision = NextStep(row.situation);
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_TRUE(decision.plan == row.plan)
      << "verdict: "
      << (decision.plan.verdict ? decision.plan.verdict->message : std::string("none"));
}

INSTANTIATE_TEST_SUITE_P(
    TheObject, RuleThatDecides,
    testing::Values(
        Row{"AnObjectThatIsGoneIsForgotten", ASituation().Gone(), "Forget",
            Act(kNone, Waiting(Kind::kForget))},
        Row{"ADeletedObjectWithoutOurFinalizerIsForgotten",
            ASituation().Deleting().WithoutFinalizer(), "Forget",
            Act(kNone, Waiting(Kind::kForget))},
        Row{"RetainLetsGoWithTheReleasedMark", ASituation().Deleting().Retaining(), "LetGo",
            Act(kRelease, Waiting(Kind::kForget), kReleaseTag, {kLetGoEvent})},
        Row{"ADeletionThatOurPolicyTurnedIntoRetainLetsGo", ASituation().Deleting().KeptInstead(),
            "LetGo", Act(kRelease, Waiting(Kind::kForget), kReleaseTag, {kLetGoEvent})},
        Row{"AnObserverLetsGoWithoutAWrite", ASituation().Deleting().Observing(), "LetGo",
            Act(kRelease, Waiting(Kind::kForget))},
        Row{"RetainLetsGoOfWhatIsAnothersWithoutAWrite",
            ASituation().Deleting().Retaining().OfAnother(), "LetGo",
            Act(kRelease, Waiting(Kind::kForget))},
        Row{"RetainLetsGoOfWhatCouldNotBeReadWithoutAWrite",
            ASituation().Deleting().Retaining().Unread(), "LetGo",
            Act(kRelease, Waiting(Kind::kForget))},
        Row{"RetainLetsGoOfWhatIsOutOfScopeWithoutAWrite",
            ASituation().Deleting().Retaining().OutOfScope().With(APart().Releasing()), "LetGo",
            Act(kRelease, Waiting(Kind::kForget))},
        Row{"OnDeleteDetachIsDoneBeforeLettingGo",
            ASituation().Deleting().Retaining().With(APart(), APart("attachment").Releasing()),
            "LetGo",
            Do(kWrite, {kFalse, kReleasing, "detaching before the object is let go"},
               {WriteTo("attachment", Verb::kDelete)})},
        Row{"ADetachmentThatRunsIsAwaitedBeforeLettingGo",
            ASituation().Deleting().Retaining().With(APart("attachment").Releasing().Moving()),
            "LetGo", Say({kFalse, kReleasing, "moving since noon"}, After(7s))},
        Row{"ADetachmentIsTriedOnceOnly",
            ASituation().Deleting().Retaining().With(APart("attachment").Releasing().Failed()),
            "LetGo", Act(kRelease, Waiting(Kind::kForget), kReleaseTag, {kLetGoEvent})},
        Row{"AnObserverDoesNotDetachWhenItGoes",
            ASituation().Deleting().Observing().With(APart("attachment").Releasing()), "LetGo",
            Act(kRelease, Waiting(Kind::kForget))},
        Row{"APausedObjectDoesNothing", ASituation().Paused().With(APart().Writing()), "Paused",
            Say({kFalse, kPaused, "paused by the annotation labgallery.io/paused"},
                Waiting(Kind::kChange))},
        Row{"AnInvalidSpecWaitsForAChange", ASituation().Invalid(), "NotAcceptable",
            Say({kFalse, kInvalidSpec, "bad name"}, Waiting(Kind::kChange))},
        Row{"AScopeThatWasWithdrawnWaitsForAChange", ASituation().OutOfScope(), "NotAcceptable",
            Say({kFalse, kScopeNotAllowed, "outside"}, Waiting(Kind::kChange))},
        Row{"TheSpecIsRefusedBeforeItsScope", ASituation().Invalid().OutOfScope(), "NotAcceptable",
            Say({kFalse, kInvalidSpec, "bad name"}, Waiting(Kind::kChange))},
        Row{"AScopeThatWasWithdrawnBlocksTheDeletion", ASituation().Deleting().OutOfScope(),
            "NotAcceptable",
            Say({kFalse, kDeletionBlocked, "outside; deletionPolicy Retain lets it go"},
                Waiting(Kind::kSlowly))},
        Row{"WithoutACredentialItWaitsSlowly", ASituation().WithoutCredential(), "NoCredential",
            Say({kFalse, kCredentialUnavailable, "no Secret"}, Waiting(Kind::kSlowly))}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Deleting, RuleThatDecides,
    testing::Values(
        Row{"WhatIsAnothersIsLeftAlone", ASituation().Deleting().OfAnother(), "NotOurs",
            Act(kRelease, Waiting(Kind::kForget), {},
                {{Event::Type::kWarning, "NotOurs",
                  kGalleryId + " is not ours and was left alone"}})},
        Row{"WhatLostItsTagIsLeftAlone", ASituation().Deleting().Untagged(), "NotOurs",
            Act(kRelease, Waiting(Kind::kForget), {},
                {{Event::Type::kWarning, "NotOurs",
                  kGalleryId + " is not ours and was left alone"}})},
        Row{"WhatIsInTheWayBlocksIt", ASituation().Deleting().Blocked(), "DeletionBlocked",
            Say({kFalse, kDeletionBlocked,
                 "in the way: Lab lab1; see status.inventory, or set deletionPolicy to Retain"},
                After(1min))},
        Row{"AllThatIsInTheWayIsCounted", ASituation().Deleting().Blocked(3), "DeletionBlocked",
            Say({kFalse, kDeletionBlocked,
                 "in the way: Lab lab1 and 2 more; see status.inventory, or set deletionPolicy to "
                 "Retain"},
                After(1min))},
        Row{"WhatIsDeletedWithItIsAwaited", ASituation().Deleting().BlockedByWhatGoes(),
            "DeletionBlocked",
            Say({kFalse, kDeleting,
                 "waiting until what was deleted with it is gone: Image labs/ubuntu"},
                After(10s))},
        Row{"OneThatStaysIsInTheWayOfAll", ASituation().Deleting().Blocked().BlockedByWhatGoes(),
            "DeletionBlocked",
            Say({kFalse, kDeletionBlocked,
                 "in the way: Lab lab1 and 1 more; see status.inventory, or set deletionPolicy to "
                 "Retain"},
                After(1min))},
        Row{"ThePartThatWasMadeLastGoesFirst",
            ASituation().Deleting().With(APart(), APart("role"), APart("switches").NotThere()),
            "DeletePart",
            Do(kWrite, {kFalse, kDeleting, "removing role"}, {WriteTo("role", Verb::kDelete)})},
        Row{"APartThatIsOnItsWayIsAwaited", ASituation().Deleting().With(APart().Moving()),
            "DeletePart", Say({kFalse, kDeleting, "moving since noon"}, After(7s))},
        Row{"ARemovalThatFailedIsHeldBack", ASituation().Deleting().With(APart().Failed()),
            "DeletePart", Say({kFalse, kQuotaExceeded, "the quota is used up"}, After(3min))},
        Row{"WithNothingLeftTheFinalizerGoes",
            ASituation().Deleting().Absent().With(APart().NotThere()), "DropFinalizer",
            Act(kRemoveFinalizer, Waiting(Kind::kForget))},
        Row{"AnObjectThatNeverNamedAnythingGoes",
            ASituation().Deleting().Unread().Unrecorded().With(APart().NotThere()), "DropFinalizer",
            Act(kRemoveFinalizer, Waiting(Kind::kForget))},
        Row{"WhatCouldNotBeReadKeepsTheFinalizer",
            ASituation().Deleting().Unread().With(APart().NotThere()), "DropFinalizer",
            Say({kFalse, kDeleting, "waiting until " + kGalleryId + " can be read"},
                Waiting(Kind::kBackoff))}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Looking, RuleThatDecides,
    testing::Values(
        Row{"AnObserverSeesWhatIsAsDescribed", ASituation().Observing(), "Observe",
            Say({kTrue, kObserving, "as described"}, Waiting(Kind::kSchedule))},
        Row{"AnObserverTellsWhatDiffers", ASituation().Observing().With(APart().Writing(false)),
            "Observe",
            Say({kFalse, kObserving, "not as described: tags.department (have physics, want cs)"},
                Waiting(Kind::kSchedule))},
        Row{"AnObserverPointsAtWhatIsMissing", ASituation().Observing().With(APart().Writing()),
            "Observe",
            Say({kFalse, kObserving, "not as described: see status"}, Waiting(Kind::kSchedule))},
        Row{"AnObserverIsNotReadyWhileAzureMoves", ASituation().Observing().With(APart().Moving()),
            "Observe",
            Say({kFalse, kObserving, "not as described: see status"}, Waiting(Kind::kSchedule))},
        Row{"AnObserverSeesThatNothingIsThere", ASituation().Observing().Absent(), "Observe",
            Say({kFalse, kObserving, kGalleryId + " is not there"}, Waiting(Kind::kSchedule))},
        Row{"AnObserverTellsWhatItWaitsFor",
            ASituation().Observing().Unread().With(APart().Needing()), "Observe",
            Say({kFalse, kObserving, "no gallery yet"}, Waiting(Kind::kSchedule))},
        Row{"ATagOfAnotherIsAClaim", ASituation().OfAnother().With(APart().Writing()), "Claimed",
            Say({kFalse, kAzureResourceClaimed, "it belongs to labs/other"},
                Waiting(Kind::kSlowly))},
        Row{"WithoutATagTheOlderObjectWins", ASituation().Untagged().WithOlderRival(), "Claimed",
            Say({kFalse, kAzureResourceClaimed,
                 kGalleryId + " is claimed by the older object labs/elder"},
                Waiting(Kind::kSlowly))},
        Row{"TheOlderObjectAlsoMakesIt", ASituation().Absent().WithOlderRival(), "Claimed",
            Say({kFalse, kAzureResourceClaimed,
                 kGalleryId + " is claimed by the older object labs/elder"},
                Waiting(Kind::kSlowly))},
        Row{"OurTagBeatsAnOlderObject", ASituation().WithOlderRival(), "Done",
            Say({kTrue, kReconciled, "all is well"}, Waiting(Kind::kSchedule))},
        Row{"NeverAdoptsNothing", ASituation().Untagged(Adoption::kNever), "AdoptionRefused",
            Say({kFalse, kAdoptionRefused,
                 kGalleryId + " exists already and spec.adoption is Never"},
                Waiting(Kind::kSlowly))},
        Row{"IfIdenticalRefusesAChange", ASituation().Untagged().With(APart().Writing(false)),
            "AdoptionRefused",
            Say({kFalse, kAdoptionRefused,
                 kGalleryId +
                     " exists already and adopting it would change it: tags.department (have "
                     "physics, want cs). Align the spec with Azure, or set spec.adoption to "
                     "Always"},
                Waiting(Kind::kSlowly))},
        Row{"IfIdenticalOffersNothingThatWouldBeRefused",
            ASituation().Untagged().With(APart().Writing(false), APart("attachment").Refused()),
            "AdoptionRefused",
            Say({kFalse, kAdoptionRefused,
                 kGalleryId + " exists already and cannot become what the spec asks for: detach it "
                              "first"},
                Waiting(Kind::kSlowly))},
        Row{"IfIdenticalOffersAlwaysWhereThatIsAllThatIsRefused",
            ASituation().Untagged().With(APart().Writing(false),
                                         APart("version").Refused(kAdoptionRefused)),
            "AdoptionRefused",
            Say({kFalse, kAdoptionRefused,
                 kGalleryId +
                     " exists already and adopting it would change it: tags.department (have "
                     "physics, want cs). Align the spec with Azure, or set spec.adoption to "
                     "Always"},
                Waiting(Kind::kSlowly))},
        Row{"IfIdenticalAllowsAnAddition", ASituation().Untagged().With(APart().Writing()),
            "WritePart", Do(kWrite, {kFalse, kUpdating, kWritingText}, {WriteTo("gallery")})},
        Row{"AlwaysAllowsAChange",
            ASituation().Untagged(Adoption::kAlways).With(APart().Writing(false)), "WritePart",
            Do(kWrite, {kFalse, kUpdating, kWritingText}, {WriteTo("gallery")})}),
    [](const auto& test) { return test.param.name; });

Row Serving(const char* name, APart part, const char* rule, Plan plan) {
  return {name, ASituation().With(part.Serving()), rule, std::move(plan)};
}

INSTANTIATE_TEST_SUITE_P(
    Parts, RuleThatDecides,
    testing::Values(
        Row{"WhatAzureIsBusyWithIsAwaited", ASituation().With(APart().Moving().Writing()),
            "MovingPart", Say({kFalse, kUpdating, "moving since noon"}, After(7s))},
        Serving("WhatServesStaysReadyWhileAzureIsBusy", APart().Moving(), "MovingPart",
                Say({kTrue, kReconciled, "moving since noon"}, After(7s))),
        Row{"AChangeOfAnotherObjectIsAwaited", ASituation().With(APart().Needing()), "MissingNeed",
            Say({kFalse, kWaitingForGallery, "no gallery yet"}, Waiting(Kind::kChange))},
        Row{"WhatNobodyAnnouncesIsLookedAtAgain", ASituation().With(APart().Needing(20s)),
            "MissingNeed", Say({kFalse, kWaitingForGallery, "no gallery yet"}, After(20s))},
        Row{"AWriteThatFailedIsHeldBack", ASituation().With(APart().Failed().Writing()),
            "FailedBefore", Say({kFalse, kQuotaExceeded, "the quota is used up"}, After(3min))},
        Row{"ThrottlingLeavesReadyAsItIs", ASituation().With(APart().Failed(kThrottled).Writing()),
            "FailedBefore", Act(kNone, After(3min))},
        Row{"AFailureOfWhatIsAsWishedDoesNotCount", ASituation().With(APart().Failed()), "Done",
            Say({kTrue, kReconciled, "all is well"}, Waiting(Kind::kSchedule))},
        Row{"WhatCannotBeDoneIsSaid", ASituation().With(APart().Refused()),
            "RefusedByAzureOrPolicy",
            Say({kFalse, kSwapRefused, "detach it first"}, Waiting(Kind::kSlowly))},
        Row{"TheFinalizerIsThereBeforeAnythingIsRecorded",
            ASituation().Absent().WithoutFinalizer().Unrecorded().With(APart().Writing()),
            "RecordFirst", Act(kAddFinalizer, Waiting(Kind::kAtOnce))},
        Row{"TheIdIsRecordedBeforeAnythingIsMade",
            ASituation().Absent().Unrecorded().With(APart().Writing()), "RecordFirst",
            Do(kRecord, {kFalse, kCreating, kWritingText})},
        Row{"TheFinalizerIsThereBeforeAnythingIsMade",
            ASituation().Absent().WithoutFinalizer().With(APart().Writing()), "RecordFirst",
            Act(kAddFinalizer, Waiting(Kind::kAtOnce))},
        Row{"AnIdRecordedWhileSomethingWasAwaitedIsPutRightBeforeTheFinalizerHoldsIt",
            ASituation().Absent().WithoutFinalizer().RecordedAs("/another").With(APart().Writing()),
            "RecordFirst", Do(kRecord, {kFalse, kCreating, kWritingText})},
        Row{"WhatIsOursInAzureIsRecordedToo", ASituation().Unrecorded(), "RecordFirst",
            Do(kRecord, {kTrue, kReconciled, "all is well"})},
        Row{"WhatIsOursButFallsShortIsRecordedSo", ASituation().Unrecorded().Short().Remarking(),
            "RecordFirst", Do(kRecord, {kFalse, kReplicating, "2 of 3 regions"})},
        Row{"WhatIsOursInAzureGetsTheFinalizerToo", ASituation().WithoutFinalizer(), "RecordFirst",
            Act(kAddFinalizer, Waiting(Kind::kAtOnce))},
        Row{"WhatMustBeRememberedIsRecordedBeforeTheWrite",
            ASituation().MustRecord().With(APart().Writing()), "RecordFirst",
            Do(kRecord, {kFalse, kUpdating, kWritingText})},
        Row{"WhatIsMissingIsMade", ASituation().Absent().With(APart().Writing()), "WritePart",
            Do(kWrite, {kFalse, kCreating, kWritingText}, {WriteTo("gallery")})},
        Row{"TheFirstPartThatIsNotDoneIsWritten",
            ASituation().With(APart(), APart("role").Writing(), APart("switches").Writing()),
            "WritePart",
            Do(kWrite, {kFalse, kUpdating, "writing role: tags.department to cs"},
               {WriteTo("role")})},
        Serving("WhatServesStaysReadyWhileItIsWritten", APart().Writing(), "WritePart",
                Do(kWrite, {kTrue, kReconciled, kWritingText}, {WriteTo("gallery")})),
        Row{"WhatFallsShortIsSaid", ASituation().Short().Remarking(), "Shortfall",
            WithEvents(Say({kFalse, kReplicating, "2 of 3 regions"}, Waiting(Kind::kSchedule)),
                       {{Event::Type::kNormal, "RegionOffered", "a"}})},
        Row{"WhatFallsShortIsLookedAtWhenItCanGoOn", ASituation().Short(1h), "Shortfall",
            Say({kFalse, kReplicating, "2 of 3 regions"}, After(1h))},
        Row{"WhatIsAsDescribedIsReady", ASituation().Remarking(), "Done",
            WithEvents(Say({kTrue, kReconciled, "all is well"}, Waiting(Kind::kSchedule)),
                       {{Event::Type::kNormal, "RegionOffered", "a"}})}),
    [](const auto& test) { return test.param.name; });

TEST(Rules, TellWhatGoesWithAWrite) {
  Part part = APart().Writing();
  part.report_at_once = true;
  part.events = {{Event::Type::kNormal, "Swap", "detaching the old gallery"}};
  Plan expected = Do(kWrite, {kFalse, kUpdating, kWritingText}, {WriteTo("gallery")});
  expected.report_at_once = true;
  expected.events = part.events;
  EXPECT_TRUE(NextStep(ASituation().With(part)).plan == expected);
}

TEST(Rules, NameThreeDifferencesAndCountTheRest) {
  Part part = APart().Writing();
  for (const char* path : {"b", "c", "d", "e"}) part.differences.push_back({path, "", "", true});
  EXPECT_EQ(NextStep(ASituation().With(part)).plan.verdict->message,
            "writing gallery: tags.department to cs, b, c, and 2 more");
}

TEST(Rules, SayWhatIsMadeAndWhatIsRemoved) {
  Part made = APart("version 1.0.0").Writing();
  made.differences = {{made.name, "", "", true}};
  EXPECT_EQ(NextStep(ASituation().With(made)).plan.verdict->message, "writing version 1.0.0");
  Part removed = APart("role").Writing();
  removed.differences = {{"assignment", "", "Contributor", false}};
  EXPECT_EQ(NextStep(ASituation().With(removed)).plan.verdict->message,
            "writing role: assignment removed");
}

TEST(Rules, StandInThisOrder) {
  std::vector<std::string_view> names;
  for (const Rule& rule : Rules()) names.push_back(rule.name);
  EXPECT_EQ(names, (std::vector<std::string_view>{
                       "Forget",        "LetGo",       "Paused",          "NotAcceptable",
                       "NoCredential",  "NotOurs",     "DeletionBlocked", "DeletePart",
                       "DropFinalizer", "Observe",     "Claimed",         "AdoptionRefused",
                       "MovingPart",    "MissingNeed", "FailedBefore",    "RefusedByAzureOrPolicy",
                       "RecordFirst",   "WritePart",   "Shortfall",       "Done"}));
}

struct Pair {
  const char* earlier;
  const char* later;
  Situation situation;  // in which both would decide
};

class EarlierRule : public testing::TestWithParam<Pair> {};

bool Applies(std::string_view name, const Situation& situation) {
  for (const Rule& rule : Rules()) {
    if (rule.name == name) return rule.applies(situation).has_value();
  }
  return false;
}

TEST_P(EarlierRule, Wins) {
  const Pair& pair = GetParam();
  EXPECT_TRUE(Applies(pair.earlier, pair.situation));
  EXPECT_TRUE(Applies(pair.later, pair.situation));
  EXPECT_EQ(NextStep(pair.situation).rule, pair.earlier);
}

// LetGo and Paused, and DropFinalizer and Observe, never meet: one is about deletion, the other
// not.
INSTANTIATE_TEST_SUITE_P(
    OfTheObject, EarlierRule,
    testing::Values(
        Pair{"Forget", "LetGo", ASituation().Deleting().Retaining().WithoutFinalizer()},
        Pair{"Forget", "Paused", ASituation().Gone().Paused()},
        Pair{"LetGo", "NotAcceptable", ASituation().Deleting().Retaining().OutOfScope()},
        Pair{"LetGo", "NoCredential", ASituation().Deleting().Retaining().WithoutCredential()},
        Pair{"LetGo", "NotOurs", ASituation().Deleting().Retaining().OfAnother()},
        Pair{"LetGo", "DeletionBlocked", ASituation().Deleting().Retaining().Blocked()},
        Pair{"LetGo", "DeletePart", ASituation().Deleting().Retaining()},
        Pair{"Paused", "NotAcceptable", ASituation().Paused().Invalid()},
        Pair{"Paused", "Observe", ASituation().Paused().Observing()},
        Pair{"NotAcceptable", "NoCredential", ASituation().Invalid().WithoutCredential()},
        Pair{"NotAcceptable", "NotOurs", ASituation().Deleting().OutOfScope().OfAnother()},
        Pair{"NotAcceptable", "DeletePart", ASituation().Deleting().OutOfScope()},
        Pair{"NoCredential", "NotOurs", ASituation().Deleting().WithoutCredential().OfAnother()},
        Pair{"NoCredential", "Observe", ASituation().WithoutCredential().Observing()},
        Pair{"NotOurs", "DeletionBlocked", ASituation().Deleting().OfAnother().Blocked()},
        Pair{"NotOurs", "DeletePart", ASituation().Deleting().Untagged()},
        Pair{"DeletionBlocked", "DeletePart", ASituation().Deleting().Blocked()},
        Pair{"DeletePart", "DropFinalizer", ASituation().Deleting()},
        Pair{"DropFinalizer", "MovingPart",
             ASituation().Deleting().Absent().With(APart().NotThere().Moving())},
        Pair{"DropFinalizer", "WritePart",
             ASituation().Deleting().Absent().With(APart().NotThere().Writing())}),
    [](const auto& test) { return std::string(test.param.earlier) + "Before" + test.param.later; });

INSTANTIATE_TEST_SUITE_P(
    OfWhatIsSeen, EarlierRule,
    testing::Values(
        Pair{"Observe", "Claimed", ASituation().Observing().OfAnother()},
        Pair{"Observe", "AdoptionRefused", ASituation().Observing().Untagged(Adoption::kNever)},
        Pair{"Observe", "WritePart", ASituation().Observing().With(APart().Writing())},
        Pair{"Claimed", "AdoptionRefused",
             ASituation().Untagged(Adoption::kNever).WithOlderRival()},
        Pair{"Claimed", "WritePart", ASituation().OfAnother().With(APart().Writing())},
        Pair{"AdoptionRefused", "MovingPart",
             ASituation().Untagged(Adoption::kNever).With(APart().Moving())},
        Pair{"MovingPart", "MissingNeed", ASituation().With(APart().Moving().Needing())},
        Pair{"MissingNeed", "FailedBefore",
             ASituation().With(APart().Needing().Failed().Writing())},
        Pair{"FailedBefore", "RefusedByAzureOrPolicy",
             ASituation().With(APart().Failed().Refused())},
        Pair{"RefusedByAzureOrPolicy", "RecordFirst",
             ASituation().Unrecorded().With(APart().Refused())},
        Pair{"FailedBefore", "WritePart", ASituation().With(APart().Failed().Writing())},
        Pair{"RecordFirst", "WritePart", ASituation().Unrecorded().With(APart().Writing())},
        Pair{"WritePart", "Shortfall", ASituation().Short().With(APart().Writing())},
        Pair{"Shortfall", "Done", ASituation().Short()}),
    [](const auto& test) { return std::string(test.param.earlier) + "Before" + test.param.later; });

struct BlindRow {
  const char* name;
  Situation situation;
  const char* rule;  // null: Azure has to be looked at
};

class WithoutLooking : public testing::TestWithParam<BlindRow> {};

TEST_P(WithoutLooking, IsDecided) {
  const auto decision = DecideWithoutLooking(GetParam().situation);
  ASSERT_EQ(decision.has_value(), GetParam().rule != nullptr);
  if (!decision) return;
  EXPECT_EQ(decision->rule, GetParam().rule);
  EXPECT_TRUE(decision->plan == NextStep(GetParam().situation).plan);
}

INSTANTIATE_TEST_SUITE_P(
    All, WithoutLooking,
    testing::Values(
        BlindRow{"AnObjectThatIsGone", ASituation().Unread().Gone(), "Forget"},
        BlindRow{"APausedObject", ASituation().Unread().Paused(), "Paused"},
        BlindRow{"ASpecThatIsRefused", ASituation().Unread().Invalid(), "NotAcceptable"},
        BlindRow{"AScopeThatWasWithdrawn", ASituation().Unread().Deleting().OutOfScope(),
                 "NotAcceptable"},
        BlindRow{"AMissingCredential", ASituation().Unread().WithoutCredential(), "NoCredential"},
        BlindRow{"NotALettingGo", ASituation().Unread().Deleting().Retaining(), nullptr},
        BlindRow{"NotADeletion", ASituation().Unread().Deleting(), nullptr},
        BlindRow{"NotABlockedDeletion", ASituation().Unread().Deleting().Blocked(), nullptr},
        BlindRow{"NotAnObservation", ASituation().Unread().Observing(), nullptr},
        BlindRow{"NotAWrite", ASituation().Unread().With(APart().Writing()), nullptr}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace labgallery::domain
