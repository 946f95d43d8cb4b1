// Which namespaces this operator is at work in: those that its selector selects, without those that
// another operator has selected before it. What is watched is everything, because a claim on an
// Azure resource may come from any namespace.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "src/kube/model/label_selector.h"
#include "src/runtime/store.h"

namespace labgallery::reconcile {

/// Thread-safe.
class Shard {
 public:
  Shard(const runtime::Store& store, kube::LabelSelector selector)
      : store_(store), selector_(std::move(selector)) {}

  /// An object in this namespace is this operator's to handle, as far as the store knows the
  /// namespace.
  bool Handles(const std::string& name_space) const;
  /// The same without regard to other operators.
  bool Selects(const std::string& name_space) const;

  /// Leaves these to others from now on, and only these. True if that is a change.
  bool Cede(std::set<std::string> namespaces);

 private:
  const runtime::Store& store_;
  const kube::LabelSelector selector_;
  mutable std::mutex mutex_;
  std::set<std::string> ceded_;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
