#include "controller/domain/image/region_records.h"

#include <algorithm>
#include <array>

#include "src/azure/model/operation.h"
#include "src/azure/model/region.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/json/reader.h"

namespace labgallery::domain::image {
namespace {

constexpr std::size_t kLongestDetails = 2048;  // of a row in status

RegionState ParseState(std::string_view text) {
  static constexpr std::array kStates{RegionState::kReplicating, RegionState::kCompleted,
                                      RegionState::kFailed, RegionState::kPending,
                                      RegionState::kRemoving};
  for (const RegionState state : kStates) {
    if (EqualsIgnoreCase(Name(state), text)) return state;
  }
  return RegionState::kUnknown;
}

RegionRecord ReadRecord(const json::Reader& reader) {
  return {.name = reader.String("name"),
          .state = ParseState(reader.StringOr("state", "")),
          .progress = reader.OptionalInteger("progress"),
          .details = reader.StringOr("details", ""),
          .completed_time = ParseRfc3339(reader.StringOr("completedTime", "")),
          .completed_replica_count = reader.OptionalInteger("completedReplicaCount"),
          .failed_replica_count = reader.OptionalInteger("failedReplicaCount"),
          .last_transition_time = ParseRfc3339(reader.StringOr("lastTransitionTime", ""))};
}

// What Azure says of a region in the version now.
void SetReported(RegionRecord& record, const ReportedRegion& reported) {
  record.state = reported.state;
  record.progress = reported.progress;
  record.details = CutUtf8(reported.details, kLongestDetails);
}

void SetMemory(RegionRecord& record, const TargetRegion& target, bool moving, SystemTime now) {
  if (record.state == RegionState::kCompleted) {
    // While the version moves, Completed may still speak about the replicas before the last write.
    const bool first = !record.completed_time;
    if (first) record.completed_time = now;
    if ((first || !moving) && target.replicas) record.completed_replica_count = target.replicas;
  }
  if (record.state == RegionState::kFailed && record.completed_replica_count && target.replicas &&
      *target.replicas != *record.completed_replica_count) {
    record.failed_replica_count = target.replicas;
  }
}

RegionRecord Updated(const TargetRegion& goal, const VersionRegions& actual,
                     const RegionRecord* before, SystemTime now) {
  RegionRecord record;
  record.name = goal.name;
  const TargetRegion* target = FindRegion(actual.targets, goal.name);
  if (target == nullptr) {
    // What it was before it left the version says nothing about the next time.
    const bool removing = before != nullptr && before->state == RegionState::kRemoving;
    record.state = removing ? RegionState::kRemoving : RegionState::kPending;
  } else {
    if (before != nullptr) {
      record.completed_time = before->completed_time;
      record.completed_replica_count = before->completed_replica_count;
      record.failed_replica_count = before->failed_replica_count;
    }
    record.state = RegionState::kUnknown;  // in the version, and Azure does not say
    if (const ReportedRegion* reported = FindReported(actual.reported, goal.name)) {
      SetReported(record, *reported);
    }
    SetMemory(record, *target, actual.moving, now);
    // A count that failed is remembered for as long as it is asked for.
    if (record.failed_replica_count != goal.replicas) record.failed_replica_count.reset();
  }
  const bool moved = before == nullptr || before->state != record.state ||
                     before->progress != record.progress || !before->last_transition_time;
  record.last_transition_time = moved ? now : *before->last_transition_time;
  return record;
}

}  // namespace

std::string_view Name(RegionState state) {
  switch (state) {
    case RegionState::kUnknown:
      return "Unknown";
    case RegionState::kReplicating:
      return "Replicating";
    case RegionState::kCompleted:
      return "Completed";
    case RegionState::kFailed:
      return "Failed";
    case RegionState::kPending:
      return "Pending";
    case RegionState::kRemoving:
      return "Removing";
  }
  return "Unknown";
}

std::vector<ReportedRegion> ReadReportedRegions(const json::Value& version_body) {
  std::vector<ReportedRegion> regions;
  json::Problems ignored;  // a row that cannot be read is a region without a state
  const json::Reader body(version_body, ignored);
  for (const json::Reader& item :
       body.Object("properties").Object("replicationStatus").Items("summary")) {
    ReportedRegion region{.name = azure::Region(item.StringOr("region", "")).name(),
                          .state = ParseState(item.StringOr("state", "")),
                          .progress = item.IntegerOr("progress", 0),
                          .details = item.StringOr("details", "")};
    if (!region.name.empty()) regions.push_back(std::move(region));
  }
  return regions;
}

const ReportedRegion* FindReported(const std::vector<ReportedRegion>& regions,
                                   std::string_view name) {
  const auto found = std::ranges::find(regions, name, &ReportedRegion::name);
  return found == regions.end() ? nullptr : &*found;
}

RegionHistory ReadRegionHistory(const json::Value& status, std::string_view version) {
  RegionHistory history;
  if (status.Text({"version"}) != version) return history;
  json::Problems ignored;  // what cannot be read is forgotten: Azure's state decides again
  const json::Reader reader(status, ignored);
  for (const json::Reader& item : reader.Items("regions"))
    history.regions.push_back(ReadRecord(item));
  for (const json::Reader& item : reader.Items("repairs")) {
    history.repairs.push_back({.region = item.String("region"),
                               .day = item.String("day"),
                               .count = item.IntegerOr("count", 0)});
  }
  return history;
}

const RegionRecord* FindRecord(const RegionHistory& history, std::string_view name) {
  const auto found = std::ranges::find(history.regions, name, &RegionRecord::name);
  return found == history.regions.end() ? nullptr : &*found;
}

json::Value ToJson(const RegionRecord& record) {
  json::Value value;
  value.Set("name", record.name);
  value.Set("state", Name(record.state));
  value.SetIf("progress", record.progress);
  if (!record.details.empty()) value.Set("details", record.details);
  if (record.completed_time) value.Set("completedTime", Rfc3339(*record.completed_time));
  value.SetIf("completedReplicaCount", record.completed_replica_count);
  value.SetIf("failedReplicaCount", record.failed_replica_count);
  if (record.last_transition_time) {
    value.Set("lastTransitionTime", Rfc3339(*record.last_transition_time));
  }
  return value;
}

json::Value ToJson(const RepairCount& repair) {
  json::Value value;
  value.Set("region", repair.region);
  value.Set("day", repair.day);
  value.Set("count", repair.count);
  return value;
}

Result<VersionRegions> ReadVersionRegions(const json::Value& version_body,
                                          const RegionHistory& history) {
  VersionRegions regions;
  LAB_ASSIGN_OR_RETURN(regions.targets, ReadTargetRegions(version_body));
  regions.moving = azure::PhaseOf(version_body) == azure::OperationPhase::kRunning;
  if (version_body.At({"properties", "replicationStatus"}) != nullptr) {
    regions.reported = ReadReportedRegions(version_body);
    return regions;
  }
  if (history.regions.empty() &&
      azure::PhaseOf(version_body) == azure::OperationPhase::kSucceeded) {
    for (const TargetRegion& target : regions.targets) {
      regions.reported.push_back(
          {.name = target.name, .state = RegionState::kCompleted, .progress = 100, .details = {}});
    }
    return regions;
  }
  for (const RegionRecord& record : history.regions) {
    regions.reported.push_back({.name = record.name,
                                .state = record.state,
                                .progress = record.progress.value_or(0),
                                .details = record.details});
  }
  // What status says of a region that was not in the version is about our plans, not Azure's word.
  std::erase_if(regions.reported, [&](const ReportedRegion& region) {
    return FindRegion(regions.targets, region.name) == nullptr ||
           region.state == RegionState::kPending || region.state == RegionState::kRemoving;
  });
  return regions;
}

std::vector<RegionRecord> UpdatedRecords(const std::vector<TargetRegion>& goal,
                                         const VersionRegions& actual, const RegionHistory& history,
                                         SystemTime now) {
  std::vector<RegionRecord> records;
  records.reserve(goal.size());
  for (const TargetRegion& region : goal) {
    records.push_back(Updated(region, actual, FindRecord(history, region.name), now));
  }
  return records;
}

std::string RegionCounts::Summary() const {
  return std::to_string(completed) + "/" + std::to_string(target);
}

RegionCounts CountRegions(const std::vector<RegionRecord>& regions) {
  return {.target = std::ssize(regions),
          .completed = std::ranges::count(regions, RegionState::kCompleted, &RegionRecord::state),
          .failed = std::ranges::count(regions, RegionState::kFailed, &RegionRecord::state)};
}

bool EnoughRegions(const RegionCounts& counts, const std::optional<std::int64_t>& min_regions) {
  const std::int64_t wanted = std::clamp<std::int64_t>(min_regions.value_or(counts.target), 1,
                                                       std::max<std::int64_t>(counts.target, 1));
  return counts.completed >= wanted && counts.failed == 0;
}

std::optional<SystemTime> StalledSince(const std::vector<RegionRecord>& regions, Duration limit,
                                       SystemTime now) {
  std::optional<SystemTime> last;
  bool in_flux = false;
  for (const RegionRecord& region : regions) {
    if (region.last_transition_time)
      last = std::max(last.value_or(SystemTime::min()), *region.last_transition_time);
    in_flux = in_flux || region.state == RegionState::kReplicating ||
              region.state == RegionState::kUnknown;
  }
  if (!in_flux || !last || now - *last < limit) return std::nullopt;
  return last;
}

}  // namespace labgallery::domain::image
