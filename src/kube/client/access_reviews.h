// Whether the bearer of a token may use a path, as the API server says it, and its answers
// remembered for a while, as aggregated API servers and kube-rbac-proxy do it. What is answered to
// him, and what is told to people, are the caller's.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <tuple>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/kube/client/client.h"
#include "src/kube/model/review.h"

namespace labgallery::kube {

enum class Access {
  kAllowed,
  kForbidden,        // the server knows him, and he may not
  kUnauthenticated,  // the server does not accept the token
};

struct AccessDecision {
  Access access = Access::kUnauthenticated;
  std::string user;  // empty where nobody is known

  friend bool operator==(const AccessDecision&, const AccessDecision&) = default;
};

struct AccessReviewOptions {
  Duration keep_allowed = std::chrono::minutes(1);  // so long counts what has been taken back
  Duration keep_refused = std::chrono::seconds(30);
  std::size_t most = 64;  // answers that are remembered
  // For an answer that nobody could give: a scrape waits ten seconds, usually.
  int tries = 3;
  Duration pause = std::chrono::milliseconds(500);
};

/// Thread-safe; client and clock must outlive it. A token is remembered as its SHA-256 only.
class AccessReviews {
 public:
  AccessReviews(Client& client, Clock& clock, AccessReviewOptions options = {})
      : client_(client), clock_(clock), options_(options) {}

  /// Asks, unless it is remembered, with two requests. Blocks. The errors are those of the client:
  /// nobody could tell, and nothing is remembered.
  Result<AccessDecision> Ask(const Secret& token, const PathAccess& access,
                             const std::stop_token& stop);

 private:
  using Digest = std::array<std::uint8_t, 32>;
  using Question = std::tuple<Digest, std::string, std::string>;  // token, verb, path
  struct Remembered {
    AccessDecision decision;
    SteadyTime until;
  };

  Result<AccessDecision> AskServer(const Secret& token, const PathAccess& access,
                                   const std::stop_token& stop);
  Result<json::Value> Review(const ResourceType& type, const json::Value& object,
                             const std::stop_token& stop);
  std::optional<AccessDecision> Recall(const Question& question);
  void Remember(const Question& question, const AccessDecision& decision);
  void Forget();

  Client& client_;
  Clock& clock_;
  const AccessReviewOptions options_;
  std::mutex mutex_;
  std::map<Question, Remembered> remembered_;  // guarded by mutex_
};

}  // namespace labgallery::kube
