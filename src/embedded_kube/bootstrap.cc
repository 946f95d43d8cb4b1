#include "src/embedded_kube/bootstrap.h"

#include <algorithm>
#include <string>
#include <utility>

#include "src/embedded_kube/admission.h"
#include "src/embedded_kube/builtin_resources.h"
#include "src/embedded_kube/crd.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

ResourcePtr Find(const Catalog& catalog, const kube::ResourceType& type) {
  return catalog.Find(type.group, type.version, type.plural);
}

Error FromRefusal(const Refusal& refusal) { return InvalidInput(refusal.message); }

// The definitions that clients have created in an earlier life.
Status ServeStoredCrds(const BootstrapWorld& world) {
  for (const ObjectPtr& stored : world.storage.List(*Find(world.catalog, CrdType()), "").objects) {
    LAB_ASSIGN_OR_RETURN(const Value crd, json::Parse(stored->text));
    LAB_ASSIGN_OR_RETURN(Resource resource, ResourceFromCrd(crd));
    world.catalog.Add(std::move(resource));
  }
  return Ok();
}

Status PutCrd(const BootstrapWorld& world, const Resource& crds, Value crd) {
  const auto turn = world.storage.BeginWrite();
  const ObjectPtr present =
      world.storage.Get(crds, {"", std::string(crd.Text({"metadata", "name"}))});
  if (present == nullptr) {
    PrepareNew(crds, crd, world.clock.Now(), world.random.Uuid());
    CompleteCrd(crd, world.clock.Now());
    LAB_RETURN_IF_ERROR(world.storage.Commit(turn, crds, Change::kAdded, std::move(crd)));
    return Ok();
  }
  LAB_ASSIGN_OR_RETURN(Value changed, json::Parse(present->text));
  Value known = changed;
  changed.Set("spec", *crd.Find("spec"));
  CompleteCrd(changed, world.clock.Now());
  if (*changed.Find("spec") == *known.Find("spec")) return Ok();
  BumpGeneration(crds, changed);
  LAB_RETURN_IF_ERROR(world.storage.Commit(turn, crds, Change::kModified, std::move(changed)));
  return Ok();
}

Status InstallCrd(const BootstrapWorld& world, const Value& crd) {
  const ResourcePtr crds = Find(world.catalog, CrdType());
  auto draft = Understand(*crds, crd);
  if (!draft) return FromRefusal(draft.error());
  if (auto judged = Judge(*crds, draft->object, nullptr); !judged)
    return FromRefusal(judged.error());
  LAB_ASSIGN_OR_RETURN(Resource resource, ResourceFromCrd(draft->object));
  LAB_RETURN_IF_ERROR(PutCrd(world, *crds, std::move(draft->object)));
  world.catalog.Add(std::move(resource));
  return Ok();
}

Status EnsureNamespace(const BootstrapWorld& world, std::string_view name) {
  const ResourcePtr namespaces = Find(world.catalog, NamespaceType());
  const auto turn = world.storage.BeginWrite();
  if (world.storage.Get(*namespaces, {"", std::string(name)}) != nullptr) return Ok();
  Value object;
  object.Set("apiVersion", "v1");
  object.Set("kind", "Namespace");
  object.Set("metadata", Value::Object()).Set("name", name);
  PrepareNew(*namespaces, object, world.clock.Now(), world.random.Uuid());
  LAB_RETURN_IF_ERROR(world.storage.Commit(turn, *namespaces, Change::kAdded, std::move(object)));
  return Ok();
}

}  // namespace

Status Bootstrap(const BootstrapWorld& world, const std::vector<Value>& crds) {
  for (Resource& resource : BuiltinResources()) {
    LAB_RETURN_IF_ERROR(world.storage.Load(resource));
    world.catalog.Add(std::move(resource));
  }
  const std::vector<ResourcePtr> builtin = world.catalog.All();
  LAB_RETURN_IF_ERROR(ServeStoredCrds(world));
  for (const Value& crd : crds) LAB_RETURN_IF_ERROR(InstallCrd(world, crd));
  // Only now, because what field selectors need is read by the definition of today.
  for (const ResourcePtr& resource : world.catalog.All()) {
    if (std::find(builtin.begin(), builtin.end(), resource) != builtin.end()) continue;
    LAB_RETURN_IF_ERROR(world.storage.Load(*resource));
  }
  LAB_RETURN_IF_ERROR(EnsureNamespace(world, "default"));
  LAB_RETURN_IF_ERROR(EnsureNamespace(world, "kube-system"));
  if (auto resumed = world.lifecycle.Resume(); !resumed) return FromRefusal(resumed.error());
  return Ok();
}

}  // namespace labgallery::embedded_kube
