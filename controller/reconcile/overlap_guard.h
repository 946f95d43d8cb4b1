// Keeps two operators from working on the same objects: a leader looks at the Leases of others
// again and again, and leaves to an older operator what that one selects, too. It tells people,
// because it is their mistake. One that works without a Lease can only tell: the others do not see
// it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "controller/reconcile/overlap.h"
#include "controller/reconcile/shard.h"
#include "src/base/clock.h"
#include "src/kube/client/client.h"
#include "src/runtime/event_recorder.h"
#include "src/runtime/lease.h"
#include "src/runtime/observer.h"
#include "src/runtime/store.h"
#include "src/telemetry/log.h"

namespace labgallery::reconcile {

/// Used by one thread.
class OverlapGuard {
 public:
  struct Parts {
    kube::Client& kube;
    Clock& clock;
    const runtime::Store& store;
    Shard& shard;
    runtime::EventRecorder& events;
    const telemetry::Logger& log;
    const runtime::Observer& observer;
  };

  /// `own`: the Lease of this operator, without a name if it has none; its namespace is where
  /// others are looked for if they may not be everywhere. `name_space`: the only one it is at work
  /// in, or empty.
  OverlapGuard(Parts parts, kube::ObjectKey own, std::string name_space)
      : parts_(parts), own_(std::move(own)), name_space_(std::move(name_space)) {}

  /// Looks once. True if this operator has to look at its objects again, because what it leaves to
  /// others has changed. Blocks for one request, or two. When the Leases cannot be read, what was
  /// found before stays.
  bool Look(const std::stop_token& stop);

 private:
  Result<std::vector<json::Value>> ListLeases(const std::stop_token& stop);
  bool IsAlive(const LeaseHolder& holder, const json::Value& lease);
  std::map<std::string, kube::Labels> OwnNamespaces() const;
  void Tell(const LeaseHolder& self, const Overlap& overlap);

  const Parts parts_;
  const kube::ObjectKey own_;
  const std::string name_space_;
  bool everywhere_ = true;                           // until that is forbidden
  bool blind_ = false;                               // the last look was in vain
  std::map<std::string, runtime::LeaseView> views_;  // by uid
  Overlap last_;
};

}  // namespace labgallery::reconcile
