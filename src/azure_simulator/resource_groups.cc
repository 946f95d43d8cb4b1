#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.resources/resourcegroups";

ArmError GroupNotFound(const std::string& name) {
  return {404, "ResourceGroupNotFound", "Resource group '" + name + "' could not be found.", {}};
}

std::string CanonicalGroupId(const Call& call) {
  return "/subscriptions/" + Lower(call.params.front()) + "/resourceGroups/" + call.params.back();
}

}  // namespace

void MakeResourceGroup(World& world, const std::string& id, const std::string& location) {
  Resource group{.id = id, .type = std::string(kType), .location = NormalRegion(location)};
  group.created = world.now;
  json::Value document;
  document.Set("location", group.location);
  SetDocument(group, document);
  world.resources.Put(std::move(group));
}

Answer PutResourceGroup(World& world, const Call& call) {
  const Resource* existing = world.resources.Find(call.path);
  if (existing != nullptr && existing->state == "Deleting") {
    return ArmError{409,
                    "ResourceGroupBeingDeleted",
                    "The resource group '" + call.params.back() + "' is being deleted.",
                    {}};
  }
  LAB_ASSIGN_OR_RETURN(json::Value document, PutDocument(world, call, *FindType(kType), existing));
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr};
  if (existing == nullptr) write.resource.id = CanonicalGroupId(call);
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

Answer GetResourceGroup(World& world, const Call& call) {
  const Resource* group = world.resources.Find(call.path);
  if (group == nullptr) return GroupNotFound(call.params.back());
  return Json(200, Render(world, *group));
}

Answer HeadResourceGroup(World& world, const Call& call) {
  return Empty(world.resources.Find(call.path) == nullptr ? 404 : 204);
}

Answer DeleteResourceGroup(World& world, const Call& call) {
  Resource* group = world.resources.Find(call.path);
  if (group == nullptr) return GroupNotFound(call.params.back());
  return AcceptDelete(world, call, *group, {.takes = world.settings.group_delete});
}

Answer ListResourceGroups(World& world, const Call& call) {
  const std::string prefix = "/subscriptions/" + call.params.front() + "/resourcegroups/";
  return RenderList(world, call, {DepthOfType(kType), prefix, std::string(kType)});
}

}  // namespace labgallery::azure_simulator
