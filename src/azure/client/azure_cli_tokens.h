// For people at a desk: whoever is logged in with the Azure CLI.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "src/azure/client/token_source.h"
#include "src/base/child_process.h"

namespace labgallery::azure {

/// The surroundings of other programs.
struct Programs {
  std::vector<std::string> environment{};  // "NAME=value", of this process
  std::function<Result<ChildOutcome>(const ChildCommand&, const std::stop_token&)> run = RunChild;
};

/// Thread-safe.
class AzureCliTokens final : public LoginSource {
 public:
  /// `tenant` empty: the one of the CLI's own choice.
  AzureCliTokens(Clock& clock, Programs programs, std::string tenant)
      : clock_(clock), programs_(std::move(programs)), tenant_(std::move(tenant)) {}

  /// Runs az account get-access-token. kUnauthenticated, with what it says, if there is no az, or
  /// nobody is logged in.
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  Clock& clock_;
  const Programs programs_;
  const std::string tenant_;
};

}  // namespace labgallery::azure
