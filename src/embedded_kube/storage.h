// The objects, the one counter of versions over all of them, and a bounded past that watches, exact
// lists and continued lists read. What is acknowledged is in the state file first, if there is one.
// Knows nothing of Kubernetes' rules: those are applied before (writer.h) and after (lister.h,
// watch.h).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/embedded_kube/resource.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"
#include "src/state/store.h"

namespace labgallery::embedded_kube {

/// An object as it is served: its text is made once and shared by every answer and event. No tree
/// is kept.
struct StoredObject {
  kube::ObjectKey key;
  std::int64_t version = 0;
  std::string text;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> fields;  // the resource's selectable fields
};
using ObjectPtr = std::shared_ptr<const StoredObject>;

/// `object` in the form in which it is kept; its metadata must be complete.
ObjectPtr Freeze(const Resource& resource, const json::Value& object);

enum class Change { kAdded, kModified, kDeleted };

struct Event {
  Change change;
  ObjectPtr object;  // for kDeleted the last state, under the version of the deletion
  ObjectPtr before;  // null for kAdded
};

/// What a collection held at a version, ordered by key.
struct Snapshot {
  std::int64_t version = 0;
  std::vector<ObjectPtr> objects;
};

/// What happened after a version. `expired`: too long ago to be known.
struct Past {
  bool expired = false;
  std::vector<Event> events;
  std::int64_t version = 0;  // everything up to here is in `events`
};

/// Thread-safe.
class Storage {
 public:
  struct Options {
    state::Store* store = nullptr;  // outlives the storage
    std::size_t history = 4096;     // events kept per collection
  };
  Storage(Clock& clock, Options options) : clock_(clock), options_(options) {}

  /// Writers go one after another: whoever holds this may read, decide and commit without surprise.
  class [[nodiscard]] WriteTurn {
   private:
    friend class Storage;
    explicit WriteTurn(std::mutex& mutex) : lock_(mutex) {}
    std::unique_lock<std::mutex> lock_;
  };
  WriteTurn BeginWrite() { return WriteTurn(write_mutex_); }

  /// Gives `object` the next version, makes it last, and shows it to readers and watches. For
  /// kDeleted it is the last state. An error means that nothing happened.
  Result<ObjectPtr> Commit(const WriteTurn& turn, const Resource& resource, Change change,
                           json::Value object);

  /// Reads what the state file holds of a resource. Before the first request, once per resource.
  Status Load(const Resource& resource);

  std::int64_t Version() const;
  ObjectPtr Get(const Resource& resource, const kube::ObjectKey& key) const;
  Snapshot List(const Resource& resource, const std::string& name_space) const;
  /// As it was at a version that is not in the future; nothing if that is too long ago.
  std::optional<Snapshot> ListAt(const Resource& resource, const std::string& name_space,
                                 std::int64_t version) const;

  /// Blocks until something happened to the collection after `version`, the deadline passed, or
  /// `stop`.
  Past Await(const Resource& resource, std::int64_t version, SteadyTime deadline,
             const std::stop_token& stop);

 private:
  struct Collection {
    std::map<kube::ObjectKey, ObjectPtr> objects;
    std::deque<Event> events;
    std::int64_t forgotten = 0;  // the version of the youngest event that is not kept any more
    Signal changed;
  };
  Collection& CollectionOf(const Resource& resource) const;
  Status Persist(const Resource& resource, Change change, const StoredObject& object) const;
  void Publish(const Resource& resource, Change change, const ObjectPtr& object);

  Clock& clock_;
  const Options options_;
  std::mutex write_mutex_;
  mutable std::mutex mutex_;
  std::int64_t version_ = 0;                                                // guarded by mutex_
  mutable std::map<std::string, std::unique_ptr<Collection>> collections_;  // guarded by mutex_
};

}  // namespace labgallery::embedded_kube
