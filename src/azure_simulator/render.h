// Resources as ARM shows them in answers.
#pragma once

#include <string_view>

#include "src/azure_simulator/world.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

struct View {
  bool is_get = false;       // a GET of the resource itself shows more than a write's answer
  bool in_list = false;      // gallery lists spell the resource group in upper case
  bool replication = false;  // $expand=ReplicationStatus
};

json::Value Render(const World& world, const Resource& resource, const View& view = {});

/// One page of resources, in the order of their ids: those that lie directly under `prefix` (which
/// ends in
/// '/') with `depth` segments and are of `type`. Paging by $skiptoken; nextLink is absolute.
struct Collection {
  std::size_t depth = 0;
  std::string prefix;
  std::string type;
};
http::Response RenderList(const World& world, const Call& call, const Collection& collection);

/// The collection `name` of a resource.
Collection ChildrenOf(std::string_view parent_id, std::string_view name, std::string_view type);

/// {value, nextLink} from items that are already there; nextLink only if `next` is not empty.
json::Value Page(json::Value items, const Call& call, const std::string& next);

}  // namespace labgallery::azure_simulator
