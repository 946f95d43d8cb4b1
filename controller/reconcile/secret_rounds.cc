#include "controller/reconcile/secret_rounds.h"

#include <utility>

namespace labgallery::reconcile {

void SecretRounds::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    sessions_.Refresh(stop);
    const SteadyTime next = clock_.SteadyNow() + kSecretPeriod;
    while (!stop.stop_requested() && clock_.SteadyNow() < next) {
      keeper_.Look(stop);
      std::unique_lock lock(mutex_);
      if (!soon_) clock_.Wait(lock, called_, next, stop);
      soon_ = false;
    }
  }
}

void SecretRounds::LookSoon() {
  const std::lock_guard guard(mutex_);
  soon_ = true;
  clock_.Notify(called_);
}

}  // namespace labgallery::reconcile
