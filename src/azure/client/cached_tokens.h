// Keeps the tokens of one credential, one for each audience, so that a login is made once for all
// who want to send.
//
//   fetched --> renewed ahead, by one caller, while the others go on with the old one
//           --> expired: all wait for one fetch; a failure is told to all of them, and for a pause
//               to whoever comes next
//           --> rejected by the service: fetched anew once; a fresh one that is rejected as well is
//               not replaced at once again
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/base/random.h"

namespace labgallery::azure {

/// Gets the outcome of each login for an audience, on the thread that made it.
using OnLogin = std::function<void(const std::string& audience, const Result<AccessToken>& token)>;

/// Thread-safe. No request to `source` is made under a lock.
class CachedTokens final : public TokenSource {
 public:
  CachedTokens(std::unique_ptr<TokenSource> source, Clock& clock, Random& random,
               OnLogin on_login = {})
      : source_(std::move(source)),
        clock_(clock),
        random_(random),
        on_login_(std::move(on_login)) {}

  /// At once where a good one is kept. Errors of the source; those that the source has given are
  /// repeated for a second and then longer, up to a minute, before it is asked again.
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;
  void Invalidate(const std::string& audience, const AccessToken& rejected) override;

 private:
  struct Kept {
    std::optional<AccessToken> token;
    SteadyTime fetched{};
    SteadyTime good_until{};
    SteadyTime renew_at{};
    bool fetching = false;
    std::optional<Error> failure;  // of the last fetch
    int failures = 0;              // one after the other
    SteadyTime ask_again{};        // after a failure
    int rejections = 0;            // of fresh tokens, one after the other
    SteadyTime replace_again{};    // after a rejection
  };
  void Keep(Kept& kept, AccessToken token, SteadyTime asked);
  void NoteFailure(Kept& kept, const Error& error);

  const std::unique_ptr<TokenSource> source_;
  Clock& clock_;
  Random& random_;
  const OnLogin on_login_;  // may be empty
  std::mutex mutex_;
  Signal fetched_;
  std::map<std::string, Kept> kept_;  // by audience; guarded by mutex_; never shrinks
};

}  // namespace labgallery::azure
