// The simulated cloud in a state::Store: one record a resource and an operation, and one for the
// rest.
#pragma once

#include "src/azure_simulator/world.h"
#include "src/base/result.h"
#include "src/state/store.h"

namespace labgallery::azure_simulator {

/// Fills a fresh world, whose `now` is the clock's, and begins to keep track of changes.
Status LoadWorld(World& world, const state::Store& store);

/// Stores what has changed since the last call; nothing happens if nothing has.
Status SaveWorld(World& world, state::Store& store);

}  // namespace labgallery::azure_simulator
