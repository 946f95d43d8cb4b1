// Handlers of Microsoft.LabServices' second generation (2022-08-01 and 2023-06-07,
// Azure/azure-rest-api-specs LabPlans.json, Images.json): plans, which name their gallery in a
// property, the images of a plan (plan_images.cc), and the labs that were made from it, which are
// resources of their own.
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

Answer PutLabPlan(World& world, const Call& call);
Answer PatchLabPlan(World& world, const Call& call);
Answer GetLabPlan(World& world, const Call& call);
Answer DeleteLabPlan(World& world, const Call& call);
Answer ListLabPlans(World& world, const Call& call);

Answer PutPlanLab(World& world, const Call& call);
Answer GetPlanLab(World& world, const Call& call);
Answer DeletePlanLab(World& world, const Call& call);
Answer ListPlanLabs(World& world, const Call& call);
Answer GetLabMachine(World& world, const Call& call);
Answer ListLabMachines(World& world, const Call& call);

Answer PutPlanImage(World& world, const Call& call);
Answer PatchPlanImage(World& world, const Call& call);
Answer GetPlanImage(World& world, const Call& call);
Answer ListPlanImages(World& world, const Call& call);

/// Forgets how the images of the plan's gallery are switched.
void ForgetPlanSwitches(World& world, const std::string& plan_id);

}  // namespace labgallery::azure_simulator
