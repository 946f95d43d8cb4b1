// What a spec says wrong by itself, whatever the world is like: for whoever takes manifests and can
// still send them back.
#pragma once

#include <string>

#include "controller/domain/names.h"
#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::domain {

/// Success, or the kInvalidInput with which an object of that kind and name would become
/// InvalidSpec: "spec.field: reason", joined by "; ". `spec` has the defaults of the schema.
Status CheckSpec(Kind kind, const json::Value& spec, const std::string& object_name);

}  // namespace labgallery::domain
