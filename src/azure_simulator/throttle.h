// Azure's token buckets: ARM's per subscription and kind of request, and Compute's gallery policies
// per subscription and region over 3 and 30 minutes. Sizes: "Request limits and throttling" of
// Azure Resource Manager; the Compute ones as azure-cli's recordings of 2026-04 show them in
// x-ms-ratelimit-remaining-resource.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/http/model/message.h"

namespace labgallery::azure_simulator {

enum class RequestClass { kRead, kWrite, kDelete };

class TokenBucket {
 public:
  TokenBucket(double size, double refill_per_second)
      : size_(size), refill_(refill_per_second), tokens_(size) {}
  /// How long until a token is there; zero: one may be taken.
  Duration Wait(SystemTime now);
  void Take() { tokens_ -= 1; }
  std::int64_t tokens() const { return static_cast<std::int64_t>(tokens_); }

 private:
  double size_;
  double refill_;
  double tokens_;
  SystemTime refilled_{};
};

struct ThrottledRequest {
  std::string subscription;  // empty: counted against the tenant
  RequestClass request_class = RequestClass::kRead;
  std::string_view policy;  // Compute's, or empty
  std::string region;       // of the policy
};

/// Not thread-safe: the simulator's one mutex guards it.
class Throttle {
 public:
  /// Takes a token from every bucket concerned; or none, and says how long to wait.
  std::optional<Duration> Take(const ThrottledRequest& request, SystemTime now);
  /// What is left, as Azure's headers tell it.
  void AddHeaders(const ThrottledRequest& request, http::Headers& headers);
  /// One query of Resource Graph's 15 in 5 s; the wait if there is none left.
  std::optional<Duration> TakeQuery(SystemTime now);
  std::int64_t queries_left() const { return queries_left_; }
  Duration query_window_left(SystemTime now) const;
  void Clear();

 private:
  TokenBucket& ArmBucket(const ThrottledRequest& request);
  TokenBucket* PolicyBucket(const ThrottledRequest& request, std::string_view window);

  std::map<std::string, TokenBucket, std::less<>> buckets_;
  std::int64_t queries_left_ = 15;
  SystemTime window_ends_{};
};

}  // namespace labgallery::azure_simulator
