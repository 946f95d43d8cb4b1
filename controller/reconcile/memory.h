// What the operator remembers between two passes over an object, in memory only: running operations
// with their signed URLs, failures of this generation, what was read while work goes on. All of it
// may be lost at any moment: Azure's own state then says where things stand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "controller/domain/observation.h"
#include "src/azure/model/operation.h"
#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/runtime/key.h"
#include "src/runtime/slab.h"

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

/// What was seen of a resource last.
struct Sighting {
  domain::Seen seen;
  SteadyTime at{};
};

/// A list that was read, for a while good enough.
struct KeptList {
  std::vector<json::Value> items;
  SteadyTime at{};
};

/// What was answered to one question of a look: one body, the items of a list, or neither.
struct Answered {
  std::vector<json::Value> bodies;
  bool absent = false;  // of a resource: it is not there
  std::optional<std::chrono::milliseconds> retry_after;
  SteadyTime at{};
};

/// How old an answer may be when a look that had to wait for its turn goes on from it. As long as
/// a place in the lines is kept for it.
inline constexpr Duration kAnswersMatter = std::chrono::minutes(5);

/// What of an object outlives the end of the work on it, for a minute or two.
struct LastWrites {
  std::optional<SteadyTime> azure;
  std::optional<SteadyTime> status;
};

/// How many writes of a part Azure took.
struct AcceptedWrites {
  std::int64_t generation = 0;
  int count = 0;
};

/// How often Azure took each write to one resource, by a hash of what was sent.
using TakenWrites = std::map<std::uint64_t, int>;

struct ObjectMemory {
  std::map<std::string, RunningWrite> running;     // by part
  std::map<std::string, FailedWrite> failures;     // by part
  std::map<std::string, AcceptedWrites> accepted;  // by part, only while work goes on
  std::map<std::string, TakenWrites> taken;        // by lower-case id, only while work goes on
  std::map<std::string, Sighting> sightings;       // by lower-case id, only while work goes on
  std::map<std::string, KeptList> lists;           // by path and query
  // By question, of a look that is not over: where it had to wait for its turn within Azure's
  // limits, the next pass goes on from there (docs/adr/0030).
  std::map<std::string, Answered> answers;
  bool disturbed = false;  // something that it is about has changed since that look began
  std::map<std::string, SteadyTime> sent;  // last write by lower-case id, while work goes on
  LastWrites last;
  std::optional<SteadyTime> leaving;  // since when it would have been let go, had Azure answered
  std::optional<std::string> heard;  // the last request for a pass that failures were forgotten for
  bool recorded = false;             // status was told something before a write, by this process
  bool posted = false;               // then a POST was sent that Azure did not refuse
  bool made_root = false;            // the root resource was absent when first looked for

  /// Forgets what was read of Azure, so that the next pass looks afresh.
  void LookAfresh() {
    sightings.clear();
    answers.clear();
  }
  /// The work has ended well.
  void Converged();
};

/// Thread-safe. The queue gives a key to one worker at a time, so what is taken needs no lock. Of a
/// converged object a few bytes are remembered, and those not for long.
class Memories {
 public:
  /// The memory of an object for as long as a pass lasts, then put back.
  class Taken {
   public:
    Taken(Memories& memories, const runtime::Key& key);
    ~Taken();
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;
    ObjectMemory& operator*() const { return *memory_; }

   private:
    friend Memories;

    Memories& memories_;
    const runtime::Key& key_;
    std::unique_ptr<ObjectMemory> memory_;
    bool disturbed_ = false;  // guarded by the memories' mutex
  };

  /// Drops what has no influence any more; not what is taken.
  void ForgetOld(SteadyTime now);

  /// Something that the object's look is about has changed: one that goes on over several passes
  /// may have read before it.
  void Disturb(const runtime::Key& key);

  /// From now on the next pass over the key does not rely on what is remembered or read in bulk.
  void WantDeepLook(const runtime::Key& key);
  /// Whether this pass is one of those; the next one is not.
  bool TakeDeepLook(const runtime::Key& key);

 private:
  // By a hash of the key: two keys that share one look younger than they are for a while. In memory
  // of its own: scattered between what passes leave behind, each entry would hold a page of that.
  using LastByHash =
      std::unordered_map<std::uint64_t, LastWrites, std::hash<std::uint64_t>, std::equal_to<>,
                         runtime::SlabAllocator<std::pair<const std::uint64_t, LastWrites>>>;

  void PutBack(Taken& taken);

  std::mutex mutex_;
  std::set<runtime::Key> deep_;                                     // guarded by mutex_
  std::vector<Taken*> taken_;                                       // guarded by mutex_; by workers
  std::map<runtime::Key, std::unique_ptr<ObjectMemory>> memories_;  // guarded by mutex_
  LastByHash last_{
      LastByHash::allocator_type(std::make_shared<runtime::Slab>())};  // guarded by mutex_
};

}  // namespace labgallery::reconcile
