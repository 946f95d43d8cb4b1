// What the operator remembers of an object: a small immutable value without a JSON tree. List-watch
// makes records, the store shares them, reconcilers read them; nobody copies or changes one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/kube/client/client.h"
#include "src/kube/model/label_selector.h"
#include "src/kube/model/object.h"
#include "src/runtime/key.h"
#include "src/runtime/packed_text.h"

namespace labgallery::runtime {

enum class Order { kOlder, kSame, kNewer, kUnknown };

/// A resourceVersion. Decimal ones are ordered as numbers (KEP-5504); of others only equality is
/// known.
class ResourceVersion {
 public:
  ResourceVersion() = default;
  explicit ResourceVersion(std::string_view text);

  std::string ToString() const;
  bool empty() const { return !number_ && text_.empty(); }

  /// How `a` stands to `b`: kOlder if it came before.
  friend Order Compare(const ResourceVersion& a, const ResourceVersion& b);
  friend bool operator==(const ResourceVersion&, const ResourceVersion&) = default;

 private:
  std::optional<std::uint64_t> number_;
  std::string text_;  // only when it is no number
};

/// The version of an object, bookmarks included; empty if it has none.
ResourceVersion VersionOf(const json::Value& object);

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

struct Record {
  TypeIndex type = 0;
  kube::ObjectKey key;
  std::string uid;
  ResourceVersion resource_version;
  std::int64_t generation = 0;
  SystemTime creation_time{};
  std::optional<SystemTime> deletion_time;
  std::vector<std::string> finalizers;
  std::map<std::string, std::string> annotations;  // those with the type's prefix
  std::shared_ptr<const kube::Labels> labels;      // null where the type's are not kept
  PackedText spec;                                 // JSON in one line; "{}" if there is none
  PackedText status;                               // what the type's projection made of it
  std::vector<IndexValue> index_values;            // what the type's index function made of it
  std::uint64_t status_hash = 0;                   // of the whole status, not of its projection
  bool ready = false;                              // its condition Ready is True

  bool HasFinalizer(std::string_view finalizer) const;
};

using RecordPtr = std::shared_ptr<const Record>;

/// The metadata, as the patches of src/kube/model take it; without what is not kept.
kube::ObjectMeta MetaOf(const Record& record);

/// What of a type is watched and kept.
struct WatchedType {
  kube::ResourceType resource;
  std::string name_space{};              // empty: all namespaces
  kube::Form form = kube::Form::kWhole;  // kMetadata for a type whose spec is of no interest
  std::string annotation_prefix{};       // empty: no annotations are kept
  bool keep_labels = false;
  /// The part of the status that reconcilers need, as JSON text; empty: nothing is kept.
  std::function<std::string(const json::Value& status)> project_status{};
  /// The values under which Store::Lookup finds an object, for instance what it refers to. It is
  /// given the record, whose texts need not be unpacked: they are beside it.
  std::function<std::vector<IndexValue>(const Record&, const json::Value& spec,
                                        const json::Value& status)>
      index{};
  /// Shared by all copies; objects of a type resemble each other.
  std::shared_ptr<TextPacker> specs = std::make_shared<TextPacker>();
  std::shared_ptr<TextPacker> statuses = std::make_shared<TextPacker>();
};

/// The record of an object, sharing the texts of `before` (may be null) that have not changed.
/// kProtocol if its metadata cannot be read.
Result<RecordPtr> MakeRecord(const WatchedType& watched, TypeIndex type, const json::Value& object,
                             const RecordPtr& before);

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
