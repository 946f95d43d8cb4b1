// The identity that Azure gives to the machine itself: asked of the instance metadata service,
// which only this machine reaches.
#pragma once

#include <atomic>
#include <stop_token>
#include <string>

#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/http/model/transport.h"

namespace labgallery::azure {

/// Which of several identities; at most one is set. None: the machine's own.
struct ManagedIdentity {
  std::string client_id{};
  std::string object_id{};
  std::string resource_id{};
  friend bool operator==(const ManagedIdentity&, const ManagedIdentity&) = default;
};

inline constexpr const char* kInstanceMetadata = "http://169.254.169.254";

/// Thread-safe.
class ManagedIdentityTokens final : public LoginSource {
 public:
  struct Options {
    std::string host = kInstanceMetadata;
    ManagedIdentity identity{};
    /// Somebody else may know a token: until the service has answered once, it is asked once and
    /// for a second only.
    bool probe = false;
  };
  /// `direct` uses no proxy: the address means another machine there.
  ManagedIdentityTokens(http::HttpTransport& direct, Clock& clock, Options options)
      : direct_(direct), clock_(clock), options_(std::move(options)) {}

  /// Tries five times over a minute at most while the service is not ready (404, 410, 429, 5xx, no
  /// answer), as Azure advises. kUnauthenticated if it refuses, most often because the machine has
  /// no such identity.
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  Result<AccessToken> AskOnce(const std::string& audience, std::chrono::milliseconds timeout,
                              const std::stop_token& stop);

  http::HttpTransport& direct_;
  Clock& clock_;
  const Options options_;
  std::atomic<bool> answered_ = false;
};

}  // namespace labgallery::azure
