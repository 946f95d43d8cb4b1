// From a request to its handler: the table of routes, and what ARM itself checks before a provider
// sees a request (token, api-version, subscription, registration, resource group, rate).
#pragma once

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

struct Served {
  http::Response response;
  bool write = false;  // the request may have changed the cloud
};

/// Serves one request of Azure's own paths. `call` has everything but params.
Served Serve(World& world, Call& call);

}  // namespace labgallery::azure_simulator
