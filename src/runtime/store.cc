#include "src/runtime/store.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace labgallery::runtime {
namespace {

bool IsKnown(const RecordPtr& known, const RecordPtr& record) {
  const Order order = Compare(record->resource_version, known->resource_version);
  return order == Order::kSame || order == Order::kOlder;
}

}  // namespace

TypeIndex Store::AddType() {
  std::unique_lock lock(mutex_);
  shards_.emplace_back();
  return shards_.size() - 1;
}

RecordPtr Store::Get(const Key& key) const {
  std::shared_lock lock(mutex_);
  const Records& records = shards_.at(key.type).records;
  const auto found = records.find(key.object);
  return found == records.end() ? nullptr : *found;
}

std::vector<RecordPtr> Store::List(TypeIndex type) const {
  std::shared_lock lock(mutex_);
  const Records& records = shards_.at(type).records;
  return {records.begin(), records.end()};
}

std::vector<RecordPtr> Store::List(TypeIndex type, const std::string& name_space) const {
  std::shared_lock lock(mutex_);
  const Records& records = shards_.at(type).records;
  std::vector<RecordPtr> found;
  // A name is never empty, so this key comes before all of its namespace.
  for (auto at = records.lower_bound(kube::ObjectKey{name_space, ""});
       at != records.end() && (*at)->key.name_space == name_space; ++at) {
    found.push_back(*at);
  }
  return found;
}

std::vector<RecordPtr> Store::Lookup(TypeIndex type, IndexValue value) const {
  std::vector<RecordPtr> records;
  {
    std::shared_lock lock(mutex_);
    const auto [begin, end] = shards_.at(type).indexed.equal_range(value.bits());
    for (auto at = begin; at != end; ++at) records.push_back(at->second);
  }
  std::sort(records.begin(), records.end(), ByKey());
  return records;
}

std::size_t Store::Count(TypeIndex type) const {
  std::shared_lock lock(mutex_);
  return shards_.at(type).records.size();
}

std::uint64_t Store::refused() const {
  std::shared_lock lock(mutex_);
  return refused_;
}

void Store::Insert(Shard& shard, const RecordPtr& record) {
  shard.records.insert(record);
  for (const IndexValue value : record->index_values) shard.indexed.emplace(value.bits(), record);
}

void Store::Erase(Shard& shard, const RecordPtr& record) {
  shard.records.erase(record);
  for (const IndexValue value : record->index_values) {
    const auto [begin, end] = shard.indexed.equal_range(value.bits());
    const auto found =
        std::find_if(begin, end, [&](const auto& entry) { return entry.second == record; });
    if (found != end) shard.indexed.erase(found);
  }
}

std::optional<Change> Store::Apply(RecordPtr record) {
  std::unique_lock lock(mutex_);
  Shard& shard = shards_.at(record->type);
  const auto found = shard.records.find(record);
  const RecordPtr before = found == shard.records.end() ? nullptr : *found;
  if (before && IsKnown(before, record)) {
    if (before->resource_version != record->resource_version) ++refused_;
    return std::nullopt;
  }
  if (before) Erase(shard, before);
  Insert(shard, record);
  return Change{.before = before, .after = std::move(record), .origin = Origin::kWatch};
}

std::optional<Change> Store::Remove(const Record& last) {
  std::unique_lock lock(mutex_);
  Shard& shard = shards_.at(last.type);
  const auto found = shard.records.find(last.key);
  if (found == shard.records.end()) return std::nullopt;
  const RecordPtr before = *found;
  if (Compare(last.resource_version, before->resource_version) == Order::kOlder) {
    ++refused_;
    return std::nullopt;
  }
  Erase(shard, before);
  return Change{.before = before, .after = nullptr, .origin = Origin::kWatch};
}

std::vector<Change> Store::Replace(TypeIndex type, std::vector<RecordPtr> records,
                                   History history) {
  std::unique_lock lock(mutex_);
  Shard& old = shards_.at(type);
  Shard fresh;
  std::map<kube::ObjectKey, Change> changes;
  for (RecordPtr& record : records) {
    const auto found = old.records.find(record);
    const RecordPtr before = found == old.records.end() ? nullptr : *found;
    const bool same = before && before->resource_version == record->resource_version &&
                      before->uid == record->uid;
    const bool fallen =
        before && !same && history == History::kContinued && IsKnown(before, record);
    if (fallen) ++refused_;
    Insert(fresh, same || fallen ? before : record);
    if (!same && !fallen) changes[record->key] = {before, record, Origin::kList};
  }
  for (const RecordPtr& before : old.records) {
    if (!fresh.records.contains(before)) changes[before->key] = {before, nullptr, Origin::kList};
  }
  old = std::move(fresh);
  std::vector<Change> sorted;
  for (auto& [key, change] : changes) sorted.push_back(std::move(change));
  return sorted;
}

}  // namespace labgallery::runtime
