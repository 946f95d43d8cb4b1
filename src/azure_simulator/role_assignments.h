// Microsoft.Authorization/roleAssignments at any scope, with the refusals of the 2022-04-01
// contract.
#pragma once

#include <string>

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

Answer PutRoleAssignment(World& world, const Call& call);
Answer GetRoleAssignment(World& world, const Call& call);
Answer DeleteRoleAssignment(World& world, const Call& call);
Answer ListRoleAssignments(World& world, const Call& call);

/// The object id of an application's service principal in the simulated tenant: set, or made up
/// from the application id; "" for applications that are not there.
std::string PrincipalOf(const World& world, const std::string& application_id);

/// Whether Lab Services (lab accounts) may write to the gallery: Contributor or Owner there or
/// above.
bool HasLabServicesRole(const World& world, const std::string& gallery_id);

/// Whether Lab Services (lab plans) owns the gallery: Owner there or above.
bool HasLabPlansRole(const World& world, const std::string& gallery_id);

/// Gives it Contributor on the gallery, as the service itself does in one of the two possible
/// worlds.
void GrantLabServicesRole(World& world, const std::string& gallery_id);

}  // namespace labgallery::azure_simulator
