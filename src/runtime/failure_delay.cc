#include "src/runtime/failure_delay.h"

#include <algorithm>

namespace labgallery::runtime {

Duration FailureDelay::Next() {
  const SteadyTime now = clock_.SteadyNow();
  if (waited_until_ && now - *waited_until_ > options_.reset_after) next_ = options_.first;
  const auto extra =
      static_cast<Duration::rep>(random_.Fraction() * static_cast<double>(next_.count()));
  const Duration wait = next_ + Duration(extra);
  next_ = std::min(options_.cap, next_ * 2);
  waited_until_ = now + wait;
  return wait;
}

}  // namespace labgallery::runtime
