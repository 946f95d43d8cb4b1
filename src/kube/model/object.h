// What every Kubernetes object has: type, key, metadata, conditions. Pure values.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::kube {

/// A served resource: where its objects live and what they are called.
struct ResourceType {
  std::string group;  // empty for the core group
  std::string version;
  std::string kind;
  std::string plural;
  bool namespaced = true;

  /// "group/version", or "version" for the core group.
  std::string ApiVersion() const;
  friend auto operator<=>(const ResourceType&, const ResourceType&) = default;
};

struct ObjectKey {
  std::string name_space;  // empty for what has no namespace
  std::string name;

  std::string ToString() const;  // "namespace/name"
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

struct ObjectMeta {
  std::string name;
  std::string name_space;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  std::optional<SystemTime> creation_time;
  std::optional<SystemTime> deletion_time;
  std::vector<std::string> finalizers;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;

  ObjectKey key() const { return {name_space, name}; }
  bool HasFinalizer(std::string_view finalizer) const;
  friend bool operator==(const ObjectMeta&, const ObjectMeta&) = default;
};

/// Reads `metadata` of an object; kProtocol if it has none that can be read.
Result<ObjectMeta> ReadMeta(const json::Value& object);

enum class ConditionStatus { kTrue, kFalse, kUnknown };
std::string_view Name(ConditionStatus status);

/// metav1.Condition.
struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::kUnknown;
  std::string reason;
  std::string message;
  std::int64_t observed_generation = 0;
  SystemTime last_transition_time{};

  friend bool operator==(const Condition&, const Condition&) = default;
};

json::Value ToJson(const Condition& condition);
Result<std::vector<Condition>> ReadConditions(const json::Value& list);

/// The condition of that type, or null.
const Condition* FindCondition(const std::vector<Condition>& conditions, std::string_view type);

/// The same among the conditions of a status as JSON, which need not be well formed.
const json::Value* FindCondition(const json::Value& status, std::string_view type);

/// `wanted`, each with the transition time of `present` where its status did not flip and `now`
/// otherwise.
std::vector<Condition> KeepTransitionTimes(std::vector<Condition> wanted,
                                           const std::vector<Condition>& present, SystemTime now);

}  // namespace labgallery::kube
