#include "controller/cli/azure_access.h"

#include <utility>

#include "src/azure/client/metadata_endpoints.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::cli {
namespace {

constexpr const char* kMadeUpToken = "labgallery-on-loopback";

Status CheckRemote(const http::Url& url, const AzureOptions& options) {
  std::vector<std::string> missing;
  if (url.scheme != "https") missing.emplace_back("https");
  if (options.token_file.empty()) missing.emplace_back("--azure-token-file");
  if (options.installation.empty()) missing.emplace_back("--installation");
  if (missing.empty()) return Ok();
  return InvalidInput("--azure-endpoint " + url.origin() +
                      " is not on this machine and needs https, --azure-token-file FILE and "
                      "--installation NAME; missing: " +
                      Join(missing, ", "));
}

bool IsSameOrigin(const std::string& a, const std::string& b) {
  const auto first = http::ParseUrl(a);
  const auto second = http::ParseUrl(b);
  return first && second && first->origin() == second->origin();
}

}  // namespace

Result<AzureAccess> ChooseAzureAccess(const AzureOptions& options) {
  const auto url = http::ParseUrl(options.endpoint);
  if (!url || url->path != "/" || !url->query.empty()) {
    return InvalidInput("--azure-endpoint " + options.endpoint +
                        " must be http(s)://HOST[:PORT], without a path");
  }
  const bool loopback = http::IsLoopback(*url);
  if (!loopback) LAB_RETURN_IF_ERROR(CheckRemote(*url, options));
  AzureAccess access{.endpoint = url->origin(),
                     .installation = options.installation,
                     .tokens = {},
                     .audience = url->origin() + "/",
                     .graph = {}};
  if (options.token_file.empty()) {
    access.tokens = std::make_unique<azure::FixedTokenSource>(Secret(kMadeUpToken));
  } else {
    access.tokens = std::make_unique<azure::FileTokenSource>(options.token_file);
  }
  return access;
}

AzureAccess EmbeddedAzureAccess(const std::string& origin, const AzureOptions& options) {
  return {.endpoint = origin,
          .installation =
              options.installation.empty() ? std::string(kStandalone) : options.installation,
          .tokens = std::make_unique<azure::FixedTokenSource>(Secret(kMadeUpToken)),
          .audience = origin + "/",
          .graph = {}};
}

Status LearnCloud(AzureAccess& access, http::HttpTransport& transport, SystemTime now,
                  const std::stop_token& stop) {
  const auto cloud = azure::ReadCloudEndpoints(transport, access.endpoint, now, stop);
  if (!cloud) {
    if (cloud.error().kind == ErrorKind::kNotFound) return Ok();
    return cloud.error();
  }
  if (!cloud->audiences.empty()) access.audience = cloud->audiences.front();
  if (IsSameOrigin(cloud->graph, access.endpoint)) access.graph = cloud->graph;
  return Ok();
}

}  // namespace labgallery::cli
