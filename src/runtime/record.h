// What the operator remembers of an object: a small immutable value without a JSON tree, in memory
// of its own. List-watch makes records, the store shares them, reconcilers read them; nobody copies
// or changes one. What is kept, and what it takes, is written down in docs/adr/0027.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/kube/model/label_selector.h"
#include "src/kube/model/object.h"
#include "src/runtime/key.h"
#include "src/runtime/packed_text.h"
#include "src/runtime/resource_version.h"
#include "src/runtime/slab.h"

namespace labgallery::runtime {

/// A value under which the store finds records: to what it refers (numbered by whoever indexes) and
/// a hash of what it names. A hint: another value may, very seldom, look the same, so whoever acts
/// on what was found looks at the object itself first.
class IndexValue {
 public:
  IndexValue(unsigned char group, std::string_view text);
  unsigned char group() const { return static_cast<unsigned char>(bits_ >> 56); }
  /// The same text in another group.
  IndexValue In(unsigned char group) const;
  std::uint64_t bits() const { return bits_; }
  friend auto operator<=>(const IndexValue&, const IndexValue&) = default;

 private:
  std::uint64_t bits_;
};

/// What a record is made of.
struct RecordParts {
  TypeIndex type = 0;
  kube::ObjectMeta meta;  // with the annotations and labels that are kept
  PackedText spec{};      // JSON in one line; "{}" if there is none
  PackedText status{};    // what the type's projection made of it
  std::vector<IndexValue> index_values{};
  std::uint64_t status_hash = 0;  // of the whole status, not of its projection
  bool ready = false;             // its condition Ready is True
};

using Finalizers = std::vector<std::string>;
using Annotations = std::map<std::string, std::string>;

/// Where records lie, and what is the same in many of them. Thread-safe; records may outlive it.
class RecordMemory {
 public:
  const std::shared_ptr<Slab>& slab() const { return slab_; }
  /// One value for all equal ones that come one after the other; null for an empty one.
  std::shared_ptr<const Finalizers> Share(Finalizers finalizers);
  std::shared_ptr<const Annotations> Share(Annotations annotations);

 private:
  const std::shared_ptr<Slab> slab_ = std::make_shared<Slab>();
  std::mutex mutex_;
  std::shared_ptr<const Finalizers> finalizers_;    // guarded by mutex_; the last ones
  std::shared_ptr<const Annotations> annotations_;  // guarded by mutex_; the last ones
};

/// Views and references that it gives live as long as the record.
class Record {
 public:
  Record(RecordParts parts, RecordMemory& memory);
  ~Record();
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  TypeIndex type() const { return type_; }
  std::string_view name_space() const { return Piece(0, name_space_size_); }
  std::string_view name() const { return Piece(name_space_size_, name_size_); }
  kube::ObjectKey key() const { return {std::string(name_space()), std::string(name())}; }
  std::string uid() const;
  ResourceVersion resource_version() const;
  std::int64_t generation() const { return generation_; }
  SystemTime creation_time() const { return creation_time_; }
  std::optional<SystemTime> deletion_time() const;
  const Finalizers& finalizers() const;
  bool HasFinalizer(std::string_view finalizer) const;
  const Annotations& annotations() const;
  /// Null where the type's are not kept.
  const kube::Labels* labels() const { return labels_.get(); }
  const PackedText& spec() const { return spec_; }
  const PackedText& status() const { return status_; }
  std::span<const IndexValue> index_values() const;
  std::uint64_t status_hash() const { return status_hash_; }
  bool ready() const { return ready_; }

 private:
  std::string_view Piece(std::size_t begin, std::size_t size) const;
  std::size_t room_bytes() const;

  Slab& slab_;
  // The index values, then one behind the other the namespace, the name, the uid, a version that is
  // no number, spec and status as they are packed.
  char* room_ = nullptr;
  std::uint64_t version_number_ = 0;
  std::int64_t generation_;
  SystemTime creation_time_;
  SystemTime deletion_time_;  // kNotDeleted: none
  std::uint64_t status_hash_;
  std::shared_ptr<const Finalizers> finalizers_;
  std::shared_ptr<const Annotations> annotations_;
  std::shared_ptr<const kube::Labels> labels_;
  PackedText spec_;
  PackedText status_;
  std::uint32_t uid_size_;
  std::uint32_t version_size_;
  std::uint16_t name_space_size_;
  std::uint16_t name_size_;
  std::uint16_t index_count_;
  std::uint8_t type_;
  bool uid_is_packed_;
  bool version_is_number_;
  bool ready_;
};

using RecordPtr = std::shared_ptr<const Record>;

RecordPtr MakeRecord(RecordParts parts, RecordMemory& memory);

/// The metadata, as the patches of src/kube/model take it; without what is not kept.
kube::ObjectMeta MetaOf(const Record& record);

enum class Origin {
  kList,   // found by listing: at the start, or after a watch could not go on
  kWatch,  // told by a watch, or read alone
};

/// What happened to one object in the store. Created: no `before`. Gone: no `after`.
struct Change {
  RecordPtr before;
  RecordPtr after;
  Origin origin = Origin::kWatch;

  const Record& record() const { return after ? *after : *before; }
};

/// True if nothing differs but what the operator itself writes: status, finalizers, version.
bool OnlyOwnFieldsDiffer(const Change& change);

}  // namespace labgallery::runtime
