#include "controller/reconcile/memory.h"

#include <algorithm>
#include <utility>

#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

constexpr Duration kWritesMatter =
    std::chrono::minutes(2);  // to bulk reads, and to the next status
constexpr Duration kListsMatter = std::chrono::minutes(6);

std::uint64_t HashOf(const runtime::Key& key) {
  return Fnv1a(std::to_string(key.type) + "/" + key.object.ToString());
}

bool HoldsOnlyLastWrites(const ObjectMemory& memory) {
  return memory.running.empty() && memory.failures.empty() && memory.sightings.empty() &&
         memory.accepted.empty() && memory.taken.empty() && memory.lists.empty() &&
         memory.answers.empty() && memory.sent.empty() && !memory.leaving && !memory.made_root &&
         !memory.recorded;
}

}  // namespace

void ObjectMemory::Converged() {
  LookAfresh();
  failures.clear();
  accepted.clear();
  taken.clear();
  // A list of definitions that shows the object converged is younger than all that was sent.
  sent.clear();
  made_root = false;
  recorded = false;
  posted = false;
}

Memories::Taken::Taken(Memories& memories, const runtime::Key& key)
    : memories_(memories), key_(key) {
  std::lock_guard guard(memories.mutex_);
  memories.taken_.push_back(this);
  if (auto known = memories.memories_.extract(key)) {
    memory_ = std::move(known.mapped());
    return;
  }
  memory_ = std::make_unique<ObjectMemory>();
  if (const auto last = memories.last_.extract(HashOf(key))) memory_->last = last.mapped();
}

Memories::Taken::~Taken() { memories_.PutBack(*this); }

void Memories::PutBack(Taken& taken) {
  std::lock_guard guard(mutex_);
  std::erase(taken_, &taken);
  ObjectMemory& memory = *taken.memory_;
  if (!HoldsOnlyLastWrites(memory)) {
    memory.disturbed = memory.disturbed || taken.disturbed_;
    memories_[taken.key_] = std::move(taken.memory_);
  } else if (memory.last.azure || memory.last.status) {
    last_[HashOf(taken.key_)] = memory.last;
  }
}

void Memories::Disturb(const runtime::Key& key) {
  std::lock_guard guard(mutex_);
  if (const auto known = memories_.find(key); known != memories_.end())
    known->second->disturbed = true;
  for (Taken* taken : taken_) {
    if (taken->key_ == key) taken->disturbed_ = true;
  }
}

void Memories::ForgetOld(SteadyTime now) {
  std::lock_guard guard(mutex_);
  std::erase_if(last_, [&](const auto& entry) {
    const auto [azure, status] = entry.second;
    return std::max(azure.value_or(SteadyTime::min()), status.value_or(SteadyTime::min())) <
           now - kWritesMatter;
  });
  for (auto& [key, memory] : memories_) {
    std::erase_if(memory->lists,
                  [&](const auto& entry) { return entry.second.at < now - kListsMatter; });
    std::erase_if(memory->answers,
                  [&](const auto& entry) { return entry.second.at < now - kAnswersMatter; });
  }
  std::erase_if(memories_, [&](const auto& entry) {
    if (!HoldsOnlyLastWrites(*entry.second)) return false;
    last_[HashOf(entry.first)] = entry.second->last;
    return true;
  });
}

void Memories::WantDeepLook(const runtime::Key& key) {
  std::lock_guard guard(mutex_);
  deep_.insert(key);
}

bool Memories::TakeDeepLook(const runtime::Key& key) {
  std::lock_guard guard(mutex_);
  return deep_.erase(key) > 0;
}

}  // namespace labgallery::reconcile
