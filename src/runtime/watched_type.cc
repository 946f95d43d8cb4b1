#include "src/runtime/watched_type.h"

#include <utility>

#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::runtime {
namespace {

bool SaysReady(const json::Value& status) {
  const json::Value* condition = kube::FindCondition(status, "Ready");
  return condition != nullptr && condition->Text({"status"}) == "True";
}

std::string TextOf(const json::Value* value) {
  return value == nullptr ? "{}" : json::Dump(*value);
}

}  // namespace

Result<RecordPtr> MakeRecord(const WatchedType& watched, TypeIndex type, const json::Value& object,
                             const RecordPtr& before) {
  LAB_ASSIGN_OR_RETURN(kube::ObjectMeta meta, kube::ReadMeta(object));
  if (!watched.keep_labels) meta.labels.clear();
  std::erase_if(meta.annotations, [&](const auto& item) {
    return watched.annotation_prefix.empty() || !item.first.starts_with(watched.annotation_prefix);
  });
  const json::Value none;
  const json::Value* const spec = object.Find("spec");
  const json::Value* const status = object.Find("status");
  const std::string whole = TextOf(status);
  const std::string kept =
      watched.project_status ? watched.project_status(status != nullptr ? *status : none) : "";
  RecordParts parts{
      .type = type,
      .meta = std::move(meta),
      .spec = watched.specs->Pack(TextOf(spec), before ? before->spec() : PackedText()),
      .status = watched.statuses->Pack(kept, before ? before->status() : PackedText()),
      .status_hash = Fnv1a(whole),
      .ready = status != nullptr && SaysReady(*status)};
  if (watched.index) {
    parts.index_values = watched.index(parts.meta.key(), spec != nullptr ? *spec : none,
                                       status != nullptr ? *status : none);
  }
  return MakeRecord(std::move(parts), *watched.memory);
}

}  // namespace labgallery::runtime
