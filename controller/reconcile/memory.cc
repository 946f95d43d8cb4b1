#include "controller/reconcile/memory.h"

namespace labgallery::reconcile {

ObjectMemory& Memories::Of(const runtime::Key& key) {
  std::lock_guard guard(mutex_);
  auto& memory = memories_[key];
  if (!memory) memory = std::make_unique<ObjectMemory>();
  return *memory;
}

void Memories::Forget(const runtime::Key& key) {
  std::lock_guard guard(mutex_);
  memories_.erase(key);
}

}  // namespace labgallery::reconcile
