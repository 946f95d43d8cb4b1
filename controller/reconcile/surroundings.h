// What the store knows around an object: its namespace, the gallery that an image or account refers
// to, who refers to a gallery, who else names the same Azure resource. Also which keys a change
// concerns.
#pragma once

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

/// Under these the store finds objects: "id:<arm id>", "gallery:<namespace>/<name>",
/// "galleryid:<arm id>".
std::vector<std::string> IndexValues(domain::Kind kind, const runtime::Record& record);

/// Whom a change concerns, the object itself first.
std::vector<runtime::Key> Concerned(const runtime::Store& store, const runtime::Change& change);

class Surroundings {
 public:
  explicit Surroundings(const runtime::Store& store) : store_(store) {}

  runtime::RecordPtr Get(runtime::TypeIndex type, const kube::ObjectKey& key) const {
    return store_.Get({type, key});
  }
  domain::NamespaceView Namespace(const std::string& name) const;
  /// The gallery object that a reference names.
  std::optional<StoredObject> Gallery(const std::string& name_space, const std::string& name) const;
  /// Image and LabAccount objects that refer to a gallery object, by its key or its id.
  std::vector<StoredObject> ImagesOf(const kube::ObjectKey& gallery) const;
  std::vector<StoredObject> AccountsOf(const kube::ObjectKey& gallery,
                                       const azure::ResourceId& id) const;
  /// Other managing, not deleting objects of the type that name the same resource.
  std::vector<domain::Rival> Rivals(runtime::TypeIndex type, const kube::ObjectKey& self,
                                    const azure::ResourceId& id) const;

 private:
  const runtime::Store& store_;
};

}  // namespace labgallery::reconcile
