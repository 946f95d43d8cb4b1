// Lists of ARM: pages in two shapes, links to the next one, repeated entries.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::azure {

struct Page {
  std::vector<json::Value> items;
  std::string next_link;  // empty on the last page; opaque
};

/// From {"value": [...], "nextLink": ...} or a bare array. An empty page may have a next one.
/// kProtocol if it is neither.
Result<Page> ReadPage(json::Value body);

/// The link as an absolute URL, if it leads to `origin` (the token goes with it); kProtocol
/// otherwise.
Result<std::string> FollowLink(std::string_view link, std::string_view origin);

/// Collects the items of all pages of one list; of entries with the same id (without case) the
/// first stays, as some providers repeat them.
class ListCollector {
 public:
  void Add(std::vector<json::Value> items);
  /// Those that were added since the last call.
  std::vector<json::Value> Take() { return std::exchange(items_, {}); }

 private:
  std::vector<json::Value> items_;
  std::set<std::string> seen_;
};

}  // namespace labgallery::azure
