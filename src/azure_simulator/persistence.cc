#include "src/azure_simulator/persistence.h"

#include <algorithm>
#include <utility>

#include "src/azure_simulator/compute_galleries.h"
#include "src/base/text.h"
#include "src/json/parse.h"
#include "src/json/reader.h"

namespace labgallery::azure_simulator {
namespace {

constexpr const char* kResources = "resources";
constexpr const char* kRoleAssignments = "roleAssignments";
constexpr const char* kOperations = "operations";
constexpr const char* kCloud = "cloud";

std::int64_t Micros(SystemTime time) { return time.time_since_epoch().count(); }
SystemTime Instant(std::int64_t micros) { return SystemTime(Duration(micros)); }

json::Value ToRecord(const Replica& replica) {
  json::Value record;
  record.Set("region", replica.region);
  record.Set("count", replica.count);
  record.Set("storage", replica.storage_type);
  record.Set("started", Micros(replica.started));
  record.Set("ends", Micros(replica.ends));
  record.Set("fate", static_cast<int>(replica.fate));
  record.Set("details", replica.details);
  return record;
}

Replica ReplicaFrom(const json::Reader& record) {
  return {
      .region = record.String("region"),
      .count = record.Integer("count"),
      .storage_type = record.String("storage"),
      .started = Instant(record.Integer("started")),
      .ends = Instant(record.Integer("ends")),
      .fate = static_cast<Replica::Fate>(std::clamp<std::int64_t>(record.Integer("fate"), 0, 2)),
      .details = record.StringOr("details", "")};
}

std::string ToRecord(const Resource& resource) {
  json::Value record;
  record.Set("id", resource.id);
  record.Set("type", resource.type);
  record.Set("state", resource.state);
  record.Set("operation", resource.operation);
  record.Set("location", resource.location);
  record.Set("document", resource.document);
  record.Set("created", Micros(resource.created));
  record.Set("generalized", resource.generalized);
  json::Value& replicas = record.Set("replicas", json::Value::Array());
  for (const Replica& replica : resource.replicas) replicas.Push(ToRecord(replica));
  return json::Dump(record);
}

Resource ResourceFrom(const json::Reader& record) {
  Resource resource{.id = record.String("id"),
                    .type = record.String("type"),
                    .state = record.String("state"),
                    .operation = record.StringOr("operation", ""),
                    .location = record.StringOr("location", ""),
                    .document = record.String("document"),
                    .created = Instant(record.Integer("created")),
                    .generalized = record.BooleanOr("generalized", false),
                    .replicas = {}};
  for (const json::Reader& replica : record.Items("replicas")) {
    resource.replicas.push_back(ReplicaFrom(replica));
  }
  return resource;
}

std::string ToRecord(const Operation& operation) {
  json::Value record;
  record.Set("id", operation.id);
  record.Set("resource", operation.resource);
  record.Set("verb", static_cast<int>(operation.verb));
  record.Set("status", static_cast<int>(operation.status));
  record.Set("style", static_cast<int>(operation.style));
  record.Set("started", Micros(operation.started));
  record.Set("due", Micros(operation.due));
  record.Set("gone", Micros(operation.gone));
  if (operation.ended) record.Set("ended", Micros(*operation.ended));
  if (operation.fate) record.Set("fate", ErrorBody(*operation.fate));
  record.Set("url", operation.url_path);
  record.Set("apiVersion", operation.api_version);
  record.Set("slow", operation.slow);
  return json::Dump(record);
}

Operation OperationFrom(const json::Reader& record) {
  const auto number = [&record](std::string_view name, std::int64_t most) {
    return std::clamp<std::int64_t>(record.Integer(name), 0, most);
  };
  Operation operation{.id = record.String("id"),
                      .resource = record.String("resource"),
                      .verb = static_cast<Operation::Verb>(number("verb", 2)),
                      .status = static_cast<Operation::Status>(number("status", 2)),
                      .style = static_cast<OperationStyle>(number("style", 3)),
                      .started = Instant(record.Integer("started")),
                      .due = Instant(record.Integer("due")),
                      .gone = Instant(record.Integer("gone")),
                      .ended = {},
                      .fate = {},
                      .url_path = record.String("url"),
                      .api_version = record.String("apiVersion"),
                      .slow = record.BooleanOr("slow", false)};
  if (const auto ended = record.OptionalInteger("ended")) operation.ended = Instant(*ended);
  const json::Reader fate = record.Object("fate");
  if (fate.Present()) {
    operation.fate =
        ArmError{200, fate.String("code"), fate.String("message"), fate.StringOr("target", "")};
  }
  return operation;
}

json::Value ToRecord(const PendingSave& save) {
  json::Value record;
  record.Set("due", Micros(save.due));
  record.Set("gallery", save.gallery);
  record.Set("name", save.name);
  record.Set("region", save.region);
  record.Set("osType", save.os_type);
  record.Set("wholeGeography", save.whole_geography);
  return record;
}

PendingSave SaveFrom(const json::Reader& record) {
  return {.due = Instant(record.Integer("due")),
          .gallery = record.String("gallery"),
          .name = record.String("name"),
          .region = record.String("region"),
          .os_type = record.String("osType"),
          .whole_geography = record.BooleanOr("wholeGeography", false)};
}

std::string CloudRecord(const World& world) {
  json::Value record;
  record.Set("now", Micros(world.now));
  record.Set("settings", ToJson(world.settings));
  json::Value& saves = record.Set("saves", json::Value::Array());
  for (const PendingSave& save : world.saves) saves.Push(ToRecord(save));
  json::Value& registered = record.Set("registered", json::Value::Object());
  for (const auto& [subscription, providers] : world.registered) {
    json::Value& times = registered.Set(subscription, json::Value::Object());
    for (const auto& [provider, at] : providers) times.Set(provider, Micros(at));
  }
  return json::Dump(record);
}

/// Calls `take` with each record of a collection.
template <typename Take>
Status LoadEach(const state::Store& store, const char* collection, const Take& take) {
  LAB_ASSIGN_OR_RETURN(const auto records, store.Load(collection));
  for (const state::Record& record : records) {
    LAB_ASSIGN_OR_RETURN(const json::Value value, json::Parse(record.body));
    json::Problems problems;
    take(json::Reader(value, problems));
    LAB_RETURN_IF_ERROR(problems.ToStatus());
  }
  return Ok();
}

void TakeCloud(World& world, const json::Reader& record) {
  const SystemTime saved = Instant(record.Integer("now"));
  world.ahead = std::max(Duration::zero(), saved - world.now);
  world.now += world.ahead;
  if (const json::Value* settings = record.Raw("settings")) {
    if (!Patch(world.settings, *settings)) record.Problem("settings", "cannot be read");
  }
  world.resources.Remember(world.settings.graph_lag);
  for (const json::Reader& save : record.Items("saves")) world.saves.push_back(SaveFrom(save));
  const json::Reader registered = record.Object("registered");
  if (!registered.Present()) return;
  for (const auto& [subscription, providers] : *registered.value()->AsObject()) {
    const json::Reader times = registered.Object(subscription);
    if (!times.Present()) continue;
    for (const auto& [provider, at] : *providers.AsObject())
      world.registered[subscription][provider] = Instant(times.Integer(provider));
  }
}

/// What was scheduled for an operation before.
void ScheduleAgain(World& world, const Operation& operation) {
  using Kind = Operations::Event::Kind;
  if (operation.ended) {
    world.operations.Schedule(*operation.ended + world.settings.operation_kept,
                              Kind::kForgetOperation, operation.id);
  } else if (operation.due != SystemTime::max()) {
    world.operations.Schedule(operation.due, Kind::kOperationDue, operation.id);
  }
  if (operation.verb == Operation::Verb::kDelete) {
    world.operations.Schedule(operation.gone, Kind::kGone, operation.resource);
  }
}

void AddChanges(const Resources& resources, const char* collection, std::vector<std::string> keys,
                std::vector<state::Change>& changes) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (std::string& key : keys) {
    const Resource* resource = resources.Find(key);
    std::optional<std::string> body;
    if (resource != nullptr) body = ToRecord(*resource);
    changes.push_back({collection, std::move(key), std::move(body)});
  }
}

}  // namespace

Status LoadWorld(World& world, const state::Store& store) {
  LAB_RETURN_IF_ERROR(LoadEach(store, kCloud, [&](const json::Reader& r) { TakeCloud(world, r); }));
  LAB_RETURN_IF_ERROR(LoadEach(store, kResources, [&world](const json::Reader& record) {
    RememberIdentifier(world, world.resources.Put(ResourceFrom(record)));
  }));
  LAB_RETURN_IF_ERROR(LoadEach(store, kRoleAssignments, [&world](const json::Reader& record) {
    world.role_assignments.Put(ResourceFrom(record));
  }));
  LAB_RETURN_IF_ERROR(LoadEach(store, kOperations, [&world](const json::Reader& record) {
    ScheduleAgain(world, world.operations.Add(OperationFrom(record)));
  }));
  world.resources.KeepUnsaved();
  world.role_assignments.KeepUnsaved();
  world.operations.KeepUnsaved();
  return Ok();
}

Status SaveWorld(World& world, state::Store& store) {
  std::vector<state::Change> changes;
  AddChanges(world.resources, kResources, world.resources.TakeUnsaved(), changes);
  AddChanges(world.role_assignments, kRoleAssignments, world.role_assignments.TakeUnsaved(),
             changes);
  for (std::string& id : world.operations.TakeUnsaved()) {
    const Operation* operation = world.operations.Find(id);
    std::optional<std::string> body;
    if (operation != nullptr) body = ToRecord(*operation);
    changes.push_back({kOperations, std::move(id), std::move(body)});
  }
  if (changes.empty() && !std::exchange(world.cloud_changed, false)) return Ok();
  changes.push_back({kCloud, kCloud, CloudRecord(world)});
  return store.Apply(changes);
}

}  // namespace labgallery::azure_simulator
