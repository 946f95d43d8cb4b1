// When a request may leave. Mirrors Azure's throttling on our side, so that a thousand queued
// writes leave as fast as the buckets refill instead of running into 429 together.
//
//   asked first time -> in line for the policy's windows -> its turn there -> in line for the
//   subscription's bucket -> its turn there -> go. Somebody who is told a time comes back at it,
//   with the same ticket.
//
// In a line the resources that the requests are about (galleries, accounts) take turns, and what a
// person waits for gets more of them than what is only kept in order (model/turn_order.h). The
// narrow buckets come first: who waits for a policy of one region holds nothing that others share.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "src/azure/model/bucket.h"
#include "src/azure/model/rate_headers.h"
#include "src/azure/model/region.h"
#include "src/azure/model/turn_order.h"
#include "src/base/clock.h"
#include "src/http/model/message.h"

namespace labgallery::azure {

/// Which provider policy a request counts against, with its published sizes. A row applies to the
/// method and the shape of the path (model/resource_id.h).
struct RatePolicy {
  std::string
      name;  // "Microsoft.Compute/CreateUpdateGallery", as in x-ms-ratelimit-remaining-resource
  std::vector<http::Method> methods;
  std::string type;  // resource type, without case
  bool collection = false;
  double per_3_minutes = 0;
  double per_30_minutes = 0;
};

struct RateUse;

/// Who waits for the answer. Kubernetes' leases, which nothing may delay, are not sent to Azure.
enum class Urgency {
  kInteractive,  // somebody has asked for a change and watches
  kBulk,         // things are looked at, or put back, in their own time
};

struct PacingOptions {
  std::vector<RatePolicy> policies;
  BucketSize reads{250, 25};  // ARM's own, published sizes, per subscription or tenant
  BucketSize writes{200, 10};
  BucketSize deletes{200, 10};
  /// Part of every bucket that is left alone, as time of arrival differs from time of sending.
  double headroom = 0.02;
  /// A place in a line that nobody came back for is given up so long after its time.
  Duration patience = std::chrono::minutes(5);
  /// A request leaves that had to wait so long for its turn. Called on the sending thread, not
  /// under a lock; must not block.
  std::function<void(const RateUse&, Duration waited)> on_waited = {};
};

/// What one request draws on.
struct RateUse {
  RateKind kind = RateKind::kReads;
  std::string subscription;            // lower case; empty: the tenant's
  std::string provider;                // lower case
  const RatePolicy* policy = nullptr;  // one of PacingOptions::policies, or null
  Region region;                       // of the policy's counter
  std::string root;                    // the top-level resource that it is about, lower case
  Urgency urgency = Urgency::kInteractive;
};

/// How full one bucket is, as this side knows it.
struct BucketLevel {
  std::string bucket;        // "reads", "writes", "deletes", or RatePolicy::name
  std::string window;        // "3m" or "30m" of a policy's two, otherwise empty
  std::string subscription;  // empty: the tenant's
  std::string region;        // empty: Azure does not count by region
  double level = 0;          // requests that may leave at once
  double capacity = 0;
};

struct Slot {
  bool now = false;
  SteadyTime at{};  // when to come back, if not now
};

/// Thread-safe; nothing blocks.
class Pacer {
 public:
  Pacer(Clock& clock, PacingOptions options);
  ~Pacer();

  /// What a request with this method and path draws on.
  RateUse UseOf(http::Method method, std::string_view path, const Region& region) const;

  /// May the request that `ticket` names leave? If not, its place in the line is kept, and `at` is
  /// when its turn comes, as far as can be told: others may come in between. Where no answer of the
  /// endpoint has carried rate headers yet, only a 429 holds back.
  Slot Reserve(const RateUse& use, const std::string& ticket);

  /// Learns from the answer to a request that was sent at `sent`: rate headers switch pacing on and
  /// correct the levels, a 429 closes the bucket that it is about for as long as Retry-After says.
  void Observe(const RateUse& use, const http::Response& response, SteadyTime sent);

  /// All buckets that were ever drawn on.
  std::vector<BucketLevel> Levels();
  /// How many requests wait for their turn.
  std::size_t Waiting() const;

 private:
  /// What a gate stands before.
  struct Scope {
    std::string name;  // "reads", a policy, or "provider" and what it counts
    std::string subscription;
    std::string region;
    friend auto operator<=>(const Scope&, const Scope&) = default;
  };
  struct Gate;
  struct Ticket;

  Gate& GateOf(const Scope& scope, const std::vector<BucketSize>& sizes, SteadyTime now);
  Gate* PolicyGate(const RateUse& use, SteadyTime now);
  Gate& ProviderGate(const RateUse& use, SteadyTime now);
  Gate& SharedGate(const RateUse& use, SteadyTime now);
  std::vector<Gate*> GatesOf(const RateUse& use, SteadyTime now);
  Slot Advance(Ticket& ticket, SteadyTime now) const;
  static void GiveUp(const Ticket& ticket);
  void Learn(const RateUse& use, const RateHeaders& headers, SteadyTime sent, SteadyTime now);
  Gate& ClosedBy429(const RateUse& use, const RateHeaders& headers, const std::string& code,
                    SteadyTime now);
  void ForgetAbandoned(SteadyTime now);

  Clock& clock_;
  const PacingOptions options_;
  mutable std::mutex mutex_;
  bool paced_ = false;                     // guarded by mutex_
  std::map<Scope, Gate> gates_;            // guarded by mutex_; never shrinks, so Gate* stay good
  std::map<std::string, Ticket> tickets_;  // guarded by mutex_
  SteadyTime next_sweep_{};                // guarded by mutex_
};

}  // namespace labgallery::azure
