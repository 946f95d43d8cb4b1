// Resources that carry the owner tag of our installation and have no object: what a leader that was
// stopped in the middle of a write leaves behind, or a cluster that was restored from an older
// backup. The bulk reads show them; a metric, the log and an Event name them. Nothing deletes them.
//
// A picture of Resource Graph lags: what was just deleted may still be in it. Only what two
// pictures with some minutes between them show is called an orphan.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "controller/domain/names.h"
#include "controller/reconcile/shard.h"
#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/runtime/event_recorder.h"
#include "src/runtime/store.h"
#include "src/telemetry/log.h"
#include "src/telemetry/metrics.h"

namespace labgallery::reconcile {

/// Thread-safe.
class Orphans {
 public:
  struct Parts {
    const Clock& clock;
    const runtime::Store& store;
    const Shard& shard;
    runtime::EventRecorder& events;
    const telemetry::Logger& log;
  };
  /// `lease` is what the Events are about, as there is no object to tell them about; without one
  /// none is told. `name_space`: the only one that the store knows objects of; empty: all.
  Orphans(Parts parts, std::string installation, std::string name_space,
          std::optional<kube::ObjectKey> lease);

  /// To be told each row that Resource Graph has of a subscription, and null after the last; by one
  /// thread. The store must hold all objects.
  std::function<void(const json::Value* row)> Compare(const std::string& subscription);

  /// How many there are, by the kind of the object that is missing.
  std::map<domain::Kind, std::size_t> Counts() const;

 private:
  struct Suspect {
    domain::Kind kind = domain::Kind::kImage;
    std::string tag;
    SteadyTime since{};  // in all pictures
    bool certain = false;
  };
  using Suspects = std::map<std::string, Suspect>;  // by id as Azure writes it

  std::optional<Suspect> SuspectIn(const json::Value& row) const;
  void Compared(const std::string& subscription, SteadyTime at, Suspects now);
  bool HasObject(domain::Kind kind, const std::string& tag) const;
  void Tell(const std::string& id, const Suspect& orphan) const;

  const Parts parts_;
  const std::string installation_;
  const std::string name_space_;
  const std::optional<kube::ObjectKey> lease_;
  mutable std::mutex mutex_;
  std::map<std::string, Suspects> suspects_;  // guarded by mutex_; by subscription
};

/// Declares labgallery_orphans; `orphans` must live as long as `metrics` may be serialised.
void AddOrphanMetrics(telemetry::Metrics& metrics, const Orphans& orphans);

}  // namespace labgallery::reconcile
