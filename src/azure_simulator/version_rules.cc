#include "src/azure_simulator/version_rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kVersion = "microsoft.compute/galleries/images/versions";
constexpr std::string_view kProfile = "galleryImageVersion.properties.publishingProfile";
constexpr std::int64_t kMostReplicas = 100;
constexpr std::array<std::string_view, 4> kStorage{"Standard_LRS", "Standard_ZRS", "Premium_LRS",
                                                   "PremiumV2_LRS"};

std::string Target(std::string_view rest) {
  return std::string(kProfile) + "." + std::string(rest);
}

Outcome<std::int64_t> CountFrom(const json::Value& holder, std::string_view name,
                                std::int64_t fallback) {
  const json::Value* value = holder.Find(name);
  if (value == nullptr || value->IsNull()) return fallback;
  const std::int64_t* count = value->AsInteger();
  if (count != nullptr && *count >= 1 && *count <= kMostReplicas) return *count;
  return InvalidParameter(Target(name),
                          "The value of parameter '" + std::string(name) +
                              "' is out of range. The value must be between 1 and 100.");
}

Outcome<std::string> StorageFrom(const json::Value& holder, const std::string& fallback) {
  const std::string_view sent = holder.Text({"storageAccountType"});
  if (sent.empty()) return fallback;
  for (const std::string_view known : kStorage) {
    if (EqualsIgnoreCase(known, sent)) return std::string(known);
  }
  return InvalidParameter(Target("storageAccountType"),
                          "The storage account type '" + std::string(sent) + "' is not known.");
}

Check CheckZones(const WantedRegion& wanted) {
  const Region* region = FindRegion(wanted.region);
  if (wanted.storage_type != "Standard_ZRS" || (region != nullptr && region->zones)) return {};
  return InvalidParameter(
      Target("targetRegions"),
      "ZRS storage account type is not supported in region '" + wanted.region + "'.");
}

Check CheckSameStorage(const WantedRegion& wanted, const Resource* existing) {
  if (existing == nullptr) return {};
  for (const Replica& replica : existing->replicas) {
    if (replica.region != wanted.region || replica.storage_type == wanted.storage_type) continue;
    return ChangeNotAllowed(Target("targetRegions.storageAccountType"));
  }
  return {};
}

struct Defaults {
  std::int64_t count = 1;
  std::string storage;
};

Outcome<WantedRegion> ResolveOne(const World& world, json::Value& item, const Defaults& defaults) {
  const std::string name = NormalRegion(item.Text({"name"}));
  if (name.empty())
    return InvalidParameter(Target("targetRegions"), "Each target region needs a name.");
  LAB_RETURN_IF_ERROR(CheckRegion(world, *FindType(kVersion), name));
  LAB_ASSIGN_OR_RETURN(const std::int64_t count,
                       CountFrom(item, "regionalReplicaCount", defaults.count));
  LAB_ASSIGN_OR_RETURN(std::string storage, StorageFrom(item, defaults.storage));
  item.Set("name", DisplayRegion(name));
  item.Set("regionalReplicaCount", count);
  item.Set("storageAccountType", storage);
  return WantedRegion{name, count, std::move(storage)};
}

/// Absent target regions mean the version's own one.
void FillTargetRegions(json::Value& profile, const std::string& location) {
  const json::Value* regions = profile.Find("targetRegions");
  if (regions != nullptr && regions->IsArray() && !regions->AsArray()->empty()) return;
  profile.Set("targetRegions",
              json::Value::Array{json::Value::Object{{"name", json::Value(location)}}});
}

json::Value& ObjectAt(json::Value& holder, std::string_view name) {
  json::Value* member = holder.Find(name);
  return member != nullptr && member->IsObject() ? *member
                                                 : holder.Set(name, json::Value::Object());
}

void SetDefault(json::Value& holder, std::string_view name, json::Value value) {
  if (holder.Find(name) == nullptr) holder.Set(name, std::move(value));
}

bool BooleanAt(const json::Value& document, std::initializer_list<std::string_view> path) {
  const json::Value* value = document.At(path);
  return value != nullptr && value->AsBoolean() != nullptr && *value->AsBoolean();
}

}  // namespace

bool AllowsRemoval(const json::Value& document) {
  return BooleanAt(document, {"properties", "safetyProfile", "allowDeletionOfReplicatedLocations"});
}

Outcome<std::vector<WantedRegion>> ResolveRegions(const World& world, json::Value& document,
                                                  const Resource* existing) {
  const std::string location = LocationOf(document);
  json::Value& profile = ObjectAt(*document.Find("properties"), "publishingProfile");
  FillTargetRegions(profile, location);
  Defaults defaults;
  LAB_ASSIGN_OR_RETURN(defaults.count, CountFrom(profile, "replicaCount", 1));
  LAB_ASSIGN_OR_RETURN(defaults.storage, StorageFrom(profile, "Standard_LRS"));
  std::vector<WantedRegion> wanted;
  std::set<std::string> seen;
  for (json::Value& item : profile.Find("targetRegions")->MakeArray()) {
    LAB_ASSIGN_OR_RETURN(WantedRegion region, ResolveOne(world, item, defaults));
    if (!seen.insert(region.region).second) {
      return InvalidParameter(
          Target("targetRegions"),
          "Duplicate regions are not allowed: '" + region.region + "' is given more than once.");
    }
    LAB_RETURN_IF_ERROR(CheckZones(region));
    LAB_RETURN_IF_ERROR(CheckSameStorage(region, existing));
    wanted.push_back(std::move(region));
  }
  if (!seen.contains(location)) {
    return InvalidParameter(
        Target("targetRegions"),
        "The publishing profile's regions must contain the location of image version, '" +
            location + "'.");
  }
  return wanted;
}

Check CheckRemovedRegions(const World& world, const json::Value& document, const Resource& existing,
                          const std::vector<WantedRegion>& wanted) {
  const bool allowed = AllowsRemoval(document) && (world.settings.allow_and_remove_at_once ||
                                                   AllowsRemoval(Document(existing)));
  if (allowed) return {};
  for (const Replica& replica : existing.replicas) {
    const bool kept = std::any_of(wanted.begin(), wanted.end(), [&replica](const WantedRegion& w) {
      return w.region == replica.region;
    });
    if (kept) continue;
    return ArmError{
        409, "OperationNotAllowed",
        "Region '" + replica.region +
            "' cannot be removed while safetyProfile.allowDeletionOfReplicatedLocations "
            "is false.",
        Target("targetRegions")};
  }
  return {};
}

Check CompleteProfiles(const World& world, json::Value& document, const Resource* existing) {
  json::Value& properties = *document.Find("properties");
  json::Value& publishing = ObjectAt(properties, "publishingProfile");
  const json::Value before = existing == nullptr ? json::Value() : Document(*existing);
  LAB_RETURN_IF_ERROR(NormaliseEndOfLife(
      world, publishing, before.At({"properties", "publishingProfile", "endOfLifeDate"}),
      Target("endOfLifeDate")));
  const std::string_view published =
      before.Text({"properties", "publishingProfile", "publishedDate"});
  publishing.Set("publishedDate",
                 published.empty() ? Rfc3339Micro(world.now) : std::string(published));
  SetDefault(publishing, "replicaCount", 1);
  SetDefault(publishing, "excludeFromLatest", false);
  SetDefault(publishing, "storageAccountType", "Standard_LRS");
  SetDefault(publishing, "replicationMode", "Full");
  json::Value& safety = ObjectAt(properties, "safetyProfile");
  SetDefault(safety, "allowDeletionOfReplicatedLocations", false);
  SetDefault(safety, "blockDeletionBeforeEndOfLife", false);
  safety.Set("reportedForPolicyViolation", false);
  safety.Remove("policyViolations");
  return {};
}

}  // namespace labgallery::azure_simulator
