#include "src/azure_simulator/throttle.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace labgallery::azure_simulator {
namespace {

constexpr std::int64_t kQueries = 15;
constexpr Duration kQueryWindow = std::chrono::seconds(5);

struct ArmLimit {
  std::string_view name;
  double size;
  double refill;
};

constexpr std::array<ArmLimit, 3> kArm{
    {{"reads", 250, 25}, {"writes", 200, 10}, {"deletes", 200, 10}}};

/// The limit of all principals of a subscription together is so many times that of one.
constexpr std::int64_t kGlobalFactor = 15;

struct PolicyLimit {
  std::string_view policy;
  double three_minutes;
  double thirty_minutes;
};

constexpr auto kPolicies = std::to_array<PolicyLimit>({
    {"CreateUpdateGallery", 50, 300},
    {"GetGallery", 350, 2500},
    {"ListGalleryInResourceGroup", 100, 1000},
    {"DeleteGallery", 50, 300},
    {"CreateUpdateGalleryImageVersion", 375, 1200},
    {"GetGalleryImageVersion", 2000, 10000},
    {"DeleteGalleryImageVersion", 150, 1000},
    {"GetOperationStatus", 5000, 15000},
    {"CreateUpdateGalleryImage", 150, 750},
    {"GetGalleryImage", 600, 3000},
    {"DeleteGalleryImage", 50, 300},
    {"ListGalleryImagesInGallery", 1500, 10000},
    {"ListGalleryImageVersionsInGalleryImage", 1500, 10000},
});

const ArmLimit& LimitOf(RequestClass request_class) {
  return kArm[static_cast<std::size_t>(request_class)];
}

}  // namespace

Duration TokenBucket::Wait(SystemTime now) {
  if (refilled_ != SystemTime{} && now > refilled_) {
    const double seconds = std::chrono::duration<double>(now - refilled_).count();
    tokens_ = std::min(size_, tokens_ + seconds * refill_);
  }
  refilled_ = now;
  if (tokens_ >= 1) return Duration::zero();
  return Duration(static_cast<std::int64_t>(std::ceil((1 - tokens_) / refill_ * 1e6)));
}

TokenBucket& Throttle::ArmBucket(const ThrottledRequest& request) {
  const ArmLimit& limit = LimitOf(request.request_class);
  const std::string key = request.subscription + "|" + std::string(limit.name);
  return buckets_.try_emplace(key, limit.size, limit.refill).first->second;
}

TokenBucket* Throttle::PolicyBucket(const ThrottledRequest& request, std::string_view window) {
  for (const PolicyLimit& limit : kPolicies) {
    if (limit.policy != request.policy) continue;
    const bool is_short = window == "3Min";
    const double size = is_short ? limit.three_minutes : limit.thirty_minutes;
    const double refill = size / (is_short ? 180 : 1800);
    const std::string key = request.subscription + "|" + std::string(request.policy) +
                            std::string(window) + "|" + request.region;
    return &buckets_.try_emplace(key, size, refill).first->second;
  }
  return nullptr;
}

std::optional<Duration> Throttle::Take(const ThrottledRequest& request, SystemTime now) {
  std::array<TokenBucket*, 3> concerned{&ArmBucket(request), PolicyBucket(request, "3Min"),
                                        PolicyBucket(request, "30Min")};
  Duration wait{0};
  for (TokenBucket* bucket : concerned) {
    if (bucket != nullptr) wait = std::max(wait, bucket->Wait(now));
  }
  if (wait > Duration::zero()) return wait;
  for (TokenBucket* bucket : concerned) {
    if (bucket != nullptr) bucket->Take();
  }
  return std::nullopt;
}

void Throttle::AddHeaders(const ThrottledRequest& request, http::Headers& headers) {
  const ArmLimit& limit = LimitOf(request.request_class);
  const std::int64_t left = std::max<std::int64_t>(0, ArmBucket(request).tokens());
  const std::string scope = request.subscription.empty() ? "tenant-" : "subscription-";
  const std::string prefix = "x-ms-ratelimit-remaining-";
  headers.Set(prefix + scope + std::string(limit.name), std::to_string(left));
  if (!request.subscription.empty()) {
    const auto used = static_cast<std::int64_t>(limit.size) - left;
    headers.Set(prefix + "subscription-global-" + std::string(limit.name),
                std::to_string(static_cast<std::int64_t>(limit.size) * kGlobalFactor - used));
  }
  const TokenBucket* three = PolicyBucket(request, "3Min");
  const TokenBucket* thirty = PolicyBucket(request, "30Min");
  if (three == nullptr || thirty == nullptr) return;
  const std::string policy = "Microsoft.Compute/" + std::string(request.policy);
  headers.Set(prefix + "resource",
              policy + "3Min;" + std::to_string(std::max<std::int64_t>(0, three->tokens())) + "," +
                  policy + "30Min;" + std::to_string(std::max<std::int64_t>(0, thirty->tokens())));
}

std::optional<Duration> Throttle::TakeQuery(SystemTime now) {
  if (now >= window_ends_) {
    window_ends_ = now + kQueryWindow;
    queries_left_ = kQueries;
  }
  if (queries_left_ == 0) return window_ends_ - now;
  --queries_left_;
  return std::nullopt;
}

Duration Throttle::query_window_left(SystemTime now) const {
  return std::max(Duration::zero(), window_ends_ - now);
}

void Throttle::Clear() {
  buckets_.clear();
  queries_left_ = kQueries;
  window_ends_ = {};
}

}  // namespace labgallery::azure_simulator
