// What a structural schema does to a value besides judging it: defaults, dropped nulls, pruning;
// and which names it knows. Walks the schema as it was written. Only Schema uses this.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::json {

/// kInvalidInput, naming the place, if it is not structural (Schema::Compile says what that takes).
Status CheckStructural(const Value& schema, const std::string& path);

void FillDefaults(const Value& schema, Value& value);

/// Appends the paths that were cut. `is_object_root` keeps apiVersion, kind and metadata.
void PruneUnknown(const Value& schema, Value& value, const std::string& path,
                  std::vector<std::string>& cut, bool is_object_root);

/// The schema of the value at a path, or null where the schema says nothing about it.
const Value* SchemaAt(const Value& schema, std::string_view path);

/// "path.name", or "name" below the empty path.
std::string MemberPath(const std::string& path, std::string_view name);

}  // namespace labgallery::json
