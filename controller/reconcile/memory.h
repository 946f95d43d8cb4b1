// What the operator remembers between two passes over an object, in memory only: running operations
// with their signed URLs, failures of this generation, what was read while work goes on. All of it
// may be lost at any moment: Azure's own state then says where things stand.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/domain/observation.h"
#include "src/azure/model/operation.h"
#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/runtime/key.h"

namespace labgallery::reconcile {

/// What was sent for one part and has not ended.
struct RunningWrite {
  domain::Verb verb = domain::Verb::kPut;
  std::string target;  // lower-case id
  azure::Operation operation;
  SystemTime since;
  std::int64_t generation = 0;  // of the object when it was sent
};

/// The last failure of a part.
struct FailedWrite {
  domain::Verdict verdict;
  std::int64_t generation = 0;
  SteadyTime retry_at{};
  int attempts = 0;
};

/// A list that was read, for a while good enough.
struct KeptList {
  std::vector<json::Value> items;
  SteadyTime at{};
};

struct ObjectMemory {
  std::map<std::string, RunningWrite> running;    // by part
  std::map<std::string, FailedWrite> failures;    // by part
  std::map<std::string, domain::Seen> sightings;  // by lower-case id, only while work goes on
  std::map<std::string, KeptList> lists;          // by path
  std::map<std::string, SteadyTime> sent;         // last write by lower-case id, of this process
  std::optional<SteadyTime> last_write;           // to Azure
  std::optional<SteadyTime> last_status;          // written to the API server
  bool made_root = false;                      // the root resource was absent when first looked for
  std::optional<SteadyTime> last_region_look;  // replication status of a converged version

  /// Forgets what was read of Azure, so that the next pass looks afresh.
  void LookAfresh() { sightings.clear(); }
};

/// Thread-safe. The queue gives a key to one worker at a time, so what is found needs no lock.
class Memories {
 public:
  ObjectMemory& Of(const runtime::Key& key);
  void Forget(const runtime::Key& key);

  /// From now on the next pass over each key does not rely on what is remembered or read in bulk.
  void WantDeepLooks();
  /// Whether this pass is one of those; the next one is not.
  bool TakeDeepLook(const runtime::Key& key);

 private:
  std::mutex mutex_;
  std::set<runtime::Key> deep_;                                     // guarded by mutex_
  std::map<runtime::Key, std::unique_ptr<ObjectMemory>> memories_;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
