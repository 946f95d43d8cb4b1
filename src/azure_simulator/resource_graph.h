// Azure Resource Graph: inventories over many subscriptions in pages, a little behind the truth.
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

Answer QueryResources(World& world, const Call& call);

}  // namespace labgallery::azure_simulator
