#include "src/azure_simulator/subscriptions.h"

#include <array>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/catalogue.h"
#include "src/azure_simulator/render.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kGroups = "microsoft.resources/resourcegroups";
constexpr std::array<std::string_view, 4> kProviders{
    "Microsoft.Authorization", "Microsoft.Compute", "Microsoft.LabServices", "Microsoft.Resources"};

constexpr std::string_view kRegistered = "Registered";

std::string SubscriptionId(const Call& call) { return Lower(call.params.front()); }

json::Value RenderSubscription(const std::string& id) {
  json::Value shown;
  shown.Set("id", "/subscriptions/" + id);
  shown.Set("subscriptionId", id);
  shown.Set("tenantId", kTenant);
  shown.Set("displayName", "Subscription " + id);
  shown.Set("state", "Enabled");
  return shown;
}

json::Value Metadata(const Region& region, const std::string& subscription) {
  json::Value metadata;
  if (region.kind == Region::Kind::kLogical) {
    metadata.Set("regionType", "Logical");
    metadata.Set("regionCategory", "Other");
    return metadata;
  }
  const bool edge = region.kind == Region::Kind::kEdgeZone;
  metadata.Set("regionType", "Physical");
  const std::string_view category = region.restricted ? "Other" : "Recommended";
  metadata.Set("regionCategory", edge ? "Extended" : category);
  metadata.Set("geography", region.geography);
  metadata.Set("geographyGroup", region.group);
  if (edge) {
    metadata.Set("homeLocation", region.pair);
    return metadata;
  }
  json::Value& pairs = metadata.Set("pairedRegion", json::Value::Array());
  if (!region.pair.empty()) {
    json::Value pair;
    pair.Set("name", region.pair);
    pair.Set("id", "/subscriptions/" + subscription + "/locations/" + std::string(region.pair));
    pairs.Push(std::move(pair));
  }
  return metadata;
}

json::Value RenderLocation(const Region& region, const std::string& subscription) {
  json::Value shown;
  shown.Set("id", "/subscriptions/" + subscription + "/locations/" + std::string(region.name));
  shown.Set("name", region.name);
  shown.Set("type", region.kind == Region::Kind::kEdgeZone ? "EdgeZone" : "Region");
  shown.Set("displayName", region.display);
  shown.Set("regionalDisplayName", region.group.empty() ? std::string(region.display)
                                                        : "(" + std::string(region.group) + ") " +
                                                              std::string(region.display));
  shown.Set("metadata", Metadata(region, subscription));
  if (region.zones) {
    json::Value& zones = shown.Set("availabilityZoneMappings", json::Value::Array());
    for (const std::string zone : {"1", "2", "3"}) {
      zones.Push(json::Value::Object{
          {"logicalZone", json::Value(zone)},
          {"physicalZone", json::Value(std::string(region.name) + "-az" + zone)}});
    }
  }
  return shown;
}

json::Value RenderType(const World& world, const ResourceType& type, std::string_view provider) {
  json::Value shown;
  shown.Set("resourceType", type.shown.substr(provider.size() + 1));
  json::Value& locations = shown.Set("locations", json::Value::Array());
  for (const Region& region : Regions()) {
    const bool offered =
        region.kind == Region::Kind::kPhysical && IsOffered(world, type, region.name);
    if (offered) locations.Push(region.display);
  }
  json::Value versions = json::Value::Array();
  // Labs of the second generation lie beside their plan, those of the first below their account.
  const bool plans = type.type.find("/labaccounts") == std::string_view::npos;
  if (provider == "Microsoft.LabServices" && plans) {
    for (const auto* version : {"2023-06-07", "2022-08-01"}) versions.Push(version);
  } else if (provider == "Microsoft.LabServices") {
    for (const auto* version : {"2019-01-01-preview", "2018-10-15"}) versions.Push(version);
  } else {
    for (const auto* version : {"2025-12-03", "2025-03-03", "2024-03-03", "2023-07-03"}) {
      versions.Push(version);
    }
  }
  shown.Set("apiVersions", std::move(versions));
  return shown;
}

std::string_view RegistrationState(const World& world, const std::string& subscription,
                                   const std::string& provider) {
  if (!world.settings.unregistered_providers.contains(Lower(provider))) return kRegistered;
  const auto asked = world.registered.find(Lower(subscription));
  if (asked == world.registered.end()) return "NotRegistered";
  const auto at = asked->second.find(Lower(provider));
  if (at == asked->second.end()) return "NotRegistered";
  return at->second <= world.now ? kRegistered : "Registering";
}

json::Value RenderProvider(const World& world, const std::string& subscription,
                           std::string_view provider) {
  json::Value shown;
  shown.Set("id", "/subscriptions/" + subscription + "/providers/" + std::string(provider));
  shown.Set("namespace", provider);
  shown.Set("registrationPolicy", "RegistrationRequired");
  shown.Set("registrationState", RegistrationState(world, subscription, std::string(provider)));
  json::Value& types = shown.Set("resourceTypes", json::Value::Array());
  for (const ResourceType& type : ResourceTypes()) {
    if (ProviderOf(type) == provider) types.Push(RenderType(world, type, provider));
  }
  return shown;
}

Outcome<std::string_view> KnownProvider(const std::string& name) {
  for (const std::string_view provider : kProviders) {
    if (EqualsIgnoreCase(provider, name)) return provider;
  }
  return ArmError{
      404, "InvalidResourceNamespace", "The resource namespace '" + name + "' is invalid.", {}};
}

}  // namespace

Answer ListTenants(World&, const Call& call) {
  json::Value tenant;
  tenant.Set("id", "/tenants/" + std::string(kTenant));
  tenant.Set("tenantId", kTenant);
  tenant.Set("displayName", "Simulated");
  tenant.Set("tenantCategory", "Home");
  return Json(200, Page(json::Value::Array{std::move(tenant)}, call, ""));
}

Answer ListSubscriptions(World& world, const Call& call) {
  std::set<std::string> known = world.settings.subscriptions;
  if (known.empty()) {
    world.resources.Visit(DepthOfType(kGroups), "/subscriptions/", "", [&](const Resource& group) {
      if (const auto path = ParseResourcePath(group.id)) known.insert(path->subscription);
      return true;
    });
  }
  json::Value items = json::Value::Array();
  for (const std::string& id : known) items.Push(RenderSubscription(id));
  return Json(200, Page(std::move(items), call, ""));
}

Answer GetSubscription(World&, const Call& call) {
  return Json(200, RenderSubscription(SubscriptionId(call)));
}

Answer ListLocations(World&, const Call& call) {
  const bool extended = EqualsIgnoreCase(QueryOf(call, "includeExtendedLocations"), "true");
  json::Value items = json::Value::Array();
  for (const Region& region : Regions()) {
    if (region.kind == Region::Kind::kEdgeZone && !extended) continue;
    items.Push(RenderLocation(region, SubscriptionId(call)));
  }
  return Json(200, Page(std::move(items), call, ""));
}

Answer ListProviders(World& world, const Call& call) {
  json::Value items = json::Value::Array();
  for (const std::string_view provider : kProviders) {
    items.Push(RenderProvider(world, SubscriptionId(call), provider));
  }
  return Json(200, Page(std::move(items), call, ""));
}

Answer GetProvider(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const std::string_view provider, KnownProvider(call.params.back()));
  return Json(200, RenderProvider(world, SubscriptionId(call), provider));
}

Answer RegisterProvider(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const std::string_view provider, KnownProvider(call.params.back()));
  world.registered[SubscriptionId(call)].try_emplace(Lower(provider),
                                                     world.now + world.settings.registration);
  world.cloud_changed = true;
  return Json(200, RenderProvider(world, SubscriptionId(call), provider));
}

bool IsRegistered(const World& world, const std::string& subscription,
                  const std::string& provider) {
  return RegistrationState(world, subscription, provider) == kRegistered;
}

}  // namespace labgallery::azure_simulator
