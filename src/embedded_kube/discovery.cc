#include "src/embedded_kube/discovery.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/base/text.h"
#include "src/embedded_kube/openapi.h"
#include "src/embedded_kube/presentation.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

constexpr const char* kServedVersion = "1.37";  // whose behaviour is followed
constexpr std::array<std::string_view, 3> kStatusVerbs{"get", "patch", "update"};

// The resources of a group, by version.
using Group = std::map<std::string, std::vector<ResourcePtr>>;

std::map<std::string, Group> Groups(const Catalog& catalog) {
  std::map<std::string, Group> groups;
  for (const ResourcePtr& resource : catalog.All()) {
    groups[resource->type.group][resource->type.version].push_back(resource);
  }
  return groups;
}

Value Strings(const std::vector<std::string>& texts) {
  Value list{Value::Array()};
  for (const std::string& text : texts) list.Push(text);
  return list;
}

Value StatusVerbs() {
  Value verbs{Value::Array()};
  for (const std::string_view verb : kStatusVerbs) verbs.Push(verb);
  return verbs;
}

Value GroupVersion(const std::string& group, const std::string& version) {
  Value value;
  value.Set("groupVersion", group + "/" + version);
  value.Set("version", version);
  return value;
}

Value GroupJson(const std::string& name, const Group& group) {
  Value value;
  value.Set("name", name);
  Value& versions = value.Set("versions", Value::Array());
  for (const auto& [version, resources] : group) versions.Push(GroupVersion(name, version));
  value.Set("preferredVersion", GroupVersion(name, group.rbegin()->first));
  return value;
}

Value GroupList(const Catalog& catalog) {
  Value list;
  list.Set("kind", "APIGroupList");
  list.Set("apiVersion", "v1");
  Value& groups = list.Set("groups", Value::Array());
  for (const auto& [name, group] : Groups(catalog)) {
    if (!name.empty()) groups.Push(GroupJson(name, group));
  }
  return list;
}

Value CoreVersions() {
  Value versions;
  versions.Set("kind", "APIVersions");
  versions.Set("versions", Value::Array{Value("v1")});
  Value address;
  address.Set("clientCIDR", "0.0.0.0/0");
  address.Set("serverAddress", "");
  versions.Set("serverAddressByClientCIDRs", Value::Array{std::move(address)});
  return versions;
}

Value ResourceList(const std::string& group_version, const std::vector<ResourcePtr>& resources) {
  Value list;
  list.Set("kind", "APIResourceList");
  list.Set("apiVersion", "v1");
  list.Set("groupVersion", group_version);
  Value& entries = list.Set("resources", Value::Array());
  for (const ResourcePtr& resource : resources) {
    Value entry;
    entry.Set("name", resource->type.plural);
    entry.Set("singularName", resource->singular);
    entry.Set("namespaced", resource->type.namespaced);
    entry.Set("kind", resource->type.kind);
    entry.Set("verbs", Strings(resource->verbs));
    if (!resource->short_names.empty()) entry.Set("shortNames", Strings(resource->short_names));
    if (!resource->categories.empty()) entry.Set("categories", Strings(resource->categories));
    entries.Push(entry);
    if (!resource->has_status) continue;
    Value status;
    status.Set("name", resource->type.plural + "/status");
    status.Set("singularName", "");
    status.Set("namespaced", resource->type.namespaced);
    status.Set("kind", resource->type.kind);
    status.Set("verbs", StatusVerbs());
    entries.Push(std::move(status));
  }
  return list;
}

Value Aggregated(const Resource& resource) {
  Value kind;
  kind.Set("group", resource.type.group);
  kind.Set("version", resource.type.version);
  kind.Set("kind", resource.type.kind);
  Value entry;
  entry.Set("resource", resource.type.plural);
  entry.Set("responseKind", kind);
  entry.Set("scope", resource.type.namespaced ? "Namespaced" : "Cluster");
  entry.Set("singularResource", resource.singular);
  entry.Set("verbs", Strings(resource.verbs));
  if (!resource.short_names.empty()) entry.Set("shortNames", Strings(resource.short_names));
  if (!resource.categories.empty()) entry.Set("categories", Strings(resource.categories));
  if (resource.has_status) {
    Value status;
    status.Set("subresource", "status");
    status.Set("responseKind", std::move(kind));
    status.Set("verbs", StatusVerbs());
    entry.Set("subresources", Value::Array{std::move(status)});
  }
  return entry;
}

// The newer form of discovery: everything below /api or /apis in one answer.
Value AggregatedList(const Catalog& catalog, bool core) {
  Value list;
  list.Set("kind", "APIGroupDiscoveryList");
  list.Set("apiVersion", "apidiscovery.k8s.io/v2");
  list.Set("metadata", Value::Object());
  Value& items = list.Set("items", Value::Array());
  for (const auto& [name, group] : Groups(catalog)) {
    if (name.empty() != core) continue;
    Value item;
    Value& metadata = item.Set("metadata", Value::Object());
    if (!name.empty()) metadata.Set("name", name);
    Value& versions = item.Set("versions", Value::Array());
    for (const auto& [version, resources] : group) {
      Value entry;
      entry.Set("version", version);
      entry.Set("freshness", "Current");
      Value& served = entry.Set("resources", Value::Array());
      for (const ResourcePtr& resource : resources) served.Push(Aggregated(*resource));
      versions.Push(std::move(entry));
    }
    items.Push(std::move(item));
  }
  return list;
}

bool WantsAggregated(const http::Request& request) {
  for (const MediaRange& range : ParseAccept(request)) {
    if (range.type != "application/json") continue;
    if (range.as.empty()) return false;
    if (range.as == "APIGroupDiscoveryList" && range.group == "apidiscovery.k8s.io" &&
        range.version == "v2") {
      return true;
    }
  }
  return false;
}

Value VersionJson() {
  const std::vector<std::string> parts = Split(kServedVersion, '.');
  Value version;
  version.Set("major", parts[0]);
  version.Set("minor", parts[1]);
  version.Set("gitVersion", "v" + std::string(kServedVersion) + ".0-labgallery");
  version.Set("gitCommit", "");
  version.Set("gitTreeState", "clean");
  version.Set("buildDate", "1970-01-01T00:00:00Z");
  version.Set("goVersion", "");
  version.Set("compiler", "");
  version.Set("platform", "linux/amd64");
  return version;
}

http::Response Ok(const Value& body) { return http::JsonResponse(200, json::Dump(body)); }

http::Response AggregatedAnswer(const Catalog& catalog, bool core) {
  http::Response response = Ok(AggregatedList(catalog, core));
  response.headers.Set("Content-Type",
                       "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  return response;
}

// Below /api and /apis: "v1", "group" or "group/version".
std::optional<http::Response> DiscoverGroup(const Catalog& catalog, std::string_view rest,
                                            bool core) {
  const auto groups = Groups(catalog);
  const auto slash = rest.find('/');
  const std::string name(core ? std::string_view() : rest.substr(0, slash));
  const auto group = groups.find(name);
  if (group == groups.end()) return std::nullopt;
  if (!core && slash == std::string_view::npos) {
    Value value = GroupJson(name, group->second);
    value.Set("kind", "APIGroup");
    value.Set("apiVersion", "v1");
    return Ok(value);
  }
  const auto version = group->second.find(std::string(core ? rest : rest.substr(slash + 1)));
  if (version == group->second.end()) return std::nullopt;
  return Ok(ResourceList(core ? version->first : name + "/" + version->first, version->second));
}

}  // namespace

std::optional<http::Response> Discover(const Catalog& catalog, const http::Request& request,
                                       std::string_view path) {
  for (const std::string_view health : {"/healthz", "/readyz", "/livez"}) {
    if (path == health)
      return http::Response{200, {{"Content-Type", "text/plain; charset=utf-8"}}, "ok"};
  }
  if (path == "/version") return Ok(VersionJson());
  if (path == "/api" || path == "/apis") {
    const bool core = path == "/api";
    if (WantsAggregated(request)) return AggregatedAnswer(catalog, core);
    return Ok(core ? CoreVersions() : GroupList(catalog));
  }
  if (path.starts_with("/openapi/v3")) return OpenApi(catalog, path.substr(11));
  if (path.starts_with("/apis/")) return DiscoverGroup(catalog, path.substr(6), false);
  if (path.starts_with("/api/")) return DiscoverGroup(catalog, path.substr(5), true);
  return std::nullopt;
}

}  // namespace labgallery::embedded_kube
