#include "src/azure_simulator/body_rules.h"

#include <algorithm>
#include <array>

#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/render.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::size_t kMostTags = 50;
constexpr std::size_t kLongestTagName = 512;
constexpr std::size_t kLongestTagValue = 256;

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view known) { return EqualsIgnoreCase(known, name); });
}

Check CheckTags(const json::Value& document) {
  const json::Value* tags = document.Find("tags");
  if (tags == nullptr || tags->IsNull()) return {};
  if (!tags->IsObject()) return InvalidParameter("tags", "tags has to be an object of strings.");
  if (tags->AsObject()->size() > kMostTags) {
    return ArmError{400, "TooManyTags", "A resource can have at most 50 tags.", "tags"};
  }
  for (const auto& [name, value] : *tags->AsObject()) {
    if (!value.IsString())
      return InvalidParameter("tags." + name, "A tag's value has to be a string.");
    if (name.size() > kLongestTagName || value.AsString()->size() > kLongestTagValue) {
      return ArmError{400, "InvalidTag",
                      "The tag '" + name.substr(0, 64) + "' is longer than Azure allows.",
                      "tags." + name.substr(0, 64)};
    }
  }
  return {};
}

/// The real state wins over a sent one; where they differ some services refuse.
Check CheckSentState(const World& world, const json::Value& properties, const Resource* existing) {
  const json::Value* sent = properties.Find("provisioningState");
  if (sent == nullptr || !sent->IsString() || !world.settings.read_only_state_refused) return {};
  if (existing != nullptr && *sent->AsString() == existing->state) return {};
  return InvalidParameter(
      "properties.provisioningState",
      "properties.provisioningState is read-only and differs from the resource's.");
}

Outcome<json::Value> WritableProperties(const World& world, const json::Value& body,
                                        const ResourceType& type, const Resource* existing) {
  json::Value writable = json::Value::Object();
  const json::Value* properties = body.Find("properties");
  if (properties == nullptr || properties->IsNull()) return writable;
  if (!properties->IsObject()) {
    return ArmError{400, "InvalidRequestContent", "properties has to be an object.", "properties"};
  }
  LAB_RETURN_IF_ERROR(CheckSentState(world, *properties, existing));
  for (const auto& [name, value] : *properties->AsObject()) {
    if (Contains(type.read_only, name)) continue;
    if (!type.writable.empty() && !Contains(type.writable, name)) {
      return ArmError{400, "BadRequest",
                      "Could not find member '" + name + "' on object of type '" +
                          std::string(type.noun) + "'.",
                      "properties." + name};
    }
    writable.Set(name, value);
  }
  return writable;
}

Check CheckSameLocation(const json::Value& document, const Resource& existing) {
  const std::string location = LocationOf(document);
  if (location.empty() || location == existing.location) return {};
  return ArmError{409, "InvalidResourceLocation",
                  "The resource '" + existing.id + "' already exists in location '" +
                      existing.location + "' and cannot be created in location '" + location + "'.",
                  "location"};
}

}  // namespace

std::string LocationOf(const json::Value& document) {
  return NormalRegion(document.Text({"location"}));
}

bool IsOffered(const World& world, const ResourceType& type, std::string_view region) {
  const Region* known = FindRegion(region);
  if (known == nullptr || known->restricted) return false;
  if (ProviderOf(type) == "Microsoft.LabServices" && !known->labs) return false;
  return !world.settings.regions_not_offered.contains(std::string(known->name));
}

Check CheckRegion(const World& world, const ResourceType& type, std::string_view region) {
  if (IsOffered(world, type, region)) return {};
  std::string offered;
  for (const Region& row : Regions()) {
    if (row.kind != Region::Kind::kPhysical || !IsOffered(world, type, row.name)) continue;
    offered += (offered.empty() ? "" : ",") + std::string(row.name);
  }
  return ArmError{400,
                  "LocationNotAvailableForResourceType",
                  "The provided location '" + std::string(region) +
                      "' is not available for resource type '" + std::string(type.shown) +
                      "'. List of available regions for the resource type is '" + offered + "'.",
                  {}};
}

Outcome<json::Value> PutDocument(const World& world, const Call& call, const ResourceType& type,
                                 const Resource* existing) {
  LAB_ASSIGN_OR_RETURN(json::Value document, Body(call));
  const std::string location = LocationOf(document);
  if (location.empty()) {
    return ArmError{
        400, "LocationRequired", "The location property is required for this definition.", {}};
  }
  if (existing != nullptr) LAB_RETURN_IF_ERROR(CheckSameLocation(document, *existing));
  LAB_RETURN_IF_ERROR(CheckRegion(world, type, location));
  LAB_RETURN_IF_ERROR(CheckTags(document));
  LAB_ASSIGN_OR_RETURN(json::Value properties, WritableProperties(world, document, type, existing));
  for (const std::string_view name : {"id", "name", "type", "systemData", "etag"})
    document.Remove(name);
  document.Set("location", location);
  document.Set("properties", std::move(properties));
  json::Value stored = json::Value::Object();
  json::MergePatch(stored, document);  // leaves out what is null
  return stored;
}

Outcome<json::Value> PatchedDocument(const World& world, const Call& call, const ResourceType& type,
                                     const Resource& existing) {
  LAB_ASSIGN_OR_RETURN(json::Value patch, Body(call));
  LAB_RETURN_IF_ERROR(CheckSameLocation(patch, existing));
  LAB_RETURN_IF_ERROR(CheckTags(patch));
  LAB_ASSIGN_OR_RETURN(const json::Value properties,
                       WritableProperties(world, patch, type, &existing));
  json::Value document = Document(existing);
  if (const json::Value* tags = patch.Find("tags")) {
    if (!world.settings.patch_merges_tags) document.Set("tags", json::Value::Object());
    json::MergePatch(
        document.Set("tags", document.Find("tags") == nullptr ? json::Value::Object()
                                                              : *document.Find("tags")),
        *tags);
  }
  json::Value* stored = document.Find("properties");
  if (stored != nullptr) json::MergePatch(*stored, properties);
  return document;
}

Check CheckParentExists(const World& world, std::string_view parent_id) {
  if (world.resources.Find(parent_id) != nullptr) return {};
  return ArmError{404,
                  "ParentResourceNotFound",
                  "Can not perform requested operation on nested resource. Parent resource '" +
                      std::string(parent_id.substr(parent_id.rfind('/') + 1)) + "' not found.",
                  {}};
}

Check CheckParent(const World& world, const ResourcePath& path) {
  LAB_RETURN_IF_ERROR(CheckParentExists(world, path.parent));
  const Resource* parent = world.resources.Find(path.parent);
  if (parent->state != "Creating" && parent->state != "Deleting") return {};
  return ArmError{409,
                  "Conflict",
                  "The parent resource '" + parent->id + "' is in state " + parent->state + ".",
                  {}};
}

Check CheckLimit(const World& world, const ResourcePath& path, std::string_view location) {
  const ResourceType* type = FindType(path.type);
  if (type == nullptr || type->limit == 0) return {};
  if (world.resources.CountOf(path.subscription, path.type, location) < type->limit) return {};
  return ArmError{409,
                  "OperationNotAllowed",
                  "The operation exceeds the quota of " + std::to_string(type->limit) + " of '" +
                      std::string(type->shown) + "' in region " + std::string(location) + ".",
                  {}};
}

Check CheckUnchanged(const json::Value& before, const json::Value& after, const ResourceType& type,
                     std::initializer_list<std::string_view> path) {
  const json::Value* old_value = before.Find("properties");
  const json::Value* new_value = after.Find("properties");
  std::string target = std::string(type.noun) + ".properties";
  for (const std::string_view step : path) {
    target += "." + std::string(step);
    if (old_value != nullptr) old_value = old_value->Find(step);
    if (new_value != nullptr) new_value = new_value->Find(step);
  }
  const bool same = (old_value == nullptr && new_value == nullptr) ||
                    (old_value != nullptr && new_value != nullptr && *old_value == *new_value);
  if (same) return {};
  return ChangeNotAllowed(target);
}

}  // namespace labgallery::azure_simulator
