// What lies around the resources: subscriptions, locations, providers (subscriptions.cc), resource
// groups (resource_groups.cc), plain Compute resources that serve as sources (compute_sources.cc),
// the URLs of operations (operation_urls.cc), metadata and the directory (identity.cc).
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// The only one there is: every subscription belongs to it.
inline constexpr std::string_view kTenant = "5f0e2d1c-3b4a-4c59-8d68-7e7f8a9b0c1d";

Answer ListTenants(World& world, const Call& call);
/// Those of the settings, or those that hold resource groups.
Answer ListSubscriptions(World& world, const Call& call);
Answer GetSubscription(World& world, const Call& call);
Answer ListLocations(World& world, const Call& call);
Answer ListProviders(World& world, const Call& call);
Answer GetProvider(World& world, const Call& call);
Answer RegisterProvider(World& world, const Call& call);
bool IsRegistered(const World& world, const std::string& subscription, const std::string& provider);

Answer PutResourceGroup(World& world, const Call& call);
Answer GetResourceGroup(World& world, const Call& call);
Answer HeadResourceGroup(World& world, const Call& call);
Answer DeleteResourceGroup(World& world, const Call& call);
Answer ListResourceGroups(World& world, const Call& call);
/// Adds a group, as a PUT would.
void MakeResourceGroup(World& world, const std::string& id, const std::string& location);

Answer PutSource(World& world, const Call& call);
Answer GetSource(World& world, const Call& call);
Answer DeleteSource(World& world, const Call& call);
Answer ListSources(World& world, const Call& call);
Answer GeneralizeMachine(World& world, const Call& call);

Answer GetOperation(World& world, const Call& call);

Answer GetMetadata(World& world, const Call& call);
Answer GetServicePrincipal(World& world, const Call& call);
Answer ListServicePrincipals(World& world, const Call& call);

}  // namespace labgallery::azure_simulator
