#include "src/runtime/gate.h"

#include <utility>

namespace labgallery::runtime {

Status Gate::MayWrite() {
  const SteadyTime now = clock_.SteadyNow();
  std::lock_guard guard(mutex_);
  Error refusal = Cancelled();
  if (closed_) {
    refusal.message = "no more writes: " + *closed_;
    return refusal;
  }
  if (deadline_ && now >= *deadline_) {
    refusal.message = "no more writes: the right to write has lapsed";
    return refusal;
  }
  ++passed_;
  return Ok();
}

void Gate::Close(std::string why) {
  std::lock_guard guard(mutex_);
  if (!closed_) closed_ = std::move(why);
}

void Gate::SetDeadline(std::optional<SteadyTime> deadline) {
  std::lock_guard guard(mutex_);
  deadline_ = deadline;
}

std::optional<SteadyTime> Gate::deadline() const {
  std::lock_guard guard(mutex_);
  return deadline_;
}

std::uint64_t Gate::passed() const {
  std::lock_guard guard(mutex_);
  return passed_;
}

}  // namespace labgallery::runtime
