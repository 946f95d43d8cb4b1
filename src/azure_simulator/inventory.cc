#include "src/azure_simulator/inventory.h"

#include <algorithm>
#include <array>
#include <set>

#include "src/azure_simulator/resource_path.h"
#include "src/azure_simulator/resource_types.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr auto kTypes = std::to_array<std::string_view>(
    {"microsoft.compute/galleries", "microsoft.compute/galleries/images",
     "microsoft.compute/galleries/images/versions", "microsoft.compute/images",
     "microsoft.compute/disks", "microsoft.compute/snapshots", "microsoft.compute/virtualmachines",
     "microsoft.labservices/labaccounts"});

constexpr auto kColumns = std::to_array<std::string_view>(
    {"id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId",
     "managedBy", "sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation"});

constexpr std::string_view kTenant = "72f988bf-0000-4000-8000-000000000000";

using Past = std::map<std::string, std::optional<Resource>>;

/// The resources of one depth in one scope, or those of the past; both ordered by key.
class Cursor {
 public:
  Cursor(const Resources& resources, std::size_t depth, const std::string& prefix,
         const std::string& after)
      : map_(resources.all()), depth_(depth), prefix_(prefix) {
    at_ = after < prefix ? map_.lower_bound({depth, prefix}) : map_.upper_bound({depth, after});
  }
  const Resource* current() const {
    const bool over = at_ == map_.end() || at_->first.first != depth_ ||
                      !std::string_view(at_->first.second).starts_with(prefix_);
    return over ? nullptr : &at_->second;
  }
  const std::string& key() const { return at_->first.second; }
  void Next() { ++at_; }

 private:
  const Resources::Map& map_;
  std::size_t depth_;
  std::string prefix_;
  Resources::Map::const_iterator at_;
};

/// Walks several depths of one scope at once, in the order of the ids.
class Walk {
 public:
  Walk(const World& world, const InventoryScope& scope, const Past& past)
      : world_(world), scope_(scope), past_(past) {
    for (const std::string_view type : kTypes) {
      const bool wanted =
          !scope.types || std::count(scope.types->begin(), scope.types->end(), type) > 0;
      if (!wanted) continue;
      types_.insert(type);
      depths_.insert(DepthOfType(type));
    }
  }

  /// False once `visit` has.
  bool Under(const std::string& prefix,
             const std::function<bool(const InventoryRow&)>& visit) const {
    std::vector<Cursor> cursors;
    for (const std::size_t depth : depths_) {
      cursors.emplace_back(world_.resources, depth, prefix, scope_.after);
    }
    auto past = past_.upper_bound(std::max(prefix, scope_.after));
    while (true) {
      Cursor* next = First(cursors);
      const bool has_past = past != past_.end() && past->first.starts_with(prefix);
      if (next == nullptr && !has_past) return true;
      const bool from_past = has_past && (next == nullptr || past->first <= next->key());
      const Resource* resource = nullptr;
      if (from_past) {
        if (next != nullptr && next->key() == past->first) next->Next();
        if (past->second) resource = &*past->second;
        ++past;
      } else {
        resource = next->current();
        next->Next();
      }
      if (resource != nullptr && IsShown(*resource) && !visit(InventoryRow(*resource)))
        return false;
    }
  }

 private:
  static Cursor* First(std::vector<Cursor>& cursors) {
    Cursor* first = nullptr;
    for (Cursor& cursor : cursors) {
      if (cursor.current() == nullptr) continue;
      if (first == nullptr || cursor.key() < first->key()) first = &cursor;
    }
    return first;
  }

  bool IsShown(const Resource& resource) const {
    return types_.contains(resource.type) &&
           !world_.settings.graph_missing.contains(Lower(resource.id));
  }

  const World& world_;
  const InventoryScope& scope_;
  const Past& past_;
  std::set<std::string_view> types_;
  std::set<std::size_t> depths_;
};

json::Value Follow(const json::Value& value, const std::vector<std::string>& path) {
  const json::Value* at = &value;
  for (std::size_t i = 1; i < path.size() && at != nullptr; ++i) {
    const json::Value* next = at->Find(path[i]);
    if (next == nullptr && at->IsObject()) {
      // Property names compare without case here, unlike in JSON.
      for (const auto& [name, member] : *at->AsObject()) {
        if (EqualsIgnoreCase(name, path[i])) next = &member;
      }
    }
    at = next;
  }
  return at == nullptr ? json::Value() : *at;
}

}  // namespace

InventoryRow::InventoryRow(const Resource& resource)
    : resource_(resource), key_(Lower(resource.id)) {}

const json::Value& InventoryRow::Parsed() const {
  if (!parsed_) {
    parsed_ = Document(resource_);
    if (json::Value* properties = parsed_->Find("properties")) {
      properties->Set("provisioningState", resource_.state);
    }
  }
  return *parsed_;
}

json::Value InventoryRow::Column(std::string_view name) const {
  const std::string column = Lower(name);
  if (column == "id") return resource_.id;
  if (column == "name") return resource_.id.substr(resource_.id.rfind('/') + 1);
  if (column == "type") return resource_.type;
  if (column == "location") return resource_.location;
  if (column == "tenantid") return kTenant;
  if (column == "kind" || column == "managedby") return "";
  const auto path = ParseResourcePath(resource_.id);
  if (column == "subscriptionid") return path ? path->subscription : "";
  if (column == "resourcegroup") return path ? Lower(path->resource_group) : "";
  const json::Value* member = Parsed().Find(column);
  return member == nullptr ? json::Value() : *member;
}

json::Value InventoryRow::Get(const std::vector<std::string>& path) const {
  return Follow(Column(path.front()), path);
}

json::Value InventoryRow::Whole() const {
  json::Value row;
  for (const std::string_view column : kColumns) row.Set(column, Column(column));
  return row;
}

void VisitInventory(const World& world, const InventoryScope& scope,
                    const std::function<bool(const InventoryRow&)>& visit) {
  const Duration lag = world.settings.graph_lag;
  const Past past =
      lag == Duration::zero() ? Past() : world.resources.ChangedSince(world.now - lag);
  const Walk walk(world, scope, past);
  if (scope.subscriptions.empty()) {
    walk.Under("/subscriptions/", visit);
    return;
  }
  for (const std::string& subscription : scope.subscriptions) {
    if (!walk.Under("/subscriptions/" + subscription + "/", visit)) return;
  }
}

}  // namespace labgallery::azure_simulator
