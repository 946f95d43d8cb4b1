#include "src/embedded_kube/lifecycle.h"

#include <utility>

#include "src/base/time_text.h"
#include "src/embedded_kube/admission.h"
#include "src/embedded_kube/builtin_resources.h"
#include "src/embedded_kube/metadata.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

// What was stored was dumped by us, so it parses.
Value Thaw(const ObjectPtr& object) { return *json::Parse(object->text); }

bool IsPermanent(const std::string& name_space) {
  return name_space == "default" || name_space == "kube-system";
}

}  // namespace

ResourcePtr Lifecycle::Namespaces() const {
  const kube::ResourceType& type = NamespaceType();
  return catalog_.Find(type.group, type.version, type.plural);
}

ObjectPtr Lifecycle::FindNamespace(const std::string& name) const {
  return storage_.Get(*Namespaces(), {"", name});
}

bool Lifecycle::IsTerminating(const std::string& name_space) const {
  const ObjectPtr found = FindNamespace(name_space);
  return found != nullptr && IsDeleting(Thaw(found));
}

bool Lifecycle::IsEmpty(const std::string& name_space) const {
  for (const ResourcePtr& resource : catalog_.All()) {
    if (resource->type.namespaced && !storage_.List(*resource, name_space).objects.empty())
      return false;
  }
  return true;
}

bool Lifecycle::MayVanish(const Resource& resource, const Value& object) const {
  if (!IsDeleting(object) || !FinalizersOf(object).empty()) return false;
  return resource.type != NamespaceType() ||
         IsEmpty(std::string(object.Text({"metadata", "name"})));
}

Outcome<ObjectPtr> Lifecycle::Mark(const Storage::WriteTurn& turn, const Resource& resource,
                                   Value object) {
  Value& metadata = *object.Find("metadata");
  metadata.Set("deletionTimestamp", Rfc3339(clock_.Now()));
  metadata.Set("deletionGracePeriodSeconds", 0);
  BumpGeneration(resource, object);
  auto marked = storage_.Commit(turn, resource, Change::kModified, std::move(object));
  if (!marked) return Refuse(InternalError(marked.error().ToString()));
  return *std::move(marked);
}

Outcome<ObjectPtr> Lifecycle::Vanish(const Storage::WriteTurn& turn, const Resource& resource,
                                     Value last) {
  const std::string name_space(last.Text({"metadata", "namespace"}));
  auto gone = storage_.Commit(turn, resource, Change::kDeleted, std::move(last));
  if (!gone) return Refuse(InternalError(gone.error().ToString()));
  if (resource.type.namespaced && IsTerminating(name_space)) {
    EMK_REFUSE_IF(FinishNamespace(turn, name_space));
  }
  return *std::move(gone);
}

Outcome<Lifecycle::Deleted> Lifecycle::Delete(const Storage::WriteTurn& turn,
                                              const Resource& resource, const ObjectPtr& object) {
  if (resource.type == NamespaceType()) return DeleteNamespace(turn, object);
  Value last = Thaw(object);
  if (FinalizersOf(last).empty()) {
    EMK_ASSIGN_OR_REFUSE(ObjectPtr gone, Vanish(turn, resource, std::move(last)));
    return Deleted{.last = std::move(gone), .gone = true};
  }
  if (IsDeleting(last)) return Deleted{.last = object, .gone = false};
  EMK_ASSIGN_OR_REFUSE(ObjectPtr marked, Mark(turn, resource, std::move(last)));
  return Deleted{.last = std::move(marked), .gone = false};
}

Outcome<Lifecycle::Deleted> Lifecycle::DeleteNamespace(const Storage::WriteTurn& turn,
                                                       const ObjectPtr& object) {
  const std::string& name = object->key.name;
  const ResourcePtr namespaces = Namespaces();
  if (IsPermanent(name)) {
    return Refuse(
        Forbidden(SubjectOf(namespaces->type, name), "this namespace may not be deleted"));
  }
  Value last = Thaw(object);
  ObjectPtr marked = object;
  if (!IsDeleting(last)) {
    last.Set("status", Value::Object()).Set("phase", "Terminating");
    EMK_ASSIGN_OR_REFUSE(marked, Mark(turn, *namespaces, std::move(last)));
  }
  EMK_REFUSE_IF(DeleteContents(turn, name));
  EMK_REFUSE_IF(FinishNamespace(turn, name));
  // Unlike the other resources, a namespace is answered as the object, also when it is gone at
  // once.
  return Deleted{.last = std::move(marked), .gone = false};
}

Outcome<void> Lifecycle::DeleteContents(const Storage::WriteTurn& turn,
                                        const std::string& name_space) {
  for (const ResourcePtr& resource : catalog_.All()) {
    if (!resource->type.namespaced) continue;
    for (const ObjectPtr& object : storage_.List(*resource, name_space).objects) {
      EMK_REFUSE_IF(Delete(turn, *resource, object));
    }
  }
  return {};
}

Outcome<void> Lifecycle::FinishNamespace(const Storage::WriteTurn& turn,
                                         const std::string& name_space) {
  const ObjectPtr found = FindNamespace(name_space);
  if (found == nullptr) return {};  // the last of its contents has finished it
  Value last = Thaw(found);
  if (!MayVanish(*Namespaces(), last)) return {};
  last.Remove("spec");
  EMK_REFUSE_IF(Vanish(turn, *Namespaces(), std::move(last)));
  return {};
}

Outcome<void> Lifecycle::Resume() {
  const auto turn = storage_.BeginWrite();
  for (const ObjectPtr& object : storage_.List(*Namespaces(), "").objects) {
    if (!IsDeleting(Thaw(object))) continue;
    EMK_REFUSE_IF(DeleteContents(turn, object->key.name));
    EMK_REFUSE_IF(FinishNamespace(turn, object->key.name));
  }
  return {};
}

}  // namespace labgallery::embedded_kube
