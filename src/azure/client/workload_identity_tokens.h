// An application that logs in as a service account of the cluster (workload identity federation):
// the projected token of the pod is exchanged for one of Microsoft Entra.
#pragma once

#include <string>
#include <utility>

#include "src/azure/client/token_endpoint.h"

namespace labgallery::azure {

/// Thread-safe.
class WorkloadIdentityTokens final : public LoginSource {
 public:
  /// `file` holds the service account's token. It is read for every exchange, because the kubelet
  /// replaces it at 80 % of its life.
  WorkloadIdentityTokens(TokenEndpoint endpoint, std::string file)
      : endpoint_(std::move(endpoint)), file_(std::move(file)) {}

  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  TokenEndpoint endpoint_;
  const std::string file_;
};

}  // namespace labgallery::azure
