#include "src/azure/client/cached_tokens.h"

#include <algorithm>
#include <utility>

namespace labgallery::azure {
namespace {

using std::chrono::seconds;

constexpr Duration kUnknownLife = std::chrono::minutes(5);
constexpr Duration kRenewBefore = std::chrono::minutes(5);  // of its end
constexpr Duration kLeeway = seconds(10);                   // of its end it is not relied on
constexpr double kJitter = 0.1;           // renewals of several processes are spread over this part
constexpr Duration kYoung = seconds(30);  // a token that is rejected so soon is not at fault
constexpr int kMostDoublings = 6;
constexpr Duration kLongestPause = std::chrono::minutes(1);

// 1 s, 2 s, 4 s, ... 1 min.
Duration PauseAfter(int times) {
  const int doublings = std::clamp(times - 1, 0, kMostDoublings);
  return std::min<Duration>(seconds(1U << static_cast<unsigned>(doublings)), kLongestPause);
}

}  // namespace

Result<AccessToken> CachedTokens::Token(const std::string& audience, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  Kept& kept = kept_[audience];
  while (true) {
    const SteadyTime now = clock_.SteadyNow();
    const bool may_ask = !kept.failure || now >= kept.ask_again;
    if (kept.token && now < kept.good_until) {
      if (now < kept.renew_at || kept.fetching || !may_ask) return *kept.token;
      break;
    }
    if (!kept.fetching && !may_ask) return *kept.failure;
    if (!kept.fetching) break;
    if (stop.stop_requested()) return Cancelled();
    clock_.Wait(lock, fetched_, kNever, stop);
  }
  kept.fetching = true;
  lock.unlock();
  const SteadyTime asked = clock_.SteadyNow();
  auto token = source_->Token(audience, stop);
  if (on_login_) on_login_(audience, token);
  lock.lock();
  kept.fetching = false;
  clock_.Notify(fetched_);
  if (token) {
    Keep(kept, *std::move(token), asked);
    return *kept.token;
  }
  // That one caller was stopped says nothing to the others.
  if (token.error().kind != ErrorKind::kCancelled) NoteFailure(kept, token.error());
  if (kept.token && clock_.SteadyNow() < kept.good_until) return *kept.token;
  return std::move(token).error();
}

void CachedTokens::Keep(Kept& kept, AccessToken token, SteadyTime asked) {
  const Duration life = token.life.value_or(kUnknownLife);
  const Duration renew_before = std::min(kRenewBefore, life / 2);
  Duration renew_after = std::min(token.renew_after.value_or(life), life - renew_before);
  renew_after -= std::chrono::duration_cast<Duration>(renew_after * (kJitter * random_.Fraction()));
  kept.token = std::move(token);
  kept.fetched = asked;
  kept.good_until = asked + life - std::min(kLeeway, life / 10);
  kept.renew_at = asked + renew_after;
  kept.failure.reset();
  kept.failures = 0;
}

void CachedTokens::NoteFailure(Kept& kept, const Error& error) {
  kept.failure = error;
  ++kept.failures;
  const Duration told = error.retry_after.value_or(std::chrono::milliseconds(0));
  kept.ask_again = clock_.SteadyNow() + std::max(told, PauseAfter(kept.failures));
}

void CachedTokens::Invalidate(const std::string& audience, const AccessToken& rejected) {
  const std::lock_guard guard(mutex_);
  Kept& kept = kept_[audience];
  if (!kept.token || kept.token->value != rejected.value) return;  // replaced already
  const SteadyTime now = clock_.SteadyNow();
  if (now < kept.replace_again) return;
  kept.rejections = now - kept.fetched < kYoung ? kept.rejections + 1 : 0;
  if (kept.rejections > 0) kept.replace_again = now + PauseAfter(kept.rejections + 1);
  kept.token.reset();
}

}  // namespace labgallery::azure
