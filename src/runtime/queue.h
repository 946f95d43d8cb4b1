// Keys that wait for a worker. Equal keys collapse, no key is ever with two workers, and a key that
// is added while it is worked on comes again afterwards. Fed by list-watch, by delays that
// reconcilers ask for and by failures; emptied by the workers. Who comes next is decided in
// waiting_lines.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <tuple>
#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/runtime/key.h"
#include "src/runtime/pulse.h"
#include "src/runtime/waiting_lines.h"

namespace labgallery::runtime {

struct QueueOptions {
  Duration first_backoff = std::chrono::milliseconds(5);
  Duration max_backoff = std::chrono::seconds(1000);
  double jitter = 0.2;  // a backoff is shortened by up to this part
  Duration low_priority_patience =
      std::chrono::seconds(30);  // then a low key is treated as a normal one
  /// A worker got a key that had waited so long, or is done with it. Called on the worker's thread,
  /// not under a lock; must not block.
  std::function<void(const Key&, Duration waited)> on_taken{};
  std::function<void(const Key&, Duration worked)> on_done{};
};

/// Numbers for metrics, of one type. Before Open nothing counts as waiting: the same work waits
/// where somebody does it.
struct QueueCounts {
  std::uint64_t adds = 0;     // into the waiting line, not merged ones
  std::uint64_t retries = 0;  // added by a backoff
  std::size_t waiting = 0;
  std::size_t waiting_low = 0;  // the part of them with low priority
  std::size_t delayed = 0;
  std::size_t processing = 0;
  Duration unfinished{};  // how long all that are processed have been so, together
  Duration longest{};     // and the one of them that has been so longest
};

/// Nothing waits, nothing runs: idle. Keys that are only due later do not count.
struct Progress {
  bool idle = false;
  std::optional<SteadyTime> next_due;  // of the delayed keys
};

/// Thread-safe.
class Queue {
 public:
  Queue(Clock& clock, Random& random, QueueOptions options = {});

  /// Adds a key, or raises the priority of one that waits. Nothing happens after Close.
  void Add(const Key& key, Priority priority = Priority::kNormal);
  /// As Add, but only because the object has got this version: Excuse can take it back.
  void AddForVersion(const Key& key, const std::string& version);
  /// Takes back what AddForVersion did, unless there was another reason, or a worker has the key
  /// already.
  void Excuse(const Key& key, const std::string& version);
  /// Adds it when `delay` has passed, as work that was begun; of several the earliest counts
  /// (WQ-03).
  void AddAfter(const Key& key, Duration delay);
  /// One more failure: adds it after 5 ms * 2^n, but not before `at_least` has passed.
  void AddAfterFailure(const Key& key, Duration at_least = {});
  /// Forgets the failures.
  void Forget(const Key& key);
  /// Forgets the key altogether, for an object that is gone; not what waits or runs.
  void Drop(const Key& key);

  /// Until Open is called nobody gets a key.
  void Open();
  /// The next key, now with the caller, who calls Done when finished. Blocks; nothing once `stop`
  /// is requested or the queue was closed. The run uses up a pending delay of the key (WQ-11).
  std::optional<Key> Take(const std::stop_token& stop);
  void Done(const Key& key);

  enum class Rest { kDiscard, kDrain };
  /// No further adds. kDiscard: Take gives nothing from now on; kDrain: first what waits, without
  /// delays.
  void Close(Rest rest);

  Progress Now() const;
  /// Blocks until it is idle and `also` (may be empty; called under the queue's lock, must not use
  /// the queue) holds, or `deadline` or a stop comes. The calling thread must be one that the clock
  /// knows.
  Progress WaitUntilIdle(SteadyTime deadline, const std::stop_token& stop,
                         const std::function<bool()>& also = {}) const;
  /// Makes WaitUntilIdle look at `also` again.
  void Nudge();

  /// Of the workers: a turn is a key taken or done.
  Pulse pulse() const;
  QueueCounts Counts(TypeIndex type) const;

 private:
  using Due = std::set<std::tuple<SteadyTime, std::uint64_t, const Key*>>;
  struct Entry {
    bool waiting = false;  // in one of the lines, or, while processing, to be put there after
    bool processing = false;
    Priority priority = Priority::kNormal;
    SteadyTime since{};  // waiting since
    std::optional<WaitingLines::Place> place;
    std::optional<Due::iterator> due;
    std::string version;  // the only reason for waiting; empty: there are others
    int failures = 0;
  };
  using Entries = std::map<Key, Entry>;
  struct Taken {
    Key key;
    Duration waited{};
  };
  /// A worker without work. Each has a signal of its own: a key is for one of them, and to wake all
  /// costs more than many a pass.
  struct Idler {
    Signal called;
  };

  void AddLocked(const Key& key, Priority priority, const std::string& version);
  void DelayLocked(Entries::iterator at, SteadyTime due);
  void Enlist(Entries::iterator at);
  void Delist(Entry& entry);
  void CancelDelay(Entry& entry);
  void EraseIfEmpty(Entries::iterator at);
  void PromoteDue();
  void Await(std::unique_lock<std::mutex>& lock, Idler& self, const std::stop_token& stop);
  void CallOne();
  void CallAll();
  std::optional<Taken> Pick();
  /// How long a worker has had the key; nothing if none has it.
  std::optional<Duration> WorkedOn(const Key& key) const;
  Progress ProgressLocked() const;
  QueueCounts& CountsOf(TypeIndex type);

  Clock& clock_;
  Random& random_;
  const QueueOptions options_;
  mutable std::mutex mutex_;
  mutable Signal calmer_;       // for who waits until it is idle
  std::vector<Idler*> idlers_;  // guarded by mutex_; who came last is called first
  Idler* watcher_ = nullptr;    // guarded by mutex_; who wakes for what is due next
  Entries entries_;             // guarded by mutex_
  WaitingLines lines_;          // guarded by mutex_
  Due delayed_;                 // guarded by mutex_
  std::uint64_t sequence_ = 0;  // guarded by mutex_
  std::map<const Key*, SteadyTime> processing_;  // guarded by mutex_; keys of entries_, since when
  std::uint64_t turns_ = 0;                      // guarded by mutex_
  std::vector<QueueCounts> counts_;              // guarded by mutex_; by type
  bool open_ = false;                            // guarded by mutex_
  std::optional<Rest> closed_;                   // guarded by mutex_
};

}  // namespace labgallery::runtime
