// The tenant's directory (Microsoft Graph), asked for one thing: the object id under which an
// application is known in this tenant.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/http/model/transport.h"
#include "src/json/value.h"

namespace labgallery::azure {

struct DirectoryOptions {
  std::string endpoint;  // "https://graph.microsoft.com": also the audience of its tokens
  std::string user_agent;
  std::chrono::milliseconds timeout{30000};
};

/// Thread-safe.
class GraphDirectory {
 public:
  GraphDirectory(http::HttpTransport& transport, Clock& clock, Random& random, TokenSource& tokens,
                 DirectoryOptions options);

  /// The object id of the service principal of `application_id`. kNotFound if the tenant has none
  /// (its provider was never registered there); kForbidden without the right to read the directory.
  Result<std::string> ServicePrincipal(std::string_view application_id,
                                       const std::stop_token& stop);

 private:
  Result<json::Value> Get(const std::string& target, const std::stop_token& stop);
  Result<http::Response> Send(const std::string& target, const AccessToken& token,
                              const std::stop_token& stop);

  http::HttpTransport& transport_;
  Clock& clock_;
  Random& random_;
  TokenSource& tokens_;
  const DirectoryOptions options_;
};

}  // namespace labgallery::azure
