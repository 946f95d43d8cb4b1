// In which form objects are answered, as the Accept header asks: whole, their metadata only, or as
// a table for people. Turns stored objects into the texts of answers and events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/embedded_kube/call.h"
#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/storage.h"

namespace labgallery::embedded_kube {

/// One alternative of an Accept header.
struct MediaRange {
  std::string type;   // "application/json"
  std::string as;     // "Table", "PartialObjectMetadata", ...
  std::string group;  // of `as`
  std::string version;
};
std::vector<MediaRange> ParseAccept(const http::Request& request);

struct ListMetadata {
  std::int64_t version = 0;
  std::string continue_token;
  std::optional<std::int64_t> remaining;
};

class Presentation {
 public:
  /// The first form of the Accept header that is known here. `clock` outlives the presentation.
  static Outcome<Presentation> Of(const Call& call, const Clock& clock);

  std::string Object(const Resource& resource, const StoredObject& object) const;
  std::string List(const Resource& resource, const std::vector<ObjectPtr>& objects,
                   const ListMetadata& metadata) const;

 private:
  enum class Form { kWhole, kMetadata, kTable };
  enum class RowObject { kNone, kMetadata, kWhole };
  std::string Table(const Resource& resource, const std::vector<const StoredObject*>& objects,
                    json::Value metadata) const;

  Form form_ = Form::kWhole;
  RowObject row_object_ = RowObject::kMetadata;
  const Clock* clock_ = nullptr;  // ages in a table count from its present
};

/// Only apiVersion, kind and metadata, as a PartialObjectMetadata.
json::Value PartialMetadata(const json::Value& object);

}  // namespace labgallery::embedded_kube
