// The door that every side effect passes, to Kubernetes and to Azure alike: asked immediately
// before a mutating request is sent. It closes when the process stops, and by itself when the term
// of a leader ends. Whoever sends also listens to its cut, which ends what is on its way.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "src/base/clock.h"
#include "src/base/result.h"

namespace labgallery::runtime {

/// What else keeps a request of a leader that was stopped before sending it from doing harm.
enum class Effect {
  kGuarded,    // a resourceVersion: the server refuses it where a new leader has written
  kUnguarded,  // nothing
};

/// How long a leader may write, by the steady clock.
struct Term {
  SteadyTime unguarded_until;  // then kUnguarded is not sent any more
  SteadyTime guarded_until;    // then nothing is
  SteadyTime lapses;           // then another may lead: what is on its way has to be over

  friend bool operator==(const Term&, const Term&) = default;
};

/// Thread-safe; open from its construction, without an end.
class Gate {
 public:
  explicit Gate(Clock& clock) : clock_(clock) {}

  /// Success if a side effect may be sent now; it is counted. Otherwise kCancelled, with the
  /// reason.
  Status MayWrite(Effect effect);

  /// Nothing passes until there is a term.
  void AwaitTerm();
  /// A new term, or the same one extended.
  void SetTerm(const Term& term);
  /// For good. What is on its way goes on.
  void Close(std::string why);
  /// For good, and what is on its way is given up, reads too.
  void Cut(std::string why);

  /// Requested by Cut.
  std::stop_token cut() const { return cut_.get_token(); }
  std::optional<Term> term() const;
  /// How many side effects were let through.
  std::uint64_t passed() const;

 private:
  std::optional<std::string> Refusal(Effect effect, SteadyTime now) const;

  Clock& clock_;
  std::stop_source cut_;
  mutable std::mutex mutex_;
  std::optional<std::string> closed_;  // guarded by mutex_
  bool needs_term_ = false;            // guarded by mutex_
  std::optional<Term> term_;           // guarded by mutex_
  std::uint64_t passed_ = 0;           // guarded by mutex_
};

}  // namespace labgallery::runtime
