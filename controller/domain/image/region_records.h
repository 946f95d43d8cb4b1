// What is known of each target region of one version: Azure's replication status as it was read,
// the record of it in status (which remembers what Azure forgets: what has completed before, with
// how many replicas, and how often a region was repaired today), and what follows for readiness and
// stall. region_plan.h decides on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/image/target_regions.h"
#include "src/base/clock.h"
#include "src/json/value.h"

namespace labgallery::domain::image {

/// The first four are Azure's, in replicationStatus.summary; the other two are ours for a region
/// that is not in the version: not sent yet, or taken out to be put in again.
enum class RegionState { kUnknown, kReplicating, kCompleted, kFailed, kPending, kRemoving };
std::string_view Name(RegionState state);

/// One row of replicationStatus.summary.
struct ReportedRegion {
  std::string name;  // programmatic
  RegionState state = RegionState::kUnknown;
  std::int64_t progress = 0;
  std::string details;
  friend bool operator==(const ReportedRegion&, const ReportedRegion&) = default;
};

/// Empty when the body was read without $expand=ReplicationStatus, or Azure has nothing to say yet.
std::vector<ReportedRegion> ReadReportedRegions(const json::Value& version_body);
const ReportedRegion* FindReported(const std::vector<ReportedRegion>& regions,
                                   std::string_view name);

/// One row of status.regions.
struct RegionRecord {
  std::string name;
  RegionState state = RegionState::kPending;
  std::optional<std::int64_t> progress;
  std::string details;
  std::optional<SystemTime> completed_time;  // first seen completed since it is in the version
  std::optional<std::int64_t> completed_replica_count;  // the last count that completed
  std::optional<std::int64_t>
      failed_replica_count;                        // a count that failed where fewer had completed
  std::optional<SystemTime> last_transition_time;  // when state or progress last moved
  friend bool operator==(const RegionRecord&, const RegionRecord&) = default;
};

/// One row of status.repairs.
struct RepairCount {
  std::string region;
  std::string day;  // UTC: "2026-11-25"
  std::int64_t count = 0;
  friend bool operator==(const RepairCount&, const RepairCount&) = default;
};

/// What status remembers of the regions. It speaks about status.version: another version starts
/// empty.
struct RegionHistory {
  std::vector<RegionRecord> regions;
  std::vector<RepairCount> repairs;
  friend bool operator==(const RegionHistory&, const RegionHistory&) = default;
};

RegionHistory ReadRegionHistory(const json::Value& status, std::string_view version);
const RegionRecord* FindRecord(const RegionHistory& history, std::string_view name);
json::Value ToJson(const RegionRecord& record);
json::Value ToJson(const RepairCount& repair);

/// What is known of a version now, as this file and region_plan.h need it.
struct VersionRegions {
  std::vector<TargetRegion> targets;  // publishingProfile.targetRegions; empty: no version yet
  std::vector<ReportedRegion> reported;
  bool moving = false;  // provisioningState is not terminal
};

/// Reads them from a version's body. One that was read without $expand=ReplicationStatus (lists
/// never have it) says nothing about states: those in `history` stand. Where there is none either,
/// the regions of a version that Succeeded are Completed: Azure says Succeeded when the last one
/// is. kProtocol if the targets cannot be read.
Result<VersionRegions> ReadVersionRegions(const json::Value& version_body,
                                          const RegionHistory& history);

/// The rows for `goal` (all regions the version is meant for), carried over from `history` where
/// nothing moved.
std::vector<RegionRecord> UpdatedRecords(const std::vector<TargetRegion>& goal,
                                         const VersionRegions& actual, const RegionHistory& history,
                                         SystemTime now);

struct RegionCounts {
  std::int64_t target = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  std::string Summary() const;  // "5/6"
  friend bool operator==(const RegionCounts&, const RegionCounts&) = default;
};

RegionCounts CountRegions(const std::vector<RegionRecord>& regions);

/// readyWhen: at least min_regions (all without it; clamped to the number of targets) have
/// Completed and none has Failed. That the body read back matches is to be asked beside it.
bool EnoughRegions(const RegionCounts& counts, const std::optional<std::int64_t>& min_regions);

/// The instant since when nothing has moved while regions are still being filled, if that is
/// `limit` or more ago: the version is stalled.
std::optional<SystemTime> StalledSince(const std::vector<RegionRecord>& regions, Duration limit,
                                       SystemTime now);

}  // namespace labgallery::domain::image
