#include "controller/domain/image/target_regions.h"

#include <algorithm>
#include <set>

#include "src/azure/model/region.h"
#include "src/base/time_text.h"
#include "src/json/reader.h"

namespace labgallery::domain::image {
namespace {

// What Azure does where a PUT says nothing.
constexpr std::int64_t kDefaultReplicas = 1;
constexpr std::string_view kDefaultStorage = "Standard_LRS";

using Names = std::set<std::string>;

Names ListedRegions(const Replication& replication) {
  Names names;
  for (const RegionSpec& region : replication.regions) names.insert(region.name);
  return names;
}

bool IsExcluded(const Replication& replication, std::string_view name) {
  return std::ranges::find(replication.exclude_regions, name) != replication.exclude_regions.end();
}

// A record lost with the status is read from our own version. A region of it counts as part of the
// geography unless Azure lists it elsewhere (then it was an addition of the spec), or the spec
// lists it and Azure does not place it. If nothing but the source and the spec's own regions is
// left, the geography was never resolved for this version.
std::optional<Names> RegionsOfOwnVersion(const TargetInputs& inputs) {
  const RegionCatalog& catalog = *inputs.catalog;
  const Names listed = ListedRegions(*inputs.replication);
  Names names;
  bool resolved_before = false;
  for (const TargetRegion& region : inputs.own_version) {
    const auto place = catalog.geography_of.find(region.name);
    const bool elsewhere =
        place != catalog.geography_of.end() && place->second != catalog.geography;
    const bool unplaced = place == catalog.geography_of.end();
    if (elsewhere || (unplaced && listed.contains(region.name))) continue;
    names.insert(region.name);
    if (region.name != inputs.source_region && !listed.contains(region.name))
      resolved_before = true;
  }
  if (!resolved_before) return std::nullopt;
  return names;
}

bool RecordApplies(const TargetInputs& inputs) {
  return inputs.record && inputs.record->source_region == inputs.source_region;
}

// The geography from the record, or resolved now; with what has been offered since.
RegionsRecord ResolveGeography(const TargetInputs& inputs,
                               std::vector<std::string>& newly_offered) {
  if (!inputs.catalog) return *inputs.record;
  const RegionCatalog& catalog = *inputs.catalog;
  RegionsRecord record{.source_region = inputs.source_region,
                       .geography = catalog.geography,
                       .resolved_time = inputs.now,
                       .regions = catalog.regions,
                       .ignored = {}};
  std::optional<Names> known;
  if (RecordApplies(inputs)) {
    record.resolved_time = inputs.record->resolved_time;
    known = Names(inputs.record->regions.begin(), inputs.record->regions.end());
  } else {
    known = RegionsOfOwnVersion(inputs);
  }
  if (!known) return record;
  Names regions = *known;
  const bool add = inputs.replication->new_regions == NewRegions::kAdd;
  const Names listed = ListedRegions(*inputs.replication);
  for (const std::string& name : catalog.regions) {
    if (known->contains(name)) continue;
    if (add) {
      regions.insert(name);
      continue;
    }
    if (listed.contains(name) || IsExcluded(*inputs.replication, name)) continue;
    record.ignored.push_back(name);
    const bool reported =
        RecordApplies(inputs) &&
        std::ranges::find(inputs.record->ignored, name) != inputs.record->ignored.end();
    if (!reported) newly_offered.push_back(name);
  }
  record.regions.assign(regions.begin(), regions.end());
  return record;
}

TargetRegion Target(const std::string& name, const Replication& replication) {
  TargetRegion target{.name = name,
                      .replicas = replication.replica_count,
                      .storage_account_type = replication.storage_account_type,
                      .exclude_from_latest = {},
                      .encryption = {},
                      .additional = {}};
  const auto region = std::ranges::find(replication.regions, name, &RegionSpec::name);
  if (region == replication.regions.end()) return target;
  if (region->replica_count) target.replicas = region->replica_count;
  if (region->storage_account_type) target.storage_account_type = region->storage_account_type;
  target.exclude_from_latest = region->exclude_from_latest;
  target.encryption = region->encryption;
  target.additional = region->additional_replica_sets;
  return target;
}

// The source region, then the listed ones in their order, then the rest by name.
std::vector<std::string> InOrder(const TargetInputs& inputs, const Names& names) {
  std::vector<std::string> order{inputs.source_region};
  auto append = [&](const std::string& name) {
    if (names.contains(name) && std::ranges::find(order, name) == order.end())
      order.push_back(name);
  };
  for (const RegionSpec& region : inputs.replication->regions) append(region.name);
  for (const std::string& name : names) append(name);
  return order;
}

TargetRegion ReadTarget(const json::Reader& reader) {
  TargetRegion target;
  target.name = azure::Region(reader.String("name")).name();
  target.replicas = reader.OptionalInteger("regionalReplicaCount");
  target.storage_account_type = reader.OptionalString("storageAccountType");
  target.exclude_from_latest = reader.OptionalBoolean("excludeFromLatest");
  if (const json::Value* encryption = reader.Raw("encryption")) target.encryption = *encryption;
  for (const json::Reader& item : reader.Items("additionalReplicaSets")) {
    target.additional.push_back({.storage_account_type = item.String("storageAccountType"),
                                 .replica_count = item.IntegerOr("regionalReplicaCount", 1)});
  }
  std::ranges::sort(target.additional, {}, &AdditionalReplicas::storage_account_type);
  return target;
}

// A name that is misspelt would keep no image from the region that was meant.
Status CheckExcluded(const TargetInputs& inputs, const Replication& replication) {
  if (!inputs.catalog) return Ok();
  for (const std::string& name : replication.exclude_regions) {
    if (inputs.catalog->geography_of.contains(name)) continue;
    return InvalidInput("spec.replication.excludeRegions: Azure lists no region " + name +
                        " for this subscription; correct the name or take it out");
  }
  return Ok();
}

}  // namespace

const TargetRegion* FindRegion(const std::vector<TargetRegion>& regions, std::string_view name) {
  const auto found = std::ranges::find(regions, name, &TargetRegion::name);
  return found == regions.end() ? nullptr : &*found;
}

Result<std::vector<TargetRegion>> ReadTargetRegions(const json::Value& version_body) {
  json::Problems problems;
  const json::Reader body(version_body, problems);
  std::vector<TargetRegion> regions;
  for (const json::Reader& item :
       body.Object("properties").Object("publishingProfile").Items("targetRegions")) {
    TargetRegion region = ReadTarget(item);
    if (FindRegion(regions, region.name) == nullptr) regions.push_back(std::move(region));
  }
  if (!problems.empty()) return ProtocolError(problems.ToStatus().error().message);
  return regions;
}

json::Value ToJson(const std::vector<AdditionalReplicas>& sets) {
  json::Value list = json::Value::Array();
  for (const AdditionalReplicas& set : sets) {
    json::Value item;
    item.Set("storageAccountType", set.storage_account_type);
    item.Set("regionalReplicaCount", set.replica_count);
    list.Push(std::move(item));
  }
  return list;
}

json::Value ToJson(const TargetRegion& region) {
  json::Value value;
  value.Set("name", region.name);
  value.SetIf("regionalReplicaCount", region.replicas);
  value.SetIf("storageAccountType", region.storage_account_type);
  value.SetIf("excludeFromLatest", region.exclude_from_latest);
  if (!region.encryption.IsNull()) value.Set("encryption", region.encryption);
  if (!region.additional.empty()) value.Set("additionalReplicaSets", ToJson(region.additional));
  return value;
}

bool NeedsCatalog(const TargetInputs& inputs) {
  return inputs.replication && inputs.replication->scope == Scope::kGeography &&
         !RecordApplies(inputs);
}

Result<DesiredTargets> DesiredTargetsOf(const TargetInputs& inputs) {
  DesiredTargets desired;
  if (!inputs.replication) {
    desired.regions = {Target(inputs.source_region, {})};
    return desired;
  }
  const Replication& replication = *inputs.replication;
  LAB_RETURN_IF_ERROR(CheckExcluded(inputs, replication));
  Names names;
  if (replication.scope != Scope::kSourceOnly) names = ListedRegions(replication);
  if (replication.scope == Scope::kGeography) {
    if (!inputs.catalog && NeedsCatalog(inputs)) {
      return Unavailable("the regions of the geography of " + inputs.source_region +
                         " have not been read yet");
    }
    desired.record = ResolveGeography(inputs, desired.newly_offered);
    names.insert(desired.record->regions.begin(), desired.record->regions.end());
  }
  std::erase_if(names, [&](const std::string& name) { return IsExcluded(replication, name); });
  for (const std::string& name : InOrder(inputs, names)) {
    desired.regions.push_back(Target(name, replication));
    if (inputs.catalog && !inputs.catalog->Offers(name)) desired.not_offered.push_back(name);
  }
  return desired;
}

std::vector<ReplicaSet> ReplicasOf(const std::vector<TargetRegion>& targets,
                                   const std::vector<TargetRegion>& actual) {
  std::vector<ReplicaSet> sets;
  for (const TargetRegion& target : targets) {
    const TargetRegion* have = FindRegion(actual, target.name);
    const TargetRegion as_read = have == nullptr ? TargetRegion{} : *have;
    auto storage =
        target.storage_account_type ? target.storage_account_type : as_read.storage_account_type;
    auto replicas = target.replicas ? target.replicas : as_read.replicas;
    sets.push_back({target.name, storage.value_or(std::string(kDefaultStorage)),
                    replicas.value_or(kDefaultReplicas)});
    const auto& additional = target.additional.empty() ? as_read.additional : target.additional;
    for (const AdditionalReplicas& more : additional) {
      sets.push_back({target.name, more.storage_account_type, more.replica_count});
    }
  }
  return sets;
}

std::optional<RegionsRecord> ReadRegionsRecord(const json::Value& status) {
  const json::Value* value = status.Find("regionsRecord");
  if (value == nullptr) return std::nullopt;
  json::Problems problems;
  const json::Reader reader(*value, problems);
  RegionsRecord record{.source_region = reader.String("sourceRegion"),
                       .geography = reader.String("geography"),
                       .resolved_time = ParseRfc3339(reader.StringOr("resolvedTime", "")),
                       .regions = reader.Strings("regions"),
                       .ignored = reader.Strings("ignored")};
  // A record that cannot be read is none: it is resolved anew, or read from our own version.
  if (!problems.empty()) return std::nullopt;
  std::ranges::sort(record.regions);
  std::ranges::sort(record.ignored);
  return record;
}

json::Value ToJson(const RegionsRecord& record) {
  json::Value value;
  value.Set("sourceRegion", record.source_region);
  value.Set("geography", record.geography);
  if (record.resolved_time) value.Set("resolvedTime", Rfc3339(*record.resolved_time));
  json::Value& regions = value.Set("regions", json::Value::Array());
  for (const std::string& name : record.regions) regions.Push(name);
  if (record.ignored.empty()) return value;
  json::Value& ignored = value.Set("ignored", json::Value::Array());
  for (const std::string& name : record.ignored) ignored.Push(name);
  return value;
}

}  // namespace labgallery::domain::image
