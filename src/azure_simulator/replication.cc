#include "src/azure_simulator/replication.h"

#include <algorithm>

#include "src/azure_simulator/catalogue.h"

namespace labgallery::azure_simulator {
namespace {

using Fate = Replica::Fate;

Replica* FindReplica(std::vector<Replica>& replicas, std::string_view region) {
  const auto found = std::find_if(replicas.begin(), replicas.end(),
                                  [region](const Replica& r) { return r.region == region; });
  return found == replicas.end() ? nullptr : &*found;
}

void Begin(Replica& replica, SystemTime at, Duration takes) {
  replica.started = at;
  replica.ends = at + takes;
  replica.fate = Fate::kCompletes;
  replica.details.clear();
}

void Doom(Replica& replica, const std::optional<Fault>& fault) {
  if (!fault || fault->region != replica.region) return;
  if (fault->action == Fault::Action::kFailRegion) {
    replica.fate = Fate::kFails;
    replica.details = fault->message;
  } else if (fault->action == Fault::Action::kStallRegion) {
    replica.fate = Fate::kStalls;
  }
}

/// When the version's own region holds the image, from which the others are copied.
SystemTime SourceReady(World& world, const Resource& version, const std::vector<Replica>& planned) {
  for (const Replica& replica : planned) {
    if (replica.region != version.location) continue;
    if (StateOf(replica, world.now) == ReplicaState::kCompleted) return world.now;
    return replica.fate == Fate::kStalls ? world.now : std::max(world.now, replica.ends);
  }
  return world.now;
}

Replica NewReplica(World& world, const Resource& version, const WantedRegion& wanted,
                   SystemTime source_ready) {
  Replica replica{
      .region = wanted.region, .count = wanted.count, .storage_type = wanted.storage_type};
  if (wanted.region == version.location) {
    Begin(replica, world.now, world.settings.version_source);
  } else {
    Begin(replica, world.now, Duration::zero());
    replica.ends = source_ready + Between(world, world.settings.version_region_min,
                                          world.settings.version_region_max);
  }
  return replica;
}

void Adapt(World& world, Replica& replica, const WantedRegion& wanted) {
  const ReplicaState state = StateOf(replica, world.now);
  const bool repair = state == ReplicaState::kFailed &&
                      (wanted.count != replica.count || world.settings.failed_regions_retried);
  if (repair) {
    Begin(replica, world.now,
          Between(world, world.settings.version_region_min, world.settings.version_region_max));
  } else if (state == ReplicaState::kCompleted && wanted.count > replica.count) {
    Begin(replica, world.now, world.settings.version_replicas);
  }
  replica.count = wanted.count;
}

std::string_view StateName(ReplicaState state) {
  switch (state) {
    case ReplicaState::kReplicating:
      return "Replicating";
    case ReplicaState::kCompleted:
      return "Completed";
    case ReplicaState::kFailed:
      return "Failed";
  }
  return "Unknown";
}

std::int64_t Progress(const Replica& replica, SystemTime now) {
  if (StateOf(replica, now) == ReplicaState::kCompleted) return 100;
  const auto total = (replica.ends - replica.started).count();
  if (total <= 0) return 0;
  const std::int64_t percent = (now - replica.started).count() * 100 / total;
  // One that stalls or has failed stays where it is.
  const std::int64_t most = replica.fate == Fate::kCompletes ? 99 : 50;
  return std::clamp<std::int64_t>(percent, 0, most);
}

}  // namespace

ReplicaState StateOf(const Replica& replica, SystemTime now) {
  if (replica.fate == Fate::kStalls || now < replica.ends) return ReplicaState::kReplicating;
  return replica.fate == Fate::kFails ? ReplicaState::kFailed : ReplicaState::kCompleted;
}

std::vector<Replica> Plan(World& world, const Resource& version,
                          const std::vector<WantedRegion>& wanted,
                          const std::optional<Fault>& fault) {
  std::vector<Replica> present = version.replicas;
  std::vector<Replica> planned;
  // The version's own region first: the others are copied from it.
  for (const bool own : {true, false}) {
    for (const WantedRegion& region : wanted) {
      if ((region.region == version.location) != own) continue;
      if (Replica* known = FindReplica(present, region.region)) {
        Adapt(world, *known, region);
        planned.push_back(*known);
      } else {
        planned.push_back(NewReplica(world, version, region, SourceReady(world, version, planned)));
      }
      Doom(planned.back(), fault);
    }
  }
  return planned;
}

SystemTime EndOf(const std::vector<Replica>& replicas, SystemTime now) {
  SystemTime end = now;
  for (const Replica& replica : replicas) {
    end = std::max(end, replica.fate == Fate::kStalls ? SystemTime::max() : replica.ends);
  }
  return end;
}

std::optional<ArmError> FailureOf(const std::vector<Replica>& replicas, SystemTime now) {
  std::string failed;
  for (const Replica& replica : replicas) {
    if (StateOf(replica, now) != ReplicaState::kFailed) continue;
    if (!failed.empty()) failed += ", ";
    failed += "{region:" + replica.region + ", detail:" + replica.details + "}";
  }
  if (failed.empty()) return std::nullopt;
  return ArmError{
      .status = 200,
      .code = "ReplicationJobsNotCompleted",
      .message = "Gallery replication jobs failed in one or more regions: '" + failed + "'.",
      .target = {}};
}

json::Value ReplicationStatus(const World& world, const Resource& version) {
  const SystemTime now = world.now;
  bool running = false;
  bool failed = false;
  json::Value summary = json::Value::Array();
  for (const Replica& replica : version.replicas) {
    const ReplicaState state = StateOf(replica, now);
    running = running || state == ReplicaState::kReplicating;
    failed = failed || state == ReplicaState::kFailed;
    json::Value row;
    // Both spellings were seen on the wire.
    row.Set("region", world.settings.programmatic_regions_in_status
                          ? replica.region
                          : DisplayRegion(replica.region));
    row.Set("state", StateName(state));
    row.Set("details", replica.details);
    row.Set("progress", Progress(replica, now));
    summary.Push(std::move(row));
  }
  const std::string_view end = failed ? "Failed" : "Completed";
  json::Value status;
  status.Set("aggregatedState", running ? "InProgress" : end);
  status.Set("summary", std::move(summary));
  return status;
}

bool IsUsable(const Resource& version, SystemTime now) {
  return version.state != "Deleting" &&
         std::any_of(version.replicas.begin(), version.replicas.end(),
                     [now](const Replica& replica) {
                       return StateOf(replica, now) == ReplicaState::kCompleted;
                     });
}

Check ForceRegion(World& world, Resource& version, std::string_view region, std::string_view what) {
  const std::string name = NormalRegion(region);
  Replica* replica = FindReplica(version.replicas, name);
  if (replica == nullptr) return InvalidParameter("region", "the version has no region " + name);
  if (what == "drop") {
    std::erase_if(version.replicas, [&name](const Replica& r) { return r.region == name; });
    return {};
  }
  replica->ends = world.now;
  replica->details.clear();
  if (what == "complete") {
    replica->fate = Fate::kCompletes;
  } else if (what == "fail") {
    replica->fate = Fate::kFails;
    replica->details = "The replication job failed.";
  } else if (what == "stall") {
    replica->fate = Fate::kStalls;
  } else {
    return InvalidParameter("do", "do has to be drop, fail, stall or complete");
  }
  return {};
}

}  // namespace labgallery::azure_simulator
