#include <charconv>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/compute_galleries.h"
#include "src/azure_simulator/image_sources.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/version_rules.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.compute/galleries/images/versions";

Check CheckName(const std::string& name) {
  const std::vector<std::string> parts = Split(name, '.');
  bool valid = parts.size() == 3;
  for (const std::string& part : parts) {
    std::int32_t number = -1;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    valid = valid && error == std::errc() && end == part.data() + part.size() && number >= 0;
  }
  if (valid) return {};
  return InvalidParameter("galleryImageVersionName",
                          "The image version name is invalid: '" + name +
                              "' is not Major.Minor.Patch, each a 32-bit integer.");
}

Check ResolveStorage(const World& world, const ResourcePath& path, json::Value& document,
                     const Resource* existing) {
  json::Value& properties = *document.Find("properties");
  json::Value* profile = properties.Find("storageProfile");
  if (existing != nullptr) {
    const json::Value before = Document(*existing);
    const json::Value* stored = before.At({"properties", "storageProfile"});
    if (stored == nullptr) return {};
    json::Value sent = profile == nullptr ? json::Value::Object() : *profile;
    LAB_RETURN_IF_ERROR(KeepSource(sent, *stored));
    properties.Set("storageProfile", std::move(sent));
    return {};
  }
  if (profile == nullptr) {
    return InvalidParameter("galleryImageVersion.properties.storageProfile",
                            "Required parameter 'storageProfile' is missing (null).");
  }
  const Resource* definition = world.resources.Find(path.parent);
  return ResolveSource(world, *profile, LocationOf(document), Document(*definition));
}

Check CheckImmutable(const Resource& existing, const json::Value& document) {
  const json::Value before = Document(existing);
  const ResourceType& type = *FindType(kType);
  for (const std::string_view name : {"replicationMode", "storageAccountType"}) {
    LAB_RETURN_IF_ERROR(CheckUnchanged(before, document, type, {"publishingProfile", name}));
  }
  return {};
}

/// An update takes time only for what it replicates.
Duration TimeOf(const World& world, const Resource* existing) {
  return existing == nullptr ? Duration::zero() : world.settings.version_update;
}

Answer Store(World& world, const Call& call, const ResourcePath& path, json::Value document) {
  const Resource* existing = world.resources.Find(path.id);
  LAB_RETURN_IF_ERROR(ResolveStorage(world, path, document, existing));
  LAB_ASSIGN_OR_RETURN(const auto wanted, ResolveRegions(world, document, existing));
  LAB_RETURN_IF_ERROR(CompleteProfiles(world, document, existing));
  if (existing != nullptr) {
    LAB_RETURN_IF_ERROR(CheckImmutable(*existing, document));
    LAB_RETURN_IF_ERROR(CheckRemovedRegions(world, document, *existing, wanted));
  } else {
    LAB_RETURN_IF_ERROR(CheckLimit(world, path, LocationOf(document)));
  }
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .slow = true,
              .takes = TimeOf(world, existing)};
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  write.resource.replicas = Plan(world, write.resource, wanted, call.fault);
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

Check CheckEndOfLife(const World& world, const Resource& version) {
  const json::Value document = Document(version);
  const json::Value* block =
      document.At({"properties", "safetyProfile", "blockDeletionBeforeEndOfLife"});
  const bool blocked = block != nullptr && block->AsBoolean() != nullptr && *block->AsBoolean();
  const auto end =
      ParseRfc3339(document.Text({"properties", "publishingProfile", "endOfLifeDate"}));
  if (!blocked || !end || *end <= world.now) return {};
  return ArmError{409, "OperationNotAllowed",
                  "The image version cannot be deleted before its end-of-life date while "
                  "safetyProfile.blockDeletionBeforeEndOfLife is true.",
                  "galleryImageVersion.properties.safetyProfile.blockDeletionBeforeEndOfLife"};
}

}  // namespace

Answer PutVersion(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckName(path.name));
  LAB_RETURN_IF_ERROR(CheckParent(world, path));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document, PutDocument(world, call, *FindType(kType), existing));
  if (document.At({"properties", "restore"}) != nullptr)
    return NotModelled("soft-deleted versions");
  return Store(world, call, path, std::move(document));
}

Answer PatchVersion(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  if (existing == nullptr) {
    return ResourceNotFound("Microsoft.Compute/galleries/images/versions", path.name);
  }
  LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PatchedDocument(world, call, *FindType(kType), *existing));
  return Store(world, call, path, std::move(document));
}

Answer GetVersion(World& world, const Call& call) {
  const std::string expand = QueryOf(call, "$expand");
  const bool replication = EqualsIgnoreCase(expand, "ReplicationStatus");
  if (!expand.empty() && !replication)
    return NotModelled("$expand=" + expand + " of image versions");
  return GetResource(world, call, replication);
}

Answer DeleteVersion(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* version = world.resources.Find(path.id);
  if (version == nullptr) return Empty(204);
  if (version->state != "Deleting") {
    LAB_RETURN_IF_ERROR(NotBusy(world, *version));
    LAB_RETURN_IF_ERROR(CheckEndOfLife(world, *version));
  }
  return AcceptDelete(world, call, *version,
                      {.takes = world.settings.version_delete, .slow = true});
}

Answer ListVersions(World& world, const Call& call) {
  const std::string definition = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, definition));
  return RenderList(world, call, ChildrenOf(definition, "versions", kType));
}

}  // namespace labgallery::azure_simulator
