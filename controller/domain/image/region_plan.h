// The next write to the target regions of one version, if any: the whole set of the current step,
// with what is to be put back, repaired or refused. Where the version should be comes from
// target_regions.h, what is known of each region from region_records.h; building and sending the
// body is left to bodies.h and the plan.
//
//   a region of the goal            in the version      not in the version
//   -----------------------------   -----------------   ------------------------------------------
//   nothing reported, or moving     wait                its turn: add it (Ordered: one at a time)
//   Completed                       done                put back
//   Failed, Completed before        last good count     put back
//   Failed, never Completed         remove (3 a day)    add again, once Azure reports it no more
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/image/region_records.h"
#include "controller/domain/image/target_regions.h"
#include "src/base/clock.h"

namespace labgallery::domain::image {

inline constexpr std::int64_t kRepairsPerDay = 3;

struct RegionPlanInput {
  std::string source_region;
  std::vector<TargetRegion> desired;  // DesiredTargets::regions
  bool managed =
      true;  // false: no spec.replication; the regions of a version that exists stay as they are
  bool ours = true;  // false: a version found in Azure, where regions are only added
  bool remembered =
      true;  // false: status does not remember this version's regions, so nothing is repaired
  bool removal_allowed = false;  // safetyProfile.allowDeletionOfReplicatedLocations, as read
  Rollout rollout = Rollout::kAllAtOnce;
  VersionRegions actual;
  RegionHistory history;
  SystemTime now{};
};

enum class RegionStep {
  kNothing,       // everything is there as it should be
  kWait,          // Azure is at work, or what is missing cannot be sent or repaired now
  kAllowRemoval,  // a PUT of its own: `targets` (as they are) with
                  // allowDeletionOfReplicatedLocations true
  kSend,          // a PUT with `targets`
};

/// What a person should know, and what the condition's reason is made from.
enum class RegionFinding {
  kVanished,          // was removed from outside; it is put back
  kFailedForNow,      // failed; it is repaired once Azure has finished with the version
  kRepairing,         // failed and is being repaired
  kHeldReplicas,      // the count asked for failed: the last one that completed is kept
  kRepairsExhausted,  // failed, and was repaired as often as is allowed today
  kSourceFailed,      // the source region failed: it cannot be removed, a new version is needed
  kNotRepaired,       // failed, and is no region that this object asks for in the current version
  kStorageRefused,    // another storageAccountType: Azure cannot change it
};

struct RegionReport {
  std::string region;
  RegionFinding finding = RegionFinding::kFailedForNow;
  std::string message;  // goes on after the name of the region
  friend bool operator==(const RegionReport&, const RegionReport&) = default;
};

struct RegionPlan {
  RegionStep step = RegionStep::kNothing;
  std::vector<TargetRegion> targets;  // the whole set to send; empty unless something is sent
  /// All regions the version is meant for: what status.regions lists and the counts count.
  std::vector<TargetRegion> goal;
  /// True if each region that is in the version is there as asked for, and none is there or missing
  /// that should not be; regions whose turn has not come (Ordered) do not count.
  bool matches = true;
  std::vector<RegionReport> reports;
  std::vector<std::string> removed_for_repair;  // to be shown as Removing once the PUT was accepted
  std::vector<RepairCount> repairs;             // status.repairs once the PUT was accepted
  std::optional<SystemTime> look_again;  // when the daily limit lets an exhausted repair go on
  friend bool operator==(const RegionPlan&, const RegionPlan&) = default;
};

RegionPlan PlanRegions(const RegionPlanInput& input);

/// The repairs that count: those of the day of `now`.
std::vector<RepairCount> RepairsToday(const RegionHistory& history, SystemTime now);

/// The rows of status.regions and status.repairs after `plan` was performed: `records`
/// (UpdatedRecords) with the regions that were taken out marked Removing, and the repairs counted.
RegionHistory AfterPlan(const RegionPlan& plan, std::vector<RegionRecord> records);

}  // namespace labgallery::domain::image
