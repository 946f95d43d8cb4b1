// The rows behind Resource Graph: every tracked resource, ordered by id, as it was a while ago.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/azure_simulator/world.h"

namespace labgallery::azure_simulator {

/// One resource as a row; its document is parsed only when something in it is asked for.
class InventoryRow {
 public:
  explicit InventoryRow(const Resource& resource);
  json::Value Get(const std::vector<std::string>& path) const;
  json::Value Whole() const;
  const std::string& key() const { return key_; }

 private:
  const json::Value& Parsed() const;
  json::Value Column(std::string_view name) const;

  const Resource& resource_;
  std::string key_;
  mutable std::optional<json::Value> parsed_;
};

struct InventoryScope {
  std::vector<std::string> subscriptions;  // sorted; empty: all
  std::optional<std::vector<std::string>> types;
  std::string after;  // only rows behind this key
};

/// Until `visit` returns false. Child resources of lab accounts that are no resources of their own
/// in the graph (attachments, switches) and settings' graph_missing are left out.
void VisitInventory(const World& world, const InventoryScope& scope,
                    const std::function<bool(const InventoryRow&)>& visit);

}  // namespace labgallery::azure_simulator
