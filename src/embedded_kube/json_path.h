// The part of kubectl's JSONPath that printer columns use: .a.b, ['a'], [0], [*],
// [?(@.type=="Ready")].
#pragma once

#include <string_view>
#include <vector>

#include "src/json/value.h"

namespace labgallery::embedded_kube {

/// The values that the path leads to, in order; none where it leads nowhere or cannot be read.
std::vector<const json::Value*> FindByPath(const json::Value& value, std::string_view path);

}  // namespace labgallery::embedded_kube
