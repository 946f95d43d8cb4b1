// The final objects as one Kubernetes List, for `-o json` and `-o yaml`.
#pragma once

#include <stop_token>
#include <string>

#include "src/base/result.h"
#include "src/json/value.h"
#include "src/kube/client/client.h"

namespace labgallery::cli {

/// All objects of our kinds in a v1 List, by kind in the order in which they depend on each other,
/// then by key. Blocks for the requests.
Result<json::Value> ReadObjectList(kube::Client& client, const std::stop_token& stop);

std::string AsJson(const json::Value& list);
std::string AsYaml(const json::Value& list);

}  // namespace labgallery::cli
