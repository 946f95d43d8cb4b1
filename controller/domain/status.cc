#include "controller/domain/status.h"

#include <algorithm>
#include <map>
#include <utility>

#include "controller/domain/names.h"
#include "src/base/text.h"

namespace labgallery::domain {
namespace {

constexpr std::size_t kMessageLimit = 4096;
constexpr std::size_t kTextLimit = 1024;

json::Value EffectiveFields(const Situation& s, const Report& report) {
  std::vector<EffectiveField> fields = {
      {"deletionPolicy", std::string(Name(s.deletion)), s.deletion_source},
      {"adoption", std::string(Name(s.adoption)), s.adoption_source}};
  fields.insert(fields.end(), report.effective.begin(), report.effective.end());
  json::Value list{json::Value::Array()};
  for (const EffectiveField& each : fields) {
    json::Value& entry = list.Push({});
    entry.Set("field", each.field);
    entry.Set("value", each.value);
    entry.Set("origin", Name(each.source));
  }
  return list;
}

// The difference matters to people where nothing is written: before an adoption, and to an
// observer.
void AddDifferences(const Situation& s, const Verdict& verdict, json::Value& status) {
  const bool held_back = s.management == Management::kObserve ||
                         verdict.reason == Reason::kAdoptionRefused ||
                         (s.sight == Sight::kPresent && s.ownership.owner == Owner::kNobody);
  if (!held_back) return;
  std::vector<json::Value> entries;
  for (const Part& part : s.parts) {
    for (const Difference& difference : part.differences) {
      json::Value entry;
      entry.Set("path", CutUtf8(difference.path, kTextLimit / 2));
      entry.Set("want", CutUtf8(difference.want, kTextLimit));
      entry.Set("have", CutUtf8(difference.have, kTextLimit));
      entries.push_back(std::move(entry));
    }
  }
  if (entries.empty()) return;
  status.Set("differenceCount", static_cast<std::int64_t>(entries.size()));
  if (entries.size() > kListLimit) entries.resize(kListLimit);
  status.Set("difference", std::move(entries));
}

void AddInventory(const std::vector<Blocker>& blockers, json::Value& status) {
  if (blockers.empty()) return;
  std::map<std::string, std::int64_t> counts;
  json::Value items;
  for (const Blocker& blocker : blockers) {
    ++counts[blocker.kind];
    if (items.IsArray() && items.AsArray()->size() >= kListLimit) continue;
    json::Value& item = items.Push({});
    item.Set("kind", blocker.kind);
    item.Set("name", CutUtf8(blocker.name, kTextLimit / 2));
    if (!blocker.resource_id.empty()) item.Set("resourceId", blocker.resource_id);
  }
  json::Value& inventory = status.Set("inventory", {});
  inventory.Set("total", static_cast<std::int64_t>(blockers.size()));
  if (blockers.size() > kListLimit) inventory.Set("truncated", true);
  json::Value& list = inventory.Set("counts", json::Value::Array());
  for (const auto& [kind, count] : counts) {
    json::Value& entry = list.Push({});
    entry.Set("kind", kind);
    entry.Set("count", count);
  }
  inventory.Set("items", std::move(items));
}

// Where Azure was not looked at, what was known before is still what is known.
bool WasNotRead(const Situation& situation) { return situation.sight == Sight::kUnread; }

json::Value Conditions(const Told& seen, std::vector<kube::Condition> conditions,
                       const Verdict& verdict, bool keep_others) {
  std::vector<kube::Condition> before;
  if (const json::Value* list = seen.status.Find("conditions")) {
    if (auto read = kube::ReadConditions(*list)) before = *std::move(read);
  }
  for (const kube::Condition& told : before) {
    if (!keep_others || told.type == condition::kReady ||
        kube::FindCondition(conditions, told.type) != nullptr)
      continue;
    conditions.push_back(told);
  }
  conditions.push_back({.type = std::string(condition::kReady),
                        .status = verdict.ready,
                        .reason = std::string(Name(verdict.reason)),
                        .message = verdict.message,
                        .observed_generation = 0,
                        .last_transition_time = {}});
  json::Value list;
  for (kube::Condition& next : conditions) {
    next.observed_generation = seen.meta.generation;
    next.message = CutUtf8(next.message, kMessageLimit);
  }
  for (const kube::Condition& next :
       kube::KeepTransitionTimes(std::move(conditions), before, seen.now)) {
    list.Push(kube::ToJson(next));
  }
  return list;
}

std::string_view ReadyField(const json::Value& status, std::string_view field) {
  const json::Value* ready = kube::FindCondition(status, condition::kReady);
  return ready == nullptr ? std::string_view() : ready->Text({field});
}

bool Differs(const json::Value& before, const json::Value& after, std::string_view field) {
  static const json::Value kNothing;
  const json::Value* left = before.Find(field);
  const json::Value* right = after.Find(field);
  return (left == nullptr ? kNothing : *left) != (right == nullptr ? kNothing : *right);
}

// Whoever changed the spec or asked by an annotation waits for it (`kubectl wait` goes by the
// generation).
bool AnswersAPerson(const json::Value& before, const json::Value& after) {
  if (Differs(before, after, "handledReconcileAt") || Differs(before, after, "handledRecreate"))
    return true;
  if (!Differs(before, after, "observedGeneration")) return false;
  return ReadyField(after, "status") == "True" ||
         StandingOf(ReadyField(after, "reason")) == Standing::kTrouble;
}

}  // namespace

json::Value StatusDocument(const Told& seen, const Situation& situation, const Report& report,
                           const Verdict& verdict) {
  json::Value status{json::Value::Object()};
  if (WasNotRead(situation)) {
    status = seen.status;
    for (const char* field : {"difference", "differenceCount", "inventory"}) status.Remove(field);
  }
  status.MakeObject();
  if (const auto* details = report.details.AsObject()) {
    for (const auto& [field, value] : *details) status.Set(field, value);
  }
  status.Set("observedGeneration", seen.meta.generation);
  if (!situation.resource_id.empty() && !situation.unacceptable)
    status.Set("resourceId", situation.resource_id);
  if (situation.unacceptable && !situation.recorded_id.empty())
    status.Set("resourceId", situation.recorded_id);
  if (situation.ownership.owner == Owner::kUs) {
    status.Set("origin", situation.ownership.origin == Origin::kCreated ? "Created" : "Adopted");
  }
  status.Set("effective", EffectiveFields(situation, report));
  const auto asked = seen.meta.annotations.find(std::string(annotation::kReconcileAt));
  if (asked != seen.meta.annotations.end())
    status.Set("handledReconcileAt", CutUtf8(asked->second, 256));
  AddDifferences(situation, verdict, status);
  AddInventory(situation.blockers, status);
  status.Set("conditions", Conditions(seen, report.conditions, verdict, WasNotRead(situation)));
  return status;
}

Worth WorthWriting(const json::Value& before, const json::Value& after,
                   std::optional<Duration> since_last, Duration period) {
  if (before == after) return Worth::kNo;
  const std::string_view ready_before = ReadyField(before, "status");
  const std::string_view ready_after = ReadyField(after, "status");
  if (ready_before != ready_after) return Worth::kNow;
  const auto standing = [](const json::Value& status) {
    return StandingOf(ReadyField(status, "reason"));
  };
  if (standing(before) != standing(after)) return Worth::kNow;
  // A trouble that became another trouble is news; progress that became another progress can wait.
  if (standing(after) == Standing::kTrouble &&
      ReadyField(before, "reason") != ReadyField(after, "reason")) {
    return Worth::kNow;
  }
  if (AnswersAPerson(before, after)) return Worth::kNow;
  if (!since_last || *since_last >= period) return Worth::kNow;
  return Worth::kLater;
}

}  // namespace labgallery::domain
