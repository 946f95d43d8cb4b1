// What an image version may be made from: managed images, virtual machines, gallery versions, and
// disks or snapshots one by one; whether they are there, where they are, and whether they fit the
// definition.
#pragma once

#include <string>

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// Checks a new version's storageProfile against the world and its definition, and adds the sizes
/// that Azure shows once the version is made. Exactly one kind of source has to be named.
Check ResolveSource(const World& world, json::Value& storage_profile, const std::string& location,
                    const json::Value& definition);

/// 409 if an update names another source, or other LUNs, than the version was made from. A source
/// that is left out is fine. The profile becomes the stored one.
Check KeepSource(json::Value& storage_profile, const json::Value& stored);

}  // namespace labgallery::azure_simulator
