// ARM ids taken apart, as far as a server needs it: type, parent, name, scope. Names keep the
// spelling of the request; keys are lower case, because ARM compares without case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labgallery::azure_simulator {

struct ResourcePath {
  std::string id;              // as written, without a trailing slash
  std::string key;             // lower case
  std::string subscription;    // empty at tenant scope
  std::string resource_group;  // empty at subscription scope
  std::string type;            // lower case, "microsoft.compute/galleries/images"
  std::string name;            // the last segment
  std::string parent;          // key of the parent resource, or of the scope it hangs on
};

/// Takes apart the id of one resource (not of a collection); nothing if it is none. Resource groups
/// have the type "microsoft.resources/resourcegroups", subscriptions
/// "microsoft.resources/subscriptions". An extension's type is that after its last "/providers/",
/// and its parent the scope before it.
std::optional<ResourcePath> ParseResourcePath(std::string_view id);

/// Number of segments of an id: "/a/b" has two.
std::size_t Depth(std::string_view id);

/// How many segments an id of this type has inside a resource group.
std::size_t DepthOfType(std::string_view type);

}  // namespace labgallery::azure_simulator
