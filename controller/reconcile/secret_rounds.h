// Goes round the Secrets that hold credentials: which have changed, and which have to be kept
// because their namespace ends.
#pragma once

#include <mutex>
#include <stop_token>

#include "controller/reconcile/secret_keeper.h"
#include "controller/reconcile/sessions.h"
#include "src/base/clock.h"

namespace labgallery::reconcile {

class SecretRounds {
 public:
  SecretRounds(Clock& clock, Sessions& sessions, SecretKeeper::Parts keeper)
      : clock_(clock), sessions_(sessions), keeper_(std::move(keeper)) {}

  /// Until a stop is asked for. The store must hold all objects, and this process be the one at
  /// work.
  void Run(const std::stop_token& stop);
  /// Something has happened in a namespace that ends. Thread-safe; does not block.
  void LookSoon();

 private:
  Clock& clock_;
  Sessions& sessions_;
  SecretKeeper keeper_;
  std::mutex mutex_;
  Signal called_;
  bool soon_ = false;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
