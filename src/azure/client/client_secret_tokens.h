// An application that logs in with a secret.
#pragma once

#include <utility>

#include "src/azure/client/token_endpoint.h"

namespace labgallery::azure {

/// Thread-safe.
class ClientSecretTokens final : public LoginSource {
 public:
  ClientSecretTokens(TokenEndpoint endpoint, Secret secret)
      : endpoint_(std::move(endpoint)), secret_(std::move(secret)) {}

  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override {
    return endpoint_.Ask(audience, {{"client_secret", secret_}}, stop);
  }

 private:
  TokenEndpoint endpoint_;
  const Secret secret_;
};

}  // namespace labgallery::azure
