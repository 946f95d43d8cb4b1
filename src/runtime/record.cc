#include "src/runtime/record.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <stdexcept>
#include <utility>

#include "src/base/text.h"

namespace labgallery::runtime {
namespace {

constexpr std::uint64_t kTextBits = 0x00FFFFFFFFFFFFFF;
constexpr SystemTime kNotDeleted = SystemTime::min();
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::array<std::size_t, 4> kDashes{8, 13, 18, 23};
constexpr std::size_t kUuidSize = 36;

bool IsDash(std::size_t place) {
  return std::find(kDashes.begin(), kDashes.end(), place) != kDashes.end();
}

// A UUID as API servers write it, in its 16 bytes; any other text as it is.
std::string PackedUid(const std::string& uid) {
  if (uid.size() != kUuidSize) return uid;
  std::string bytes;
  bool upper = true;
  for (std::size_t at = 0; at < uid.size(); ++at) {
    if (IsDash(at)) {
      if (uid[at] != '-') return uid;
      continue;
    }
    const std::size_t digit = kHexDigits.find(uid[at]);
    if (digit == std::string_view::npos) return uid;
    if (upper) {
      bytes += static_cast<char>(digit << 4U);
    } else {
      bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) | digit);
    }
    upper = !upper;
  }
  return bytes;
}

std::string UnpackedUid(std::string_view bytes) {
  std::string uid;
  for (const char byte : bytes) {
    if (IsDash(uid.size())) uid += '-';
    const auto value = static_cast<unsigned char>(byte);
    uid += kHexDigits[value >> 4U];
    uid += kHexDigits[value & 0xFU];
  }
  return uid;
}

template <typename Size>
Size Fitting(std::size_t size) {
  if (size > std::numeric_limits<Size>::max())
    throw std::length_error("metadata that is longer than Kubernetes allows");
  return static_cast<Size>(size);
}

template <typename T>
std::shared_ptr<const T> ShareWithLast(T value, std::shared_ptr<const T>& last) {
  if (value.empty()) return nullptr;
  if (!last || *last != value) last = std::make_shared<const T>(std::move(value));
  return last;
}

}  // namespace

IndexValue::IndexValue(unsigned char group, std::string_view text)
    : bits_(std::uint64_t{group} << 56 | (Fnv1a(text) & kTextBits)) {}

IndexValue IndexValue::In(unsigned char group) const {
  IndexValue moved = *this;
  moved.bits_ = std::uint64_t{group} << 56 | (bits_ & kTextBits);
  return moved;
}

std::shared_ptr<const Finalizers> RecordMemory::Share(Finalizers finalizers) {
  const std::lock_guard guard(mutex_);
  return ShareWithLast(std::move(finalizers), finalizers_);
}

std::shared_ptr<const Annotations> RecordMemory::Share(Annotations annotations) {
  const std::lock_guard guard(mutex_);
  return ShareWithLast(std::move(annotations), annotations_);
}

Record::Record(RecordParts parts, RecordMemory& memory)
    : slab_(*memory.slab()),
      generation_(parts.meta.generation),
      creation_time_(parts.meta.creation_time.value_or(SystemTime{})),
      deletion_time_(parts.meta.deletion_time.value_or(kNotDeleted)),
      status_hash_(parts.status_hash),
      finalizers_(memory.Share(std::move(parts.meta.finalizers))),
      annotations_(memory.Share(std::move(parts.meta.annotations))),
      type_(Fitting<std::uint8_t>(parts.type)),
      ready_(parts.ready) {
  if (!parts.meta.labels.empty())
    labels_ = std::make_shared<const kube::Labels>(std::move(parts.meta.labels));
  const ResourceVersion version(parts.meta.resource_version);
  version_is_number_ = version.number().has_value();
  version_number_ = version.number().value_or(0);
  const std::string version_text = version_is_number_ ? std::string() : version.ToString();
  const std::string uid = PackedUid(parts.meta.uid);
  uid_is_packed_ = uid.size() != parts.meta.uid.size();
  uid_size_ = Fitting<std::uint32_t>(uid.size());
  version_size_ = Fitting<std::uint32_t>(version_text.size());
  name_space_size_ = Fitting<std::uint16_t>(parts.meta.name_space.size());
  name_size_ = Fitting<std::uint16_t>(parts.meta.name.size());
  index_count_ = Fitting<std::uint16_t>(parts.index_values.size());
  spec_ = parts.spec;  // for their sizes
  status_ = parts.status;
  room_ = static_cast<char*>(slab_.Take(room_bytes()));
  char* at = room_;
  const auto put = [&at](std::string_view bytes) {
    char* const begin = at;
    at = std::copy(bytes.begin(), bytes.end(), at);
    return begin;
  };
  for (const IndexValue& value : parts.index_values) {
    new (at) IndexValue(value);
    at += sizeof(IndexValue);
  }
  for (const std::string_view text :
       {std::string_view(parts.meta.name_space), std::string_view(parts.meta.name),
        std::string_view(uid), std::string_view(version_text)})
    put(text);
  spec_ = parts.spec.At(put(parts.spec.bytes()));
  status_ = parts.status.At(put(parts.status.bytes()));
}

Record::~Record() { slab_.Give(room_, room_bytes()); }

std::size_t Record::room_bytes() const {
  return index_count_ * sizeof(IndexValue) + name_space_size_ + name_size_ + uid_size_ +
         version_size_ + spec_.packed_size() + status_.packed_size();
}

// Of the texts behind the index values.
std::string_view Record::Piece(std::size_t begin, std::size_t size) const {
  return {room_ + index_count_ * sizeof(IndexValue) + begin, size};
}

std::string Record::uid() const {
  const std::string_view kept = Piece(name_space_size_ + name_size_, uid_size_);
  return uid_is_packed_ ? UnpackedUid(kept) : std::string(kept);
}

ResourceVersion Record::resource_version() const {
  if (version_is_number_) return ResourceVersion(version_number_);
  return ResourceVersion(Piece(name_space_size_ + name_size_ + uid_size_, version_size_));
}

std::optional<SystemTime> Record::deletion_time() const {
  if (deletion_time_ == kNotDeleted) return std::nullopt;
  return deletion_time_;
}

const Finalizers& Record::finalizers() const {
  static const Finalizers kNone;
  return finalizers_ ? *finalizers_ : kNone;
}

bool Record::HasFinalizer(std::string_view finalizer) const {
  const Finalizers& all = finalizers();
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

const Annotations& Record::annotations() const {
  static const Annotations kNone;
  return annotations_ ? *annotations_ : kNone;
}

std::span<const IndexValue> Record::index_values() const {
  return {std::launder(reinterpret_cast<const IndexValue*>(room_)), index_count_};
}

RecordPtr MakeRecord(RecordParts parts, RecordMemory& memory) {
  return std::allocate_shared<Record>(SlabAllocator<Record>(memory.slab()), std::move(parts),
                                      memory);
}

kube::ObjectMeta MetaOf(const Record& record) {
  return {.name = std::string(record.name()),
          .name_space = std::string(record.name_space()),
          .uid = record.uid(),
          .resource_version = record.resource_version().ToString(),
          .generation = record.generation(),
          .creation_time = record.creation_time(),
          .deletion_time = record.deletion_time(),
          .finalizers = record.finalizers(),
          .labels = record.labels() != nullptr ? *record.labels() : kube::Labels(),
          .annotations = record.annotations()};
}

bool OnlyOwnFieldsDiffer(const Change& change) {
  if (!change.before || !change.after) return false;
  const Record& before = *change.before;
  const Record& after = *change.after;
  return before.uid() == after.uid() && before.generation() == after.generation() &&
         before.spec() == after.spec() && before.annotations() == after.annotations() &&
         before.deletion_time() == after.deletion_time();
}

}  // namespace labgallery::runtime
