#include "src/azure_simulator/dispatch.h"

#include <regex>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/resource_path.h"
#include "src/azure_simulator/routes.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

RequestClass ClassOf(const Route& route) {
  if (route.kind == RouteKind::kQuery || http::IsRead(route.method)) return RequestClass::kRead;
  return route.method == http::Method::kDelete ? RequestClass::kDelete : RequestClass::kWrite;
}

Check CheckToken(const Call& call) {
  const auto header = call.request.headers.Get("Authorization");
  constexpr std::string_view kBearer = "bearer ";
  if (header && header->size() > kBearer.size() &&
      EqualsIgnoreCase(header->substr(0, kBearer.size()), kBearer)) {
    return {};
  }
  return ArmError{401,
                  "AuthenticationFailed",
                  "Authentication failed. The 'Authorization' header is missing.",
                  {}};
}

Check CheckApiVersion(const Route& route, const Call& call) {
  static const std::regex kRule(R"(\d{4}-\d{2}-\d{2}(-[a-z]+)?)");
  if (call.api_version.empty()) {
    return ArmError{400,
                    "MissingApiVersionParameter",
                    "The api-version query parameter (?api-version=) is required for all requests.",
                    {}};
  }
  if (!std::regex_match(call.api_version, kRule)) {
    return ArmError{400,
                    "InvalidApiVersionParameter",
                    "The api-version '" + call.api_version + "' is invalid.",
                    {}};
  }
  if (call.api_version >= route.since) return {};
  return ArmError{
      400,
      "InvalidResourceType",
      "The resource type could not be found for api version '" + call.api_version + "'.",
      {}};
}

Check CheckSubscription(const World& world, const ResourcePath& scope) {
  static const std::regex kRule("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  if (!std::regex_match(scope.subscription, kRule)) {
    return ArmError{
        400,
        "InvalidSubscriptionId",
        "The provided subscription identifier '" + scope.subscription + "' is malformed.",
        {}};
  }
  const auto& known = world.settings.subscriptions;
  if (known.empty() || known.contains(scope.subscription)) return {};
  return ArmError{404,
                  "SubscriptionNotFound",
                  "The subscription '" + scope.subscription + "' could not be found.",
                  {}};
}

Check CheckGroup(World& world, const Route& route, const std::string& group_id) {
  const bool is_put = route.method == http::Method::kPut;
  if (world.resources.Find(group_id) == nullptr && is_put && world.settings.create_missing_groups) {
    MakeResourceGroup(world, group_id, "westeurope");
  }
  const std::string name = group_id.substr(group_id.rfind('/') + 1);
  const Resource* group = world.resources.Find(group_id);
  if (group == nullptr) {
    return ArmError{
        404, "ResourceGroupNotFound", "Resource group '" + name + "' could not be found.", {}};
  }
  if (group->state != "Deleting" || !is_put) return {};
  return ArmError{
      409, "ResourceGroupBeingDeleted", "The resource group '" + name + "' is being deleted.", {}};
}

/// The scope part of a path that ARM looks at: subscription and resource group.
std::optional<ResourcePath> ScopeOf(const std::string& path) {
  const std::vector<std::string> pieces = Split(path, '/');
  if (pieces.size() < 3 || !EqualsIgnoreCase(pieces[1], "subscriptions")) return std::nullopt;
  const bool group = pieces.size() > 5 && EqualsIgnoreCase(pieces[3], "resourcegroups");
  return ParseResourcePath("/subscriptions/" + pieces[2] +
                           (group ? "/resourceGroups/" + pieces[4] : std::string()));
}

Check CheckRegistration(const World& world, const Route& route, const ResourcePath& scope) {
  if (route.provider.empty() || http::IsRead(route.method)) return {};
  if (IsRegistered(world, scope.subscription, std::string(route.provider))) return {};
  return ArmError{
      409,
      "MissingSubscriptionRegistration",
      "The subscription is not registered to use namespace '" + std::string(route.provider) + "'.",
      {}};
}

Check CheckScope(World& world, const Route& route, const Call& call) {
  const auto scope = ScopeOf(call.path);
  if (!scope) return {};
  LAB_RETURN_IF_ERROR(CheckSubscription(world, *scope));
  LAB_RETURN_IF_ERROR(CheckRegistration(world, route, *scope));
  if (scope->resource_group.empty()) return {};
  return CheckGroup(world, route, scope->id);
}

/// The region whose bucket counts: that of the resource, of the nearest ancestor that is there, or
/// the one that a body asks for.
std::string RegionOf(const World& world, const Route& route, const Call& call) {
  if (route.policy.empty()) return "";
  if (route.kind == RouteKind::kOperation) return call.params.size() > 1 ? call.params[1] : "";
  std::string path = call.path;
  if (call.request.method == http::Method::kPut && world.resources.Find(path) == nullptr) {
    if (const auto body = Body(call)) return LocationOf(*body);
  }
  while (Depth(path) > 4) {
    if (const Resource* resource = world.resources.Find(path)) return resource->location;
    path.resize(path.rfind('/'));
  }
  return "";
}

http::Response Throttled(const World& world, Duration wait) {
  http::Response response =
      ErrorResponse({429,
                     "TooManyRequests",
                     "The request is being throttled as the limit has been reached.",
                     {}});
  SetRetryAfter(world, wait, response.headers);
  return response;
}

Answer Handled(World& world, const Route& route, Call& call) {
  if (route.kind != RouteKind::kOpen) {
    LAB_RETURN_IF_ERROR(CheckToken(call));
  }
  if (route.kind != RouteKind::kOpen && route.kind != RouteKind::kDirectory) {
    LAB_RETURN_IF_ERROR(CheckApiVersion(route, call));
    LAB_RETURN_IF_ERROR(CheckScope(world, route, call));
  }
  return route.handler(world, call);
}

}  // namespace

Served Serve(World& world, Call& call) {
  const Route* route = FindRoute(call.request.method, call.path, call.params);
  if (route == nullptr) {
    return {
        ErrorResponse(NotModelled(std::string(http::Name(call.request.method)) + " " + call.path))};
  }
  const bool write = ClassOf(*route) != RequestClass::kRead && route->kind != RouteKind::kOpen;
  const auto scope = ScopeOf(call.path);
  const ThrottledRequest counted{.subscription = scope ? scope->subscription : "",
                                 .request_class = ClassOf(*route),
                                 .policy = route->policy,
                                 .region = RegionOf(world, *route, call)};
  const bool counts = route->kind != RouteKind::kOpen && route->kind != RouteKind::kDirectory;
  if (counts && world.settings.throttling) {
    if (const auto wait = world.throttle.Take(counted, world.now)) {
      return {Throttled(world, *wait), write};
    }
  }
  const Answer answer = Handled(world, *route, call);
  Served served{answer ? *answer : ErrorResponse(answer.error()), write};
  if (counts && world.settings.rate_headers) {
    world.throttle.AddHeaders(counted, served.response.headers);
  }
  return served;
}

}  // namespace labgallery::azure_simulator
