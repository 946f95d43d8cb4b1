// The resources that are served, by group, version and plural. Grows when a
// CustomResourceDefinition is created; a resource never changes once it is in here but for being
// replaced as a whole.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/embedded_kube/resource.h"

namespace labgallery::embedded_kube {

using ResourcePtr = std::shared_ptr<const Resource>;

/// Thread-safe.
class Catalog {
 public:
  void Add(Resource resource);
  /// Null where nothing of that name is served.
  ResourcePtr Find(const std::string& group, const std::string& version,
                   const std::string& plural) const;
  /// All of them, ordered by group, version and plural.
  std::vector<ResourcePtr> All() const;

 private:
  struct Name {
    std::string group;
    std::string version;
    std::string plural;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  mutable std::mutex mutex_;
  std::map<Name, ResourcePtr> resources_;  // guarded by mutex_
};

}  // namespace labgallery::embedded_kube
