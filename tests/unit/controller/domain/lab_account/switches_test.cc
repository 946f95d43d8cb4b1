#include "controller/domain/lab_account/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::lab_account {
namespace {

using enum Reason;
using testing::HasSubstr;
using testing::SizeIs;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
const char* const kAttach = R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}})";

Decision Decide(const LabAccountObservation& seen) { return NextStep(Assess(seen).situation); }

struct SwitchRow {
  const char* name;
  const char* images;  // spec.images
  std::vector<json::Value> switches;
  Lines writes;
  std::map<std::string, std::string> os_states = {};
};

class TheSwitches : public testing::TestWithParam<SwitchRow> {};

TEST_P(TheSwitches, Are) {
  const SwitchRow& row = GetParam();
  LabAccountObservation seen = AnAccountWith({kTeaching}, "{}");
  seen.spec.Set("images", J(row.images));
  seen.switches = row.switches;
  seen.os_states = row.os_states;
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), row.writes);
}

const char* const kEnable = R"({"default": "Enabled"})";

INSTANTIATE_TEST_SUITE_P(
    All, TheSwitches,
    testing::Values(
        SwitchRow{
            "EnabledByDefault",
            kEnable,
            {Switch("a", "Disabled"), Switch("b", "Enabled"), Switch("c", "Disabled")},
            {"PUT sharedImages/a EnableState=Enabled", "PUT sharedImages/c EnableState=Enabled"}},
        SwitchRow{"DisabledByDefault",
                  R"({"default": "Disabled"})",
                  {Switch("a", "Disabled"), Switch("b", "Enabled")},
                  {"PUT sharedImages/b EnableState=Disabled"}},
        SwitchRow{"KeptWhereTheSpecSaysKeep",
                  R"({"default": "Keep"})",
                  {Switch("a", "Disabled"), Switch("b", "Enabled")},
                  {}},
        SwitchRow{
            "KeptWithoutADefault", "{}", {Switch("a", "Disabled"), Switch("b", "Enabled")}, {}},
        SwitchRow{
            "OverriddenByName",
            R"({"default": "Enabled", "overrides": [{"definitionName": "A", "state": "Disabled"}]})",
            {Switch("a", "Enabled"), Switch("b", "Enabled")},
            {"PUT sharedImages/a EnableState=Disabled"}},
        SwitchRow{"OverriddenUnderKeep",
                  R"({"overrides": [{"definitionName": "a", "state": "Enabled"}]})",
                  {Switch("a", "Disabled"), Switch("b", "Disabled")},
                  {"PUT sharedImages/a EnableState=Enabled"}},
        SwitchRow{"SpelledAsTheServiceDoes",
                  kEnable,
                  {Switch("a", "disabled", "enableState")},
                  {"PUT sharedImages/a enableState=Enabled"}},
        SwitchRow{"WrittenOnceWhereTheListRepeatsThem",
                  kEnable,
                  {Switch("a", "Disabled"), Switch("A", "Disabled")},
                  {"PUT sharedImages/a EnableState=Enabled"}},
        SwitchRow{"DisabledWhereTheOsStateIsNotAllowed",
                  kEnable,
                  {Switch("a", "Enabled"), Switch("b", "Disabled")},
                  {"PUT sharedImages/a EnableState=Disabled"},
                  {{"a", "Specialized"}, {"b", "Specialized"}}},
        SwitchRow{"DisabledWhereAnOverrideWouldEnableWhatIsNotAllowed",
                  R"({"overrides": [{"definitionName": "a", "state": "Enabled"}]})",
                  {Switch("a", "Enabled")},
                  {"PUT sharedImages/a EnableState=Disabled"},
                  {{"a", "Specialized"}}},
        SwitchRow{"NotTouchedUnderKeepWhereTheOsStateIsNotAllowed",
                  "{}",
                  {Switch("a", "Enabled")},
                  {},
                  {{"a", "Specialized"}}},
        SwitchRow{"EnabledWhereTheOsStateIsAllowed",
                  R"({"default": "Enabled", "allowedOSStates": ["Generalized", "Specialized"]})",
                  {Switch("a", "Disabled")},
                  {"PUT sharedImages/a EnableState=Enabled"},
                  {{"a", "Specialized"}}},
        SwitchRow{"TakenForEnabledWithoutAState", kEnable, {J(R"({"name": "a"})")}, {}}),
    [](const auto& test) { return test.param.name; });

TEST(ASwitch, WithoutPropertiesIsWrittenWithThem) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Disabled"}})");
  seen.switches = {J(R"({"name": "a"})")};
  EXPECT_EQ(Decide(seen).plan.writes.at(0).body,
            J(R"({"name": "a", "properties": {"EnableState": "Disabled"}})"));
}

TEST(ASwitch, GoesBackWithEverythingElseAsItWasRead) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  seen.switches = {Switch("a", "Disabled")};
  EXPECT_EQ(Decide(seen).plan.writes.at(0),
            (ArmWrite{std::string(kSwitchesPart), Verb::kPut,
                      azure::ResourceId::Parse(kAccount + "/sharedImages/a").value(),
                      "2019-01-01-preview",
                      J(R"({"name": "a", "properties": {"definitionName": "a",
                            "EnableState": "Enabled", "sharedGalleryId": ")" +
                        kTeaching + R"("}})")}));
}

TEST(Switches, AreWrittenTwentyAtATime) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  for (int i = 0; i < 30; ++i)
    seen.switches->push_back(Switch("image" + std::to_string(i), "Disabled"));
  EXPECT_THAT(Decide(seen).plan.writes, SizeIs(20));
  EXPECT_THAT(ConditionOf(Assess(seen).report, condition::kImagesSwitched).message,
              HasSubstr("30 images are to be switched"));
}

TEST(Switches, AreOfTheAttachedGalleryOnly) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  seen.switches = {With(Switch("a", "Disabled"),
                        R"({"properties": {"sharedGalleryId": ")" + kOldGallery + R"("}})")};
  const Assessment assessment = Assess(seen);
  EXPECT_EQ(NextStep(assessment.situation).rule, "Done");
  EXPECT_EQ(assessment.report.details.Text({"imagesEnabled"}), "0/0");
}

TEST(Switches, AreNotTouchedWhereImagesAreAbsent) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, kAttach);
  seen.switches = {Switch("a", "Disabled")};
  const Assessment assessment = Assess(seen);
  EXPECT_EQ(NextStep(assessment.situation).rule, "Done");
  EXPECT_EQ(assessment.report.details.Text({"imagesEnabled"}), "0/1") << "but reported";
  EXPECT_EQ(ConditionOf(assessment.report, condition::kImagesSwitched).type, "");
}

TEST(Switches, ThatSomebodyMovedAreToldAsDrift) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  seen.switches = {Switch("a", "Enabled")};
  const Assessment before = Assess(seen);
  seen.status = StatusDocument(seen, before.situation, before.report, {});
  seen.switches = {Switch("a", "Disabled"), Switch("new", "Disabled")};
  EXPECT_EQ(Decide(seen).plan.events,
            (std::vector<Event>{{Event::Type::kNormal, "DriftPutBack",
                                 "switching 1 image(s) back to what the spec says"}}))
      << "a new image is no drift";
}

TEST(Switches, OfNewImagesLeaveTheAccountReady) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  seen.switches = {Switch("a", "Disabled")};
  EXPECT_EQ(Decide(seen).plan.verdict->ready, kFalse) << "it was never ready";
  SayTrue(seen, condition::kReady);
  EXPECT_EQ(Decide(seen).plan.verdict->ready, kTrue);
  Fail(seen, kSwitchesPart);
  EXPECT_EQ(*Decide(seen).plan.verdict, (Verdict{kFalse, kPolicyDenied, "it failed"}));
}

TEST(TheImagesInStatus, AreAllThatTheGalleryHas) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  seen.switches = {Switch("b", "Enabled"), Switch("s", "Disabled"), Switch("d", "Disabled")};
  seen.os_states = {{"b", "Generalized"}, {"s", "Specialized"}};
  seen.versions = {{"b", 3}};
  const Report report = Assess(seen).report;
  EXPECT_EQ(*report.details.Find("images"), J(R"([
    {"definitionName": "s", "state": "Disabled", "osState": "Specialized",
     "reason": "Specialized images are not among spec.images.allowedOSStates"},
    {"definitionName": "d", "state": "Disabled", "reason": "being switched to Enabled"},
    {"definitionName": "b", "state": "Enabled", "osState": "Generalized", "versions": 3}])"))
      << "exceptions first";
  EXPECT_EQ(*report.details.Find("imageCounts"), J(R"({"total": 3, "enabled": 1})"));
  EXPECT_EQ(report.details.Text({"imagesEnabled"}), "1/3");
}

TEST(TheImagesInStatus, AreAHundredAtMostWithTheExceptionsAmongThem) {
  LabAccountObservation seen = AnAccountWith({kTeaching}, R"({"images": {"default": "Enabled"}})");
  for (int i = 0; i < 120; ++i)
    seen.switches->push_back(Switch("image" + std::to_string(i), "Enabled"));
  seen.switches->push_back(Switch("odd", "Disabled"));
  const Report report = Assess(seen).report;
  EXPECT_THAT(*report.details.Find("images")->AsArray(), SizeIs(100));
  EXPECT_EQ(report.details.Find("images")->AsArray()->front().Text({"definitionName"}), "odd");
  EXPECT_EQ(*report.details.Find("imagesTruncated"), json::Value(true));
  EXPECT_EQ(report.details.Text({"imagesEnabled"}), "120/121");
}

}  // namespace
}  // namespace labgallery::domain::lab_account
