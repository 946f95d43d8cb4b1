// What the store knows around an object: its namespace, the gallery that an image or account refers
// to, who refers to a gallery, who else names the same Azure resource. Also which keys a change
// concerns.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "controller/domain/names.h"
#include "controller/domain/observation.h"
#include "src/azure/model/resource_id.h"
#include "src/runtime/runtime.h"

namespace labgallery::reconcile {

/// The types in the order in which they are registered with the runtime.
inline constexpr runtime::TypeIndex kGalleries = 0;
inline constexpr runtime::TypeIndex kImages = 1;
inline constexpr runtime::TypeIndex kLabAccounts = 2;
inline constexpr runtime::TypeIndex kNamespaces = 3;

/// An object of ours as the store holds it, with its texts parsed.
struct StoredObject {
  kube::ObjectMeta meta;
  json::Value spec;
  json::Value status;
};
StoredObject Unpack(const runtime::Record& record);

/// What an Image of a gallery object is called there, by its spec.
std::string DefinitionName(const json::Value& spec, const std::string& object_name);

/// Under these the store finds objects: what they are in Azure, and the gallery that they refer to.
std::vector<runtime::IndexValue> IndexValues(domain::Kind kind, const kube::ObjectKey& key,
                                             const json::Value& spec, const json::Value& status);

/// Somebody whom a change concerns.
struct Concern {
  runtime::Key key;
  bool sums_up = false;  // it adds up many objects, of which one has told something new
};
/// Whom a change concerns, the object itself first.
std::vector<Concern> Concerned(const runtime::Store& store, const runtime::Change& change);

class Surroundings {
 public:
  explicit Surroundings(const runtime::Store& store) : store_(store) {}

  runtime::RecordPtr Get(runtime::TypeIndex type, const kube::ObjectKey& key) const {
    return store_.Get({type, key});
  }
  domain::NamespaceView Namespace(const std::string& name) const;
  /// The gallery object that a reference names, or null. All its images ask for it: it is unpacked
  /// once.
  std::shared_ptr<const StoredObject> Gallery(const std::string& name_space,
                                              const std::string& name) const;
  /// Gives up what is kept unpacked.
  void Forget();
  /// Calls `take` with each Image object that refers to a gallery object. One after the other: the
  /// trees of a thousand would take ten MB.
  void ForImagesOf(const kube::ObjectKey& gallery,
                   const std::function<void(const StoredObject&)>& take) const;
  /// LabAccount objects that refer to a gallery object, by its key or its id.
  std::vector<StoredObject> AccountsOf(const kube::ObjectKey& gallery,
                                       const azure::ResourceId& id) const;
  /// Other managing, not deleting objects of the type that name the same resource.
  std::vector<domain::Rival> Rivals(runtime::TypeIndex type, const kube::ObjectKey& self,
                                    const azure::ResourceId& id) const;

 private:
  struct Unpacked {
    runtime::RecordPtr record;
    std::shared_ptr<const StoredObject> object;
  };

  const runtime::Store& store_;
  mutable std::mutex mutex_;
  mutable std::map<kube::ObjectKey, Unpacked> galleries_;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
