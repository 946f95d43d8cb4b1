// The regions of an image version over time. Nothing ticks: each replica carries when it began and
// when it ends, and everything shown follows from that and "now".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

enum class ReplicaState { kReplicating, kCompleted, kFailed };

ReplicaState StateOf(const Replica& replica, SystemTime now);

/// What `targetRegions` in a body ask for, with the defaults of the publishing profile.
struct WantedRegion {
  std::string region;
  std::int64_t count = 1;
  std::string storage_type;
};

/// The replicas after a write that wants these regions: kept where nothing changes, begun anew
/// where more replicas or a repair are asked for, begun where they are new. A fault may decide a
/// region's fate.
std::vector<Replica> Plan(World& world, const Resource& version,
                          const std::vector<WantedRegion>& wanted,
                          const std::optional<Fault>& fault);

/// When the last of them ends; SystemTime::max() while one stalls.
SystemTime EndOf(const std::vector<Replica>& replicas, SystemTime now);

/// The error of a version whose replication ended with failed regions; nothing if none failed.
std::optional<ArmError> FailureOf(const std::vector<Replica>& replicas, SystemTime now);

/// properties.replicationStatus.
json::Value ReplicationStatus(const World& world, const Resource& version);

/// True if the version can be used in some region.
bool IsUsable(const Resource& version, SystemTime now);

/// Changes a region from outside: "drop", "fail", "stall" or "complete".
Check ForceRegion(World& world, Resource& version, std::string_view region, std::string_view what);

}  // namespace labgallery::azure_simulator
