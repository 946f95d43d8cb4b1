// Saving a lab's template: when Lab Services is asked, and when it is not.

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
using testing::HasSubstr;

const std::string kPlan = kScope + "/providers/Microsoft.LabServices/labPlans/cs";
const std::string kMachine =
    kScope + "/providers/Microsoft.LabServices/labs/course/virtualMachines/template";
const std::string kSetting = kScope +
                             "/providers/Microsoft.LabServices/labaccounts/cs/labs/course/"
                             "environmentsettings/default";

json::Value Source(const std::string& id, const std::string& plan) {
  json::Value source;
  json::Value& wanted = source.Set("labTemplate", {});
  wanted.Set("id", id);
  if (!plan.empty()) wanted.Set("labPlanId", plan);
  return source;
}

/// An image that asks for a save with version 1.0.0; its gallery is attached to the plan.
ImageObservation Asked(const std::string& id = kMachine, const std::string& plan = kPlan) {
  ImageObservation seen = AnImage(R"({"definition": null, "version": "1.0.0"})");
  seen.spec.Set("source", Source(id, plan));
  seen.definition = AbsentInAzure();
  seen.template_gallery = kTeaching;
  return seen;
}

/// Status says what was asked for, `ago` before now, with version 0.1.0 there before.
ImageObservation Intended(Duration ago, std::string_view request = "1.0.0") {
  ImageObservation seen = Asked();
  json::Value& saved = seen.status.Set("savedImage", {});
  saved.Set("request", request);
  saved.Set("askedTime", Rfc3339(kNoon - ago));
  saved.Set("versionsBefore", json::Value::Array()).Push("0.1.0");
  return seen;
}

ImageObservation Here(ImageObservation seen, bool posted) {
  seen.recorded_here = true;
  seen.posted = posted;
  return seen;
}

ImageObservation WithVersion(ImageObservation seen, const char* name) {
  seen.definition = AnImage().definition;
  seen.versions.push_back(AVersion(name, {{"a"}}, Tagged::kNo));
  return seen;
}

template <typename Change>
ImageObservation Changed(ImageObservation seen, Change&& change) {
  change(seen);
  return seen;
}

struct SaveRow {
  const char* name;
  ImageObservation seen;
  const char* rule;
  ActionKind action = ActionKind::kNone;
  std::string message = {};  // part of it
};

class ASave : public testing::TestWithParam<SaveRow> {};

TEST_P(ASave, Is) {
  const SaveRow& row = GetParam();
  const Decision decision = NextStep(Assess(row.seen).situation);
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_EQ(decision.plan.action, row.action);
  const std::string told = decision.plan.verdict ? decision.plan.verdict->message : "";
  EXPECT_THAT(told, HasSubstr(row.message));
}

INSTANTIATE_TEST_SUITE_P(
    All, ASave,
    testing::Values(
        SaveRow{"RecordedFirst", Asked(), "RecordFirst", ActionKind::kRecord},
        SaveRow{"HeldBackUntilTheGalleryIsAttached",
                Changed(Asked(), [](auto& seen) { seen.template_gallery.reset(); }), "MissingNeed",
                ActionKind::kNone, "attach " + kTeaching},
        SaveRow{"HeldBackWhileAnotherGalleryIsAttached",
                Changed(Asked(), [](auto& seen) { seen.template_gallery = kOldGallery; }),
                "MissingNeed", ActionKind::kNone, "attach " + kTeaching},
        SaveRow{"HeldBackWhileTheVersionsAreNotKnown",
                Changed(Asked(), [](auto& seen) { seen.versions_read = false; }), "MovingPart"},
        SaveRow{"SentOnceTheIntentIsInStatus", Here(Intended(1s), false), "WritePart",
                ActionKind::kWrite},
        SaveRow{"NotSentAgainByTheSameProcess", Here(Intended(1min), true), "MovingPart",
                ActionKind::kNone, "saves " + kMachine},
        SaveRow{"NotSentByAProcessThatDidNotWriteTheIntent", Intended(1min), "MovingPart",
                ActionKind::kNone, "saves " + kMachine},
        SaveRow{"NotSentWhileTheOneBeforeIsAwaited", Here(Intended(4h), true), "RecordFirst",
                ActionKind::kRecord},
        SaveRow{"IntendedAnewWhenNothingCameForHours", Intended(4h), "RecordFirst",
                ActionKind::kRecord},
        SaveRow{"AwaitedHoweverLongItsOperationRuns",
                Changed(Here(Intended(4h), true),
                        [](auto& seen) { Remember(seen, kSavePart, Verb::kPost); }),
                "MovingPart"},
        SaveRow{"IntendedAnewWithAnotherVersionOfTheSpec", Intended(1min, "0.9.0"), "RecordFirst",
                ActionKind::kRecord},
        SaveRow{"OverOnceItsVersionIsThere", WithVersion(Intended(10min), "0.2.0"), "RecordFirst",
                ActionKind::kRecord},
        SaveRow{"NotOverByAVersionThatWasThereBefore", WithVersion(Intended(10min), "0.1.0"),
                "MovingPart"},
        SaveRow{
            "TroubleWhenWhatItMadeHasVanished",
            Changed(Intended(10min),
                    [](auto& seen) { seen.status.Find("savedImage")->Set("version", "0.2.0"); }),
            "RefusedByAzureOrPolicy", ActionKind::kNone, "another spec.version"}),
    [](const auto& row) { return row.param.name; });

TEST(TheRecord, HoldsTheVersionsThatWereThereBefore) {
  const Assessment assessment = Assess(WithVersion(Asked(), "0.1.0"));
  EXPECT_EQ(*assessment.report.record.Find("savedImage"),
            J(R"({"request": "1.0.0", "versionsBefore": ["0.1.0"], "askedTime": ")" +
              Rfc3339(kNoon) + "\"}"));
  EXPECT_EQ(assessment.report.details.Find("savedImage"), nullptr) << "not before it is recorded";
}

TEST(TheRecord, NamesTheNewestVersionThatIsNew) {
  const Assessment assessment =
      Assess(WithVersion(WithVersion(Intended(10min), "0.2.0"), "0.10.0"));
  EXPECT_EQ(assessment.report.record.Text({"savedImage", "version"}), "0.10.0");
}

TEST(TheRequest, NamesTheLabMachineToAPlan) {
  EXPECT_EQ(NextStep(Assess(Here(Intended(1s), false)).situation).plan.writes,
            (std::vector<ArmWrite>{
                {.part = "saved image",
                 .verb = Verb::kPost,
                 .target = azure::ResourceId::Parse(kPlan).value(),
                 .api_version = "2023-06-07",
                 .body = J(R"({"name": "ubuntu", "labVirtualMachineId": ")" + kMachine + "\"}"),
                 .action = "saveImage"}}));
}

TEST(TheRequest, GoesToTheEnvironmentSettingOfAnAccount) {
  ImageObservation seen = Here(Intended(1s), false);
  seen.spec.Set("source", Source(kSetting, ""));
  EXPECT_EQ(NextStep(Assess(seen).situation).plan.writes,
            (std::vector<ArmWrite>{{.part = "saved image",
                                    .verb = Verb::kPost,
                                    .target = azure::ResourceId::Parse(kSetting).value(),
                                    .api_version = "2019-01-01-preview",
                                    .body = J(R"({"name": "ubuntu"})"),
                                    .action = "saveImage"}}));
}

struct RefusedRow {
  const char* name;
  const char* patch;
  const char* about;
};

class ALabTemplate : public testing::TestWithParam<RefusedRow> {};

TEST_P(ALabTemplate, IsRefused) {
  const ImageObservation seen =
      Changed(Asked(), [](auto& s) { s.spec = With(s.spec, GetParam().patch); });
  const auto spec = ReadImageSpec(seen.spec);
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().message, HasSubstr(GetParam().about));
}

INSTANTIATE_TEST_SUITE_P(
    All, ALabTemplate,
    testing::Values(
        RefusedRow{"WithADefinition",
                   R"({"definition": {"osType": "Linux", "osState": "Specialized", "identifier":
                      {"publisher": "p", "offer": "o", "sku": "s"}}})",
                   "spec.definition"},
        RefusedRow{"WithAnotherSource", R"({"source": {"managedImageId": "/x"}})", "exactly one"},
        RefusedRow{"ThatIsNoTemplate", R"({"source": {"labTemplate": {"id": "/x"}}})",
                   "spec.source.labTemplate.id"},
        RefusedRow{"OfALabWithoutItsPlan", R"({"source": {"labTemplate": {"labPlanId": null}}})",
                   "labPlanId"},
        RefusedRow{"WithWhatOnlyOurOwnVersionsHave", R"({"excludeFromLatest": true})",
                   "excludeFromLatest"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::domain::image
