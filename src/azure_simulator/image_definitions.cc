#include <array>
#include <regex>
#include <string>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/compute_galleries.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.compute/galleries/images";
constexpr std::string_view kTargetPrefix = "galleryImage.properties.";

Check CheckName(const std::string& name) {
  static const std::regex kRule("[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9])?");
  if (std::regex_match(name, kRule)) return {};
  return InvalidParameter(
      "galleryImageName",
      "The image name '" + name +
          "' is invalid according to its validation rule: letters and digits, "
          "underscores, periods and dashes in the middle, up to 80 characters.");
}

struct Choice {
  std::string_view name;
  std::array<std::string_view, 2> values;
  bool required;
};

constexpr std::array<Choice, 4> kChoices{{{"osType", {"Windows", "Linux"}, true},
                                          {"osState", {"Generalized", "Specialized"}, true},
                                          {"hyperVGeneration", {"V1", "V2"}, false},
                                          {"architecture", {"x64", "Arm64"}, false}}};

Check CheckChoices(json::Value& properties) {
  for (const Choice& choice : kChoices) {
    const std::string target = std::string(kTargetPrefix) + std::string(choice.name);
    json::Value* value = properties.Find(choice.name);
    if (value == nullptr) {
      if (choice.required)
        return InvalidParameter(target, "Required parameter '" + target + "' is missing (null).");
      continue;
    }
    bool known = false;
    for (const std::string_view allowed : choice.values) {
      if (!value->IsString() || !EqualsIgnoreCase(*value->AsString(), allowed)) continue;
      *value = json::Value(allowed);
      known = true;
      break;
    }
    if (!known)
      return InvalidParameter(target, "The value of parameter '" + target + "' is invalid.");
  }
  return {};
}

struct IdentifierPart {
  std::string_view name;
  std::size_t longest;
};

constexpr std::array<IdentifierPart, 3> kIdentifier{
    {{"publisher", 128}, {"offer", 64}, {"sku", 64}}};

Check CheckIdentifier(const json::Value& properties) {
  static const std::regex kRule("[A-Za-z0-9_.-]*[A-Za-z0-9_-]");
  for (const IdentifierPart& part : kIdentifier) {
    const std::string target = std::string(kTargetPrefix) + "identifier." + std::string(part.name);
    const std::string value(properties.Text({"identifier", part.name}));
    if (value.empty())
      return InvalidParameter(target, "Required parameter '" + target + "' is missing (null).");
    if (value.size() > part.longest || !std::regex_match(value, kRule)) {
      return InvalidParameter(target, "Asset name " + target + " is not valid.");
    }
  }
  return {};
}

std::string Triple(const json::Value& document) {
  std::string triple;
  for (const IdentifierPart& part : kIdentifier) {
    triple += Lower(document.Text({"properties", "identifier", part.name})) + "/";
  }
  return triple;
}

std::string IdentifierKey(const ResourcePath& path, const json::Value& document) {
  return path.parent + "|" + Triple(document);
}

Check CheckTripleIsFree(const World& world, const ResourcePath& path, const json::Value& document) {
  const auto found = world.identifiers.find(IdentifierKey(path, document));
  if (found == world.identifiers.end() || found->second == path.key) return {};
  // The index is not told of deletions, so the holder has to be asked.
  const Resource* holder = world.resources.Find(found->second);
  if (holder == nullptr || Triple(Document(*holder)) != Triple(document)) return {};
  return ArmError{409, "OperationNotAllowed",
                  "The gallery has an image of this identifier: '" + holder->id +
                      "'. Choose a different publisher, offer, sku combination.",
                  "galleryImage.properties.identifier"};
}

/// What can never change need not be repeated.
void KeepUnsaid(json::Value& properties, const json::Value& before) {
  for (const std::string_view name : {"hyperVGeneration", "architecture"}) {
    const json::Value* known = before.At({"properties", name});
    if (known != nullptr && properties.Find(name) == nullptr) properties.Set(name, *known);
  }
}

/// What Azure fills in. From 2025-03-03 on a definition that says nothing is of generation 2 with
/// Trusted Launch.
void FillDefaults(json::Value& properties, const std::string& api_version) {
  const bool modern = api_version >= "2025-03-03";
  if (properties.Find("hyperVGeneration") == nullptr) {
    properties.Set("hyperVGeneration", modern ? "V2" : "V1");
    if (modern && properties.Find("features") == nullptr) {
      properties.Set("features", json::Value::Array{json::Value::Object{
                                     {"name", json::Value("SecurityType")},
                                     {"value", json::Value("TrustedLaunchSupported")}}});
    }
  }
  if (properties.Find("architecture") == nullptr) properties.Set("architecture", "x64");
}

Check CheckImmutable(const Resource& existing, const json::Value& document) {
  const ResourceType& type = *FindType(kType);
  const json::Value before = Document(existing);
  for (const std::string_view name :
       {"osType", "osState", "hyperVGeneration", "architecture", "identifier", "purchasePlan"}) {
    LAB_RETURN_IF_ERROR(CheckUnchanged(before, document, type, {name}));
  }
  const json::Value* allowed = document.At({"properties", "allowUpdateImage"});
  if (allowed != nullptr && allowed->AsBoolean() != nullptr && *allowed->AsBoolean()) return {};
  return CheckUnchanged(before, document, type, {"features"});
}

Answer Store(World& world, const Call& call, const ResourcePath& path, json::Value document) {
  const Resource* existing = world.resources.Find(path.id);
  json::Value& properties = *document.Find("properties");
  LAB_RETURN_IF_ERROR(CheckChoices(properties));
  LAB_RETURN_IF_ERROR(CheckIdentifier(properties));
  const json::Value before = existing == nullptr ? json::Value() : Document(*existing);
  KeepUnsaid(properties, before);
  if (existing == nullptr) FillDefaults(properties, call.api_version);
  LAB_RETURN_IF_ERROR(NormaliseEndOfLife(world, properties,
                                         before.At({"properties", "endOfLifeDate"}),
                                         std::string(kTargetPrefix) + "endOfLifeDate"));
  if (existing != nullptr) {
    LAB_RETURN_IF_ERROR(CheckImmutable(*existing, document));
  } else {
    LAB_RETURN_IF_ERROR(CheckTripleIsFree(world, path, document));
    LAB_RETURN_IF_ERROR(CheckLimit(world, path, LocationOf(document)));
  }
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .takes = world.settings.definition_write};
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  RememberIdentifier(world, write.resource);
  return Accept(world, call, std::move(write));
}

}  // namespace

void RememberIdentifier(World& world, const Resource& definition) {
  const auto path = ParseResourcePath(definition.id);
  if (!path || definition.type != kType) return;
  world.identifiers[IdentifierKey(*path, Document(definition))] = path->key;
}

Answer PutDefinition(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckName(path.name));
  LAB_RETURN_IF_ERROR(CheckParent(world, path));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document, PutDocument(world, call, *FindType(kType), existing));
  return Store(world, call, path, std::move(document));
}

Answer PatchDefinition(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  if (existing == nullptr) return ResourceNotFound("Microsoft.Compute/galleries/images", path.name);
  LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PatchedDocument(world, call, *FindType(kType), *existing));
  return Store(world, call, path, std::move(document));
}

Answer GetDefinition(World& world, const Call& call) { return GetResource(world, call); }

Answer DeleteDefinition(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* definition = world.resources.Find(path.id);
  if (definition == nullptr) return Empty(204);
  LAB_RETURN_IF_ERROR(CheckChildless(world, *definition));
  if (definition->state != "Deleting") LAB_RETURN_IF_ERROR(NotBusy(world, *definition));
  return AcceptDelete(world, call, *definition, {.takes = world.settings.definition_delete});
}

Answer ListDefinitions(World& world, const Call& call) {
  const std::string gallery = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, gallery));
  return RenderList(world, call, ChildrenOf(gallery, "images", kType));
}

}  // namespace labgallery::azure_simulator
