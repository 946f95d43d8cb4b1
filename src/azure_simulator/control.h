// The control API under "/simulator/": what a test or a person does to the cloud from outside. No
// token, no api-version, no fault touches it. README.md lists its requests.
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

bool IsControl(const std::string& path);
http::Response Control(World& world, const Call& call);

/// control_resources.cc: a resource put, patched, removed or shown at once, by its id in the query.
Answer ControlResource(World& world, const Call& call);
/// control_resources.cc: {version, region, do}.
Answer ControlRegion(World& world, const Call& call);
/// Every resource as it is, hidden things included.
json::Value ShowAll(const World& world);

}  // namespace labgallery::azure_simulator
