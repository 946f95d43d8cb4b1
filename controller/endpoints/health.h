// The health of a controller: /livez (with /healthz as another name) and /readyz.
//
// livez, checks "workers" and "watches": the loops of the runtime turn, see heartbeat.h. That the
// API server or Azure does not answer is no reason to be restarted. readyz, checks "caches" and
// "shutdown": the first list of every kind has been read (IN-06), and no stop was asked for. A
// candidate that does not lead is ready; Azure is no part of it.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "controller/endpoints/checks.h"
#include "controller/endpoints/heartbeat.h"
#include "src/base/clock.h"
#include "src/http/model/message.h"
#include "src/runtime/runtime.h"

namespace labgallery::endpoints {

/// Thread-safe. Alive and not ready from its construction on.
class Health {
 public:
  Health(Clock& clock, std::stop_token stop);

  /// From now on about this runtime, all of whose types are registered; it must live as long as
  /// anybody asks.
  void Follow(const runtime::Runtime& runtime);

  /// Answers GET and HEAD; refers to this.
  http::Handler handler();

 private:
  http::Response Handle(const http::Request& request) const;
  std::optional<std::string> WorkersTrouble();
  std::optional<std::string> WatchesTrouble();
  std::optional<std::string> CachesTrouble() const;

  Clock& clock_;
  const std::stop_token stop_;
  mutable std::mutex mutex_;
  const runtime::Runtime* runtime_ = nullptr;  // guarded by mutex_
  Heartbeat workers_;                          // guarded by mutex_
  std::deque<Heartbeat> watches_;              // guarded by mutex_; by type
  const CheckGroup live_;
  const CheckGroup healthy_;  // the same under its other name
  const CheckGroup ready_;
};

}  // namespace labgallery::endpoints
