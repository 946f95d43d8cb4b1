#include <optional>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/compute_galleries.h"
#include "src/azure_simulator/control.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/azure_simulator/version_rules.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kVersion = "microsoft.compute/galleries/images/versions";
constexpr std::string_view kRoleAssignment = "microsoft.authorization/roleassignments";
constexpr std::string_view kSharedImage = "microsoft.labservices/labaccounts/sharedimages";

Outcome<ResourcePath> IdOf(const Call& call) {
  const auto path = ParseResourcePath(QueryOf(call, "id"));
  if (path && FindType(path->type) != nullptr) return *path;
  return ArmError{400, "InvalidResourceId", "The query needs the id of a modelled resource.", "id"};
}

Resources& StoreOf(World& world, const ResourcePath& path) {
  return path.type == kRoleAssignment ? world.role_assignments : world.resources;
}

/// The document of a resource that is put from outside, and what has to stand around it.
void MakeGroup(World& world, const ResourcePath& path, const json::Value& document) {
  if (path.resource_group.empty() || path.type == "microsoft.resources/resourcegroups") return;
  const std::string group =
      "/subscriptions/" + path.subscription + "/resourceGroups/" + path.resource_group;
  const std::string location = LocationOf(document);
  if (world.resources.Find(group) == nullptr) {
    MakeResourceGroup(world, group, location.empty() ? "westeurope" : location);
  }
}

/// From outside a version is there with all its regions, Completed.
Check CompleteVersion(World& world, Resource& version, json::Value& document) {
  LAB_ASSIGN_OR_RETURN(const auto wanted, ResolveRegions(world, document, nullptr));
  LAB_RETURN_IF_ERROR(CompleteProfiles(world, document, nullptr));
  version.replicas = Plan(world, version, wanted, std::nullopt);
  for (Replica& replica : version.replicas) replica.started = replica.ends = world.now;
  json::Value* properties = document.Find("properties");
  if (properties->Find("storageProfile") == nullptr) {
    properties->Set(
        "storageProfile",
        json::Value::Object{
            {"osDiskImage", json::Value(json::Value::Object{{"sizeInGB", json::Value(30)}})}});
  }
  return {};
}

void CompleteSwitch(json::Value& document, const World& world, const ResourcePath& path) {
  json::Value& properties = *document.Find("properties");
  if (const json::Value* capital = properties.Find("EnableState")) {
    properties.Set("enableState", *capital);
  }
  if (properties.Find("sharedGalleryId") != nullptr) return;
  const Collection attached = ChildrenOf(path.parent, "sharedgalleries", "");
  world.resources.Visit(
      attached.depth, attached.prefix, "", [&properties](const Resource& gallery) {
        properties.Set("sharedGalleryId", Property(Document(gallery), "galleryId"));
        return false;
      });
}

std::string TakeState(json::Value& document) {
  json::Value* properties = document.Find("properties");
  if (properties == nullptr) properties = &document.Set("properties", json::Value::Object());
  const std::string state(properties->Text({"provisioningState"}));
  properties->Remove("provisioningState");
  return state.empty() ? "Succeeded" : state;
}

Answer Store(World& world, const ResourcePath& path, json::Value document) {
  MakeGroup(world, path, document);
  const bool nested = Depth(path.type) > 1;
  if (nested) LAB_RETURN_IF_ERROR(CheckParentExists(world, path.parent));
  Resources& store = StoreOf(world, path);
  const Resource* existing = store.Find(path.id);
  Resource resource = existing == nullptr ? Resource{} : *existing;
  resource.id = existing == nullptr ? CanonicalId(world, path) : existing->id;
  resource.type = path.type;
  resource.state = TakeState(document);
  if (existing == nullptr) resource.created = world.now;
  resource.operation.clear();
  const Resource* parent = world.resources.Find(path.parent);
  resource.location = LocationOf(document);
  if (resource.location.empty() && parent != nullptr) resource.location = parent->location;
  if (const json::Value* generalized = document.Find("generalized")) {
    resource.generalized = generalized->AsBoolean() != nullptr && *generalized->AsBoolean();
    document.Remove("generalized");
  }
  if (path.type == kVersion) LAB_RETURN_IF_ERROR(CompleteVersion(world, resource, document));
  if (path.type == kSharedImage) CompleteSwitch(document, world, path);
  if (path.type == kRoleAssignment) document.Find("properties")->Set("scope", path.parent);
  for (const std::string_view name : {"id", "name", "type"}) document.Remove(name);
  SetDocument(resource, document);
  RememberIdentifier(world, resource);
  return Json(existing == nullptr ? 201 : 200, Render(world, store.Put(std::move(resource))));
}

Answer ShowOne(const World& world, const Resources& store, const ResourcePath& path) {
  const Resource* resource = store.Find(path.id);
  if (resource == nullptr) return ResourceNotFound(path.type, path.name);
  return Json(200,
              Render(world, *resource, {.is_get = true, .replication = path.type == kVersion}));
}

void Remove(World& world, const std::string& id) {
  for (Resources* store : {&world.resources, &world.role_assignments}) {
    for (const std::string& below : store->Below(id)) store->Erase(below);
    store->Erase(id);
  }
}

/// The region leaves the version's targets too.
void DropTarget(Resource& version, const std::string& region) {
  json::Value document = Document(version);
  json::Value* properties = document.Find("properties");
  json::Value* profile = properties == nullptr ? nullptr : properties->Find("publishingProfile");
  json::Value* targets = profile == nullptr ? nullptr : profile->Find("targetRegions");
  if (targets == nullptr) return;
  std::erase_if(targets->MakeArray(), [&region](const json::Value& target) {
    return NormalRegion(target.Text({"name"})) == region;
  });
  SetDocument(version, document);
}

}  // namespace

Answer ControlResource(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, IdOf(call));
  Resources& store = StoreOf(world, path);
  const http::Method method = call.request.method;
  if (method == http::Method::kGet) return ShowOne(world, store, path);
  if (method == http::Method::kDelete) {
    const bool there = store.Find(path.id) != nullptr;
    Remove(world, path.id);
    return Empty(there ? 200 : 204);
  }
  LAB_ASSIGN_OR_RETURN(json::Value document, Body(call));
  if (method == http::Method::kPatch) {
    const Resource* existing = store.Find(path.id);
    if (existing == nullptr) return ResourceNotFound(path.type, path.name);
    json::Value patched = Document(*existing);
    json::MergePatch(patched, document);
    document = std::move(patched);
  }
  return Store(world, path, std::move(document));
}

Answer ControlRegion(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  Resource* version = world.resources.Find(body.Text({"version"}));
  if (version == nullptr || version->type != kVersion) {
    return ArmError{404, "ResourceNotFound", "There is no such image version.", "version"};
  }
  const std::string region = NormalRegion(body.Text({"region"}));
  const std::string_view what = body.Text({"do"});
  world.resources.Touch(*version);
  LAB_RETURN_IF_ERROR(ForceRegion(world, *version, region, what));
  if (what == "drop") DropTarget(*version, region);
  Reschedule(world, *version);
  return Json(200, Render(world, *version, {.is_get = true, .replication = true}));
}

json::Value ShowAll(const World& world) {
  json::Value shown = json::Value::Array();
  for (const Resources* store : {&world.resources, &world.role_assignments}) {
    for (const auto& [key, resource] : store->all()) {
      shown.Push(Render(world, resource, {.replication = resource.type == kVersion}));
    }
  }
  return shown;
}

}  // namespace labgallery::azure_simulator
