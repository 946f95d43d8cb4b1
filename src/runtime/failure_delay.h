// How long to wait after a failed list or watch: longer each time, jittered, short again after
// health.
#pragma once

#include <optional>

#include "src/base/clock.h"
#include "src/base/random.h"

namespace labgallery::runtime {

struct FailureDelayOptions {
  Duration first = std::chrono::milliseconds(800);
  Duration cap = std::chrono::seconds(30);         // before jitter, which adds up to as much again
  Duration reset_after = std::chrono::minutes(2);  // without a failure
};

/// client-go's figures (tools/cache/reflector.go). Used by one thread.
class FailureDelay {
 public:
  FailureDelay(Clock& clock, Random& random, FailureDelayOptions options = {})
      : clock_(clock), random_(random), options_(options), next_(options.first) {}

  /// The wait after a failure that happens now.
  Duration Next();

 private:
  Clock& clock_;
  Random& random_;
  FailureDelayOptions options_;
  Duration next_;
  std::optional<SteadyTime> waited_until_;  // end of the last wait given
};

}  // namespace labgallery::runtime
