#include "src/kube/model/object.h"

#include <algorithm>
#include <utility>

#include "src/base/time_text.h"
#include "src/json/reader.h"

namespace labgallery::kube {
namespace {

std::optional<SystemTime> Time(const json::Reader& reader, std::string_view key) {
  const auto text = reader.OptionalString(key);
  if (!text) return std::nullopt;
  const auto time = ParseRfc3339(*text);
  if (!time) reader.Problem(key, "expected an RFC 3339 time");
  return time;
}

ConditionStatus ParseStatus(std::string_view text) {
  if (text == "True") return ConditionStatus::kTrue;
  if (text == "False") return ConditionStatus::kFalse;
  return ConditionStatus::kUnknown;
}

}  // namespace

std::string ResourceType::ApiVersion() const {
  return group.empty() ? version : group + "/" + version;
}

std::string ObjectKey::ToString() const {
  return name_space.empty() ? name : name_space + "/" + name;
}

bool ObjectMeta::HasFinalizer(std::string_view finalizer) const {
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

Result<ObjectMeta> ReadMeta(const json::Value& object) {
  json::Problems problems;
  const json::Reader reader = json::Reader(object, problems).Object("metadata");
  ObjectMeta meta;
  meta.name = reader.String("name");
  meta.name_space = reader.StringOr("namespace", "");
  meta.uid = reader.StringOr("uid", "");
  meta.resource_version = reader.StringOr("resourceVersion", "");
  meta.generation = reader.IntegerOr("generation", 0);
  meta.creation_time = Time(reader, "creationTimestamp");
  meta.deletion_time = Time(reader, "deletionTimestamp");
  meta.finalizers = reader.Strings("finalizers");
  meta.labels = reader.StringMap("labels");
  meta.annotations = reader.StringMap("annotations");
  if (!problems.empty()) return ProtocolError(problems.ToStatus().error().message);
  return meta;
}

std::string_view Name(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::kTrue:
      return "True";
    case ConditionStatus::kFalse:
      return "False";
    case ConditionStatus::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

json::Value ToJson(const Condition& condition) {
  json::Value value;
  value.Set("type", condition.type);
  value.Set("status", Name(condition.status));
  value.Set("reason", condition.reason);
  value.Set("message", condition.message);
  value.Set("observedGeneration", condition.observed_generation);
  value.Set("lastTransitionTime", Rfc3339(condition.last_transition_time));
  return value;
}

Result<std::vector<Condition>> ReadConditions(const json::Value& list) {
  std::vector<Condition> conditions;
  if (list.IsNull()) return conditions;
  const json::Value::Array* items = list.AsArray();
  if (items == nullptr)
    return ProtocolError("conditions: expected array, got " + std::string(Name(list.kind())));
  json::Problems problems;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const json::Reader reader((*items)[i], problems, "conditions[" + std::to_string(i) + "]");
    Condition condition;
    condition.type = reader.String("type");
    condition.status = ParseStatus(reader.String("status"));
    condition.reason = reader.StringOr("reason", "");
    condition.message = reader.StringOr("message", "");
    condition.observed_generation = reader.IntegerOr("observedGeneration", 0);
    condition.last_transition_time = Time(reader, "lastTransitionTime").value_or(SystemTime{});
    conditions.push_back(std::move(condition));
  }
  if (!problems.empty()) return ProtocolError(problems.ToStatus().error().message);
  return conditions;
}

const Condition* FindCondition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [type](const Condition& c) { return c.type == type; });
  return found == conditions.end() ? nullptr : &*found;
}

const json::Value* FindCondition(const json::Value& status, std::string_view type) {
  const json::Value* list = status.Find("conditions");
  if (list == nullptr || !list->IsArray()) return nullptr;
  for (const json::Value& entry : *list->AsArray()) {
    if (entry.Text({"type"}) == type) return &entry;
  }
  return nullptr;
}

std::vector<Condition> KeepTransitionTimes(std::vector<Condition> wanted,
                                           const std::vector<Condition>& present, SystemTime now) {
  for (Condition& condition : wanted) {
    const Condition* before = FindCondition(present, condition.type);
    const bool flipped = before == nullptr || before->status != condition.status;
    condition.last_transition_time =
        flipped ? std::chrono::floor<std::chrono::seconds>(now) : before->last_transition_time;
  }
  return wanted;
}

}  // namespace labgallery::kube
