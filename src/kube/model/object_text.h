// What an API server says of objects, as values.
#pragma once

#include <string_view>

#include "src/json/parse_without.h"

namespace labgallery::kube {

/// An object, a list of objects or an event of a watch. Without metadata.managedFields: who applied
/// which field is nobody's business here, and most of an object's text.
inline Result<json::Value> ParseObject(std::string_view text) {
  return json::ParseWithout("metadata", "managedFields", text);
}

}  // namespace labgallery::kube
