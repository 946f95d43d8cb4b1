#include "src/embedded_kube/catalog.h"

#include <algorithm>
#include <utility>

namespace labgallery::embedded_kube {

bool Resource::Allows(std::string_view verb) const {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

std::vector<std::string> AllVerbs() {
  return {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
}

void Catalog::Add(Resource resource) {
  Name name{resource.type.group, resource.type.version, resource.type.plural};
  auto added = std::make_shared<const Resource>(std::move(resource));
  std::lock_guard guard(mutex_);
  resources_[std::move(name)] = std::move(added);
}

ResourcePtr Catalog::Find(const std::string& group, const std::string& version,
                          const std::string& plural) const {
  std::lock_guard guard(mutex_);
  const auto found = resources_.find(Name{group, version, plural});
  return found == resources_.end() ? nullptr : found->second;
}

std::vector<ResourcePtr> Catalog::All() const {
  std::lock_guard guard(mutex_);
  std::vector<ResourcePtr> all;
  for (const auto& [name, resource] : resources_) all.push_back(resource);
  return all;
}

}  // namespace labgallery::embedded_kube
