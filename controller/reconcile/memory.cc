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
  deep_.erase(key);
}

void Memories::WantDeepLooks() {
  std::lock_guard guard(mutex_);
  for (const auto& [key, memory] : memories_) deep_.insert(key);
}

bool Memories::TakeDeepLook(const runtime::Key& key) {
  std::lock_guard guard(mutex_);
  return deep_.erase(key) > 0;
}

}  // namespace labgallery::reconcile
