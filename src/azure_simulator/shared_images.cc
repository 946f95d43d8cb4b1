// The images of an account's attached gallery and their switches. They are computed from the
// gallery: a definition with a version that can be used somewhere is an image, Enabled until
// somebody says otherwise.
#include <optional>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/lab_accounts.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.labservices/labaccounts/sharedimages";

/// The gallery ids of the accounts' attachments that are not on their way out.
std::vector<std::string> AttachedGalleries(const World& world, const std::string& account) {
  std::vector<std::string> galleries;
  const Collection attached = ChildrenOf(account, "sharedgalleries", "");
  world.resources.Visit(attached.depth, attached.prefix, "", [&](const Resource& attachment) {
    if (attachment.state == "Succeeded" || attachment.state == "Updating") {
      galleries.emplace_back(Property(Document(attachment), "galleryId"));
    }
    return true;
  });
  return galleries;
}

bool HasUsableVersion(const World& world, const Resource& definition) {
  bool usable = false;
  const Collection versions = ChildrenOf(definition.id, "versions", "");
  world.resources.Visit(versions.depth, versions.prefix, "", [&](const Resource& version) {
    usable = IsUsable(version, world.now);
    return !usable;
  });
  return usable;
}

std::string NameOf(const Resource& resource) {
  return resource.id.substr(resource.id.rfind('/') + 1);
}

json::Value RenderImage(const World& world, const std::string& account, const Resource& definition,
                        const std::string& gallery) {
  const std::string name = NameOf(definition);
  const Resource* image_switch = world.resources.Find(account + "/sharedimages/" + name);
  const json::Value document = Document(definition);
  std::string state = "Enabled";
  if (image_switch != nullptr) state = Property(Document(*image_switch), "enableState");
  json::Value properties;
  properties.Set(world.settings.enable_state_capital ? "EnableState" : "enableState", state);
  properties.Set("sharedGalleryId", gallery);
  properties.Set("osType", Property(document, "osType"));
  properties.Set("imageType", "SharedImage");
  properties.Set("displayName", name);
  properties.Set("definitionName", name);
  properties.Set("provisioningState", image_switch == nullptr ? "Succeeded" : image_switch->state);
  json::Value shown;
  shown.Set("id", account + "/sharedimages/" + name);
  shown.Set("name", name);
  shown.Set("type", "Microsoft.LabServices/labAccounts/sharedImages");
  shown.Set("properties", std::move(properties));
  return shown;
}

struct SharedImage {
  const Resource* definition;
  std::string gallery;
};

std::optional<SharedImage> FindImage(const World& world, const std::string& account,
                                     const std::string& name) {
  for (const std::string& gallery : AttachedGalleries(world, account)) {
    const Resource* definition = world.resources.Find(gallery + "/images/" + name);
    if (definition != nullptr && HasUsableVersion(world, *definition)) {
      return SharedImage{definition, gallery};
    }
  }
  return std::nullopt;
}

Outcome<std::string> WantedState(const json::Value& body) {
  // The published module writes EnableState; both spellings are taken.
  std::string_view state = Property(body, "enableState");
  if (state.empty()) state = Property(body, "EnableState");
  for (const std::string_view known : {"Enabled", "Disabled"}) {
    if (EqualsIgnoreCase(state, known)) return std::string(known);
  }
  return InvalidParameter("properties.enableState", "enableState has to be Enabled or Disabled.");
}

/// The service takes the whole property set, not a part of it.
Check CheckWhole(const json::Value& body, const SharedImage& image) {
  for (const std::string_view name :
       {"sharedGalleryId", "osType", "imageType", "displayName", "definitionName"}) {
    if (!Property(body, name).empty()) continue;
    return InvalidParameter("properties." + std::string(name),
                            "Required property '" + std::string(name) + "' is missing.");
  }
  if (EqualsIgnoreCase(Property(body, "sharedGalleryId"), image.gallery)) return {};
  return InvalidParameter("properties.sharedGalleryId", "The image belongs to another gallery.");
}

}  // namespace

Answer PutSharedImage(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckParent(world, path));
  const Resource* account = world.resources.Find(path.parent);
  const auto image = FindImage(world, account->id, path.name);
  if (!image) return ResourceNotFound("Microsoft.LabServices/labAccounts/sharedImages", path.name);
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  LAB_RETURN_IF_ERROR(CheckWhole(body, *image));
  LAB_ASSIGN_OR_RETURN(const std::string state, WantedState(body));
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .takes = world.settings.switch_image};
  write.resource.id = account->id + "/sharedimages/" + NameOf(*image->definition);
  write.resource.type = kType;
  write.resource.location = account->location;
  json::Value document;
  document.Set("properties", json::Value::Object{{"enableState", json::Value(state)},
                                                 {"sharedGalleryId", json::Value(image->gallery)}});
  SetDocument(write.resource, document);
  const std::string account_id = account->id;
  http::Response response = Accept(world, call, std::move(write));
  response.body =
      Json(200, RenderImage(world, account_id, *image->definition, image->gallery)).body;
  return response;
}

Answer GetSharedImage(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, path.parent));
  const Resource* account = world.resources.Find(path.parent);
  const auto image = FindImage(world, account->id, path.name);
  if (!image) return ResourceNotFound("Microsoft.LabServices/labAccounts/sharedImages", path.name);
  return Json(200, RenderImage(world, account->id, *image->definition, image->gallery));
}

Answer ListSharedImages(World& world, const Call& call) {
  const std::string account_path = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, account_path));
  const Resource* account = world.resources.Find(account_path);
  json::Value items = json::Value::Array();
  for (const std::string& gallery : AttachedGalleries(world, account->id)) {
    const Collection definitions = ChildrenOf(gallery, "images", "");
    world.resources.Visit(definitions.depth, definitions.prefix, "",
                          [&](const Resource& definition) {
                            if (!HasUsableVersion(world, definition)) return true;
                            json::Value item = RenderImage(world, account->id, definition, gallery);
                            if (items.AsArray()->empty() && world.settings.duplicates_in_lists)
                              items.Push(item);
                            items.Push(std::move(item));
                            return true;
                          });
  }
  return Json(200, Page(std::move(items), call, ""));
}

void ForgetSwitches(World& world, const Resource& attachment) {
  const std::string account = ParseResourcePath(attachment.id)->parent;
  const std::string gallery(Property(Document(attachment), "galleryId"));
  std::vector<std::string> forgotten;
  const Collection switches = ChildrenOf(account, "sharedimages", "");
  world.resources.Visit(switches.depth, switches.prefix, "", [&](const Resource& image_switch) {
    if (EqualsIgnoreCase(Property(Document(image_switch), "sharedGalleryId"), gallery)) {
      forgotten.push_back(image_switch.id);
    }
    return true;
  });
  for (const std::string& id : forgotten) world.resources.Erase(id);
}

}  // namespace labgallery::azure_simulator
