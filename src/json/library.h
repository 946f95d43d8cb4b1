// Our values as nlohmann_json's, for the two files that hand them to that library or to valijson.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "src/json/value.h"

namespace labgallery::json {

nlohmann::json ToLibrary(const Value& value);

}  // namespace labgallery::json
