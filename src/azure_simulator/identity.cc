// Login, the cloud's own description, and the directory: what a client needs before its first ARM
// request.
#include <regex>

#include "src/azure_simulator/render.h"
#include "src/azure_simulator/role_assignments.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::int64_t kTokenSeconds = 3599;

http::Response TokenError(const std::string& code, const std::string& description) {
  json::Value body;
  body.Set("error", code);
  body.Set("error_description", description);
  body.Set("error_codes", json::Value::Array());
  return Json(code == "invalid_client" ? 401 : 400, body);
}

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

Answer IssueToken(World& world, const Call& call) {
  const auto field = [&call](std::string_view name) {
    return http::QueryValue(call.request.body, name).value_or("");
  };
  if (field("grant_type") != "client_credentials") {
    return TokenError("unsupported_grant_type", "Only client_credentials is offered.");
  }
  if (field("client_id").empty() || (field("scope").empty() && field("resource").empty())) {
    return TokenError("invalid_request", "client_id and scope are required.");
  }
  if (field("client_secret").empty() && field("client_assertion").empty()) {
    return TokenError("invalid_client", "A client secret or a client assertion is required.");
  }
  json::Value token;
  token.Set("token_type", "Bearer");
  token.Set("expires_in", kTokenSeconds);
  token.Set("ext_expires_in", kTokenSeconds);
  token.Set("access_token", "simulated." + world.random.Uuid());
  return Json(200, token);
}

Answer GetMetadata(World&, const Call& call) {
  // Newer versions answer with the cloud itself, 2019-05-01 with a list of the clouds that are
  // known.
  const json::Value cloud = Cloud(call.base_url, "AzureSimulator");
  if (call.api_version >= "2020-06-01") return Json(200, cloud);
  return Json(200, json::Value::Array{cloud});
}

Answer GetServicePrincipal(World& world, const Call& call) {
  static const std::regex form(R"(.*servicePrincipals\(appId='([^']+)'\))", std::regex::icase);
  std::smatch match;
  if (!std::regex_match(call.path, match, form)) return NotModelled(call.path);
  const std::string application = match[1].str();
  const std::string object = PrincipalOf(world, application);
  if (object.empty()) {
    return GraphError(404, "Request_ResourceNotFound",
                      "Resource '" + application + "' does not exist.");
  }
  return Json(200, RenderPrincipal(application, object));
}

Answer ListServicePrincipals(World& world, const Call& call) {
  static const std::regex form(R"(\s*appId\s+eq\s+'([^']+)'\s*)", std::regex::icase);
  const std::string filter = QueryOf(call, "$filter");
  std::smatch match;
  if (!std::regex_match(filter, match, form)) return NotModelled("the filter '" + filter + "'");
  json::Value items = json::Value::Array();
  const std::string object = PrincipalOf(world, match[1].str());
  if (!object.empty()) items.Push(RenderPrincipal(match[1].str(), object));
  return Json(200, json::Value::Object{{"value", std::move(items)}});
}

}  // namespace labgallery::azure_simulator
