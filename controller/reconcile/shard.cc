#include "controller/reconcile/shard.h"

#include <utility>

#include "controller/reconcile/surroundings.h"

namespace labgallery::reconcile {

bool Shard::Selects(const std::string& name_space) const {
  if (selector_.empty()) return true;
  const runtime::RecordPtr record = store_.Get({kNamespaces, {"", name_space}});
  return record && record->labels() != nullptr && kube::Matches(selector_, *record->labels());
}

bool Shard::Handles(const std::string& name_space) const {
  {
    std::lock_guard guard(mutex_);
    if (ceded_.contains(name_space)) return false;
  }
  return Selects(name_space);
}

bool Shard::Cede(std::set<std::string> namespaces) {
  std::lock_guard guard(mutex_);
  if (ceded_ == namespaces) return false;
  ceded_ = std::move(namespaces);
  return true;
}

}  // namespace labgallery::reconcile
