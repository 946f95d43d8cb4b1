#include "src/azure_simulator/lab_accounts.h"

#include <array>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.labservices/labaccounts";
constexpr std::array<std::string_view, 3> kSizes{"Basic", "Standard", "Performance"};

Check CheckName(const std::string& name) {
  bool valid = !name.empty() && name.size() <= 100;
  for (const char c : name) {
    valid = valid && (std::string_view("-_.()").find(c) != std::string_view::npos ||
                      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
  }
  if (valid) return {};
  return ArmError{400, "InvalidResourceName", "The lab account's name is invalid.", "name"};
}

Answer Store(World& world, const Call& call, const ResourcePath& path, json::Value document) {
  const Resource* existing = world.resources.Find(path.id);
  json::Value& properties = *document.Find("properties");
  if (properties.Find("enabledRegionSelection") == nullptr) {
    properties.Set("enabledRegionSelection", false);
  }
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .takes = world.settings.account_write};
  if (existing == nullptr) {
    write.resource.id = CanonicalId(world, path);
    properties.Set("uniqueIdentifier", world.random.Uuid());
  } else {
    properties.Set("uniqueIdentifier", Property(Document(*existing), "uniqueIdentifier"));
  }
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

json::Value SizeConfiguration() {
  json::Value sizes = json::Value::Array();
  for (const std::string_view size : kSizes) {
    sizes.Push(json::Value::Object{{"name", json::Value(size)},
                                   {"vmSizes", json::Value(json::Value::Array())}});
  }
  json::Value configuration;
  configuration.Set("environmentSizes", std::move(sizes));
  return configuration;
}

}  // namespace

Answer PutLabAccount(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckName(path.name));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  if (existing == nullptr && world.settings.new_accounts_refused) {
    return ArmError{400, "OperationNotAllowed", "New lab accounts can no longer be created.", {}};
  }
  LAB_ASSIGN_OR_RETURN(json::Value document, PutDocument(world, call, *FindType(kType), existing));
  return Store(world, call, path, std::move(document));
}

Answer PatchLabAccount(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  if (existing == nullptr) return ResourceNotFound("Microsoft.LabServices/labAccounts", path.name);
  LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PatchedDocument(world, call, *FindType(kType), *existing));
  return Store(world, call, path, std::move(document));
}

Answer GetLabAccount(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* account = world.resources.Find(path.id);
  if (account == nullptr) return ResourceNotFound("Microsoft.LabServices/labAccounts", path.name);
  json::Value shown = Render(world, *account, {.is_get = true});
  if (Lower(QueryOf(call, "$expand")).find("sizeconfiguration") != std::string::npos) {
    shown.Find("properties")->Set("sizeConfiguration", SizeConfiguration());
  }
  return Json(200, shown);
}

Answer DeleteLabAccount(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* account = world.resources.Find(path.id);
  if (account == nullptr) return Empty(204);
  if (world.resources.HasAny(Depth(account->id) + 2, account->id + "/labs/")) {
    return ArmError{409, "CannotDeleteResource",
                    "The lab account '" + path.name + "' still has labs.", path.name};
  }
  if (account->state != "Deleting") LAB_RETURN_IF_ERROR(NotBusy(world, *account));
  return AcceptDelete(world, call, *account, {.takes = world.settings.account_delete});
}

Answer ListLabAccounts(World& world, const Call& call) {
  const auto scope = ParseResourcePath(call.path.substr(0, Lower(call.path).rfind("/providers/")));
  std::string prefix = scope->id;
  prefix += scope->resource_group.empty() ? "/resourcegroups/"
                                          : "/providers/microsoft.labservices/labaccounts/";
  return RenderList(world, call, {DepthOfType(kType), prefix, std::string(kType)});
}

Answer GetRegionalAvailability(World& world, const Call& call) {
  const std::string id = call.path.substr(0, call.path.rfind('/'));
  if (world.resources.Find(id) == nullptr) {
    return ResourceNotFound("Microsoft.LabServices/labAccounts", id.substr(id.rfind('/') + 1));
  }
  json::Value regions = json::Value::Array();
  for (const Region& region : Regions()) {
    if (!IsOffered(world, *FindType(kType), region.name)) continue;
    json::Value sizes = json::Value::Array();
    for (const std::string_view size : kSizes) {
      sizes.Push(json::Value::Object{{"sizeCategory", json::Value(size)},
                                     {"isAvailable", json::Value(true)}});
    }
    regions.Push(json::Value::Object{{"region", json::Value(region.name)},
                                     {"sizeAvailabilities", std::move(sizes)}});
  }
  return Json(200, json::Value::Object{{"regionalAvailability", std::move(regions)}});
}

}  // namespace labgallery::azure_simulator
