// Where a version should be: from the spec, the regions of the geography and the record in status
// to one ordered list of target regions. Which of them are sent now, and what is repaired, is
// region_plan.h's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/cost.h"
#include "controller/domain/geography.h"
#include "controller/domain/image/spec.h"
#include "src/base/clock.h"
#include "src/json/value.h"

namespace labgallery::domain::image {

/// One entry of publishingProfile.targetRegions. An absent field is not managed: as read, or
/// Azure's default.
struct TargetRegion {
  std::string name;  // programmatic
  std::optional<std::int64_t> replicas;
  std::optional<std::string> storage_account_type;
  std::optional<bool> exclude_from_latest;
  json::Value encryption;                      // as ARM spells it, null when absent
  std::vector<AdditionalReplicas> additional;  // by type
  friend bool operator==(const TargetRegion&, const TargetRegion&) = default;
};

const TargetRegion* FindRegion(const std::vector<TargetRegion>& regions, std::string_view name);

/// Reads publishingProfile.targetRegions of a version's body; kProtocol if it is not what Azure
/// documents.
Result<std::vector<TargetRegion>> ReadTargetRegions(const json::Value& version_body);

/// The entry as a PUT sends it, with what is managed only.
json::Value ToJson(const TargetRegion& region);
json::Value ToJson(const std::vector<AdditionalReplicas>& sets);

/// status.regionsRecord: the geography as it was resolved when first needed, whatever is excluded.
struct RegionsRecord {
  std::string source_region;
  std::string geography;
  std::optional<SystemTime> resolved_time;
  std::vector<std::string> regions;  // sorted
  std::vector<std::string> ignored;  // offered since, and reported only; sorted
  friend bool operator==(const RegionsRecord&, const RegionsRecord&) = default;
};

std::optional<RegionsRecord> ReadRegionsRecord(const json::Value& status);
json::Value ToJson(const RegionsRecord& record);

struct TargetInputs {
  std::string source_region;                     // programmatic
  std::optional<Replication> replication;        // of the spec
  std::shared_ptr<const RegionCatalog> catalog;  // null: not read, or not needed
  std::optional<RegionsRecord> record;           // of status
  std::vector<TargetRegion>
      own_version;  // targets of a version that carries our tag; empty: there is none
  SystemTime now{};
};

struct DesiredTargets {
  /// The source region, then the listed ones in their order, then by name.
  std::vector<TargetRegion> regions;
  /// What status.regionsRecord should be from now on; nothing unless the scope is Geography.
  std::optional<RegionsRecord> record;
  /// Wanted, but the subscription does not list them as offering galleries (any more): reported,
  /// not removed.
  std::vector<std::string> not_offered;
  /// Offered for the first time and ignored, as newRegions says: for an event.
  std::vector<std::string> newly_offered;
  friend bool operator==(const DesiredTargets&, const DesiredTargets&) = default;
};

/// True if DesiredTargetsOf needs the catalog to be read: a geography that was never resolved.
bool NeedsCatalog(const TargetInputs& inputs);

/// The target regions that the spec asks for. Without `replication` only the source region, for a
/// version to be made; one that exists is then not to be touched. kUnavailable if the catalog is
/// needed and not there, kInvalidInput if it shows that an excluded region is none at all.
Result<DesiredTargets> DesiredTargetsOf(const TargetInputs& inputs);

/// The replicas that these targets amount to, for the cost: unmanaged counts and types from
/// `actual` where the region is there, otherwise Azure's defaults.
std::vector<ReplicaSet> ReplicasOf(const std::vector<TargetRegion>& targets,
                                   const std::vector<TargetRegion>& actual);

}  // namespace labgallery::domain::image
