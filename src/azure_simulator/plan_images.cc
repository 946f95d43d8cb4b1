// The images of a lab plan: Marketplace ones and those of its gallery in one list. They are
// computed: a definition with a version in the plan's own region is an image, Disabled until
// somebody says otherwise (Images.json of 2023-06-07; how-to-attach-detach-shared-image-gallery.md
// of MicrosoftDocs/azure-docs, 2023).
#include <array>
#include <set>
#include <vector>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/lab_plans.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/replication.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.labservices/labplans/images";

struct MarketplaceImage {
  std::string_view publisher, offer, sku, os_type;
};
constexpr std::array<MarketplaceImage, 2> kMarketplace{
    {{"canonical", "ubuntu-24_04-lts", "server", "Linux"},
     {"microsoftwindowsdesktop", "windows-11", "win11-23h2-pro", "Windows"}}};

std::string NameOf(const std::string& id) { return id.substr(id.rfind('/') + 1); }

std::string SwitchedState(const World& world, const std::string& id) {
  const Resource* stored = world.resources.Find(id);
  return stored == nullptr ? "Disabled" : std::string(Property(Document(*stored), "enabledState"));
}

json::Value Envelope(const World& world, const std::string& plan, const std::string& name,
                     json::Value properties) {
  const std::string id = plan + "/images/" + name;
  properties.Set("enabledState", SwitchedState(world, id));
  properties.Set("provisioningState", "Succeeded");
  json::Value shown;
  shown.Set("id", id);
  shown.Set("name", name);
  shown.Set("type", "Microsoft.LabServices/labPlans/images");
  shown.Set("properties", std::move(properties));
  return shown;
}

json::Value Marketplace(const World& world, const std::string& plan, const MarketplaceImage& row) {
  json::Value properties;
  properties.Set("displayName", std::string(row.offer) + " " + std::string(row.sku));
  properties.Set("publisher", row.publisher);
  properties.Set("offer", row.offer);
  properties.Set("sku", row.sku);
  properties.Set("osType", row.os_type);
  properties.Set("osState", "Generalized");
  const std::string name =
      Join({std::string(row.publisher), std::string(row.offer), std::string(row.sku)}, ".");
  return Envelope(world, plan, name, std::move(properties));
}

std::set<std::string> RegionsOf(const World& world, const Resource& definition) {
  std::set<std::string> regions;
  const Collection versions = ChildrenOf(definition.id, "versions", "");
  world.resources.Visit(versions.depth, versions.prefix, "", [&](const Resource& version) {
    for (const Replica& replica : version.replicas) {
      if (StateOf(replica, world.now) == ReplicaState::kCompleted) regions.insert(replica.region);
    }
    return true;
  });
  return regions;
}

std::vector<json::Value> GalleryImages(const World& world, const Resource& plan) {
  std::vector<json::Value> images;
  const std::string gallery(Property(Document(plan), "sharedGalleryId"));
  if (gallery.empty()) return images;
  const Collection definitions = ChildrenOf(gallery, "images", "");
  world.resources.Visit(definitions.depth, definitions.prefix, "", [&](const Resource& definition) {
    const std::set<std::string> regions = RegionsOf(world, definition);
    if (!regions.contains(plan.location)) return true;
    const json::Value document = Document(definition);
    json::Value properties;
    properties.Set("displayName", NameOf(definition.id));
    properties.Set("osType", Property(document, "osType"));
    properties.Set("osState", Property(document, "osState"));
    properties.Set("sharedGalleryId", definition.id);
    json::Value& available = properties.Set("availableRegions", json::Value::Array());
    for (const std::string& region : regions) available.Push(region);
    images.push_back(Envelope(world, plan.id, NameOf(gallery) + "." + NameOf(definition.id),
                              std::move(properties)));
    return true;
  });
  return images;
}

std::vector<json::Value> ImagesOf(const World& world, const Resource& plan) {
  std::vector<json::Value> images;
  for (const MarketplaceImage& row : kMarketplace)
    images.push_back(Marketplace(world, plan.id, row));
  for (json::Value& image : GalleryImages(world, plan)) images.push_back(std::move(image));
  return images;
}

Outcome<json::Value> FindImage(const World& world, const ResourcePath& path) {
  LAB_RETURN_IF_ERROR(CheckParentExists(world, path.parent));
  for (json::Value& image : ImagesOf(world, *world.resources.Find(path.parent))) {
    if (EqualsIgnoreCase(image.Text({"name"}), path.name)) return std::move(image);
  }
  return ResourceNotFound("Microsoft.LabServices/labPlans/images", path.name);
}

Answer Switch(World& world, const Call& call, bool is_put) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_ASSIGN_OR_RETURN(json::Value image, FindImage(world, path));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  const std::string_view wanted = Property(body, "enabledState");
  if (wanted != "Enabled" && wanted != "Disabled" && (is_put || !wanted.empty())) {
    return InvalidParameter("properties.enabledState",
                            "enabledState has to be Enabled or Disabled.");
  }
  if (!wanted.empty()) {
    Resource stored{.id = std::string(image.Text({"id"})), .type = std::string(kType)};
    stored.location = world.resources.Find(path.parent)->location;
    stored.created = world.now;
    json::Value document;
    document.Set("properties", {}).Set("enabledState", wanted);
    SetDocument(stored, document);
    world.resources.Put(std::move(stored));
    image.Find("properties")->Set("enabledState", wanted);
  }
  return Json(200, image);
}

}  // namespace

Answer PutPlanImage(World& world, const Call& call) { return Switch(world, call, true); }
Answer PatchPlanImage(World& world, const Call& call) { return Switch(world, call, false); }

Answer GetPlanImage(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_ASSIGN_OR_RETURN(const json::Value image, FindImage(world, path));
  return Json(200, image);
}

Answer ListPlanImages(World& world, const Call& call) {
  const std::string plan = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, plan));
  json::Value items = json::Value::Array();
  for (json::Value& image : ImagesOf(world, *world.resources.Find(plan)))
    items.Push(std::move(image));
  return Json(200, Page(std::move(items), call, ""));
}

void ForgetPlanSwitches(World& world, const std::string& plan_id) {
  const Resource* plan = world.resources.Find(plan_id);
  if (plan == nullptr) return;
  for (const json::Value& image : GalleryImages(world, *plan))
    world.resources.Erase(image.Text({"id"}));
}

}  // namespace labgallery::azure_simulator
