// Which Azure is talked to, as whom, and under which name: decided once, before anything is sent.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "controller/cli/command_options.h"
#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"

namespace labgallery::cli {

inline constexpr std::string_view kStandalone = "standalone";

struct AzureAccess {
  std::string endpoint;      // origin
  std::string installation;  // may be empty where `options` left it to be found out
  std::unique_ptr<azure::TokenSource> tokens;
  std::string audience;
  std::string graph;  // of the directory that the same token is good for; empty: none
};

/// What the options alone say. A loopback endpoint takes any token and is `standalone` by default;
/// any other has to be https, with a token file and a name, because real resources are marked with
/// it. kInvalidInput, with everything that is missing.
Result<AzureAccess> ChooseAzureAccess(const AzureOptions& options);

/// For the simulator of this process.
AzureAccess EmbeddedAzureAccess(const std::string& origin, const AzureOptions& options);

/// Asks the endpoint for its cloud and fills in audience and directory; an endpoint that does not
/// describe its cloud is its own audience and has no directory. A directory of another origin is
/// left out: it would want a token of its own, and this one is not shown to others. Blocks for one
/// request.
Status LearnCloud(AzureAccess& access, http::HttpTransport& transport, SystemTime now,
                  const std::stop_token& stop);

}  // namespace labgallery::cli
