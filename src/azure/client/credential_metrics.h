// Counts the logins to Microsoft Entra, and shows until when what they are made with is good.
#pragma once

#include <memory>
#include <string>

#include "src/azure/client/credential.h"
#include "src/telemetry/metrics.h"

namespace labgallery::azure {

/// Thread-safe; `metrics` outlives it, and must not be serialised any more when it has gone.
class CredentialMetrics {
 public:
  explicit CredentialMetrics(telemetry::Metrics& metrics);
  ~CredentialMetrics();
  CredentialMetrics(const CredentialMetrics&) = delete;
  CredentialMetrics& operator=(const CredentialMetrics&) = delete;

  /// As FollowLogins. The credential's end is shown as long as the function is kept.
  OnLogin Follow(CredentialKind kind, const std::string& secret);

 private:
  struct Followed;
  telemetry::Family<telemetry::Counter>& logins_;
  const std::shared_ptr<Followed> followed_;
};

}  // namespace labgallery::azure
