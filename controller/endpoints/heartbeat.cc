#include "controller/endpoints/heartbeat.h"

#include <algorithm>

namespace labgallery::endpoints {

Duration Heartbeat::Look(const runtime::Pulse& pulse, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  const bool stands = last_.due && pulse.due && last_.turns == pulse.turns;
  standing_still_ =
      stands ? standing_still_ + std::min(now - last_look_, options_.most_per_look) : Duration(0);
  last_ = pulse;
  last_look_ = now;
  return standing_still_;
}

bool Heartbeat::Lost() const {
  const std::lock_guard lock(mutex_);
  return standing_still_ >= options_.limit;
}

}  // namespace labgallery::endpoints
