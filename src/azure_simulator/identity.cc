// The cloud's own description and its directory: what a client needs before its first ARM request.
// Login is in login.cc.
#include <regex>

#include "src/azure_simulator/render.h"
#include "src/azure_simulator/role_assignments.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

json::Value Cloud(const std::string& origin, const std::string& name) {
  json::Value authentication;
  authentication.Set("loginEndpoint", origin);
  authentication.Set("audiences", json::Value::Array{json::Value(origin + "/")});
  authentication.Set("tenant", "common");
  authentication.Set("identityProvider", "AAD");
  json::Value cloud;
  cloud.Set("name", name);
  cloud.Set("authentication", std::move(authentication));
  cloud.Set("resourceManager", origin);
  cloud.Set("microsoftGraphResourceId", origin + "/");
  cloud.Set("graphAudience", origin + "/");
  cloud.Set("graph", origin + "/");
  cloud.Set("suffixes", json::Value::Object());
  return cloud;
}

/// As msrestazure's azure_cloud.py reads it, at 2015-01-01.
json::Value FirstCloud(const std::string& origin) {
  json::Value authentication;
  authentication.Set("loginEndpoint", origin);
  authentication.Set("audiences", json::Value::Array{json::Value(origin + "/")});
  json::Value cloud;
  for (const std::string_view name : {"galleryEndpoint", "graphEndpoint", "portalEndpoint"}) {
    cloud.Set(name, origin + "/");
  }
  cloud.Set("authentication", std::move(authentication));
  return cloud;
}

json::Value RenderPrincipal(const std::string& application, const std::string& object) {
  json::Value shown;
  shown.Set("id", object);
  shown.Set("appId", application);
  shown.Set("displayName", "Azure Lab Services");
  shown.Set("servicePrincipalType", "Application");
  return shown;
}

http::Response GraphError(int status, const std::string& code, const std::string& message) {
  return ErrorResponse({status, code, message, {}});
}

}  // namespace

Answer GetMetadata(World&, const Call& call) {
  // Newer versions answer with the cloud itself, 2019-05-01 with a list of the clouds that are
  // known, the first one with a cloud in the words of its time.
  if (call.api_version < "2018") return Json(200, FirstCloud(call.base_url));
  const json::Value cloud = Cloud(call.base_url, "AzureSimulator");
  if (call.api_version >= "2020-06-01") return Json(200, cloud);
  return Json(200, json::Value::Array{cloud});
}

Answer GetServicePrincipal(World& world, const Call& call) {
  static const std::regex kForm(R"(.*servicePrincipals\(appId='([^']+)'\))", std::regex::icase);
  std::smatch match;
  if (!std::regex_match(call.path, match, kForm)) return NotModelled(call.path);
  const std::string application = match[1].str();
  const std::string object = PrincipalOf(world, application);
  if (object.empty()) {
    return GraphError(404, "Request_ResourceNotFound",
                      "Resource '" + application + "' does not exist.");
  }
  return Json(200, RenderPrincipal(application, object));
}

Answer ListServicePrincipals(World& world, const Call& call) {
  static const std::regex kForm(R"(\s*appId\s+eq\s+'([^']+)'\s*)", std::regex::icase);
  const std::string filter = QueryOf(call, "$filter");
  std::smatch match;
  if (!std::regex_match(filter, match, kForm)) return NotModelled("the filter '" + filter + "'");
  json::Value items = json::Value::Array();
  const std::string object = PrincipalOf(world, match[1].str());
  if (!object.empty()) items.Push(RenderPrincipal(match[1].str(), object));
  return Json(200, json::Value::Object{{"value", std::move(items)}});
}

}  // namespace labgallery::azure_simulator
