// How objects go: at once, or marked as deleting until their last finalizer is taken away; and
// namespaces, which take what is in them along.
#pragma once

#include <string>

#include "src/base/clock.h"
#include "src/embedded_kube/catalog.h"
#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/storage.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

/// Thread-safe. Every call but Resume needs the caller's turn to write.
class Lifecycle {
 public:
  Lifecycle(Storage& storage, const Catalog& catalog, Clock& clock)
      : storage_(storage), catalog_(catalog), clock_(clock) {}

  struct Deleted {
    ObjectPtr last;     // the state after the call
    bool gone = false;  // otherwise it waits for its finalizers
  };

  /// Deletes an object. Deleting one that is being deleted changes nothing.
  Outcome<Deleted> Delete(const Storage::WriteTurn& turn, const Resource& resource,
                          const ObjectPtr& object);

  /// True if an object that is being deleted has nothing left that holds it.
  bool MayVanish(const Resource& resource, const json::Value& object) const;

  /// Removes an object for good, and the namespace that waited for it.
  Outcome<ObjectPtr> Vanish(const Storage::WriteTurn& turn, const Resource& resource,
                            json::Value last);

  /// Goes on with namespaces whose end a restart has interrupted.
  Outcome<void> Resume();

  bool IsTerminating(const std::string& name_space) const;

 private:
  Outcome<Deleted> DeleteNamespace(const Storage::WriteTurn& turn, const ObjectPtr& object);
  Outcome<void> DeleteContents(const Storage::WriteTurn& turn, const std::string& name_space);
  Outcome<void> FinishNamespace(const Storage::WriteTurn& turn, const std::string& name_space);
  Outcome<ObjectPtr> Mark(const Storage::WriteTurn& turn, const Resource& resource,
                          json::Value object);
  bool IsEmpty(const std::string& name_space) const;
  ResourcePtr Namespaces() const;
  ObjectPtr FindNamespace(const std::string& name) const;

  Storage& storage_;
  const Catalog& catalog_;
  Clock& clock_;
};

}  // namespace labgallery::embedded_kube
