#include "src/runtime/store.h"

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>

namespace labgallery::runtime {
namespace {

std::pair<std::string_view, std::string_view> Keys(const Record& record) {
  return {record.name_space(), record.name()};
}

bool IsKnown(const RecordPtr& known, const RecordPtr& record) {
  const Order order = Compare(record->resource_version(), known->resource_version());
  return order == Order::kSame || order == Order::kOlder;
}

}  // namespace

TypeIndex Store::AddType() {
  std::unique_lock lock(mutex_);
  shards_.emplace_back(slab_);
  return shards_.size() - 1;
}

RecordPtr Store::Find(const Shard& shard, const kube::ObjectKey& key) {
  const auto found = shard.slots.find(key);
  return found == shard.slots.end() ? nullptr : found->record;
}

RecordPtr Store::Get(const Key& key) const {
  std::shared_lock lock(mutex_);
  return Find(shards_.at(key.type), key.object);
}

std::vector<RecordPtr> Store::List(TypeIndex type) const {
  std::shared_lock lock(mutex_);
  const Slots& slots = shards_.at(type).slots;
  std::vector<RecordPtr> records;
  records.reserve(slots.size());
  for (const Slot& slot : slots) records.push_back(slot.record);
  return records;
}

std::vector<RecordPtr> Store::List(TypeIndex type, const std::string& name_space) const {
  std::shared_lock lock(mutex_);
  const Slots& slots = shards_.at(type).slots;
  std::vector<RecordPtr> found;
  // A name is never empty, so this key comes before all of its namespace.
  for (auto at = slots.lower_bound(kube::ObjectKey{name_space, ""});
       at != slots.end() && at->record->name_space() == name_space; ++at) {
    found.push_back(at->record);
  }
  return found;
}

std::vector<RecordPtr> Store::Lookup(TypeIndex type, IndexValue value) const {
  std::vector<RecordPtr> records;
  {
    std::shared_lock lock(mutex_);
    const auto [begin, end] = shards_.at(type).indexed.equal_range(value.bits());
    for (auto at = begin; at != end; ++at) records.push_back(at->second->record);
  }
  std::sort(records.begin(), records.end(),
            [](const RecordPtr& a, const RecordPtr& b) { return Keys(*a) < Keys(*b); });
  return records;
}

std::size_t Store::Count(TypeIndex type) const {
  std::shared_lock lock(mutex_);
  return shards_.at(type).slots.size();
}

std::uint64_t Store::refused() const {
  std::shared_lock lock(mutex_);
  return refused_;
}

void Store::Index(Shard& shard, const Slot& slot, IndexValue value) {
  shard.indexed.emplace(value.bits(), &slot);
}

void Store::Unindex(Shard& shard, const Slot& slot, IndexValue value) {
  const auto [begin, end] = shard.indexed.equal_range(value.bits());
  const auto found =
      std::find_if(begin, end, [&](const auto& entry) { return entry.second == &slot; });
  if (found != end) shard.indexed.erase(found);
}

void Store::Insert(Shard& shard, RecordPtr record) {
  const Slot& slot = *shard.slots.emplace(std::move(record)).first;
  for (const IndexValue value : slot.record->index_values()) Index(shard, slot, value);
}

// Thousands may share a value, and it is seldom another one: only what differs is touched.
void Store::Exchange(Shard& shard, const Slot& slot, RecordPtr record) {
  const std::span<const IndexValue> before = slot.record->index_values();
  const std::span<const IndexValue> after = record->index_values();
  const auto holds = [](std::span<const IndexValue> values, IndexValue value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  for (const IndexValue value : before) {
    if (!holds(after, value)) Unindex(shard, slot, value);
  }
  for (const IndexValue value : after) {
    if (!holds(before, value)) Index(shard, slot, value);
  }
  slot.record = std::move(record);
}

void Store::Erase(Shard& shard, Slots::const_iterator slot) {
  for (const IndexValue value : slot->record->index_values()) Unindex(shard, *slot, value);
  shard.slots.erase(slot);
}

std::optional<Change> Store::Apply(RecordPtr record) {
  std::unique_lock lock(mutex_);
  Shard& shard = shards_.at(record->type());
  const auto found = shard.slots.find(record->key());
  const RecordPtr before = found == shard.slots.end() ? nullptr : found->record;
  if (before && IsKnown(before, record)) {
    if (before->resource_version() != record->resource_version()) ++refused_;
    return std::nullopt;
  }
  if (before) {
    Exchange(shard, *found, record);
  } else {
    Insert(shard, record);
  }
  return Change{.before = before, .after = std::move(record), .origin = Origin::kWatch};
}

std::optional<Change> Store::Remove(const Record& last) {
  std::unique_lock lock(mutex_);
  Shard& shard = shards_.at(last.type());
  const auto found = shard.slots.find(last.key());
  if (found == shard.slots.end()) return std::nullopt;
  const RecordPtr before = found->record;
  if (Compare(last.resource_version(), before->resource_version()) == Order::kOlder) {
    ++refused_;
    return std::nullopt;
  }
  Erase(shard, found);
  return Change{.before = before, .after = nullptr, .origin = Origin::kWatch};
}

std::vector<Change> Store::Replace(TypeIndex type, const std::vector<RecordPtr>& records,
                                   History history) {
  std::unique_lock lock(mutex_);
  Shard& old = shards_.at(type);
  Shard fresh(slab_);
  std::vector<Change> changes;
  for (const RecordPtr& record : records) {
    const RecordPtr before = Find(old, record->key());
    const bool same = before && before->resource_version() == record->resource_version() &&
                      before->uid() == record->uid();
    const bool fallen =
        before && !same && history == History::kContinued && IsKnown(before, record);
    if (fallen) ++refused_;
    Insert(fresh, same || fallen ? before : record);
    if (!same && !fallen) changes.push_back({before, record, Origin::kList});
  }
  for (const Slot& slot : old.slots) {
    if (!Find(fresh, slot.record->key())) changes.push_back({slot.record, nullptr, Origin::kList});
  }
  old = std::move(fresh);
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return Keys(a.record()) < Keys(b.record()); });
  return changes;
}

}  // namespace labgallery::runtime
