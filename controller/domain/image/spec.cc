#include "controller/domain/image/spec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "controller/domain/image/versions.h"
#include "src/azure/model/region.h"
#include "src/azure/model/resource_id.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/json/reader.h"

namespace labgallery::domain::image {
namespace {

using json::Reader;

constexpr std::size_t kLongestDefinitionName = 80;

template <typename Enum, std::size_t N>
Enum ReadEnum(const Reader& reader, std::string_view key,
              const std::array<std::pair<std::string_view, Enum>, N>& names) {
  const std::string text = reader.StringOr(key, names.front().first);
  for (const auto& [name, value] : names) {
    if (name == text) return value;
  }
  reader.Problem(key, "unknown value \"" + text + "\"");
  return names.front().second;
}

constexpr std::array kScopes{std::pair{std::string_view("Geography"), Scope::kGeography},
                             std::pair{std::string_view("Regions"), Scope::kRegions},
                             std::pair{std::string_view("SourceOnly"), Scope::kSourceOnly}};
constexpr std::array kRollouts{std::pair{std::string_view("AllAtOnce"), Rollout::kAllAtOnce},
                               std::pair{std::string_view("Ordered"), Rollout::kOrdered}};
constexpr std::array kNewRegions{std::pair{std::string_view("Ignore"), NewRegions::kIgnore},
                                 std::pair{std::string_view("Add"), NewRegions::kAdd}};

json::Value Copy(const Reader& reader, std::string_view key) {
  const json::Value* value = reader.Raw(key);
  return value == nullptr ? json::Value() : *value;
}

std::optional<std::string> ReadInstant(const Reader& reader, std::string_view key) {
  auto text = reader.OptionalString(key);
  if (text && !ParseRfc3339(*text))
    reader.Problem(key, "expected an instant such as 2027-06-30T00:00:00Z");
  return text;
}

std::optional<std::int64_t> ReadCount(const Reader& reader, std::string_view key) {
  const auto count = reader.OptionalInteger(key);
  if (count && *count < 1) reader.Problem(key, "must be at least 1");
  return count;
}

// A recommendation whose least is more than its most helps nobody.
void CheckRanges(const Reader& recommended) {
  for (const std::string_view key : {"vCPUs", "memory"}) {
    const Reader range = recommended.Object(key);
    const auto min = range.OptionalInteger("min");
    const auto max = range.OptionalInteger("max");
    if (min && max && *min > *max) range.Problem("min", "must not be greater than max");
  }
}

Definition ReadDefinition(const Reader& reader) {
  Definition definition;
  definition.os_type = reader.String("osType");
  definition.os_state = reader.String("osState");
  const Reader identifier = reader.Object("identifier");
  definition.publisher = identifier.String("publisher");
  definition.offer = identifier.String("offer");
  definition.sku = identifier.String("sku");
  definition.hyper_v_generation = reader.OptionalString("hyperVGeneration");
  definition.architecture = reader.OptionalString("architecture");
  definition.security_type = reader.OptionalString("securityType");
  definition.description = reader.OptionalString("description");
  definition.eula = reader.OptionalString("eula");
  definition.privacy_statement_uri = reader.OptionalString("privacyStatementUri");
  definition.release_note_uri = reader.OptionalString("releaseNoteUri");
  definition.end_of_life_date = ReadInstant(reader, "endOfLifeDate");
  definition.recommended = Copy(reader, "recommended");
  if (reader.Has("recommended")) CheckRanges(reader.Object("recommended"));
  definition.disallowed = Copy(reader, "disallowed");
  definition.purchase_plan = Copy(reader, "purchasePlan");
  for (const Reader& item : reader.Items("features")) {
    definition.features.push_back({.name = item.String("name"),
                                   .value = item.String("value"),
                                   .starts_at_version = item.OptionalString("startsAtVersion")});
    const auto same = std::ranges::count_if(definition.features, [&](const Feature& feature) {
      return EqualsIgnoreCase(feature.name, definition.features.back().name);
    });
    if (same > 1) item.Problem("name", "the feature is listed twice, whatever its capitals");
    if (definition.features.back().name == "SecurityType") {
      item.Problem("name", "use securityType instead");
    }
  }
  definition.allow_update_image = reader.OptionalBoolean("allowUpdateImage");
  return definition;
}

SourceDisk ReadDisk(const Reader& reader) {
  return {.lun = reader.IntegerOr("lun", 0),
          .id = reader.String("id"),
          .host_caching = reader.OptionalString("hostCaching")};
}

// Which resource type an id names, or nothing.
bool Names(std::string_view id, std::string_view type) {
  const auto parsed = azure::ResourceId::Parse(id);
  return parsed && parsed->Is(std::string(type));
}

LabTemplate ReadLabTemplate(const Reader& reader) {
  LabTemplate wanted{
      .id = reader.String("id"), .plan_id = reader.StringOr("labPlanId", ""), .request = {}};
  const bool of_lab = Names(wanted.id, "Microsoft.LabServices/labs/virtualMachines");
  if (!of_lab && !Names(wanted.id, "Microsoft.LabServices/labaccounts/labs/environmentsettings")) {
    reader.Problem(
        "id", "must name an environment setting of a lab account or a virtual machine of a lab");
  }
  if (of_lab != Names(wanted.plan_id, "Microsoft.LabServices/labPlans")) {
    reader.Problem("labPlanId", of_lab ? "must name the lab plan that saves the virtual machine"
                                       : "goes only with a virtual machine of a lab");
  }
  return wanted;
}

VersionSource ReadSource(const Reader& reader) {
  static constexpr std::array kIds{
      std::pair{std::string_view("managedImageId"), SourceKind::kManagedImage},
      std::pair{std::string_view("virtualMachineId"), SourceKind::kVirtualMachine},
      std::pair{std::string_view("galleryImageVersionId"), SourceKind::kGalleryImageVersion}};
  VersionSource source;
  int given = 0;
  for (const auto& [key, kind] : kIds) {
    if (!reader.Has(key)) continue;
    source.kind = kind;
    source.id = reader.String(key);
    ++given;
  }
  if (reader.Has("disks")) {
    ++given;
    source.kind = SourceKind::kDisks;
    const Reader disks = reader.Object("disks");
    source.os_disk = ReadDisk(disks.Object("os"));
    for (const Reader& item : disks.Items("data")) source.data_disks.push_back(ReadDisk(item));
    std::ranges::sort(source.data_disks, {}, &SourceDisk::lun);
    if (std::ranges::adjacent_find(source.data_disks, {}, &SourceDisk::lun) !=
        source.data_disks.end()) {
      disks.Problem("data", "two disks have one lun");
    }
  }
  if (given != 1) reader.Problem("", "exactly one kind of source must be given");
  return source;
}

RegionSpec ReadRegion(const Reader& reader) {
  RegionSpec region;
  region.name = azure::Region(reader.String("name")).name();
  region.replica_count = ReadCount(reader, "replicaCount");
  region.storage_account_type = reader.OptionalString("storageAccountType");
  region.exclude_from_latest = reader.OptionalBoolean("excludeFromLatest");
  region.encryption = Copy(reader, "encryption");
  for (const Reader& item : reader.Items("additionalReplicaSets")) {
    region.additional_replica_sets.push_back(
        {.storage_account_type = item.String("storageAccountType"),
         .replica_count = ReadCount(item, "replicaCount").value_or(1)});
  }
  std::ranges::sort(region.additional_replica_sets, {}, &AdditionalReplicas::storage_account_type);
  return region;
}

Replication ReadReplication(const Reader& reader) {
  Replication replication;
  if (!reader.Has("scope")) reader.Problem("scope", "is required");
  replication.scope = ReadEnum(reader, "scope", kScopes);
  replication.replica_count = ReadCount(reader, "replicaCount");
  replication.storage_account_type = reader.OptionalString("storageAccountType");
  std::map<std::string, bool> seen;
  for (const Reader& item : reader.Items("regions")) {
    replication.regions.push_back(ReadRegion(item));
    if (!seen.emplace(replication.regions.back().name, true).second) {
      item.Problem("name", "the region is listed twice");
    }
  }
  for (const std::string& region : reader.Strings("excludeRegions")) {
    replication.exclude_regions.push_back(azure::Region(region).name());
    if (seen.contains(replication.exclude_regions.back())) {
      reader.Problem("excludeRegions", region + " is also in regions");
    }
  }
  if (replication.scope == Scope::kSourceOnly &&
      !(replication.regions.empty() && replication.exclude_regions.empty())) {
    reader.Problem("scope", "SourceOnly goes with neither regions nor excludeRegions");
  }
  replication.new_regions = ReadEnum(reader, "newRegions", kNewRegions);
  replication.min_regions = ReadCount(reader.Object("readyWhen"), "minRegions");
  replication.rollout = ReadEnum(reader, "rollout", kRollouts);
  return replication;
}

bool OtherSources(const Reader& source) {
  return source.Has("managedImageId") || source.Has("virtualMachineId") ||
         source.Has("galleryImageVersionId") || source.Has("disks");
}

void ReadVersionFields(const Reader& reader, ImageSpec& spec) {
  spec.version = reader.OptionalString("version");
  if (spec.version && !ParseVersion(*spec.version)) {
    reader.Problem("version", "expected three numbers of at most 2147483647, such as 1.0.0");
  }
  if (reader.Has("source") && reader.Object("source").Has("labTemplate")) {
    const Reader source = reader.Object("source");
    spec.lab_template = ReadLabTemplate(source.Object("labTemplate"));
    spec.lab_template->request = spec.version.value_or("");
    if (source.Raw("labTemplate") != nullptr && OtherSources(source))
      source.Problem("", "exactly one kind of source must be given");
  } else if (reader.Has("source")) {
    spec.source = ReadSource(reader.Object("source"));
  }
  if (reader.Has("version") != reader.Has("source")) {
    reader.Problem("", "version and source must be set together or not at all");
  }
  spec.exclude_from_latest = reader.OptionalBoolean("excludeFromLatest");
  spec.end_of_life_date = ReadInstant(reader, "endOfLifeDate");
  spec.block_deletion_before_end_of_life = reader.OptionalBoolean("blockDeletionBeforeEndOfLife");
  spec.replication_mode = reader.OptionalString("replicationMode");
  for (const std::string_view key :
       {"excludeFromLatest", "endOfLifeDate", "blockDeletionBeforeEndOfLife", "replicationMode"}) {
    if (reader.Has(key) && !spec.version) reader.Problem(key, "needs version");
    if (reader.Has(key) && spec.lab_template)
      reader.Problem(key, "goes with versions that this operator makes, not with labTemplate");
  }
  if (!spec.lab_template) return;
  // Lab Services names the version itself: what it left is treated as one that was found.
  spec.version.reset();
  if (reader.Has("definition"))
    reader.Problem("definition", "Lab Services makes the definition of a saved template itself");
}

void ReadIdentity(const Reader& reader, ImageSpec& spec) {
  if (reader.Has("galleryRef")) spec.gallery_name = reader.Object("galleryRef").String("name");
  spec.resource_id = reader.StringOr("resourceId", "");
  spec.azure_name = reader.OptionalString("azureName");
  spec.location = reader.OptionalString("location");
  if (reader.Has("galleryRef") == reader.Has("resourceId")) {
    reader.Problem("", "exactly one of galleryRef and resourceId must be set");
  }
  if (spec.azure_name && reader.Has("resourceId")) {
    reader.Problem("azureName", "goes with galleryRef, not with resourceId");
  }
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Letters, digits, dots, dashes and underscores, the latter three only in the middle.
bool IsDefinitionName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestDefinitionName && IsAlphanumeric(name.front()) &&
         IsAlphanumeric(name.back()) && std::ranges::all_of(name, [](char c) {
           return IsAlphanumeric(c) || c == '.' || c == '-' || c == '_';
         });
}

}  // namespace

Result<ImageSpec> ReadImageSpec(const json::Value& value) {
  json::Problems problems;
  const Reader reader(value, problems, "spec");
  ImageSpec spec;
  ReadIdentity(reader, spec);
  spec.tags = reader.StringMap("tags");
  if (reader.Has("definition")) spec.definition = ReadDefinition(reader.Object("definition"));
  ReadVersionFields(reader, spec);
  spec.occupied_size_gib = ReadCount(reader, "occupiedSizeGiB");
  if (reader.Has("replication")) spec.replication = ReadReplication(reader.Object("replication"));
  if (reader.Has("retention")) {
    const Reader retention = reader.Object("retention");
    spec.retention = {.keep_versions = retention.Integer("keepVersions"),
                      .include_foreign = retention.BooleanOr("includeForeign", false)};
    if (spec.retention->keep_versions < 1) retention.Problem("keepVersions", "must be at least 1");
  }
  LAB_RETURN_IF_ERROR(problems.ToStatus());
  return spec;
}

Result<std::string> DefinitionName(const ImageSpec& spec, std::string_view object_name) {
  std::string name = spec.azure_name.value_or(std::string(object_name));
  if (!spec.resource_id.empty()) name = Split(spec.resource_id, '/').back();
  if (IsDefinitionName(name)) return name;
  return InvalidInput(
      "Azure refuses \"" + name +
      "\" as the name of an image definition (at most 80 letters, digits, dots, dashes "
      "and underscores, a letter or digit at both ends): set spec.azureName");
}

}  // namespace labgallery::domain::image
