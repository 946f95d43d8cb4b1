// Labs, as far as they stand in the way of their account: they can be made, seen and removed.
#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/lab_accounts.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.labservices/labaccounts/labs";

Outcome<http::Response> Store(World& world, const Call& call, const ResourcePath& path,
                              json::Value document) {
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  const Resource* account = world.resources.Find(path.parent);
  for (const std::string_view name : {"id", "name", "type"}) document.Remove(name);
  if (LocationOf(document).empty()) document.Set("location", account->location);
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .takes = world.settings.lab_write};
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

}  // namespace

Answer PutLab(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckParent(world, path));
  LAB_ASSIGN_OR_RETURN(json::Value body, Body(call));
  return Store(world, call, path, std::move(body));
}

Answer CreateLab(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  const std::string name(body.Text({"name"}));
  if (name.empty()) return InvalidParameter("name", "The lab needs a name.");
  const auto path = ParseResourcePath(call.path.substr(0, call.path.rfind('/')) + "/labs/" + name);
  if (!path) return InvalidParameter("name", "The lab's name is invalid.");
  LAB_RETURN_IF_ERROR(CheckParent(world, *path));
  json::Value document;
  for (const std::string_view member : {"location", "tags"}) {
    if (const json::Value* value = body.Find(member)) document.Set(member, *value);
  }
  document.Set("properties", json::Value::Object());
  LAB_ASSIGN_OR_RETURN(const http::Response made, Store(world, call, *path, std::move(document)));
  static_cast<void>(made);  // createLab answers without a body
  return Empty(200);
}

Answer GetLab(World& world, const Call& call) { return GetResource(world, call); }

Answer DeleteLab(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* lab = world.resources.Find(path.id);
  if (lab == nullptr) return Empty(204);
  if (lab->state != "Deleting") LAB_RETURN_IF_ERROR(NotBusy(world, *lab));
  return AcceptDelete(world, call, *lab, {.takes = world.settings.lab_delete});
}

Answer ListLabs(World& world, const Call& call) {
  const std::string account = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, account));
  return RenderList(world, call, ChildrenOf(account, "labs", kType));
}

}  // namespace labgallery::azure_simulator
