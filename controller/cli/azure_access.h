// Which Azure is talked to, as whom, and under which name: decided once, before anything is sent.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "controller/cli/command_options.h"
#include "src/azure/client/credential.h"
#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"

namespace labgallery::cli {

inline constexpr std::string_view kStandalone = "standalone";

/// Who names the installation where the options do not.
enum class Naming { kCluster, kUser };

struct AzureAccess {
  std::string endpoint;      // origin
  std::string installation;  // may be empty where `options` left it to be found out
  std::unique_ptr<azure::TokenSource> tokens;
  std::string audience;
  std::string graph;        // of the directory that `tokens` are good for; empty: none
  std::string cloud_graph;  // of the cloud's directory, for whoever logs in by himself
  std::string login;        // where to log in; empty: nobody has told
  std::string prices{};     // origin of the public price list; empty: none for this cloud
  /// For the credentials of Secrets; null: there is no way to log in.
  std::unique_ptr<azure::LoginWorld> logins;
  azure::CredentialSettings machine;  // what this machine adds to them
};

/// What the options alone say. A loopback endpoint takes any token and is `standalone` by default;
/// any other has to be https, with a login or a token file and, unless the cluster gives it one, a
/// name, because real resources are marked with it. kInvalidInput, with everything that is missing.
Result<AzureAccess> ChooseAzureAccess(const AzureOptions& options, Naming naming);

/// For the simulator of this process.
AzureAccess EmbeddedAzureAccess(const std::string& origin, const AzureOptions& options);

/// What requests are sent with. All of it outlives the access.
struct AzureWays {
  http::HttpTransport& transport;
  http::HttpTransport& direct;  // without a proxy
  Clock& clock;
  Random& random;
  azure::FollowLogins follow{};
  /// So long the cloud's description is waited for, also where the cloud asks to come later. Zero:
  /// one request, as long as any other may take.
  Duration patience{};
};

/// Asks the endpoint for its cloud and fills in audience, directory and where to log in; what it
/// does not tell comes from the table of known clouds. An endpoint of neither is its own audience,
/// has no directory and is not logged in to. Then it makes the source of tokens that the options
/// ask for. A directory of another origin than a fixed token's is left out: this one is not shown
/// to others. Blocks for one request; nobody logs in yet. kInvalidInput if the login cannot work.
Status LearnCloud(AzureAccess& access, const AzureOptions& options, const AzureWays& ways,
                  const std::stop_token& stop);

}  // namespace labgallery::cli
