// Tries several ways to log in, in order, until one gives a token, and stays with that one. If none
// does, it says of each why not.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "src/azure/client/token_source.h"

namespace labgallery::azure {

/// Thread-safe.
class TokenChain final : public LoginSource {
 public:
  struct Link {
    std::string name;                     // "WorkloadIdentityCredential"
    std::unique_ptr<TokenSource> source;  // null: `why_not` says what it lacks
    std::string why_not{};
    /// It may not be there at all, so that its failure says nothing. The failure of any other that
    /// is configured ends the chain: somebody wanted that one.
    bool optional = false;
  };
  explicit TokenChain(std::vector<Link> links) : links_(std::move(links)) {}

  /// kUnauthenticated with a line of each link if none gives a token.
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const std::vector<Link> links_;
  std::atomic<std::size_t> chosen_ = kNone;
};

}  // namespace labgallery::azure
