// Handlers of Microsoft.LabServices: lab accounts and labs (lab_accounts.cc, labs.cc; api-version
// 2018-10-15, ManagedLabsClient), and the gallery and images of an account (shared_galleries.cc,
// shared_images.cc; 2019-01-01-preview, of which only Azure/azure-devtestlab's Az.LabServices
// module is public).
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

Answer PutLabAccount(World& world, const Call& call);
Answer PatchLabAccount(World& world, const Call& call);
Answer GetLabAccount(World& world, const Call& call);
Answer DeleteLabAccount(World& world, const Call& call);
Answer ListLabAccounts(World& world, const Call& call);
Answer GetRegionalAvailability(World& world, const Call& call);

Answer CreateLab(World& world, const Call& call);
Answer PutLab(World& world, const Call& call);
Answer GetLab(World& world, const Call& call);
Answer DeleteLab(World& world, const Call& call);
Answer ListLabs(World& world, const Call& call);

Answer PutSharedGallery(World& world, const Call& call);
Answer GetSharedGallery(World& world, const Call& call);
Answer DeleteSharedGallery(World& world, const Call& call);
Answer ListSharedGalleries(World& world, const Call& call);

Answer PutSharedImage(World& world, const Call& call);
Answer GetSharedImage(World& world, const Call& call);
Answer ListSharedImages(World& world, const Call& call);

/// Where settings say that the service gives itself its role: done once a gallery is attached.
void GrantRoleAfterAttach(World& world, const Resource& attachment);

/// Forgets the switches that were set while a gallery was attached.
void ForgetSwitches(World& world, const Resource& attachment);

}  // namespace labgallery::azure_simulator
