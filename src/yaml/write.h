// JSON values as YAML for people (`-o yaml`), laid out as kubectl does it: block style, two blanks,
// lists flush with their key, members sorted.
#pragma once

#include <string>

#include "src/json/value.h"

namespace labgallery::yaml {

/// One document without a marker. What ParseYaml reads from it equals `value`; so does what a
/// reader of YAML 1.1 or 1.2 reads, because every string that either could take for something else
/// is quoted.
std::string ToYaml(const json::Value& value);

}  // namespace labgallery::yaml
