#include "controller/cli/cloud.h"

#include <utility>

namespace labgallery::cli {
namespace {

Result<AzureAccess> AccessFor(const AzureOptions& options) {
  if (options.endpoint.empty()) return EmbeddedAzureAccess(kEmbeddedAzure, options);
  LAB_ASSIGN_OR_RETURN(AzureAccess access, ChooseAzureAccess(options, Naming::kUser));
  if (access.installation.empty()) access.installation = kStandalone;
  return access;
}

}  // namespace

Result<std::unique_ptr<Cloud>> Cloud::Make(Clock& clock, Random& random,
                                           const AzureOptions& options, state::Store* store,
                                           Duration patience, const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(AzureAccess access, AccessFor(options));
  std::unique_ptr<Cloud> cloud(new Cloud(std::move(access), options.network));
  if (options.endpoint.empty()) {
    LAB_ASSIGN_OR_RETURN(cloud->azure_, EmbeddedAzure::Start(clock, random, store));
  }
  http::HttpTransport& inner = cloud->azure_ ? cloud->azure_->transport() : cloud->socket_;
  LAB_ASSIGN_OR_RETURN(cloud->wire_, AzureWire::Open(options.wire, inner, clock));
  LAB_RETURN_IF_ERROR(LearnCloud(cloud->access_, options,
                                 {.transport = cloud->transport(),
                                  .direct = cloud->direct_,
                                  .clock = clock,
                                  .random = random,
                                  .patience = patience},
                                 stop));
  return cloud;
}

}  // namespace labgallery::cli
