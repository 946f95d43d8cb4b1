#include "controller/cli/azure_access.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "src/azure/client/cached_tokens.h"
#include "src/azure/client/clouds.h"
#include "src/azure/client/metadata_endpoints.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::cli {
namespace {

constexpr const char* kMadeUpToken = "labgallery-on-loopback";

std::string FlagOf(const AzureOptions& options) {
  return options.cloud.empty() ? "--azure-endpoint" : "--cloud";
}

Status CheckPlain(const http::Url& url, const AzureOptions& options) {
  if (url.scheme == "http" && options.token_file.empty() && !options.LogsIn()) return Ok();
  return InvalidInput(
      "--azure-plain-http is for an --azure-endpoint http://HOST[:PORT] without a login: what is "
      "secret is not sent by plain HTTP");
}

Status CheckRemote(const http::Url& url, const AzureOptions& options, Naming naming) {
  std::vector<std::string> missing;
  if (url.scheme != "https" && !options.plain_http) missing.emplace_back("https");
  const bool answered_by_azure = options.wire.replay.empty();
  if (answered_by_azure && options.token_file.empty() && !options.LogsIn() && !options.plain_http) {
    missing.emplace_back("--azure-credential NAME (or --azure-token-file FILE)");
  }
  if (naming == Naming::kUser && options.installation.empty())
    missing.emplace_back("--installation NAME");
  if (missing.empty()) return Ok();
  return InvalidInput(FlagOf(options) + " " + url.origin() +
                      " is not on this machine; missing: " + Join(missing, ", "));
}

bool IsSameOrigin(const std::string& a, const std::string& b) {
  const auto first = http::ParseUrl(a);
  const auto second = http::ParseUrl(b);
  return first && second && first->origin() == second->origin();
}

// Where secrets are sent to: an origin, and one that nobody can listen to.
Result<std::string> CheckedLogin(const std::string& address, const std::string& told_by) {
  const auto url = http::ParseUrl(address);
  if (!url || !url->query.empty())
    return InvalidInput(told_by + ", " + address + ", is no address to log in at");
  if (url->scheme != "https" && !http::IsLoopback(*url))
    return InvalidInput(told_by + ", " + address + ", must be https: secrets are sent there");
  std::string path = url->path;
  while (path.ends_with('/')) path.pop_back();
  return url->origin() + path;
}

Result<azure::CloudEndpoints> AskForCloud(const std::string& endpoint, const AzureWays& ways,
                                          const std::stop_token& stop) {
  const SteadyTime until = ways.clock.SteadyNow() + ways.patience;
  http::CallOptions options{.stop = stop};
  if (ways.patience > Duration(0)) {
    options.timeout =
        std::min(options.timeout, std::chrono::ceil<std::chrono::milliseconds>(ways.patience));
  }
  while (true) {
    auto told = azure::ReadCloudEndpoints(ways.transport, endpoint, ways.clock.Now(), options);
    if (told || !told.error().retry_after) return told;
    const Duration wait = *told.error().retry_after;
    if (ways.clock.SteadyNow() + wait > until) return told;
    if (!ways.clock.Sleep(wait, stop)) return Cancelled();
  }
}

Result<azure::CloudEndpoints> EndpointsOf(const AzureAccess& access, const AzureWays& ways,
                                          const std::stop_token& stop) {
  const azure::KnownCloud* known = azure::FindCloud(access.endpoint);
  auto told = AskForCloud(access.endpoint, ways, stop);
  if (!told && told.error().kind != ErrorKind::kNotFound) return std::move(told).error();
  azure::CloudEndpoints endpoints = told ? *told : azure::CloudEndpoints{};
  if (known == nullptr) return endpoints;
  if (endpoints.login.empty()) endpoints.login = known->endpoints.login;
  if (endpoints.graph.empty()) endpoints.graph = known->endpoints.graph;
  if (endpoints.audiences.empty()) endpoints.audiences = known->endpoints.audiences;
  return endpoints;
}

// Microsoft's list is of the public cloud. Another endpoint that has one has it beside Resource
// Manager; the simulator of this process is not asked, its prices are the shipped ones.
std::string PricesOf(const AzureAccess& access, const AzureOptions& options) {
  if (options.endpoint.empty()) return {};
  const azure::KnownCloud* known = azure::FindCloud(access.endpoint);
  if (known == nullptr) return access.endpoint;
  return known->name == std::string_view("public") ? "https://prices.azure.com" : "";
}

// The variable counts before what the cloud says.
Result<std::string> LoginAddress(const std::string& told, const AzureOptions& options) {
  const std::string& variable = options.variables.authority;
  if (!variable.empty()) return CheckedLogin(variable, "AZURE_AUTHORITY_HOST");
  if (told.empty()) return std::string();
  return CheckedLogin(told, "the cloud's login address");
}

Status MakeTokens(AzureAccess& access, const AzureOptions& options) {
  if (!access.logins) {
    return InvalidInput(FlagOf(options) + " " + access.endpoint +
                        " does not say where to log in: set AZURE_AUTHORITY_HOST");
  }
  azure::CredentialSettings settings = options.variables.credential;
  settings.identity = options.identity;
  if (!settings.identity.client_id.empty()) settings.client = settings.identity.client_id;
  const azure::CredentialKind kind = options.credential.value_or(azure::CredentialKind::kDefault);
  LAB_ASSIGN_OR_RETURN(access.tokens, azure::MakeCachedTokens(kind, settings, *access.logins, ""));
  return Ok();
}

}  // namespace

Result<AzureAccess> ChooseAzureAccess(const AzureOptions& options, Naming naming) {
  const auto url = http::ParseUrl(options.endpoint);
  if (!url || url->path != "/" || !url->query.empty()) {
    return InvalidInput(FlagOf(options) + " " + options.endpoint +
                        " must be http(s)://HOST[:PORT], without a path");
  }
  if (options.plain_http) LAB_RETURN_IF_ERROR(CheckPlain(*url, options));
  const bool loopback = http::IsLoopback(*url);
  if (!loopback) LAB_RETURN_IF_ERROR(CheckRemote(*url, options, naming));
  AzureAccess access{.endpoint = url->origin(),
                     .installation = options.installation,
                     .tokens = {},
                     .audience = url->origin() + "/",
                     .graph = {},
                     .cloud_graph = {},
                     .login = {},
                     .logins = {},
                     .machine = {}};
  if (!options.token_file.empty()) {
    access.tokens = std::make_unique<azure::FileTokenSource>(options.token_file);
  } else if (!options.LogsIn()) {
    access.tokens = std::make_unique<azure::FixedTokenSource>(Secret(kMadeUpToken));
  }
  return access;
}

AzureAccess EmbeddedAzureAccess(const std::string& origin, const AzureOptions& options) {
  return {.endpoint = origin,
          .installation =
              options.installation.empty() ? std::string(kStandalone) : options.installation,
          .tokens = std::make_unique<azure::FixedTokenSource>(Secret(kMadeUpToken)),
          .audience = origin + "/",
          .graph = {},
          .cloud_graph = {},
          .login = {},
          .logins = {},
          .machine = {}};
}

Status LearnCloud(AzureAccess& access, const AzureOptions& options, const AzureWays& ways,
                  const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const azure::CloudEndpoints cloud, EndpointsOf(access, ways, stop));
  if (!cloud.audiences.empty()) access.audience = cloud.audiences.front();
  access.cloud_graph = cloud.graph;
  const azure::CredentialSettings& variables = options.variables.credential;
  access.machine.federated_file = variables.federated_file;
  access.machine.metadata_host = variables.metadata_host;
  access.prices = PricesOf(access, options);
  const bool logs_in = options.LogsIn();
  const bool shown_to_nobody = logs_in || !options.wire.replay.empty();
  if (shown_to_nobody || IsSameOrigin(cloud.graph, access.endpoint)) access.graph = cloud.graph;
  // The simulator of this process is reached in no other way, whatever the variables say.
  const bool embedded = options.endpoint.empty();
  if (embedded) {
    access.login = cloud.login;
  } else if (!options.plain_http) {
    LAB_ASSIGN_OR_RETURN(access.login, LoginAddress(cloud.login, options));
  }
  if (!access.login.empty()) {
    access.logins = std::make_unique<azure::LoginWorld>(
        azure::LoginWorld{.transport = ways.transport,
                          .direct = ways.direct,
                          .clock = ways.clock,
                          .random = ways.random,
                          .authority = access.login,
                          .programs = options.variables.programs,
                          .follow = ways.follow});
  }
  if (logs_in) return MakeTokens(access, options);
  return Ok();
}

}  // namespace labgallery::cli
