// Every write: create, replace, patch, delete, delete a collection. Joins the pure steps of
// admission.h with the storage; one write at a time, so that what was read is still true when it is
// committed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/embedded_kube/admission.h"
#include "src/embedded_kube/call.h"
#include "src/embedded_kube/lifecycle.h"
#include "src/embedded_kube/storage.h"

namespace labgallery::embedded_kube {

/// What a write answers: the object, or for one that is gone a Status of success.
struct Written {
  int code = 200;
  ObjectPtr object;
  json::Value status;  // null when the object is the answer
  std::vector<std::string> warnings;
};

/// Thread-safe.
class Writer {
 public:
  struct World {
    Storage& storage;
    Catalog& catalog;
    Clock& clock;
    Random& random;
  };
  explicit Writer(World world)
      : world_(world), lifecycle_(world.storage, world.catalog, world.clock) {}

  Outcome<Written> Create(const Call& call);
  Outcome<Written> Replace(const Call& call);
  Outcome<Written> Patch(const Call& call);
  Outcome<Written> Delete(const Call& call);
  /// Deletes the objects of a collection that `matches` names; their states after that.
  Outcome<std::vector<ObjectPtr>> DeleteCollection(
      const Call& call, const std::function<bool(const StoredObject&)>& matches);

  Lifecycle& lifecycle() { return lifecycle_; }

 private:
  using Edit = std::function<Outcome<json::Value>(json::Value before)>;
  struct New {
    json::Value object;
    std::vector<std::string> warnings;
  };

  Outcome<New> ReadNew(const Call& call);
  Outcome<Written> Modify(const Call& call, const Edit& edit);
  Outcome<void> CheckNamespace(const Call& call) const;
  std::string NameFor(const json::Value& object);

  World world_;
  Lifecycle lifecycle_;
};

}  // namespace labgallery::embedded_kube
