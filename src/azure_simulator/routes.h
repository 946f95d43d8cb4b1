// Every request that the simulator understands, as one table: method, path, handler, and what ARM
// needs to know to check and count it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

enum class RouteKind {
  kResource,   // ARM, counted by its method
  kQuery,      // ARM, a POST that only reads
  kOperation,  // ARM, the URL of an operation
  kDirectory,  // Microsoft Graph: a token, but no api-version
  kOpen,       // login and metadata: neither
};

struct Route {
  http::Method method;
  std::string_view pattern;  // "{x}" takes one segment, a leading "{*}" any number
  Answer (*handler)(World&, const Call&);
  RouteKind kind = RouteKind::kResource;
  std::string_view provider = {};  // that has to be registered for writes
  std::string_view policy = {};    // Compute's, whose buckets count it
  std::string_view since = {};     // the first api-version that knows it
};

/// The route of a request; `params` gets what the placeholders stand for. Null if there is none.
const Route* FindRoute(http::Method method, const std::string& path,
                       std::vector<std::string>& params);

std::span<const Route> Routes();

}  // namespace labgallery::azure_simulator
