// The three clouds that everybody knows: where ARM is, where to log in, where the directory is. Any
// other cloud describes itself (metadata_endpoints.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/azure/client/metadata_endpoints.h"

namespace labgallery::azure {

struct KnownCloud {
  std::string name;              // "public"
  std::string resource_manager;  // origin of ARM
  CloudEndpoints endpoints;
};

/// public, usgovernment, china. Addresses as in Azure SDK for Go's sdk/azcore/cloud; those of
/// Microsoft Graph as in "National cloud deployments".
const std::vector<KnownCloud>& KnownClouds();

/// By name, in any case, or by the origin of ARM; null if it is none of them.
const KnownCloud* FindCloud(std::string_view name_or_origin);

}  // namespace labgallery::azure
