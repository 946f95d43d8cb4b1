#include "src/runtime/gate.h"

#include <utility>

namespace labgallery::runtime {

Status Gate::MayWrite(Effect effect) {
  const SteadyTime now = clock_.SteadyNow();
  std::lock_guard guard(mutex_);
  if (auto why = Refusal(effect, now)) {
    Error refusal = Cancelled();
    refusal.message = "no more writes: " + *std::move(why);
    return refusal;
  }
  ++passed_;
  return Ok();
}

std::optional<std::string> Gate::Refusal(Effect effect, SteadyTime now) const {
  if (closed_) return closed_;
  if (!needs_term_) return std::nullopt;
  if (!term_) return "this process does not lead";
  if (now >= term_->guarded_until) return "the Lease could not be renewed";
  if (effect == Effect::kUnguarded && now >= term_->unguarded_until)
    return "less than half of the Lease is left";
  return std::nullopt;
}

void Gate::AwaitTerm() {
  std::lock_guard guard(mutex_);
  needs_term_ = true;
}

void Gate::SetTerm(const Term& term) {
  std::lock_guard guard(mutex_);
  needs_term_ = true;
  term_ = term;
}

void Gate::Close(std::string why) {
  std::lock_guard guard(mutex_);
  if (!closed_) closed_ = std::move(why);
}

void Gate::Cut(std::string why) {
  Close(std::move(why));
  cut_.request_stop();
}

std::optional<Term> Gate::term() const {
  std::lock_guard guard(mutex_);
  return term_;
}

std::uint64_t Gate::passed() const {
  std::lock_guard guard(mutex_);
  return passed_;
}

}  // namespace labgallery::runtime
