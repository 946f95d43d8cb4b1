#include "src/azure_simulator/control.h"

#include <array>
#include <charconv>

#include "src/azure_simulator/writes.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::azure_simulator {
namespace {

using http::Method;

constexpr std::string_view kPrefix = "/simulator";

std::int64_t Number(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

json::Value RunningOperations(const World& world) {
  json::Value list = json::Value::Array();
  for (const auto& [id, operation] : world.operations.all()) {
    if (operation.ended) continue;
    json::Value shown;
    shown.Set("id", id);
    shown.Set("resource", operation.resource);
    shown.Set("style", Name(operation.style));
    shown.Set("started", Rfc3339Micro(operation.started));
    if (operation.due != SystemTime::max()) shown.Set("due", Rfc3339Micro(operation.due));
    list.Push(std::move(shown));
  }
  return list;
}

Answer ShowState(World& world, const Call&) {
  json::Value shown;
  shown.Set("now", Rfc3339Micro(world.now));
  shown.Set("resources", ShowAll(world));
  shown.Set("operations", RunningOperations(world));
  shown.Set("faults", world.faults.ToJson());
  shown.Set("settings", ToJson(world.settings));
  return Json(200, shown);
}

Answer ShowRequests(World& world, const Call& call) {
  const bool writes = EqualsIgnoreCase(QueryOf(call, "writes"), "true");
  return Json(200, world.log.ToJson(Number(QueryOf(call, "since")), writes));
}

Answer ClearRequests(World& world, const Call&) {
  world.log.Clear();
  return Empty(204);
}

Answer AddFault(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  LAB_ASSIGN_OR_RETURN(const Fault fault, world.faults.Add(body));
  return Json(201, json::Value::Object{{"id", json::Value(fault.id)}});
}

Answer ShowFaults(World& world, const Call&) {
  return Json(200, json::Value::Object{{"faults", world.faults.ToJson()}});
}

Answer RemoveFaults(World& world, const Call& call) {
  const std::string id = QueryOf(call, "id");
  if (id.empty()) {
    world.faults.Clear();
  } else if (!world.faults.Remove(Number(id))) {
    return ArmError{404, "FaultNotFound", "There is no fault " + id + ".", {}};
  }
  return Empty(204);
}

Answer ShowSettings(World& world, const Call&) { return Json(200, ToJson(world.settings)); }

Answer ChangeSettings(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  LAB_RETURN_IF_ERROR(Patch(world.settings, body));
  world.resources.Remember(world.settings.graph_lag);
  world.cloud_changed = true;
  return Json(200, ToJson(world.settings));
}

Answer Reset(World& world, const Call&) {
  world.resources.Clear();
  world.role_assignments.Clear();
  world.operations.Clear();
  world.faults.Clear();
  world.throttle.Clear();
  world.log.Clear();
  world.ghosts.clear();
  world.principals_seen.clear();
  world.identifiers.clear();
  world.registered.clear();
  world.cloud_changed = true;
  return Empty(204);
}

struct ControlRoute {
  Method method;
  std::string_view path;
  Answer (*handler)(World&, const Call&);
};

constexpr auto kRoutes = std::to_array<ControlRoute>({
    {Method::kGet, "/simulator/state", ShowState},
    {Method::kGet, "/simulator/requests", ShowRequests},
    {Method::kDelete, "/simulator/requests", ClearRequests},
    {Method::kGet, "/simulator/resources", ControlResource},
    {Method::kPut, "/simulator/resources", ControlResource},
    {Method::kPatch, "/simulator/resources", ControlResource},
    {Method::kDelete, "/simulator/resources", ControlResource},
    {Method::kPost, "/simulator/regions", ControlRegion},
    {Method::kPost, "/simulator/faults", AddFault},
    {Method::kGet, "/simulator/faults", ShowFaults},
    {Method::kDelete, "/simulator/faults", RemoveFaults},
    {Method::kGet, "/simulator/settings", ShowSettings},
    {Method::kPatch, "/simulator/settings", ChangeSettings},
    {Method::kPost, "/simulator/reset", Reset},
});

}  // namespace

bool IsControl(const std::string& path) {
  return path.starts_with(kPrefix) &&
         (path.size() == kPrefix.size() || path[kPrefix.size()] == '/');
}

http::Response Control(World& world, const Call& call) {
  for (const ControlRoute& route : kRoutes) {
    if (route.method != call.request.method || !EqualsIgnoreCase(route.path, call.path)) continue;
    const Answer answer = route.handler(world, call);
    return answer ? *answer : ErrorResponse(answer.error());
  }
  return ErrorResponse({404, "NotFound", "The control API has no such request.", {}});
}

}  // namespace labgallery::azure_simulator
