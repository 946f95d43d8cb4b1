#include "src/runtime/read_your_writes.h"

#include <algorithm>

namespace labgallery::runtime {

bool ReadYourWrites::CaughtUp(const Entry& entry, const ResourceVersion& version) {
  const Order order = Compare(version, entry.versions.back());
  return order == Order::kSame || order == Order::kNewer;
}

void ReadYourWrites::Wrote(const Key& key, const ResourceVersion& version) {
  std::lock_guard guard(mutex_);
  Entry& entry = entries_[key];
  // A repeated write that changed nothing answers with the version that was there.
  if (!entry.versions.empty() && CaughtUp(entry, version) && entry.versions.back() == version)
    return;
  entry.versions.push_back(version);
}

bool ReadYourWrites::IsBehind(const Key& key, const Record& record) const {
  std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  return found != entries_.end() && !CaughtUp(found->second, record.resource_version());
}

bool ReadYourWrites::IsOwn(const Key& key, const ResourceVersion& version) const {
  std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  const auto& versions = found->second.versions;
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

SteadyTime ReadYourWrites::Await(const Key& key, SteadyTime now) {
  std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return now;
  if (!found->second.awaited_since) found->second.awaited_since = now;
  return *found->second.awaited_since;
}

bool ReadYourWrites::IsAwaited(const Key& key, const Record& record) const {
  std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  return found != entries_.end() && found->second.awaited_since &&
         CaughtUp(found->second, record.resource_version());
}

void ReadYourWrites::Arrived(const Key& key, const Record& record) {
  std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end() && CaughtUp(found->second, record.resource_version()))
    entries_.erase(found);
}

void ReadYourWrites::Forget(const Key& key) {
  std::lock_guard guard(mutex_);
  entries_.erase(key);
}

std::size_t ReadYourWrites::outstanding() const {
  std::lock_guard guard(mutex_);
  return entries_.size();
}

}  // namespace labgallery::runtime
