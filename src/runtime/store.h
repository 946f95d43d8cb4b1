// The objects of all watched types as last heard of. Filled by list-watch only; reconcilers and
// mapping functions read it. A reader gets shared records and holds no lock.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "src/runtime/record.h"
#include "src/runtime/slab.h"

namespace labgallery::runtime {

/// Thread-safe, AddType excepted.
class Store {
 public:
  /// Before any other use; types are numbered from 0 in the order they are added.
  TypeIndex AddType();

  /// The record, or null.
  RecordPtr Get(const Key& key) const;
  /// All of a type, or those of one namespace; sorted by key.
  std::vector<RecordPtr> List(TypeIndex type) const;
  std::vector<RecordPtr> List(TypeIndex type, const std::string& name_space) const;
  /// Those that have this value among their index_values; sorted by key.
  std::vector<RecordPtr> Lookup(TypeIndex type, IndexValue value) const;
  std::size_t Count(TypeIndex type) const;
  /// How many records were refused because a newer one of the object was known.
  std::uint64_t refused() const;

  /// Takes a new state of an object. Nothing if a newer or the same one is known.
  std::optional<Change> Apply(RecordPtr record);
  /// Takes the end of an object. Nothing if it is not known, or has changed since `last`, its final
  /// state.
  std::optional<Change> Remove(const Record& last);

  enum class History {
    kContinued,  // what is known may be newer than the list; the newer one stays
    kRestarted,  // the server's versions have fallen (a restored backup): the list is the truth
  };
  /// Exchanges everything of a type, at once for all readers. The differences, sorted by key, the
  /// end of those that have vanished included (IN-01).
  std::vector<Change> Replace(TypeIndex type, const std::vector<RecordPtr>& records,
                              History history);

 private:
  /// The place of an object: its records come and go there, of the same key.
  struct Slot {
    explicit Slot(RecordPtr its_record) : record(std::move(its_record)) {}
    mutable RecordPtr record;
  };
  using KeyView = std::pair<std::string_view, std::string_view>;
  static KeyView View(const Slot& slot) { return {slot.record->name_space(), slot.record->name()}; }
  static KeyView View(const kube::ObjectKey& key) { return {key.name_space, key.name}; }
  struct ByKey {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return View(a) < View(b);
    }
  };
  using Slots = std::set<Slot, ByKey, SlabAllocator<Slot>>;
  using Indexed =
      std::unordered_multimap<std::uint64_t, const Slot*, std::hash<std::uint64_t>, std::equal_to<>,
                              SlabAllocator<std::pair<const std::uint64_t, const Slot*>>>;
  struct Shard {
    explicit Shard(const std::shared_ptr<Slab>& slab)
        : slots(Slots::allocator_type(slab)), indexed(Indexed::allocator_type(slab)) {}
    Slots slots;
    Indexed indexed;  // by IndexValue::bits
  };

  static RecordPtr Find(const Shard& shard, const kube::ObjectKey& key);
  static void Insert(Shard& shard, RecordPtr record);
  static void Exchange(Shard& shard, const Slot& slot, RecordPtr record);
  static void Erase(Shard& shard, Slots::const_iterator slot);
  static void Index(Shard& shard, const Slot& slot, IndexValue value);
  static void Unindex(Shard& shard, const Slot& slot, IndexValue value);

  const std::shared_ptr<Slab> slab_ = std::make_shared<Slab>();
  mutable std::shared_mutex mutex_;
  std::deque<Shard> shards_;   // guarded by mutex_
  std::uint64_t refused_ = 0;  // guarded by mutex_
};

}  // namespace labgallery::runtime
