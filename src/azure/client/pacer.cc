#include "src/azure/client/pacer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "src/azure/model/error.h"
#include "src/azure/model/resource_id.h"
#include "src/base/text.h"

namespace labgallery::azure {
namespace {

constexpr Duration kThreeMinutes = std::chrono::minutes(3);
constexpr Duration kThirtyMinutes = std::chrono::minutes(30);
// What is interactive gets so many turns while bulk work gets one.
constexpr double kUrgentTurns = 4;
// ARM's contract for a 429 without Retry-After.
constexpr std::chrono::milliseconds kWaitUntold{10000};
constexpr std::string_view kSubscriptionThrottled = "SubscriptionRequestsThrottled";

RateKind KindOf(http::Method method) {
  if (http::IsRead(method)) return RateKind::kReads;
  return method == http::Method::kDelete ? RateKind::kDeletes : RateKind::kWrites;
}

// A 429 can also be about the resource itself (a busy source, a quota): that one holds nobody else
// back. Compute answers OperationNotAllowed in both cases.
bool IsAboutRate(const Error& error) {
  if (error.code.empty()) return true;
  const std::string code = Lower(error.code);
  for (const std::string_view word : {"toomanyrequests", "throttl", "ratelimit"}) {
    if (code.find(word) != std::string::npos) return true;
  }
  return code == "operationnotallowed" && Lower(error.message).find("quota") == std::string::npos;
}

RemainingRequests::Scope ScopeOf(const RateUse& use) {
  return use.subscription.empty() ? RemainingRequests::Scope::kTenant
                                  : RemainingRequests::Scope::kSubscription;
}

}  // namespace

// One thing that may hold a request back: a closure after a 429, and buckets that are used
// together.
struct Pacer::Gate {
  std::vector<TokenBucket> buckets;
  SteadyTime closed_until{};
  TurnOrder line;
  std::size_t passed = 0;  // who had their turn here, and wait at a later gate
};

// A place in the lines, one gate after the other.
struct Pacer::Ticket {
  std::vector<Gate*> gates;
  std::string group;
  double weight = 1;
  std::size_t passed = 0;               // so many of the gates
  std::optional<TurnOrder::Turn> turn;  // in the line of the next
  SteadyTime asked{};                   // for the first time
  SteadyTime at{};
};

Pacer::Pacer(Clock& clock, PacingOptions options) : clock_(clock), options_(std::move(options)) {}
Pacer::~Pacer() = default;

RateUse Pacer::UseOf(http::Method method, std::string_view path, const Region& region) const {
  const PathShape shape = ShapeOf(path);
  RateUse use{.kind = KindOf(method),
              .subscription = shape.subscription,
              .provider = shape.type.substr(0, shape.type.find('/')),
              .region = region,
              .root = RootOf(path)};
  for (const RatePolicy& policy : options_.policies) {
    const bool applies =
        std::find(policy.methods.begin(), policy.methods.end(), method) != policy.methods.end() &&
        policy.collection == shape.collection && EqualsIgnoreCase(policy.type, shape.type);
    if (!applies) continue;
    use.policy = &policy;
    break;
  }
  return use;
}

Slot Pacer::Reserve(const RateUse& use, const std::string& ticket_name) {
  std::unique_lock lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  ForgetAbandoned(now);
  auto known = tickets_.find(ticket_name);
  Ticket fresh{.asked = now};
  if (known == tickets_.end()) {
    const bool urgent = use.urgency == Urgency::kInteractive;
    fresh.gates = GatesOf(use, now);
    fresh.group = (urgent ? "interactive " : "bulk ") + use.root;
    fresh.weight = urgent ? kUrgentTurns : 1;
  }
  Ticket& ticket = known == tickets_.end() ? fresh : known->second;
  const Slot slot = Advance(ticket, now);
  if (!slot.now) {
    ticket.at = slot.at;
    if (known == tickets_.end()) tickets_.emplace(ticket_name, std::move(fresh));
    return slot;
  }
  if (known == tickets_.end()) return slot;
  const Duration waited = now - ticket.asked;
  tickets_.erase(known);
  lock.unlock();
  if (options_.on_waited) options_.on_waited(use, waited);
  return slot;
}

// One gate after the other: who waits at one holds nothing of the next. At its turn it is given a
// token: one that is there beside those of everybody who has had a turn, or is ahead in the line.
Slot Pacer::Advance(Ticket& ticket, SteadyTime now) const {
  for (; ticket.passed < ticket.gates.size(); ++ticket.passed) {
    Gate& gate = *ticket.gates[ticket.passed];
    if (paced_ && !ticket.turn) ticket.turn = gate.line.Join(ticket.group, ticket.weight);
    SteadyTime at = std::max(now, gate.closed_until);
    if (paced_) {
      const auto before = static_cast<double>(gate.passed + gate.line.Ahead(*ticket.turn, now));
      for (TokenBucket& bucket : gate.buckets) at = std::max(at, bucket.ReadyAt(before + 1, now));
    }
    if (at > now) {
      if (ticket.turn) gate.line.Expect(*ticket.turn, at);
      return {.now = false, .at = at};
    }
    if (ticket.turn) gate.line.Serve(*ticket.turn);
    ticket.turn.reset();
    ++gate.passed;
  }
  for (Gate* gate : ticket.gates) {
    --gate->passed;
    for (TokenBucket& bucket : gate->buckets) bucket.Take(now);
  }
  return {.now = true};
}

void Pacer::GiveUp(const Ticket& ticket) {
  for (std::size_t i = 0; i < ticket.passed; ++i) --ticket.gates[i]->passed;
  if (ticket.turn) ticket.gates[ticket.passed]->line.Leave(*ticket.turn);
}

void Pacer::Observe(const RateUse& use, const http::Response& response, SteadyTime sent) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  const RateHeaders headers = ReadRateHeaders(response.headers);
  if (headers.Any()) {
    paced_ = true;
    Learn(use, headers, sent, now);
  }
  if (response.status != 429) return;
  const Error error = ErrorFrom(response, clock_.Now());
  if (!IsAboutRate(error)) return;
  Gate& gate = ClosedBy429(use, headers, error.code, now);
  gate.closed_until = std::max(gate.closed_until, now + error.retry_after.value_or(kWaitUntold));
  for (TokenBucket& bucket : gate.buckets) bucket.Empty(now);
}

// What others, or we before a restart, have used up.
void Pacer::Learn(const RateUse& use, const RateHeaders& headers, SteadyTime sent, SteadyTime now) {
  Gate& shared = SharedGate(use, now);
  for (const RemainingRequests& counter : headers.requests) {
    if (counter.scope == ScopeOf(use) && counter.kind == use.kind)
      shared.buckets.front().Correct(counter.remaining, sent, now);
  }
  Gate* policy = PolicyGate(use, now);
  if (policy == nullptr) return;
  for (const RemainingPolicy& counter : headers.policies) {
    if (!EqualsIgnoreCase(counter.policy, use.policy->name)) continue;
    policy->buckets[counter.window == kThreeMinutes ? 0 : 1].Correct(counter.remaining, sent, now);
  }
}

Pacer::Gate& Pacer::ClosedBy429(const RateUse& use, const RateHeaders& headers,
                                const std::string& code, SteadyTime now) {
  if (EqualsIgnoreCase(code, kSubscriptionThrottled)) return SharedGate(use, now);
  for (const RemainingRequests& counter : headers.requests) {
    const bool is_ours = counter.scope == ScopeOf(use) && counter.kind == use.kind;
    if (is_ours && counter.remaining < 1) return SharedGate(use, now);
  }
  Gate* policy = PolicyGate(use, now);
  return policy != nullptr ? *policy : ProviderGate(use, now);
}

Pacer::Gate& Pacer::GateOf(const Scope& scope, const std::vector<BucketSize>& sizes,
                           SteadyTime now) {
  const auto [place, is_new] = gates_.try_emplace(scope);
  if (is_new) {
    for (const BucketSize& size : sizes)
      place->second.buckets.emplace_back(size, options_.headroom, now);
  }
  return place->second;
}

Pacer::Gate* Pacer::PolicyGate(const RateUse& use, SteadyTime now) {
  if (use.policy == nullptr) return nullptr;
  const RatePolicy& policy = *use.policy;
  return &GateOf({policy.name, use.subscription, use.region.name()},
                 {PerWindow(policy.per_3_minutes, kThreeMinutes),
                  PerWindow(policy.per_30_minutes, kThirtyMinutes)},
                 now);
}

Pacer::Gate& Pacer::ProviderGate(const RateUse& use, SteadyTime now) {
  return GateOf({"provider " + use.provider + " " + std::string(Name(use.kind)), use.subscription,
                 /*region=*/""},
                {}, now);
}

Pacer::Gate& Pacer::SharedGate(const RateUse& use, SteadyTime now) {
  BucketSize size = options_.reads;
  if (use.kind == RateKind::kWrites) size = options_.writes;
  if (use.kind == RateKind::kDeletes) size = options_.deletes;
  return GateOf({std::string(Name(use.kind)), use.subscription, /*region=*/""}, {size}, now);
}

std::vector<Pacer::Gate*> Pacer::GatesOf(const RateUse& use, SteadyTime now) {
  std::vector<Gate*> gates;
  if (Gate* policy = PolicyGate(use, now)) gates.push_back(policy);
  gates.push_back(&ProviderGate(use, now));
  gates.push_back(&SharedGate(use, now));
  return gates;
}

std::vector<BucketLevel> Pacer::Levels() {
  std::vector<BucketLevel> levels;
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  for (auto& [scope, gate] : gates_) {
    const bool windows = gate.buckets.size() > 1;
    for (std::size_t i = 0; i < gate.buckets.size(); ++i) {
      const std::string_view window = i == 0 ? "3m" : "30m";
      levels.push_back({.bucket = scope.name,
                        .window = windows ? std::string(window) : "",
                        .subscription = scope.subscription,
                        .region = scope.region,
                        .level = gate.buckets[i].Level(now),
                        .capacity = gate.buckets[i].size().capacity});
    }
  }
  return levels;
}

std::size_t Pacer::Waiting() const {
  const std::lock_guard lock(mutex_);
  return tickets_.size();
}

void Pacer::ForgetAbandoned(SteadyTime now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + options_.patience / 4;
  for (auto entry = tickets_.begin(); entry != tickets_.end();) {
    const Ticket& ticket = entry->second;
    if (ticket.at + options_.patience > now) {
      ++entry;
      continue;
    }
    GiveUp(ticket);
    entry = tickets_.erase(entry);
  }
}

}  // namespace labgallery::azure
