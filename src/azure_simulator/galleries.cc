#include <regex>

#include "src/azure_simulator/compute_galleries.h"

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.compute/galleries";

Check CheckName(const std::string& name) {
  static const std::regex kRule("[A-Za-z0-9]([A-Za-z0-9_.]{0,78}[A-Za-z0-9])?");
  if (std::regex_match(name, kRule)) return {};
  return InvalidParameter("galleryName",
                          "The gallery name is invalid: '" + name +
                              "' has to have letters and digits, underscores and periods in the "
                              "middle, up to 80 characters; no dashes.");
}

Write WriteOf(const World& world, const ResourcePath& path, json::Value document,
              const Resource* existing) {
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .shows_done = true,
              .takes = world.settings.gallery_write};
  write.resource.id = existing == nullptr ? CanonicalId(world, path) : existing->id;
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  std::string unique = path.subscription + "-";
  for (const char c : path.name) {
    unique += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  document.Find("properties")
      ->Set("identifier", json::Value::Object{{"uniqueName", json::Value(unique)}});
  SetDocument(write.resource, document);
  return write;
}

}  // namespace

Answer PutGallery(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckName(path.name));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document, PutDocument(world, call, *FindType(kType), existing));
  if (existing == nullptr) LAB_RETURN_IF_ERROR(CheckLimit(world, path, LocationOf(document)));
  return Accept(world, call, WriteOf(world, path, std::move(document), existing));
}

Answer PatchGallery(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  if (existing == nullptr) return ResourceNotFound("Microsoft.Compute/galleries", path.name);
  LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PatchedDocument(world, call, *FindType(kType), *existing));
  return Accept(world, call, WriteOf(world, path, std::move(document), existing));
}

Answer GetGallery(World& world, const Call& call) {
  for (const std::string_view parameter : {"$select", "$expand"}) {
    const std::string value = QueryOf(call, parameter);
    if (!value.empty()) return NotModelled(std::string(parameter) + "=" + value + " of galleries");
  }
  return GetResource(world, call);
}

Answer DeleteGallery(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* gallery = world.resources.Find(path.id);
  if (gallery == nullptr) return Empty(204);
  LAB_RETURN_IF_ERROR(CheckChildless(world, *gallery));
  if (gallery->state != "Deleting") LAB_RETURN_IF_ERROR(NotBusy(world, *gallery));
  return AcceptDelete(world, call, *gallery, {.takes = world.settings.gallery_delete});
}

Answer ListGalleries(World& world, const Call& call) {
  // Of a group, or of a whole subscription: then the ids of all its groups begin so.
  const auto path = ParseResourcePath(call.path.substr(0, Lower(call.path).rfind("/providers/")));
  std::string prefix = path->id;
  prefix +=
      path->resource_group.empty() ? "/resourcegroups/" : "/providers/microsoft.compute/galleries/";
  return RenderList(world, call, {DepthOfType(kType), prefix, std::string(kType)});
}

}  // namespace labgallery::azure_simulator
