// What Azure's answers say about how much may still be asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/http/model/message.h"

namespace labgallery::azure {

enum class RateKind { kReads, kWrites, kDeletes };
/// "reads", "writes", "deletes": as in the headers.
std::string_view Name(RateKind kind);

/// x-ms-ratelimit-remaining-{subscription,subscription-global,tenant}-{reads,writes,deletes}.
struct RemainingRequests {
  enum class Scope { kSubscription, kSubscriptionGlobal, kTenant } scope = Scope::kSubscription;
  RateKind kind = RateKind::kReads;
  double remaining = 0;
  friend bool operator==(const RemainingRequests&, const RemainingRequests&) = default;
};

/// One entry of x-ms-ratelimit-remaining-resource: "Microsoft.Compute/GetGallery3Min;349".
struct RemainingPolicy {
  std::string policy;  // "Microsoft.Compute/GetGallery", without the window
  Duration window{};
  double remaining = 0;
  friend bool operator==(const RemainingPolicy&, const RemainingPolicy&) = default;
};

struct RateHeaders {
  std::vector<RemainingRequests> requests;
  std::vector<RemainingPolicy> policies;
  std::optional<double> user_quota_remaining;       // x-ms-user-quota-remaining
  std::optional<Duration> user_quota_resets_after;  // x-ms-user-quota-resets-after, hh:mm:ss

  /// True if the endpoint sends any of ARM's or a provider's own counters.
  bool Any() const { return !requests.empty() || !policies.empty(); }
};

/// Entries that cannot be read are left out.
RateHeaders ReadRateHeaders(const http::Headers& headers);

}  // namespace labgallery::azure
