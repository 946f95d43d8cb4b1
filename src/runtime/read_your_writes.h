// Remembers what this process wrote and has not yet heard of by its watch, so that no reconcile
// acts on a world older than its own last write, and none is caused by the mere echo of a write.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/runtime/key.h"
#include "src/runtime/record.h"

namespace labgallery::runtime {

/// Thread-safe.
class ReadYourWrites {
 public:
  /// A write to the object was answered with this version.
  void Wrote(const Key& key, const ResourceVersion& version);
  /// True if what is known of the object is older than the last write to it.
  bool IsBehind(const Key& key, const Record& record) const;
  /// True if a write of this process made exactly this version.
  bool IsOwn(const Key& key, const ResourceVersion& version) const;

  /// Remembers that a worker put the object aside because it IsBehind. Since when it has been so.
  SteadyTime Await(const Key& key, SteadyTime now);
  /// True if a worker waits for what this state of the object brings.
  bool IsAwaited(const Key& key, const Record& record) const;
  /// The store holds this state of the object now.
  void Arrived(const Key& key, const Record& record);
  /// Ends the waiting for an object: it is gone, or was read afresh.
  void Forget(const Key& key);

  /// Objects whose last write has not been heard of.
  std::size_t outstanding() const;

 private:
  struct Entry {
    std::vector<ResourceVersion> versions;  // written and not yet arrived, in their order
    std::optional<SteadyTime> awaited_since;
  };
  static bool CaughtUp(const Entry& entry, const ResourceVersion& version);

  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;  // guarded by mutex_; no entry without versions
};

}  // namespace labgallery::runtime
