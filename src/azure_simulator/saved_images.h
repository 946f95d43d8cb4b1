// What Lab Services leaves in a gallery when it saves a lab's template VM: some time after it was
// asked, a definition with a new version.
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// POST {environment setting}/saveImage, first generation: the image goes to all regions of the
/// geography. The body is published nowhere; {name} is taken.
Answer SaveEnvironmentImage(World& world, const Call& call);
/// POST {lab plan}/saveImage {name, labVirtualMachineId}: the image stays in the plan's region.
Answer SavePlanImage(World& world, const Call& call);

Answer GetEnvironmentSetting(World& world, const Call& call);
Answer ListEnvironmentSettings(World& world, const Call& call);

/// Puts into the galleries what has become due.
void FinishSaves(World& world);

}  // namespace labgallery::azure_simulator
