#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/image/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "src/base/time_text.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::image {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
const std::string kSource = kScope + "/providers/Microsoft.Compute/images/m";

/// An image with version 1.0.0 in the whole geography; `replication` and `spec` are merged in.
ImageObservation Made(std::vector<VersionInSight> versions, std::string_view replication = "{}",
                      std::string_view spec = "{}") {
  ImageObservation seen = AnImage(R"({"version": "1.0.0", "source": {"managedImageId": ")" +
                                  kSource + R"("}, "replication": {"scope": "Geography"}})");
  json::MergePatch(*seen.spec.Find("replication"), J(replication));
  json::MergePatch(seen.spec, J(spec));
  seen.status.Set("regionsRecord", J(R"({"sourceRegion": "a", "geography": "Land",
                                         "regions": ["a", "b", "c"]})"));
  seen.versions = std::move(versions);
  return seen;
}

template <typename Change>
ImageObservation Changed(ImageObservation seen, Change&& change) {
  change(seen);
  return seen;
}

/// Status as it was written when the regions were so.
ImageObservation After(ImageObservation seen, std::string_view regions) {
  seen.status.Set("version", "1.0.0");
  seen.status.Set("regions", J(regions));
  return seen;
}

Decision Decide(const ImageObservation& seen) { return NextStep(Assess(seen).situation); }

struct Row {
  const char* name;
  ImageObservation seen;
  const char* rule;
  Lines writes = {};
  Verdict verdict = {};  // of the message a part
};

class TheVersion : public testing::TestWithParam<Row> {};

TEST_P(TheVersion, Is) {
  const Row& row = GetParam();
  const Decision decision = Decide(row.seen);
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_EQ(LinesOf(decision.plan.writes), row.writes);
  ASSERT_TRUE(decision.plan.verdict);
  EXPECT_EQ(decision.plan.verdict->ready, row.verdict.ready);
  EXPECT_EQ(Name(decision.plan.verdict->reason), Name(row.verdict.reason));
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr(row.verdict.message));
}

VersionInSight All(std::string_view state = "Succeeded") {
  return AVersion("1.0.0", {{"a"}, {"b"}, {"c"}}, Tagged::kCreated, state);
}
VersionInSight Filling(std::string_view state = "Updating") {
  return AVersion("1.0.0", {{"a"}, {"b", "Replicating", 40}, {"c", "Replicating", 0}},
                  Tagged::kCreated, state);
}
VersionInSight WithFailed(std::string_view state = "Succeeded") {
  return AVersion("1.0.0", {{"a"}, {"b"}, {"c", "Failed", 0}}, Tagged::kCreated, state);
}

VersionInSight Broken() {
  return AVersion("1.0.0", {{"a", "Unknown", 0}, {"b", "Unknown", 0}, {"c", "Unknown", 0}},
                  Tagged::kCreated, "Failed");
}

const std::string kPutAll = "PUT versions/1.0.0 a b c";
const char* const kOrdered = R"({"rollout": "Ordered"})";
const char* const kOneIsEnough = R"({"readyWhen": {"minRegions": 1}})";

INSTANTIATE_TEST_SUITE_P(
    OnItsWay, TheVersion,
    testing::Values(
        Row{"MadeInAllRegions",
            Made({}),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, "writing image version 1.0.0"}},
        Row{"MadeInItsOwnRegionWithoutReplication",
            Made({}, "{}", R"({"replication": null})"),
            "WritePart",
            {"PUT versions/1.0.0 a"},
            {kFalse, kUpdating, ""}},
        Row{"AwaitedWhileTheRequestRuns",
            Changed(Made({}), [](auto& seen) { Remember(seen, VersionPart("1.0.0"), Verb::kPut); }),
            "MovingPart",
            {},
            {kFalse, kCreating, "image version 1.0.0 is being changed"}},
        Row{"BeingMadeWhileAzureHasNothingToReport",
            Made({{"1.0.0",
                   Owned(J(R"({"location": "a", "properties": {"provisioningState": "Creating",
                     "publishingProfile": {"targetRegions": [{"name": "A"}, {"name": "b"},
                     {"name": "c"}]}}})"),
                         "ubuntu", Tagged::kCreated)}}),
            "MovingPart",
            {},
            {kFalse, kCreating, "is being made"}},
        Row{"ReplicatingWhileRegionsAreFilled",
            Made({Filling()}),
            "MovingPart",
            {},
            {kFalse, kReplicating, "in 1/3 regions"}},
        Row{"ReplicatingThoughAzureSaysSucceeded",
            Made({Filling("Succeeded")}),
            "MovingPart",
            {},
            {kFalse, kReplicating, "in 1/3 regions"}},
        Row{"ReadyWithEnoughRegionsWhileAzureSaysUpdating",
            Made({Filling()}, kOneIsEnough),
            "MovingPart",
            {},
            {kTrue, kReconciled, "in 1/3 regions"}},
        Row{"ReadyOnceAllRegionsAreFilledWhileAzureSaysUpdating",
            Made({All("Updating")}),
            "MovingPart",
            {},
            {kTrue, kReconciled, "in 3/3 regions"}},
        Row{"DoneOnceAzureSaysSucceeded",
            Made({All()}),
            "Done",
            {},
            {kTrue, kReconciled, "version 1.0.0 is in 3/3 regions"}},
        Row{"StalledWhereNothingMovesForLong",
            After(Made({Filling()}), R"([
              {"name": "a", "state": "Completed", "progress": 100,
               "lastTransitionTime": "2024-10-03T00:00:00Z"},
              {"name": "b", "state": "Replicating", "progress": 40,
               "lastTransitionTime": "2024-10-03T23:59:59Z"},
              {"name": "c", "state": "Replicating", "progress": 0,
               "lastTransitionTime": "2024-10-03T00:00:00Z"}])"),
            "MovingPart",
            {},
            {kFalse, kReplicationStalled, "without progress since 2024-10-03T23:59:59Z"}},
        Row{"HeldBackAfterAFailure",
            Changed(Made({}), [](auto& seen) { Fail(seen, VersionPart("1.0.0")); }),
            "FailedBefore",
            {},
            {kFalse, kPolicyDenied, "it failed"}},
        Row{"SentAgainWhereItFailedAsAWhole",
            Made({Broken()}),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, ""}},
        Row{"HeldBackBeforeItIsSentAgain",
            Changed(Made({Broken()}), [](auto& seen) { Fail(seen, VersionPart("1.0.0")); }),
            "FailedBefore",
            {},
            {kFalse, kPolicyDenied, "it failed"}},
        Row{"NotMadeWhileTheRegionsAreNotKnown",
            Changed(Made({}),
                    [](auto& seen) {
                      seen.status.Remove("regionsRecord");
                      seen.catalog.reset();
                      seen.catalog_problem = "no locations";
                    }),
            "MissingNeed",
            {},
            {kFalse, kRegionUnavailable, "no locations"}},
        Row{"UnreadableWhereItsRegionsAre",
            Made(
                {{"1.0.0",
                  Owned(
                      J(R"({"properties": {"publishingProfile": {"targetRegions": [{"name": 7}]}}})"),
                      "ubuntu", Tagged::kCreated)}}),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kAzureError, "cannot be read"}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Ordered, TheVersion,
    testing::Values(Row{"MadeInTheFirstRegionOnly",
                        Made({}, kOrdered),
                        "WritePart",
                        {"PUT versions/1.0.0 a"},
                        {kFalse, kUpdating, ""}},
                    Row{"AwaitedInTheFirstRegion",
                        Made({AVersion("1.0.0", {{"a", "Replicating", 50}})}, kOrdered),
                        "MovingPart",
                        {},
                        {kFalse, kReplicating, "in 0/3 regions"}},
                    Row{"TakenToTheNextRegion",
                        Made({AVersion("1.0.0", {{"a"}})}, kOrdered),
                        "WritePart",
                        {"PUT versions/1.0.0 a b"},
                        {kFalse, kUpdating, ""}},
                    Row{"TakenToTheListedRegionFirst",
                        Made({AVersion("1.0.0", {{"a"}})},
                             R"({"rollout": "Ordered", "regions": [{"name": "c"}]})"),
                        "WritePart",
                        {"PUT versions/1.0.0 a c"},
                        {kFalse, kUpdating, ""}},
                    Row{"ReadyWhileItGoesOnWhereOneIsEnough",
                        Made({AVersion("1.0.0", {{"a"}})},
                             R"({"rollout": "Ordered", "readyWhen": {"minRegions": 1}})"),
                        "WritePart",
                        {"PUT versions/1.0.0 a b"},
                        {kTrue, kReconciled, ""}}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Repair, TheVersion,
    testing::Values(
        Row{"PutBackIntoARegionThatVanished",
            After(Made({AVersion("1.0.0", {{"a"}, {"b"}})}),
                  R"([{"name": "c", "state": "Completed"}])"),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, ""}},
        Row{"TakenOutOfARegionThatFailed",
            After(Made({WithFailed()}), "[]"),
            "WritePart",
            {"PUT versions/1.0.0 a b"},
            {kFalse, kUpdating, ""}},
        Row{"NotRepairedMoreThanThriceADay",
            Changed(After(Made({WithFailed()}), "[]"),
                    [](auto& seen) {
                      seen.status.Set("repairs", J(R"([{"region": "c", "day": "2024-10-04",
                                                        "count": 3}])"));
                    }),
            "Shortfall",
            {},
            {kFalse, kRegionFailed, "the next attempt is at 2024-10-05T00:00:00Z"}},
        Row{"NotSentAgainAsAWholeForARegionThatFailed",
            Changed(After(Made({WithFailed("Failed")}), "[]"),
                    [](auto& seen) {
                      seen.status.Set("repairs", J(R"([{"region": "c", "day": "2024-10-04",
                                                        "count": 3}])"));
                    }),
            "Shortfall",
            {},
            {kFalse, kRegionFailed, ""}},
        Row{"NotRepairedWhereItsOwnRegionFailed",
            After(Made({AVersion("1.0.0", {{"a", "Failed", 0}, {"b"}, {"c"}})}), "[]"),
            "Shortfall",
            {},
            {kFalse, kRegionFailed, "make a new version"}},
        Row{"AddedAgainWhereARegionWasTakenOut",
            After(Made({AVersion("1.0.0", {{"a"}, {"b"}})}),
                  R"([{"name": "c", "state": "Removing"}])"),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, ""}},
        Row{"AddedAgainThoughItsRegionsComeFromStatus",
            After(Changed(Made({AVersion("1.0.0", {{"a"}, {"b"}})}),
                          [](auto& seen) {
                            seen.versions[0].body.Find("properties")->Remove("replicationStatus");
                          }),
                  R"([{"name": "a", "state": "Completed"}, {"name": "b", "state": "Completed"},
                      {"name": "c", "state": "Removing"}])"),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, ""}},
        Row{"DoneThoughItsRegionsComeFromStatus",
            After(Changed(Made({All()}),
                          [](auto& seen) {
                            seen.versions[0].body.Find("properties")->Remove("replicationStatus");
                          }),
                  R"([{"name": "a", "state": "Completed"}, {"name": "b", "state": "Completed"},
                      {"name": "c", "state": "Completed"}])"),
            "Done",
            {},
            {kTrue, kReconciled, "3/3"}},
        Row{"AllowedToLoseRegionsFirst",
            Changed(Made({AVersion("1.0.0", {{"a"}, {"b"}, {"c"}, {"d"}})}),
                    [](auto& seen) {
                      seen.versions[0].body.Find("properties")->Remove("safetyProfile");
                    }),
            "WritePart",
            {"PUT versions/1.0.0 a b c d"},
            {kFalse, kUpdating, ""}},
        Row{"TakenOutOfARegionThatIsNotAskedFor",
            Made({AVersion("1.0.0", {{"a"}, {"b"}, {"c"}, {"d"}})}),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, ""}}),
    [](const auto& test) { return test.param.name; });

TEST(ARepair, IsToldAndReportedAtOnce) {
  const ImageObservation seen = After(Made({WithFailed()}), "[]");
  const Assessment assessment = Assess(seen);
  const Plan plan = NextStep(assessment.situation).plan;
  EXPECT_TRUE(plan.report_at_once);
  ASSERT_THAT(plan.events, SizeIs(1));
  EXPECT_EQ(plan.events[0].reason, "RegionRepair");
  EXPECT_EQ(plan.events[0].type, Event::Type::kWarning);
  EXPECT_EQ(*assessment.report.details.Find("repairs"),
            J(R"([{"region": "c", "day": "2024-10-04", "count": 1}])"));
}

// ---- the version's own fields and its owner

const char* const kStorage = R"({"storageAccountType": "Premium_LRS"})";

VersionInSight Stored(std::string_view type) {
  VersionInSight version = All();
  for (json::Value& region : version.body.Find("properties")
                                 ->Find("publishingProfile")
                                 ->Find("targetRegions")
                                 ->MakeArray())
    region.Set("storageAccountType", type);
  return version;
}

VersionInSight OwnedBy(Tagged tagged) { return AVersion("1.0.0", {{"a"}, {"b"}, {"c"}}, tagged); }

VersionInSight From(const std::string& source, VersionInSight version = All()) {
  version.body.Find("properties")->Set("storageProfile", {}).Set("source", {}).Set("id", source);
  return version;
}

const char* const kLatest = R"({"excludeFromLatest": true})";

INSTANTIATE_TEST_SUITE_P(
    OwnFields, TheVersion,
    testing::Values(
        Row{"ChangedWhereAFieldDiffers",
            Made({All()}, "{}", kLatest),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, "excludeFromLatest"}},
        Row{"TaggedAsTheSpecSays",
            Made({All()}, "{}", R"({"tags": {"t": "1"}})"),
            "WritePart",
            {"PUT images/ubuntu"},
            {kFalse, kUpdating, ""}},
        Row{"RefusedWithAnotherSource",
            Made({From(kSource + "2")}),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kInvalidSpec,
             kSource + "\": Azure cannot change this; change the spec back, or "
                       "give spec.version a new number"}},
        Row{"RefusedWithAnotherLocation",
            Made({All()}, "{}", R"({"location": "b", "definition": null})"),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kInvalidSpec,
             "version 1.0.0: location is \"a\" in Azure, the spec asks for \"b\": Azure cannot "
             "change this; change spec.location back or take it out: spec.replication takes a "
             "version to other regions"}},
        Row{"DoneWithTheSameSourceInAnyCasing",
            Made({From("/SUBSCRIPTIONS/S1" + kSource.substr(17))}),
            "Done",
            {},
            {kTrue, kReconciled, ""}},
        Row{"RefusedWithAnotherStorage",
            Made({Stored("Standard_LRS")}, kStorage),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kInvalidSpec, "storageAccountType"}},
        Row{"DoneWithTheSameStorage",
            Made({Stored("Premium_LRS")}, kStorage),
            "Done",
            {},
            {kTrue, kReconciled, ""}},
        Row{"ClaimedByAnother",
            Made({OwnedBy(Tagged::kOther)}, "{}", kLatest),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kAzureResourceClaimed, "object other"}},
        Row{"RefusedForWhatEvenAlwaysCouldNotChange",
            Made({From(kSource + "2", OwnedBy(Tagged::kNo))}),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kInvalidSpec, "give spec.version a new number"}},
        Row{"AdoptedWhereNothingDiffers",
            Made({OwnedBy(Tagged::kNo)}),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, "tags.labgallery-owner"}},
        Row{"NotAdoptedWhereItWouldChange",
            Changed(Made({OwnedBy(Tagged::kNo)}, "{}", R"({"excludeFromLatest": false})"),
                    [](auto& seen) {
                      seen.versions[0].body = With(
                          seen.versions[0].body,
                          R"({"properties": {"publishingProfile": {"excludeFromLatest": true}}})");
                    }),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kAdoptionRefused, "excludeFromLatest"}},
        Row{"NotAdoptedWhereItWouldLoseARegion",
            Made({AVersion("1.0.0", {{"a"}, {"b"}, {"c"}, {"d"}}, Tagged::kNo)}),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kAdoptionRefused, "targetRegions"}},
        Row{"AdoptedWhereItGainsARegion",
            Made({AVersion("1.0.0", {{"a"}, {"b"}}, Tagged::kNo)}),
            "WritePart",
            {"PUT versions/1.0.0 a b"},
            {kFalse, kUpdating, ""}},
        Row{"AdoptedWithAlways",
            Made({OwnedBy(Tagged::kNo)}, "{}",
                 R"({"adoption": "Always", "excludeFromLatest": true})"),
            "WritePart",
            {kPutAll},
            {kFalse, kUpdating, ""}},
        Row{"NotAdoptedWithNever",
            Made({OwnedBy(Tagged::kNo)}, "{}", R"({"adoption": "Never"})"),
            "RefusedByAzureOrPolicy",
            {},
            {kFalse, kAdoptionRefused, "spec.adoption is Never"}},
        Row{"OnlyWatchedByAnObserver",
            Made({OwnedBy(Tagged::kNo)}, "{}",
                 R"({"managementPolicy": "Observe", "adoption": "Never"})"),
            "Observe",
            {},
            {kTrue, kObserving, "as described"}}),
    [](const auto& test) { return test.param.name; });

// ---- a version that vanished

TEST(AVersionThatVanished, IsReportedAndMadeAgainOnRequestOnly) {
  ImageObservation seen = Made({All()});
  const Assessment there = Assess(seen);
  EXPECT_EQ(there.report.details.Text({"versionSeenSucceeded"}), "1.0.0");
  seen.status.Set("versionSeenSucceeded", "1.0.0");
  seen.versions.clear();
  const Decision missing = Decide(seen);
  EXPECT_EQ(missing.rule, "RefusedByAzureOrPolicy");
  EXPECT_EQ(missing.plan.verdict->reason, kVersionMissing);
  EXPECT_THAT(missing.plan.verdict->message, HasSubstr("labgallery.io/recreate-version=1.0.0"));
  EXPECT_EQ(Assess(seen).report.details.Text({"versionSeenSucceeded"}), "1.0.0") << "remembered";

  seen.meta.annotations["labgallery.io/recreate-version"] = "2.0.0";
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kVersionMissing) << "another version was asked for";

  seen.meta.annotations["labgallery.io/recreate-version"] = "1.0.0@monday";
  const Assessment asked = Assess(seen);
  EXPECT_EQ(NextStep(asked.situation).plan.action, ActionKind::kRecord) << "handled first";
  EXPECT_EQ(asked.report.details.Text({"handledRecreate"}), "1.0.0@monday");
  EXPECT_EQ(asked.report.details.Find("versionSeenSucceeded"), nullptr);
  seen.status = StatusDocument(seen, asked.situation, asked.report, {});
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{kPutAll});

  seen.status.Set("versionSeenSucceeded", "1.0.0");
  const Decision again = Decide(seen);
  EXPECT_EQ(again.plan.verdict->reason, kVersionMissing) << "a request acts once";
  EXPECT_THAT(
      again.plan.verdict->message,
      HasSubstr("labgallery.io/recreate-version=1.0.0@<anything> to have it made again; the "
                "value 1.0.0@monday has acted already"));
  seen.meta.annotations["labgallery.io/recreate-version"] = "1.0.0@tuesday";
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kRecord) << "another text is another request";
}

TEST(AVersionThatVanished, IsForgottenWithAnotherNumber) {
  ImageObservation seen = Made({}, "{}", R"({"version": "2.0.0"})");
  seen.status.Set("versionSeenSucceeded", "1.0.0");
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"PUT versions/2.0.0 a b c"});
}

// ---- what is written

TEST(ANewVersion, HasSourceTagsAndTheRightToLoseRegions) {
  const ArmWrite write = Decide(Made({}, "{}", R"({"tags": {"t": "1"}})")).plan.writes.at(0);
  // The definition comes first: its tag is missing.
  EXPECT_EQ(write.target.text(), kUbuntu);
  ImageObservation seen = Made({});
  const ArmWrite version = Decide(seen).plan.writes.at(0);
  EXPECT_EQ(version.target.text(), kUbuntu + "/versions/1.0.0");
  EXPECT_EQ(version.body.Text({"location"}), "a");
  EXPECT_EQ(*version.body.Find("tags"), J(R"({"labgallery-owner": "inst/labs/ubuntu",
                                              "labgallery-origin": "Created"})"));
  EXPECT_EQ(version.body.Text({"properties", "storageProfile", "source", "id"}), kSource);
  EXPECT_EQ(*version.body.At({"properties", "safetyProfile", "allowDeletionOfReplicatedLocations"}),
            json::Value(true));
}

}  // namespace
}  // namespace labgallery::domain::image
