// Who may ask: a handler in front of another one, which lets through whose token the API server
// knows and who may do with the path what he asks for (as controller-runtime's metrics filter).
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>

#include "src/base/clock.h"
#include "src/http/model/message.h"
#include "src/kube/client/access_reviews.h"
#include "src/telemetry/log.h"

namespace labgallery::endpoints {

/// Thread-safe. Who is refused is told so with 401 (no token, or none that the API server accepts)
/// or 403 (without the right). Where nobody can tell it is 503, and 500 where waiting does not
/// help; then the log says why, once a minute. Tokens are neither logged nor answered.
class AccessCheck {
 public:
  /// What it refers to outlives the handlers; `stop` ends questions to the API server.
  AccessCheck(kube::AccessReviews& reviews, Clock& clock, const telemetry::Logger& log,
              std::stop_token stop);

  /// `inner` for those who may; refers to this.
  http::Handler Guard(http::Handler inner);

 private:
  /// The refusal, or nothing.
  std::optional<http::Response> Refuse(const http::Request& request);
  http::Response NobodyKnows(const Error& error);

  kube::AccessReviews& reviews_;
  Clock& clock_;
  const telemetry::Logger& log_;
  const std::stop_token stop_;
  std::mutex mutex_;
  std::optional<SteadyTime> told_;  // guarded by mutex_
};

}  // namespace labgallery::endpoints
