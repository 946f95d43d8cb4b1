#include "src/runtime/record.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::runtime {
namespace {

constexpr std::uint64_t kTextBits = 0x00FFFFFFFFFFFFFF;

bool SaysReady(const json::Value& status) {
  const json::Value* condition = kube::FindCondition(status, "Ready");
  return condition != nullptr && condition->Text({"status"}) == "True";
}

std::string TextOf(const json::Value* value) {
  return value == nullptr ? "{}" : json::Dump(*value);
}

}  // namespace

ResourceVersion::ResourceVersion(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  // Only what is printed the same again is kept as a number.
  const bool canonical = !text.empty() && (text.size() == 1 || text.front() != '0');
  if (error == std::errc() && rest == end && canonical) {
    number_ = number;
  } else {
    text_ = text;
  }
}

std::string ResourceVersion::ToString() const { return number_ ? std::to_string(*number_) : text_; }

Order Compare(const ResourceVersion& a, const ResourceVersion& b) {
  if (a == b) return Order::kSame;
  if (!a.number_ || !b.number_) return Order::kUnknown;
  return *a.number_ < *b.number_ ? Order::kOlder : Order::kNewer;
}

ResourceVersion VersionOf(const json::Value& object) {
  return ResourceVersion(object.Text({"metadata", "resourceVersion"}));
}

IndexValue::IndexValue(unsigned char group, std::string_view text)
    : bits_(std::uint64_t{group} << 56 | (Fnv1a(text) & kTextBits)) {}

IndexValue IndexValue::In(unsigned char group) const {
  IndexValue moved = *this;
  moved.bits_ = std::uint64_t{group} << 56 | (bits_ & kTextBits);
  return moved;
}

bool Record::HasFinalizer(std::string_view finalizer) const {
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

kube::ObjectMeta MetaOf(const Record& record) {
  return {.name = record.key.name,
          .name_space = record.key.name_space,
          .uid = record.uid,
          .resource_version = record.resource_version.ToString(),
          .generation = record.generation,
          .creation_time = record.creation_time,
          .deletion_time = record.deletion_time,
          .finalizers = record.finalizers,
          .labels = record.labels ? *record.labels : kube::Labels(),
          .annotations = record.annotations};
}

Result<RecordPtr> MakeRecord(const WatchedType& watched, TypeIndex type, const json::Value& object,
                             const RecordPtr& before) {
  LAB_ASSIGN_OR_RETURN(kube::ObjectMeta meta, kube::ReadMeta(object));
  auto record = std::make_shared<Record>();
  record->type = type;
  record->key = meta.key();
  record->uid = std::move(meta.uid);
  record->resource_version = ResourceVersion(meta.resource_version);
  record->generation = meta.generation;
  record->creation_time = meta.creation_time.value_or(SystemTime{});
  record->deletion_time = meta.deletion_time;
  record->finalizers = std::move(meta.finalizers);
  if (!watched.annotation_prefix.empty()) {
    std::erase_if(meta.annotations, [&](const auto& item) {
      return !item.first.starts_with(watched.annotation_prefix);
    });
    record->annotations = std::move(meta.annotations);
  }
  if (watched.keep_labels)
    record->labels = std::make_shared<const kube::Labels>(std::move(meta.labels));
  const json::Value none;
  const json::Value* const spec = object.Find("spec");
  const json::Value* const status = object.Find("status");
  record->spec = watched.specs->Pack(TextOf(spec), before ? before->spec : PackedText());
  record->status_hash = Fnv1a(TextOf(status));
  const std::string kept =
      watched.project_status ? watched.project_status(status != nullptr ? *status : none) : "";
  record->status = watched.statuses->Pack(kept, before ? before->status : PackedText());
  record->ready = status != nullptr && SaysReady(*status);
  if (watched.index) {
    record->index_values =
        watched.index(*record, spec != nullptr ? *spec : none, status != nullptr ? *status : none);
  }
  return RecordPtr(std::move(record));
}

bool OnlyOwnFieldsDiffer(const Change& change) {
  if (!change.before || !change.after) return false;
  const Record& before = *change.before;
  const Record& after = *change.after;
  return before.uid == after.uid && before.generation == after.generation &&
         before.spec == after.spec && before.annotations == after.annotations &&
         before.deletion_time == after.deletion_time;
}

}  // namespace labgallery::runtime
