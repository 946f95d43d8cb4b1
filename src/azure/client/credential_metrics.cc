#include "src/azure/client/credential_metrics.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace labgallery::azure {
namespace {

using telemetry::FamilyType;
using telemetry::Samples;

constexpr const char* kEndOf =
    "When the certificate that a login was made with last is no longer good. Of other credentials "
    "the end is not known here.";

using End = std::optional<SystemTime>;

}  // namespace

// What is followed, by credential and Secret: of two with the same names the newer one is shown.
struct CredentialMetrics::Followed {
  std::mutex mutex;                                                        // guards all below
  std::map<std::pair<std::string, std::string>, std::weak_ptr<End>> ends;  // and what they point to
};

CredentialMetrics::CredentialMetrics(telemetry::Metrics& metrics)
    : logins_(metrics.AddCounter(
          {"labgallery_token_requests_total",
           "Logins, by credential, audience and result: ok, or the kind of error.",
           {"credential", "audience", "result"},
           "credentials in use, times two audiences, times the results that occurred"})),
      followed_(std::make_shared<Followed>()) {
  metrics.AddCollector(
      {{{"labgallery_credential_expiry_timestamp_seconds",
         kEndOf,
         {"credential", "secret"},
         "certificates in use"},
        FamilyType::kGauge}},
      [followed = followed_](std::vector<Samples>& samples) {
        const std::lock_guard guard(followed->mutex);
        std::erase_if(followed->ends, [](const auto& each) { return each.second.expired(); });
        for (const auto& [names, followed_end] : followed->ends) {
          const auto end = followed_end.lock();
          if (!end || !*end) continue;
          samples[0].Add({names.first, names.second},
                         std::chrono::duration<double>((*end)->time_since_epoch()).count());
        }
      });
}

CredentialMetrics::~CredentialMetrics() = default;

OnLogin CredentialMetrics::Follow(CredentialKind kind, const std::string& secret) {
  auto end = std::make_shared<End>();
  std::string name(Name(kind));
  {
    const std::lock_guard guard(followed_->mutex);
    followed_->ends[{name, secret}] = end;
  }
  return [this, end = std::move(end), name = std::move(name)](const std::string& audience,
                                                              const Result<AccessToken>& token) {
    logins_.With({name, audience, token ? "ok" : std::string(Name(token.error().kind))})
        .Increment();
    if (!token) return;
    const std::lock_guard guard(followed_->mutex);
    *end = token->credential_ends;
  };
}

}  // namespace labgallery::azure
