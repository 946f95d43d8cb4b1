// Puts the parts together: one list-watch a type, the store, the queue, workers. Made once by main;
// the reconcilers are what it is for, and all it knows of them is that they are functions.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/kube/client/client.h"
#include "src/runtime/gate.h"
#include "src/runtime/list_watch.h"
#include "src/runtime/observer.h"
#include "src/runtime/queue.h"
#include "src/runtime/read_your_writes.h"
#include "src/runtime/store.h"
#include "src/runtime/workers.h"

namespace labgallery::runtime {

/// An object to look at, and how long that may wait; of several wakes the earliest counts.
struct Wake {
  Key key;
  Duration after{};
};

struct TypeRegistration {
  WatchedType watched;
  /// The objects that a change concerns, of any type; called from the type's watch thread, may read
  /// the store. Empty: the object's own key.
  std::function<std::vector<Wake>(const Change&)> map{};
  /// Empty for a type that is only looked at.
  Reconciler reconcile{};
  /// How often all objects are looked at without a reason, give or take a tenth; nothing: never.
  std::optional<Duration> resync{};
};

struct RuntimeOptions {
  std::size_t workers = 4;
  QueueOptions queue{};
  ListWatchOptions list_watch{};
  Observer observer{};
  /// An object whose own last write has not come back by then is read alone.
  Duration echo_patience = std::chrono::seconds(10);
  /// Called each time before all objects of a period are queued.
  std::function<void()> on_resync{};
  /// Everything is followed, but no pass begins before Work is called: for who does not lead yet.
  bool works_at_once = true;
};

/// Register, Start and Stop are for one thread, everything else is thread-safe. All threads that
/// wait in it are known to the clock; so must be the thread that calls Stop or one of the Wait
/// functions.
class Runtime {
 public:
  struct Parts {
    kube::Client& client;
    Clock& clock;
    Random& random;
    Gate& gate;
  };

  explicit Runtime(Parts parts, RuntimeOptions options = {});
  ~Runtime();

  /// Before Start. The type's index in keys and in the store, counted from 0.
  TypeIndex Register(TypeRegistration registration);
  /// Starts following all types; workers begin when all of them have synced (CT-05).
  void Start();
  /// Lets the passes begin that options.works_at_once has kept back. Thread-safe.
  void Work();
  /// No new passes; running ones are awaited, and asked to stop after `grace`.
  void FinishWork(Duration grace);
  /// Ends: FinishWork, the gate is closed, nothing is followed any more.
  void Stop(Duration grace = std::chrono::seconds(30));

  bool Synced() const;
  /// Types whose first list has not been applied yet: for the message after a failed wait (IN-06).
  std::vector<kube::ResourceType> NotSynced() const;
  /// Blocks until it has synced. False if `deadline` or a stop came first.
  bool WaitUntilSynced(SteadyTime deadline, const std::stop_token& stop) const;

  const Store& store() const { return store_; }

  void Enqueue(const Key& key) { queue_.Add(key); }
  void EnqueueAfter(const Key& key, Duration delay) { queue_.AddAfter(key, delay); }

  /// To be called with the answer of every write to an object of a registered type.
  void Wrote(const Key& key, std::string_view resource_version);

  /// Idle: synced, nothing waits or runs, and every own write has been heard of and handled.
  Progress Now() const;
  Progress WaitUntilIdle(SteadyTime deadline, const std::stop_token& stop) const;
  QueueCounts Counts(TypeIndex type) const { return queue_.Counts(type); }
  /// Objects that a list or a resync has brought still wait for their turn.
  bool RoundUnderWay() const;

  /// What is registered; constant from Start on.
  struct TypeView {
    const kube::ResourceType& resource;
    bool reconciled = false;
  };
  std::size_t types() const { return followers_.size(); }
  TypeView type(TypeIndex type) const;
  std::size_t workers() const { return options_.workers; }
  FollowCounts Following(TypeIndex type) const { return followers_.at(type)->list_watch->counts(); }
  /// Of the workers, and of the thread that follows a type.
  Pulse WorkersPulse() const { return queue_.pulse(); }
  Pulse FollowerPulse(TypeIndex type) const { return followers_.at(type)->list_watch->pulse(); }

 private:
  struct Follower {
    TypeRegistration registration;
    std::unique_ptr<ListWatch> list_watch;
    bool synced = false;  // guarded by mutex_
  };

  void OnChange(const Follower& follower, TypeIndex type, const Change& change);
  void NoteArrival(const Key& key, const RecordPtr& record);
  void OnSynced(TypeIndex type);
  bool AllSynced() const;  // the caller holds mutex_
  bool NothingOutstanding() const;
  void AddMapped(const Follower& follower, const Key& own, const Change& change);
  void AddUnlessEcho(const Key& key, const ResourceVersion& version);
  std::optional<Outcome> BeforePass(const Key& key, const std::stop_token& stop);
  void AfterPass(const Key& key);
  Status ReadAlone(const Key& key, const std::stop_token& stop);
  void Resync(const std::vector<TypeIndex>& types, Duration period, const std::stop_token& stop);

  Parts parts_;
  const RuntimeOptions options_;
  Store store_;
  Queue queue_;
  ReadYourWrites writes_;
  std::mutex echo_mutex_;  // makes one step of a look at what was written and what follows from it
  mutable std::mutex mutex_;
  mutable Signal synced_;
  bool works_;  // guarded by mutex_
  std::vector<std::unique_ptr<Follower>> followers_;
  std::optional<Workers> workers_;
  Threads threads_;
};

}  // namespace labgallery::runtime
