#include "src/azure_simulator/saved_images.h"

#include <utility>
#include <vector>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/compute_galleries.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/version_rules.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kDefinition = "microsoft.compute/galleries/images";
constexpr std::string_view kVersion = "microsoft.compute/galleries/images/versions";
constexpr std::int64_t kDiskSizeGB = 30;

/// The first gallery that the account lists.
std::string GalleryOfAccount(const World& world, const std::string& account) {
  std::string gallery;
  const Collection attached = ChildrenOf(account, "sharedgalleries", "");
  world.resources.Visit(attached.depth, attached.prefix, "", [&](const Resource& attachment) {
    gallery = Property(Document(attachment), "galleryId");
    return gallery.empty();
  });
  return gallery;
}

Check CheckGallery(const World& world, const std::string& gallery) {
  if (!gallery.empty() && world.resources.Find(gallery) != nullptr) return {};
  return ArmError{
      409, "SharedGalleryNotAttached", "No shared image gallery is attached to save into.", {}};
}

Outcome<std::string> NameIn(const json::Value& body) {
  std::string name(body.Text({"name"}));
  if (name.empty()) return InvalidParameter("name", "The image needs a name.");
  return name;
}

/// What was asked for takes a while, during which `busy` takes no other write.
Answer Begin(World& world, const Call& call, Resource busy, PendingSave save) {
  save.due = world.now + world.settings.save_lag;
  world.saves.push_back(std::move(save));
  http::Response response =
      Accept(world, call, {.resource = std::move(busy), .takes = world.settings.save_image});
  // An action that was accepted has nothing to show yet.
  response.status = 202;
  response.body.clear();
  response.headers.Remove("Content-Type");
  return response;
}

std::string NextVersion(const World& world, const std::string& definition) {
  int count = 0;
  const Collection versions = ChildrenOf(definition, "versions", "");
  world.resources.Visit(versions.depth, versions.prefix, "", [&](const Resource&) {
    ++count;
    return true;
  });
  while (world.resources.Find(definition + "/versions/0.1." + std::to_string(count)) != nullptr)
    ++count;
  return "0.1." + std::to_string(count);
}

void MakeDefinition(World& world, const PendingSave& save, const std::string& id) {
  Resource definition{.id = id, .type = std::string(kDefinition)};
  definition.location = world.resources.Find(save.gallery)->location;
  definition.created = world.now;
  json::Value document;
  document.Set("location", definition.location);
  json::Value& properties = document.Set("properties", {});
  properties.Set("osType", save.os_type);
  properties.Set("osState", "Specialized");  // Lab Services never generalizes
  properties.Set("hyperVGeneration", "V1");
  properties.Set("architecture", "x64");
  json::Value& identifier = properties.Set("identifier", {});
  identifier.Set("publisher", "AzureLabServices");
  identifier.Set("offer", save.name);
  identifier.Set("sku", save.name);
  SetDocument(definition, document);
  RememberIdentifier(world, definition);
  world.resources.Put(std::move(definition));
}

json::Value VersionDocument(const World& world, const PendingSave& save) {
  json::Value document;
  document.Set("location", save.region);
  json::Value& properties = document.Set("properties", {});
  json::Value& targets =
      properties.Set("publishingProfile", {}).Set("targetRegions", json::Value::Array());
  const Region* source = FindRegion(save.region);
  for (const Region& region : Regions()) {
    const bool own = region.name == save.region;
    const bool near =
        save.whole_geography && source != nullptr && region.kind == Region::Kind::kPhysical &&
        region.geography == source->geography && IsOffered(world, *FindType(kVersion), region.name);
    if (own || near) targets.Push({}).Set("name", region.display);
  }
  properties.Set("storageProfile", {}).Set("osDiskImage", {}).Set("sizeInGB", kDiskSizeGB);
  return document;
}

void Finish(World& world, const PendingSave& save) {
  if (world.resources.Find(save.gallery) == nullptr) return;
  const std::string definition = save.gallery + "/images/" + save.name;
  if (world.resources.Find(definition) == nullptr) MakeDefinition(world, save, definition);
  const std::string gallery_id = world.resources.Find(definition)->id;
  Write write{.creates = true, .slow = true};
  write.resource.id = gallery_id + "/versions/" + NextVersion(world, gallery_id);
  write.resource.type = kVersion;
  write.resource.location = save.region;
  json::Value document = VersionDocument(world, save);
  const auto wanted = ResolveRegions(world, document, nullptr);
  if (!wanted || !CompleteProfiles(world, document, nullptr)) return;
  write.resource.replicas = Plan(world, write.resource, *wanted, std::nullopt);
  SetDocument(write.resource, document);
  const http::Request nobody;
  Accept(world,
         Call{.request = nobody,
              .path = {},
              .query = {},
              .params = {},
              .api_version = {},
              .base_url = world.base_url,
              .fault = {}},
         std::move(write));
}

}  // namespace

Answer SaveEnvironmentImage(World& world, const Call& call) {
  const std::string id = call.path.substr(0, call.path.rfind('/'));
  const Resource* setting = world.resources.Find(id);
  const auto path = ParseResourcePath(id);
  if (setting == nullptr || !path)
    return ResourceNotFound("Microsoft.LabServices/labAccounts/labs/environmentSettings",
                            id.substr(id.rfind('/') + 1));
  LAB_RETURN_IF_ERROR(NotBusy(world, *setting));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  LAB_ASSIGN_OR_RETURN(const std::string name, NameIn(body));
  const std::string account = ParseResourcePath(path->parent)->parent;
  const std::string gallery = GalleryOfAccount(world, world.resources.Find(account)->id);
  LAB_RETURN_IF_ERROR(CheckGallery(world, gallery));
  std::string os_type(Property(Document(*setting), "osType"));
  if (os_type.empty()) os_type = "Linux";
  return Begin(world, call, *setting,
               {.due = {},
                .gallery = gallery,
                .name = name,
                .region = setting->location,
                .os_type = os_type,
                .whole_geography = true});
}

Answer SavePlanImage(World& world, const Call& call) {
  const std::string id = call.path.substr(0, call.path.rfind('/'));
  const Resource* plan = world.resources.Find(id);
  if (plan == nullptr)
    return ResourceNotFound("Microsoft.LabServices/labPlans", id.substr(id.rfind('/') + 1));
  LAB_RETURN_IF_ERROR(NotBusy(world, *plan));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  LAB_ASSIGN_OR_RETURN(const std::string name, NameIn(body));
  const Resource* machine = world.resources.Find(body.Text({"labVirtualMachineId"}));
  if (machine == nullptr || machine->type != "microsoft.labservices/labs/virtualmachines")
    return InvalidParameter("labVirtualMachineId", "labVirtualMachineId names no lab VM.");
  if (machine->location != plan->location)
    return InvalidParameter("labVirtualMachineId", "The lab is in another region than its plan.");
  const std::string gallery(Property(Document(*plan), "sharedGalleryId"));
  LAB_RETURN_IF_ERROR(CheckGallery(world, gallery));
  std::string os_type(Property(Document(*machine), "osType"));
  if (os_type.empty()) os_type = "Linux";
  return Begin(world, call, *plan,
               {.due = {},
                .gallery = gallery,
                .name = name,
                .region = plan->location,
                .os_type = os_type,
                .whole_geography = false});
}

Answer GetEnvironmentSetting(World& world, const Call& call) { return GetResource(world, call); }

Answer ListEnvironmentSettings(World& world, const Call& call) {
  const std::string lab = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, lab));
  return RenderList(world, call,
                    ChildrenOf(lab, "environmentsettings",
                               "microsoft.labservices/labaccounts/labs/environmentsettings"));
}

void FinishSaves(World& world) {
  std::vector<PendingSave> pending;
  std::vector<PendingSave> ended;
  for (PendingSave& save : world.saves)
    (save.due > world.now ? pending : ended).push_back(std::move(save));
  world.saves = std::move(pending);
  const SystemTime now = world.now;
  for (const PendingSave& save : ended) {
    world.now = save.due;
    world.resources.SetNow(world.now);
    Finish(world, save);
  }
  world.now = now;
  world.resources.SetNow(now);
}

}  // namespace labgallery::azure_simulator
