// What an ARM endpoint says about its cloud: where to log in and where the directory is.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"

namespace labgallery::azure {

struct CloudEndpoints {
  std::string login;                   // "https://login.microsoftonline.com"
  std::string graph;                   // Microsoft Graph; empty if not told
  std::vector<std::string> audiences;  // for tokens to ARM
  friend bool operator==(const CloudEndpoints&, const CloudEndpoints&) = default;
};

/// Reads {endpoint}/metadata/endpoints, which needs no token. kNotFound if the endpoint has none.
/// An answer that lists several clouds is searched for this endpoint's. Blocks for one request.
Result<CloudEndpoints> ReadCloudEndpoints(http::HttpTransport& transport,
                                          const std::string& endpoint, SystemTime now,
                                          const http::CallOptions& options);

}  // namespace labgallery::azure
