#include "controller/domain/image/bodies.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "controller/domain/image/differences.h"
#include "src/azure/model/region.h"
#include "src/base/text.h"

namespace labgallery::domain::image {
namespace {

// Fields that Azure sets and a PUT must not send (Azure/azure-rest-api-specs GalleryRP.json;
// validationsProfile is shown on GET and is no part of the model). "[]" steps into the items of a
// list.
constexpr std::array<std::string_view, 6> kReadOnlyOfDefinition{
    "id", "name", "type", "etag", "systemData", "properties.provisioningState"};
constexpr std::array<std::string_view, 13> kReadOnlyOfVersion{
    "id",
    "name",
    "type",
    "etag",
    "systemData",
    "properties.provisioningState",
    "properties.replicationStatus",
    "properties.validationsProfile",
    "properties.publishingProfile.publishedDate",
    "properties.storageProfile.osDiskImage.sizeInGB",
    "properties.storageProfile.dataDiskImages[].sizeInGB",
    "properties.safetyProfile.reportedForPolicyViolation",
    "properties.safetyProfile.policyViolations"};

void RemovePath(json::Value& value, std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) {
    value.Remove(path);
    return;
  }
  std::string_view key = path.substr(0, dot);
  const std::string_view rest = path.substr(dot + 1);
  const bool list = key.ends_with("[]");
  if (list) key.remove_suffix(2);
  json::Value* member = value.Find(key);
  if (member == nullptr) return;
  if (!list) return RemovePath(*member, rest);
  if (!member->IsArray()) return;
  for (json::Value& item : member->MakeArray()) RemovePath(item, rest);
}

template <std::size_t N>
json::Value Writable(json::Value body, const std::array<std::string_view, N>& read_only) {
  for (const std::string_view path : read_only) RemovePath(body, path);
  return body;
}

// The member as an object to write into, made where it is absent.
json::Value& Section(json::Value& value, std::string_view key) {
  json::Value* member = value.Find(key);
  return member != nullptr && member->IsObject() ? *member : value.Set(key, json::Value::Object());
}

void SetTags(json::Value& body, const TagMap& tags) {
  json::Value& section = body.Set("tags", json::Value::Object());
  for (const auto& [key, value] : tags) section.Set(key, value);
}

void Merge(json::Value& properties, std::string_view key, const json::Value& wanted) {
  if (!wanted.IsNull()) json::MergePatch(Section(properties, key), wanted);
}

// Replaces the feature of that name, or adds it.
void SetFeature(json::Value& properties, const Feature& feature) {
  json::Value* list = properties.Find("features");
  if (list == nullptr || !list->IsArray()) list = &properties.Set("features", json::Value::Array());
  json::Value* item = nullptr;
  for (json::Value& have : list->MakeArray()) {
    if (EqualsIgnoreCase(have.Text({"name"}), feature.name)) item = &have;
  }
  if (item == nullptr) item = &list->Push({});
  item->Set("name", feature.name);
  item->Set("value", feature.value);
  item->SetIf("startsAtVersion", feature.starts_at_version);
}

void SetDefinition(json::Value& properties, const Definition& definition) {
  properties.Set("osType", definition.os_type);
  properties.Set("osState", definition.os_state);
  json::Value& identifier = Section(properties, "identifier");
  identifier.Set("publisher", definition.publisher);
  identifier.Set("offer", definition.offer);
  identifier.Set("sku", definition.sku);
  properties.SetIf("hyperVGeneration", definition.hyper_v_generation);
  properties.SetIf("architecture", definition.architecture);
  properties.SetIf("description", definition.description);
  properties.SetIf("eula", definition.eula);
  properties.SetIf("privacyStatementUri", definition.privacy_statement_uri);
  properties.SetIf("releaseNoteUri", definition.release_note_uri);
  properties.SetIf("endOfLifeDate", definition.end_of_life_date);
  properties.SetIf("allowUpdateImage", definition.allow_update_image);
  Merge(properties, "recommended", definition.recommended);
  Merge(properties, "disallowed", definition.disallowed);
  Merge(properties, "purchasePlan", definition.purchase_plan);
  if (definition.security_type) {
    SetFeature(properties, {"SecurityType", *definition.security_type, std::nullopt});
  }
  for (const Feature& feature : definition.features) SetFeature(properties, feature);
}

const json::Value* FindExisting(const json::Value* regions, std::string_view name) {
  const auto* items = regions == nullptr ? nullptr : regions->AsArray();
  if (items == nullptr) return nullptr;
  const auto found = std::ranges::find_if(*items, [&](const json::Value& item) {
    return azure::Region(item.Text({"name"})).name() == name;
  });
  return found == items->end() ? nullptr : &*found;
}

// The whole set; what is not managed of a region stays as it was read.
void SetTargets(json::Value& body, const std::vector<TargetRegion>& targets) {
  json::Value& publishing = Section(Section(body, "properties"), "publishingProfile");
  const json::Value* existing = publishing.Find("targetRegions");
  json::Value regions = json::Value::Array();
  for (const TargetRegion& target : targets) {
    const json::Value* have = FindExisting(existing, target.name);
    json::Value region = have == nullptr ? json::Value() : *have;
    json::MergePatch(region, ToJson(target));
    regions.Push(std::move(region));
  }
  publishing.Set("targetRegions", std::move(regions));
}

void SetVersionFields(json::Value& body, const ImageSpec& spec) {
  json::Value& properties = Section(body, "properties");
  json::Value& publishing = Section(properties, "publishingProfile");
  publishing.SetIf("excludeFromLatest", spec.exclude_from_latest);
  publishing.SetIf("endOfLifeDate", spec.end_of_life_date);
  publishing.SetIf("replicationMode", spec.replication_mode);
  if (spec.block_deletion_before_end_of_life) {
    Section(properties, "safetyProfile")
        .Set("blockDeletionBeforeEndOfLife", *spec.block_deletion_before_end_of_life);
  }
}

json::Value Disk(const SourceDisk& disk) {
  json::Value value;
  Section(value, "source").Set("id", disk.id);
  value.SetIf("hostCaching", disk.host_caching);
  return value;
}

json::Value StorageProfile(const VersionSource& source) {
  json::Value storage;
  if (source.kind != SourceKind::kDisks) {
    const bool machine = source.kind == SourceKind::kVirtualMachine;
    Section(storage, "source").Set(machine ? "virtualMachineId" : "id", source.id);
    return storage;
  }
  storage.Set("osDiskImage", Disk(source.os_disk));
  for (const SourceDisk& disk : source.data_disks) {
    json::Value data = Disk(disk);
    data.Set("lun", disk.lun);
    json::Value* list = storage.Find("dataDiskImages");
    if (list == nullptr) list = &storage.Set("dataDiskImages", json::Value::Array());
    list->Push(std::move(data));
  }
  return storage;
}

json::Value WritableVersion(const json::Value& existing) {
  json::Value body = Writable(existing, kReadOnlyOfVersion);
  RemovePath(body, "properties.storageProfile.source");
  return body;
}

void AllowRemoval(json::Value& body) {
  Section(Section(body, "properties"), "safetyProfile")
      .Set("allowDeletionOfReplicatedLocations", true);
}

}  // namespace

json::Value NewDefinitionBody(const Definition& definition, const std::string& location,
                              const TagMap& tags) {
  json::Value body;
  body.Set("location", azure::Region(location).name());
  SetTags(body, tags);
  Definition complete = definition;
  if (!complete.hyper_v_generation) complete.hyper_v_generation = kDefaultHyperVGeneration;
  if (!complete.security_type) complete.security_type = kDefaultSecurityType;
  SetDefinition(Section(body, "properties"), complete);
  return body;
}

json::Value ChangedDefinitionBody(const std::optional<Definition>& definition,
                                  const json::Value& existing, const TagMap& tags) {
  json::Value body = Writable(existing, kReadOnlyOfDefinition);
  SetTags(body, tags);
  if (definition) SetDefinition(Section(body, "properties"), *definition);
  return body;
}

json::Value NewVersionBody(const ImageSpec& spec, const std::string& location, const TagMap& tags,
                           const std::vector<TargetRegion>& targets) {
  json::Value body;
  body.Set("location", azure::Region(location).name());
  SetTags(body, tags);
  Section(body, "properties").Set("storageProfile", StorageProfile(*spec.source));
  SetVersionFields(body, spec);
  SetTargets(body, targets);
  AllowRemoval(body);
  return body;
}

json::Value ChangedVersionBody(const ImageSpec& spec, const json::Value& existing,
                               const TagMap& tags, const std::vector<TargetRegion>& targets) {
  json::Value body = WritableVersion(existing);
  SetTags(body, tags);
  SetVersionFields(body, spec);
  SetTargets(body, targets);
  return body;
}

json::Value FoundVersionBody(const json::Value& existing,
                             const std::vector<TargetRegion>& targets) {
  json::Value body = WritableVersion(existing);
  SetTargets(body, targets);
  return body;
}

json::Value RemovalAllowedBody(const json::Value& existing) {
  json::Value body = WritableVersion(existing);
  AllowRemoval(body);
  return body;
}

bool AllowsRemoval(const json::Value& version_body) {
  const json::Value* flag =
      version_body.At({"properties", "safetyProfile", "allowDeletionOfReplicatedLocations"});
  return flag != nullptr && flag->AsBoolean() != nullptr && *flag->AsBoolean();
}

std::optional<std::int64_t> ProvisionedGB(const json::Value& version_body) {
  const json::Value* storage = version_body.At({"properties", "storageProfile"});
  if (storage == nullptr) return std::nullopt;
  const json::Value* os_size = storage->At({"osDiskImage", "sizeInGB"});
  if (os_size == nullptr || os_size->AsInteger() == nullptr) return std::nullopt;
  std::int64_t size = *os_size->AsInteger();
  const json::Value* disks = storage->Find("dataDiskImages");
  if (disks == nullptr || !disks->IsArray()) return size;
  for (const json::Value& disk : *disks->AsArray()) {
    const json::Value* data_size = disk.Find("sizeInGB");
    if (data_size != nullptr && data_size->AsInteger() != nullptr) size += *data_size->AsInteger();
  }
  return size;
}

}  // namespace labgallery::domain::image
