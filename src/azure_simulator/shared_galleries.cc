// The one gallery of a lab account. What no source tells (the answer to a second gallery, who
// writes the role assignment, how long a detached one is still listed) is a setting.
#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/lab_accounts.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/role_assignments.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.labservices/labaccounts/sharedgalleries";

Check CheckGallery(const World& world, const ResourcePath& path, const std::string& gallery_id) {
  const auto gallery = ParseResourcePath(gallery_id);
  if (!gallery || gallery->type != "microsoft.compute/galleries") {
    return InvalidParameter("properties.galleryId", "galleryId has to be the id of a gallery.");
  }
  if (!EqualsIgnoreCase(gallery->name, path.name)) {
    return InvalidParameter("name", "The shared gallery has to be named as the gallery is.");
  }
  const Resource* found = world.resources.Find(gallery_id);
  if (found == nullptr || found->state == "Deleting") {
    return ResourceNotFound("Microsoft.Compute/galleries", gallery->name);
  }
  if (found->state == "Succeeded") return {};
  return ArmError{
      409, "Conflict", "The gallery '" + found->id + "' is in state " + found->state + ".", {}};
}

Check CheckOnlyOne(const World& world, const ResourcePath& path) {
  if (world.settings.second_gallery_accepted) return {};
  const Collection attached = ChildrenOf(path.parent, "sharedgalleries", kType);
  std::string other;
  world.resources.Visit(attached.depth, attached.prefix, "", [&](const Resource& resource) {
    if (Lower(resource.id) != path.key) other = resource.id;
    return other.empty();
  });
  if (other.empty()) return {};
  return ArmError{409,
                  "SharedGalleryAlreadyAttached",
                  "The lab account has a shared image gallery already: '" + other + "'.",
                  {}};
}

Check CheckRole(const World& world, const std::string& gallery_id) {
  if (!world.settings.attach_needs_role || HasLabServicesRole(world, gallery_id)) return {};
  return ArmError{
      403,
      "LinkedAuthorizationFailed",
      "The service principal of Azure Lab Services has no access to '" + gallery_id + "'.",
      {}};
}

}  // namespace

Answer PutSharedGallery(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckParent(world, path));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  const std::string gallery_id(Property(body, "galleryId"));
  LAB_RETURN_IF_ERROR(CheckGallery(world, path, gallery_id));
  LAB_RETURN_IF_ERROR(CheckOnlyOne(world, path));
  LAB_RETURN_IF_ERROR(CheckRole(world, gallery_id));
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .takes = world.settings.attach};
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = kType;
  write.resource.location = world.resources.Find(path.parent)->location;
  json::Value document;
  document.Set("properties", json::Value::Object{{"galleryId", json::Value(gallery_id)}});
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

Answer GetSharedGallery(World& world, const Call& call) { return GetResource(world, call); }

Answer DeleteSharedGallery(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* attachment = world.resources.Find(path.id);
  if (attachment == nullptr) return Empty(204);
  if (attachment->state != "Deleting") {
    LAB_RETURN_IF_ERROR(NotBusy(world, *attachment));
    ForgetSwitches(world, *attachment);
  }
  return AcceptDelete(world, call, *attachment,
                      {.takes = world.settings.detach, .listed_longer = world.settings.detach_lag});
}

Answer ListSharedGalleries(World& world, const Call& call) {
  const std::string account = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, account));
  return RenderList(world, call, ChildrenOf(account, "sharedgalleries", kType));
}

void GrantRoleAfterAttach(World& world, const Resource& attachment) {
  if (!world.settings.attach_grants_role) return;
  GrantLabServicesRole(world, std::string(Property(Document(attachment), "galleryId")));
}

}  // namespace labgallery::azure_simulator
