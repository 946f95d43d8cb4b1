// What Azure demands of a version's publishing and safety profiles, and what it makes of them.
#pragma once

#include <vector>

#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// Checks targetRegions, fills in counts and storage types, spells regions by their display names,
/// and tells what they ask for. `existing` is null for a new version.
Outcome<std::vector<WantedRegion>> ResolveRegions(const World& world, json::Value& document,
                                                  const Resource* existing);

/// Refuses to drop regions that hold replicas unless the version's safety profile allows it.
Check CheckRemovedRegions(const World& world, const json::Value& document, const Resource& existing,
                          const std::vector<WantedRegion>& wanted);

/// What Azure fills into the profiles beside the regions; 400 for what it does not take.
Check CompleteProfiles(const World& world, json::Value& document, const Resource* existing);

bool AllowsRemoval(const json::Value& document);

}  // namespace labgallery::azure_simulator
