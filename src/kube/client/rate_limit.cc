#include "src/kube/client/rate_limit.h"

#include <algorithm>

namespace labgallery::kube {

RateLimit::RateLimit(Clock& clock, double per_second, int burst)
    : clock_(clock),
      interval_(
          std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / per_second))),
      burst_(interval_ * (burst - 1)),
      next_(clock.SteadyNow() - burst_) {}

bool RateLimit::Await(const std::stop_token& stop) {
  SteadyTime turn;
  {
    const std::lock_guard guard(mutex_);
    const SteadyTime now = clock_.SteadyNow();
    turn = std::max(next_, now - burst_);
    next_ = turn + interval_;
    if (turn <= now) return !stop.stop_requested();
  }
  return clock_.SleepUntil(turn, stop);
}

}  // namespace labgallery::kube
