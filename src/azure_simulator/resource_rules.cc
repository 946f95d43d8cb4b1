// The rules of body_rules.h that concern a resource's place: its id, its parent, its children, its
// instants.
#include <algorithm>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/render.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::azure_simulator {
namespace {

/// The last part of a type as it is spelled in ids: "images" of
/// "Microsoft.Compute/galleries/images".
std::string_view LastSegment(std::string_view text) { return text.substr(text.rfind('/') + 1); }

ArmError CannotDelete(const Resource& resource, const std::vector<std::string>& nested) {
  return {409, "CannotDeleteResource",
          "Can not delete resource before nested resources are deleted. Nested resources: '" +
              Join(nested, ",") + "'.",
          resource.id.substr(resource.id.rfind('/') + 1)};
}

std::vector<std::string> GhostsOf(World& world, const std::string& parent) {
  const auto found = world.ghosts.find(parent);
  if (found == world.ghosts.end()) return {};
  std::erase_if(found->second, [&world](const Ghost& ghost) { return ghost.until <= world.now; });
  std::vector<std::string> ids;
  for (const Ghost& ghost : found->second) ids.push_back(ghost.id);
  if (ids.empty()) world.ghosts.erase(found);
  return ids;
}

}  // namespace

std::string CanonicalId(const World& world, const ResourcePath& path) {
  const ResourceType* type = FindType(path.type);
  const Resource* parent = world.resources.Find(path.parent);
  if (type == nullptr || parent == nullptr) return path.id;
  const bool top = Depth(path.type) == 1;
  const std::string collection =
      top ? "/providers/" + std::string(type->shown) : "/" + std::string(LastSegment(type->shown));
  return parent->id + collection + "/" + path.name;
}

Outcome<ResourcePath> PathOf(const Call& call) {
  if (auto path = ParseResourcePath(call.path)) return *std::move(path);
  return ArmError{400, "InvalidResourceId", "'" + call.path + "' is no resource id.", {}};
}

Answer GetResource(const World& world, const Call& call, bool replication) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* resource = world.resources.Find(path.id);
  if (resource == nullptr) {
    const ResourceType* type = FindType(path.type);
    return ResourceNotFound(std::string(type == nullptr ? path.type : type->shown), path.name);
  }
  return Json(200, Render(world, *resource, {.is_get = true, .replication = replication}));
}

Check CheckChildless(World& world, const Resource& resource) {
  constexpr std::size_t kNamed = 10;
  std::vector<std::string> nested = GhostsOf(world, Lower(resource.id));
  world.resources.Visit(Depth(resource.id) + 2, resource.id + "/", "", [&](const Resource& child) {
    nested.push_back(child.id);
    return nested.size() < kNamed;
  });
  if (nested.empty()) return {};
  return CannotDelete(resource, nested);
}

std::string_view Property(const json::Value& document, std::string_view name) {
  return document.Text({"properties", name});
}

Check NormaliseEndOfLife(const World& world, json::Value& holder, const json::Value* before,
                         const std::string& target) {
  json::Value* sent = holder.Find("endOfLifeDate");
  if (sent == nullptr) return {};
  const auto instant = sent->IsString() ? ParseRfc3339(*sent->AsString()) : std::nullopt;
  if (!instant) return InvalidParameter(target, target + " is no date.");
  std::string text = Rfc3339(*instant);
  text.replace(text.size() - 1, 1, "+00:00");
  const bool unchanged = before != nullptr && before->IsString() && *before->AsString() == text;
  if (!unchanged && *instant <= world.now) {
    return InvalidParameter(target, target + ": EndOfLifeDate must be set to a future date.");
  }
  *sent = std::move(text);
  return {};
}

}  // namespace labgallery::azure_simulator
