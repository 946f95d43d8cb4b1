#include "src/azure_simulator/render.h"

#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/resource_path.h"
#include "src/azure_simulator/resource_types.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kVersion = "microsoft.compute/galleries/images/versions";
constexpr std::string_view kGallery = "microsoft.compute/galleries";

/// The id with its resource group in upper case.
std::string UpperGroup(const std::string& id) {
  std::vector<std::string> pieces = Split(id, '/');
  if (pieces.size() < 5) return id;
  for (char& c : pieces[4]) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return Join(pieces, "/");
}

/// Sizes are known, and shown, once the version has been made.
void HideSizes(json::Value& properties) {
  json::Value* storage = properties.Find("storageProfile");
  if (storage == nullptr) return;
  if (json::Value* os_disk = storage->Find("osDiskImage")) os_disk->Remove("sizeInGB");
  json::Value* disks = storage->Find("dataDiskImages");
  if (disks == nullptr || !disks->IsArray()) return;
  for (json::Value& disk : disks->MakeArray()) disk.Remove("sizeInGB");
}

void RenderVersion(const World& world, const Resource& version, const View& view,
                   json::Value& properties) {
  if (version.state == "Creating") HideSizes(properties);
  if (view.is_get) {
    properties.Set("validationsProfile",
                   json::Value::Object{{"validationOperationStatus", json::Value("NotExecuted")}});
  }
  if (view.replication) properties.Set("replicationStatus", ReplicationStatus(world, version));
}

}  // namespace

json::Value Render(const World& world, const Resource& resource, const View& view) {
  json::Value shown = Document(resource);
  const ResourceType* type = FindType(resource.type);
  const bool upper =
      view.in_list && resource.type == kGallery && world.settings.upper_case_group_in_lists;
  shown.Set("id", upper ? UpperGroup(resource.id) : resource.id);
  shown.Set("name", resource.id.substr(resource.id.rfind('/') + 1));
  if (type != nullptr) shown.Set("type", type->shown);
  json::Value* properties = shown.Find("properties");
  if (properties == nullptr) properties = &shown.Set("properties", json::Value::Object());
  properties->Set("provisioningState", resource.state);
  if (resource.type == kVersion) RenderVersion(world, resource, view, *properties);
  return shown;
}

json::Value Page(json::Value items, const Call& call, const std::string& next) {
  json::Value page;
  page.Set("value", std::move(items));
  if (next.empty()) return page;
  std::vector<std::pair<std::string, std::string>> query;
  for (auto& [name, value] : http::ParseQuery(call.query)) {
    if (!EqualsIgnoreCase(name, "$skiptoken")) query.emplace_back(name, value);
  }
  query.emplace_back("$skiptoken", next);
  page.Set("nextLink", call.base_url + http::EscapePath(call.path) + "?" + http::BuildQuery(query));
  return page;
}

http::Response RenderList(const World& world, const Call& call, const Collection& collection) {
  // Tokens are "-" for the start and otherwise the key after which to go on.
  std::string after = QueryOf(call, "$skiptoken");
  json::Value items = json::Value::Array();
  if (after.empty() && world.settings.empty_first_page) {
    return Json(200, Page(std::move(items), call, "-"));
  }
  const bool first = after.empty() || after == "-";
  if (after == "-") after.clear();
  std::int64_t count = 0;
  std::string last;
  bool more = false;
  world.resources.Visit(collection.depth, collection.prefix, after, [&](const Resource& resource) {
    if (resource.type != collection.type) return true;
    more = count == world.settings.page_size;
    if (more) return false;
    json::Value item = Render(world, resource, {.in_list = true});
    if (first && count == 0 && world.settings.duplicates_in_lists &&
        collection.type.starts_with("microsoft.labservices/")) {
      items.Push(item);
    }
    items.Push(std::move(item));
    last = Lower(resource.id);
    ++count;
    return true;
  });
  return Json(200, Page(std::move(items), call, more ? last : ""));
}

Collection ChildrenOf(std::string_view parent_id, std::string_view name, std::string_view type) {
  return {.depth = Depth(parent_id) + 2,
          .prefix = std::string(parent_id) + "/" + std::string(name) + "/",
          .type = std::string(type)};
}

}  // namespace labgallery::azure_simulator
