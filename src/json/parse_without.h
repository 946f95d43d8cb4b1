// For texts of which a large part is of no interest.
#pragma once

#include <string_view>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::json {

/// As Parse, but a member `name` of a member `parent`, wherever that stands, is read over: no tree
/// is made of it.
Result<Value> ParseWithout(std::string_view parent, std::string_view name, std::string_view text);

}  // namespace labgallery::json
