#include "controller/domain/shared_image_gallery/gallery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::shared_image_gallery {
namespace {

using namespace std::chrono_literals;
using enum Reason;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;

Decision Decide(const GalleryObservation& seen) { return NextStep(Assess(seen).situation); }

GalleryObservation Absent(std::string_view patch = "{}") {
  GalleryObservation seen = AGallery(patch);
  seen.gallery = AbsentInAzure();
  return seen;
}

TEST(AGalleryInAzure, AsDescribedNeedsNothing) {
  const Assessment assessment = Assess(AGallery());
  EXPECT_EQ(*NextStep(assessment.situation).plan.verdict,
            (Verdict{kTrue, kReconciled, "the gallery is in Azure as described"}));
  EXPECT_EQ(ConditionOf(assessment.report, condition::kProvisioned).status, kTrue);
}

TEST(AGalleryInAzure, IsMadeWithBothTagsInItsFirstPut) {
  const Decision decision = Decide(Absent(R"({"description": "d", "tags": {"a": "1"}})"));
  EXPECT_EQ(decision.plan.writes,
            (std::vector<ArmWrite>{
                {"gallery", Verb::kPut, azure::ResourceId::Parse(kTeaching).value(), "2023-07-03",
                 J(R"({"location": "westeurope", "properties": {"description": "d"},
                       "tags": {"a": "1", "labgallery-owner": "inst/labs/teaching",
                                "labgallery-origin": "Created"}})")}}));
}

TEST(AGalleryInAzure, IsNotMadeBeforeTheFinalizerAndThenItsId) {
  GalleryObservation seen = Absent();
  seen.meta.finalizers.clear();
  seen.status.Remove("resourceId");
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kAddFinalizer);
  seen.meta.finalizers = {std::string(kFinalizer)};
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kRecord);
  seen.status.Set("resourceId", kTeaching);
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kWrite);
}

TEST(AGalleryInAzure, CannotBeMadeWithoutALocation) {
  const Decision decision = Decide(Absent(R"({"location": null})"));
  EXPECT_EQ(decision.rule, "RefusedByAzureOrPolicy");
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr("spec.location"));
}

TEST(AGalleryInAzure, CannotBeMoved) {
  const Decision decision = Decide(AGallery(R"({"location": "northeurope"})"));
  EXPECT_EQ(decision.rule, "RefusedByAzureOrPolicy");
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr("is in westeurope"));
}

struct PatchRow {
  const char* name;
  const char* spec;
  const char* azure;  // merged into the body
  const char* body;   // of the PATCH; null: nothing is written
};

class AChange : public testing::TestWithParam<PatchRow> {};

TEST_P(AChange, Is) {
  GalleryObservation seen = AGallery(GetParam().spec);
  seen.gallery.body = With(seen.gallery.body, GetParam().azure);
  const std::vector<ArmWrite> writes = Decide(seen).plan.writes;
  ASSERT_THAT(writes, SizeIs(GetParam().body == nullptr ? 0 : 1));
  if (writes.empty()) return;
  EXPECT_EQ(writes[0].verb, Verb::kPatch);
  json::Value tags = J(R"({"theirs": "kept", "labgallery-owner": "inst/labs/teaching",
                           "labgallery-origin": "Created"})");
  json::Value body;
  body.Set("tags", std::move(tags));
  EXPECT_EQ(writes[0].body, With(body, GetParam().body));
}

INSTANTIATE_TEST_SUITE_P(
    All, AChange,
    testing::Values(PatchRow{"NothingWhereTheSpecIsSilent", "{}",
                             R"({"properties": {"description": "d"}})", nullptr},
                    PatchRow{"OfTheDescription", R"({"description": "new"})",
                             R"({"properties": {"description": "old"}})",
                             R"({"properties": {"description": "new"}})"},
                    PatchRow{"OfATag", R"({"tags": {"theirs": "ours"}})", "{}",
                             R"({"tags": {"theirs": "ours"}})"},
                    PatchRow{"NothingWhereTheTagIsThere", R"({"tags": {"theirs": "kept"}})", "{}",
                             nullptr},
                    PatchRow{"AnotherAttemptAfterAFailure", "{}",
                             R"({"properties": {"provisioningState": "Failed"}})", "{}"}),
    [](const auto& test) { return test.param.name; });

struct AdoptionRow {
  const char* name;
  const char* spec;
  const char* rule;
};

class AnUntaggedGallery : public testing::TestWithParam<AdoptionRow> {};

TEST_P(AnUntaggedGallery, Is) {
  GalleryObservation seen = AGallery(GetParam().spec, Tagged::kNo);
  seen.gallery.body = With(seen.gallery.body, R"({"properties": {"description": "theirs"}})");
  EXPECT_EQ(Decide(seen).rule, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(
    All, AnUntaggedGallery,
    testing::Values(
        AdoptionRow{"AdoptedWhereNothingDiffers", "{}", "WritePart"},
        AdoptionRow{"AdoptedWhereATagIsAdded", R"({"tags": {"a": "1"}})", "WritePart"},
        AdoptionRow{"NotAdoptedWhereTheDescriptionWouldChange", R"({"description": "ours"})",
                    "AdoptionRefused"},
        AdoptionRow{"NotAdoptedElsewhere", R"({"location": "northeurope"})", "AdoptionRefused"},
        AdoptionRow{"AdoptedWithAlways", R"({"description": "ours", "adoption": "Always"})",
                    "WritePart"},
        AdoptionRow{"NotAdoptedWithNever", R"({"adoption": "Never"})", "AdoptionRefused"}),
    [](const auto& test) { return test.param.name; });

TEST(AnAdoptedGallery, SaysSoInItsTagsAndInStatus) {
  const Decision decision = Decide(AGallery("{}", Tagged::kNo));
  EXPECT_EQ(decision.plan.writes.at(0).body.Text({"tags", "labgallery-origin"}), "Adopted");
  const GalleryObservation seen = AGallery("{}", Tagged::kAdopted);
  const Assessment assessment = Assess(seen);
  const json::Value status = StatusDocument(seen, assessment.situation, assessment.report, {});
  EXPECT_EQ(status.Text({"origin"}), "Adopted");
  EXPECT_EQ(status.Find("effective")->AsArray()->at(0),
            J(R"({"field": "deletionPolicy", "value": "Retain", "origin": "Default"})"));
  EXPECT_EQ(status.Find("effective")->AsArray()->at(2),
            J(R"({"field": "access.mode", "value": "External", "origin": "Default"})"));
}

TEST(AGalleryOfAnother, IsNotWritten) {
  const Decision decision = Decide(AGallery(R"({"description": "ours"})", Tagged::kOther));
  EXPECT_EQ(decision.rule, "Claimed");
  EXPECT_THAT(decision.plan.writes, IsEmpty());
}

TEST(AReleasedGallery, CanBeAdopted) {
  GalleryObservation seen = AGallery("{}", Tagged::kNo);
  seen.gallery.body =
      With(seen.gallery.body, R"({"tags": {"labgallery-released": "inst/labs/x"}})");
  EXPECT_EQ(Decide(seen).plan.writes.at(0).body,
            J(R"({"tags": {"theirs": "kept", "labgallery-owner": "inst/labs/teaching",
                           "labgallery-origin": "Adopted"}})"));
}

TEST(AnObserver, NeverWrites) {
  const char* const spec = R"({"managementPolicy": "Observe", "description": "ours"})";
  for (const Tagged tagged : {Tagged::kNo, Tagged::kCreated, Tagged::kOther}) {
    GalleryObservation seen = AGallery(spec, tagged);
    seen.gallery.body = With(seen.gallery.body, R"({"properties": {"description": "theirs"}})");
    const Decision decision = Decide(seen);
    EXPECT_EQ(decision.rule, "Observe");
    EXPECT_THAT(decision.plan.verdict->message, HasSubstr("properties.description"));
    EXPECT_THAT(decision.plan.writes, IsEmpty());
  }
  EXPECT_EQ(Decide(Absent(R"({"managementPolicy": "Observe"})")).rule, "Observe");
}

// ---- what status says

ImageObject AnImageObject(const char* name, bool ready, std::int64_t versions,
                          std::int64_t replicas) {
  ImageObject image;
  image.key = {"labs", name};
  image.definition = std::string("Definition-") + name;
  image.ready = ready;
  image.versions = versions;
  image.replicas = replicas;
  Cost cost;
  cost.currency = "USD";
  cost.monthly = 1500000;
  cost.one_time = 250000;
  image.cost = cost;
  return image;
}

TEST(TheStatus, AddsUpTheImages) {
  GalleryObservation seen = AGallery();
  seen.images = {AnImageObject("a", true, 2, 6), AnImageObject("b", false, 1, 3)};
  const Report report = Assess(seen).report;
  EXPECT_EQ(*report.details.Find("imageCounts"), J(R"({"total": 2, "managed": 2, "ready": 1})"));
  EXPECT_EQ(*report.details.Find("versionCount"), json::Value(3));
  EXPECT_EQ(*report.details.Find("replicaCount"), json::Value(9));
  EXPECT_EQ(report.details.Text({"cost", "monthly"}), "3.00");
  EXPECT_EQ(report.details.Text({"cost", "oneTime"}), "0.50");
  EXPECT_EQ(ConditionOf(report, condition::kCostKnown).status, kTrue);
  EXPECT_EQ(*report.details.Find("limits"),
            J(R"([{"name": "ImageDefinitions", "used": 2, "limit": 1000},
                  {"name": "ImageVersions", "used": 3, "limit": 10000}])"));
}

TEST(TheStatus, SaysWhereAPriceIsMissing) {
  GalleryObservation seen = AGallery();
  seen.images = {AnImageObject("a", true, 1, 1)};
  seen.images[0].cost->basis = CostBasis::kNoPrice;
  seen.images[0].cost->monthly.reset();
  seen.images[0].cost->one_time.reset();
  seen.images[0].cost->missing = {"Premium_LRS in nowhere"};
  const Report report = Assess(seen).report;
  EXPECT_EQ(ConditionOf(report, condition::kCostKnown).status, kFalse);
  EXPECT_THAT(ConditionOf(report, condition::kCostKnown).message, HasSubstr("Premium_LRS"));
  seen.images[0].cost->missing.clear();  // the status of an Image does not tell it
  EXPECT_THAT(ConditionOf(Assess(seen).report, condition::kCostKnown).message,
              HasSubstr("an Image has no amount"));
  EXPECT_EQ(report.details.At({"cost", "monthly"}), nullptr) << "no amount, never zero";
}

struct Definitions {
  const char* name;
  std::optional<std::set<std::string>> listed;
  const char* before;  // imageCounts in status
  std::int64_t total;
};

class CountedDefinitions : public testing::TestWithParam<Definitions> {};

TEST_P(CountedDefinitions, AreThoseInAzureAndThoseOfImageObjects) {
  GalleryObservation seen = AGallery();
  seen.images = {AnImageObject("a", true, 1, 1), AnImageObject("b", false, 1, 1)};
  seen.listed = GetParam().listed;
  seen.status = With(seen.status, "{\"imageCounts\": " + std::string(GetParam().before) + "}");
  const json::Value counts = *Assess(seen).report.details.Find("imageCounts");
  EXPECT_EQ(counts.Integer({"total"}), GetParam().total);
  EXPECT_EQ(counts.Integer({"managed"}), 2);
}

using Listed = std::set<std::string>;
INSTANTIATE_TEST_SUITE_P(
    Lists, CountedDefinitions,
    testing::Values(
        Definitions{"OfOthers", Listed{"definition-a", "definition-b", "theirs"}, "null", 3},
        Definitions{"NotMadeYet", Listed{"definition-a"}, "null", 2},
        Definitions{"Gone", Listed{"definition-a"}, R"({"total": 9, "managed": 2})", 2},
        Definitions{"NotListedNow", std::nullopt, R"({"total": 7, "managed": 4})", 5},
        Definitions{"NeverListed", std::nullopt, "null", 2},
        Definitions{"OfAnOlderStatus", std::nullopt, R"({"total": 1, "managed": 4})", 2}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TheStatus, RemembersEveryAccountThatEverAttachedIt) {
  GalleryObservation seen = AGallery();
  seen.status = With(seen.status, R"({"attachedTo": [{"resourceId": "/OLD", "attached": true},
                                                     {"resourceId": "/cs", "attached": true}]})");
  AccountObject object;
  object.account_id = "/CS";
  object.attached = true;
  seen.accounts = {object};
  seen.azure_accounts = {{"/third", true, false}, {"/never", false, false}};
  const Report report = Assess(seen).report;
  EXPECT_EQ(*report.details.Find("attachedTo"), J(R"([{"resourceId": "/CS", "attached": true},
    {"resourceId": "/third", "attached": true}, {"resourceId": "/OLD", "attached": false}])"));
  EXPECT_EQ(*report.details.Find("attachedCount"), json::Value(2));
}

TEST(TheStatus, HoldsAHundredAccountsAndCountsAll) {
  GalleryObservation seen = AGallery();
  seen.azure_accounts.emplace();
  for (int i = 0; i < 120; ++i)
    seen.azure_accounts->push_back({"/account" + std::to_string(i), true, false});
  const Report report = Assess(seen).report;
  EXPECT_THAT(*report.details.Find("attachedTo")->AsArray(), SizeIs(100));
  EXPECT_EQ(*report.details.Find("attachedCount"), json::Value(120));
  EXPECT_EQ(*report.details.Find("attachedToTruncated"), json::Value(true));
}

TEST(AConvergedGallery, IsDoneTwiceWithoutAWrite) {
  GalleryObservation seen = AGallery(R"({"tags": {"theirs": "kept"}})");
  seen.images = {AnImageObject("a", true, 2, 6)};
  seen.azure_accounts = {{kAccount, true, false}};
  const Assessment first = Assess(seen);
  const Decision decision = NextStep(first.situation);
  EXPECT_EQ(decision.rule, "Done");
  seen.status = StatusDocument(seen, first.situation, first.report, *decision.plan.verdict);
  seen.now += 5min;
  const Assessment second = Assess(seen);
  EXPECT_EQ(NextStep(second.situation).rule, "Done");
  const json::Value again =
      StatusDocument(seen, second.situation, second.report, *decision.plan.verdict);
  EXPECT_EQ(WorthWriting(seen.status, again, 5min), Worth::kNo);
}

}  // namespace
}  // namespace labgallery::domain::shared_image_gallery
