#include "controller/domain/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/condition_text.h"
#include "controller/domain/names.h"
#include "src/base/time_text.h"
#include "src/json/parse.h"
#include "tests/unit/controller/domain/situations.h"

namespace labgallery::domain {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
constexpr auto kTrue = kube::ConditionStatus::kTrue;

Observation At(std::string_view time, json::Value status = {}) {
  Observation seen;
  seen.now = ParseRfc3339(time).value();
  seen.meta.generation = 7;
  seen.status = std::move(status);
  return seen;
}

const Verdict kReady{kTrue, Reason::kReconciled, "all is well"};
const Verdict kBusy{kFalse, Reason::kUpdating, "writing"};

json::Value Document(const Situation& situation, const Verdict& verdict = kReady,
                     const Report& report = {}, Observation seen = At("2026-11-25T10:00:00Z")) {
  return StatusDocument(seen, situation, report, verdict);
}

const json::Value::Array& List(const json::Value& status, std::string_view field) {
  static const json::Value::Array kNone;
  const json::Value* list = status.Find(field);
  return list != nullptr && list->IsArray() ? *list->AsArray() : kNone;
}

std::int64_t Number(const json::Value& status, std::initializer_list<std::string_view> path) {
  const json::Value* value = status.At(path);
  return value != nullptr && value->AsInteger() != nullptr ? *value->AsInteger() : -1;
}

TEST(TheStatus, IsWrittenOutWhole) {
  Report report;
  report.details.Set("attachedCount", 2);
  report.conditions = {Says(condition::kProvisioned, true, Reason::kReconciled, "it is there")};
  EXPECT_EQ(Document(ASituation(), kReady, report), json::Parse(R"({
    "attachedCount": 2,
    "observedGeneration": 7,
    "resourceId": ")" + kGalleryId + R"(",
    "origin": "Created",
    "effective": [{"field": "deletionPolicy", "value": "Delete", "origin": "Default"},
                  {"field": "adoption", "value": "IfIdentical", "origin": "Default"}],
    "conditions": [
      {"type": "Provisioned", "status": "True", "reason": "Reconciled", "message": "it is there",
       "observedGeneration": 7, "lastTransitionTime": "2026-11-25T10:00:00Z"},
      {"type": "Ready", "status": "True", "reason": "Reconciled", "message": "all is well",
       "observedGeneration": 7, "lastTransitionTime": "2026-11-25T10:00:00Z"}]
  })")
                                                        .value());
}

TEST(TheStatus, SaysWhoDecidedAPolicy) {
  Situation s = ASituation().Retaining();
  s.deletion_source = Source::kNamespace;
  s.adoption = Adoption::kNever;
  s.adoption_source = Source::kOperator;
  Report report;
  report.effective = {{"access.mode", "Grant", Source::kObject}};
  EXPECT_EQ(*Document(s, kReady, report).Find("effective"), json::Parse(R"([
    {"field": "deletionPolicy", "value": "Retain", "origin": "Namespace"},
    {"field": "adoption", "value": "Never", "origin": "Operator"},
    {"field": "access.mode", "value": "Grant", "origin": "Object"}])")
                                                                .value());
}

TEST(TheStatus, KeepsTheTimeOfWhatDidNotFlip) {
  const json::Value first = Document(ASituation(), kBusy);
  const json::Value second = Document(ASituation(), {kFalse, Reason::kWaitingForRole, "waiting"},
                                      {}, At("2026-11-25T11:00:00Z", first));
  const json::Value third = Document(ASituation(), kReady, {}, At("2026-11-25T12:00:00Z", second));
  EXPECT_EQ(List(second, "conditions").back().Text({"lastTransitionTime"}), "2026-11-25T10:00:00Z");
  EXPECT_EQ(List(second, "conditions").back().Text({"reason"}), "WaitingForRole");
  EXPECT_EQ(List(third, "conditions").back().Text({"lastTransitionTime"}), "2026-11-25T12:00:00Z");
}

TEST(TheStatus, IsTheSameWhenNothingChanged) {
  const json::Value first = Document(ASituation(), kReady);
  const json::Value second = Document(ASituation(), kReady, {}, At("2026-11-25T11:00:00Z", first));
  EXPECT_EQ(first, second);
  EXPECT_EQ(WorthWriting(first, second, 1h), Worth::kNo);
}

TEST(TheStatus, ForgetsAConditionThatIsNotSaidAnyMore) {
  Report report;
  report.conditions = {Says(condition::kProvisioned, true, Reason::kReconciled, "")};
  const json::Value first = Document(ASituation(), kReady, report);
  EXPECT_THAT(
      List(Document(ASituation(), kReady, {}, At("2026-11-25T11:00:00Z", first)), "conditions"),
      SizeIs(1));
}

TEST(TheStatus, KeepsWhatWasKnownWhereAzureWasNotRead) {
  Report report;
  report.details.Set("version", "1.0.0");
  report.details.Set("gallery", "old");
  report.conditions = {Says(condition::kProvisioned, true, Reason::kReconciled, "it is there")};
  const json::Value first = Document(ASituation(), kReady, report);
  Report now;
  now.details.Set("gallery", "new");
  const json::Value second =
      Document(ASituation().Unread().Paused(), {kFalse, Reason::kPaused, "paused"}, now,
               At("2026-11-25T11:00:00Z", first));
  EXPECT_EQ(second.Text({"version"}), "1.0.0");
  EXPECT_EQ(second.Text({"gallery"}), "new");
  EXPECT_EQ(second.Text({"origin"}), "Created");
  ASSERT_THAT(List(second, "conditions"), SizeIs(2));
  EXPECT_EQ(List(second, "conditions")[0].Text({"type"}), "Provisioned");
  EXPECT_EQ(List(second, "conditions")[0].Text({"lastTransitionTime"}), "2026-11-25T10:00:00Z");
  EXPECT_EQ(List(second, "conditions")[1].Text({"type"}), "Ready");
  EXPECT_EQ(List(second, "conditions")[1].Text({"reason"}), "Paused");
}

TEST(TheStatus, ForgetsDifferencesAndInventoryWhereAzureWasNotRead) {
  json::Value before;
  for (const char* field : {"difference", "differenceCount", "inventory"}) before.Set(field, 1);
  const json::Value status =
      Document(ASituation().Unread(), kBusy, {}, At("2026-11-25T11:00:00Z", before));
  for (const char* field : {"difference", "differenceCount", "inventory"})
    EXPECT_EQ(status.Find(field), nullptr) << field;
}

TEST(TheStatus, KeepsTheRecordedIdWhereTheSpecNamesAnother) {
  Situation s = ASituation().Invalid();
  s.resource_id = "/somewhere/else";
  EXPECT_EQ(Document(s).Text({"resourceId"}), kGalleryId);
}

TEST(TheStatus, SaysWhichRequestItAnswers) {
  Observation seen = At("2026-11-25T10:00:00Z");
  seen.meta.annotations["labgallery.io/reconcile-at"] = "now";
  EXPECT_EQ(Document(ASituation(), kReady, {}, seen).Text({"handledReconcileAt"}), "now");
}

struct DifferenceRow {
  const char* name;
  Situation situation;
  Reason reason;
  bool shown;
};

class TheDifference : public testing::TestWithParam<DifferenceRow> {};

TEST_P(TheDifference, Is) {
  const auto& row = GetParam();
  const json::Value status = Document(row.situation, {kFalse, row.reason, ""});
  EXPECT_EQ(List(status, "difference").size(), row.shown ? 1U : 0U);
  EXPECT_EQ(Number(status, {"differenceCount"}), row.shown ? 1 : -1);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TheDifference,
    testing::Values(
        DifferenceRow{"NotShownOfWhatIsOurs", ASituation().With(APart().Writing()),
                      Reason::kUpdating, false},
        DifferenceRow{"ShownToAnObserver", ASituation().Observing().With(APart().Writing()),
                      Reason::kObserving, true},
        DifferenceRow{"ShownBeforeAnAdoption", ASituation().Untagged().With(APart().Writing()),
                      Reason::kUpdating, true},
        DifferenceRow{"ShownWhereTheAdoptionOfAChildIsRefused",
                      ASituation().With(APart().Writing()), Reason::kAdoptionRefused, true},
        DifferenceRow{"NotShownWhereThereIsNone", ASituation().Observing(), Reason::kObserving,
                      false}),
    [](const auto& test) { return test.param.name; });

TEST(TheDifference, HoldsAHundredAndCountsAll) {
  Part part = APart();
  for (int i = 0; i < 150; ++i)
    part.differences.push_back({"p" + std::to_string(i), "w", "h", true});
  const json::Value status = Document(ASituation().Observing().With(part), kBusy);
  EXPECT_THAT(List(status, "difference"), SizeIs(100));
  EXPECT_EQ(Number(status, {"differenceCount"}), 150);
  EXPECT_EQ(List(status, "difference")[0],
            json::Parse(R"({"path": "p0", "want": "w", "have": "h"})").value());
}

TEST(TheInventory, HoldsAHundredAndCountsAllByKind) {
  Situation s = ASituation().Deleting().Blocked(130);
  s.blockers.push_back({"Attachment", "cs", "/id"});
  const json::Value status = Document(s, kBusy);
  const json::Value& inventory = *status.Find("inventory");
  EXPECT_THAT(List(inventory, "items"), SizeIs(100));
  EXPECT_EQ(Number(inventory, {"total"}), 131);
  EXPECT_EQ(*inventory.Find("truncated"), json::Value(true));
  EXPECT_EQ(*inventory.Find("counts"),
            json::Parse(R"([{"kind": "Attachment", "count": 1}, {"kind": "Lab", "count": 130}])")
                .value());
}

TEST(TheInventory, IsNotTruncatedAtAHundred) {
  const json::Value status = Document(ASituation().Deleting().Blocked(100), kBusy);
  EXPECT_EQ(status.At({"inventory", "truncated"}), nullptr);
  EXPECT_EQ(List(*status.Find("inventory"), "items")[0],
            json::Parse(R"({"kind": "Lab", "name": "lab1"})").value());
}

TEST(AMessage, IsCutToWhatAStatusHolds) {
  const json::Value status =
      Document(ASituation(), {kFalse, Reason::kAzureError, std::string(9000, 'x')});
  EXPECT_EQ(List(status, "conditions").back().Text({"message"}).size(), 4096U);
}

json::Value Said(const char* ready, const char* reason, const char* message = "") {
  json::Value status;
  json::Value& entry = status.Set("conditions", json::Value::Array()).Push({});
  entry.Set("type", "Ready");
  entry.Set("status", ready);
  entry.Set("reason", reason);
  entry.Set("message", message);
  return status;
}

TEST(Progress, IsToldOnceAPeriod) {
  const json::Value before = Said("False", "Creating", "one");
  const json::Value after = Said("False", "Creating", "two");
  EXPECT_EQ(WorthWriting(before, after, 1999ms, 2s), Worth::kLater);
  EXPECT_EQ(WorthWriting(before, after, 2s, 2s), Worth::kNow);
  EXPECT_EQ(WorthWriting(before, after, 59s), Worth::kLater);
  EXPECT_EQ(WorthWriting(before, after, 60s), Worth::kNow);
}

json::Value Of(int generation, json::Value status) {
  status.Set("observedGeneration", generation);
  return status;
}

json::Value With(const char* field, json::Value status) {
  status.Set(field, "now");
  return status;
}

struct WorthRow {
  const char* name;
  json::Value before;
  json::Value after;
  std::optional<Duration> since;
  Worth worth;
};

class AStatusWrite : public testing::TestWithParam<WorthRow> {};

TEST_P(AStatusWrite, IsWorth) {
  const auto& row = GetParam();
  EXPECT_EQ(WorthWriting(row.before, row.after, row.since), row.worth);
}

INSTANTIATE_TEST_SUITE_P(
    All, AStatusWrite,
    testing::Values(WorthRow{"NothingWhereNothingChanged", Said("True", "Reconciled"),
                             Said("True", "Reconciled"), 2h, Worth::kNo},
                    WorthRow{"AtOnceTheFirst", {}, Said("False", "Creating"), {}, Worth::kNow},
                    WorthRow{"AtOnceWhenReadyFlips", Said("False", "Creating"),
                             Said("True", "Reconciled"), 1s, Worth::kNow},
                    WorthRow{"AtOnceWhenTroubleBegins", Said("False", "Creating"),
                             Said("False", "AzureError"), 1s, Worth::kNow},
                    WorthRow{"AtOnceWhenTroubleEnds", Said("False", "AzureError"),
                             Said("False", "Creating"), 1s, Worth::kNow},
                    WorthRow{"AtOnceWhenTroubleBecomesAnother", Said("False", "AzureError"),
                             Said("False", "PolicyDenied"), 1s, Worth::kNow},
                    WorthRow{"LaterTheSameTroubleInOtherWords", Said("False", "AzureError", "a"),
                             Said("False", "AzureError", "b"), 1s, Worth::kLater},
                    WorthRow{"LaterAnotherProgress", Said("False", "Creating"),
                             Said("False", "Replicating"), 59s, Worth::kLater},
                    WorthRow{"AProgressAfterAMinute", Said("False", "Creating"),
                             Said("False", "Replicating"), 60s, Worth::kNow},
                    WorthRow{"AProgressThatNobodyKnowsTheAgeOf",
                             Said("False", "Creating", "a"),
                             Said("False", "Creating", "b"),
                             {},
                             Worth::kNow},
                    WorthRow{"LaterAProgressWhileReady", Said("True", "Reconciled", "a"),
                             Said("True", "Reconciled", "b"), 1s, Worth::kLater},
                    WorthRow{"AtOnceThatANewGenerationIsReady", Of(1, Said("True", "Reconciled")),
                             Of(2, Said("True", "Reconciled")), 1s, Worth::kNow},
                    WorthRow{"AtOnceThatANewGenerationIsInTheSameTrouble",
                             Of(1, Said("False", "InvalidSpec")),
                             Of(2, Said("False", "InvalidSpec")), 1s, Worth::kNow},
                    WorthRow{"LaterThatANewGenerationIsUnderWay", Of(1, Said("False", "Creating")),
                             Of(2, Said("False", "Creating")), 1s, Worth::kLater},
                    WorthRow{"AtOnceThatAPersonWasHeard", Said("True", "Reconciled"),
                             With("handledReconcileAt", Said("True", "Reconciled")), 1s,
                             Worth::kNow},
                    WorthRow{"AtOnceThatARecreationWasHeard", Said("False", "Creating"),
                             With("handledRecreate", Said("False", "Creating")), 1s, Worth::kNow}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace labgallery::domain
