// Handlers of Microsoft.Compute/galleries and what lies in them: galleries.cc,
// image_definitions.cc, image_versions.cc. Shapes and statuses: Azure/azure-rest-api-specs
// GalleryRP.json; headers and states during updates: recordings of azure-cli's tests (2026-04).
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

Answer PutGallery(World& world, const Call& call);
Answer PatchGallery(World& world, const Call& call);
Answer GetGallery(World& world, const Call& call);
Answer DeleteGallery(World& world, const Call& call);
Answer ListGalleries(World& world, const Call& call);

Answer PutDefinition(World& world, const Call& call);
Answer PatchDefinition(World& world, const Call& call);
Answer GetDefinition(World& world, const Call& call);
Answer DeleteDefinition(World& world, const Call& call);
Answer ListDefinitions(World& world, const Call& call);

/// A gallery takes each publisher, offer and sku once: says that this definition has its own.
void RememberIdentifier(World& world, const Resource& definition);

Answer PutVersion(World& world, const Call& call);
Answer PatchVersion(World& world, const Call& call);
Answer GetVersion(World& world, const Call& call);
Answer DeleteVersion(World& world, const Call& call);
Answer ListVersions(World& world, const Call& call);

}  // namespace labgallery::azure_simulator
