#include "src/azure_simulator/role_assignments.h"

#include <array>
#include <functional>
#include <optional>
#include <regex>

#include "src/azure_simulator/render.h"
#include "src/azure_simulator/resource_path.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kMarker = "/providers/microsoft.authorization/roleassignments";
constexpr std::string_view kContributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
constexpr std::string_view kOwner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
constexpr std::string_view kLabAccountsApplication = "1a14be2a-e903-4cec-99cf-b2e209259a0f";
constexpr std::string_view kLabPlansApplication = "c7bb12bf-0b39-4f7f-9171-f418ff39b76a";

std::string ScopeOf(std::string_view path) {
  return std::string(path.substr(0, Lower(path).rfind(kMarker)));
}

std::string LastSegment(std::string_view text) { return Lower(text.substr(text.rfind('/') + 1)); }

struct Grant {
  std::string scope;
  std::string role;  // GUID
  std::string principal;
};

Grant GrantOf(const Resource& assignment) {
  const json::Value document = Document(assignment);
  return {.scope = Lower(document.Text({"properties", "scope"})),
          .role = LastSegment(document.Text({"properties", "roleDefinitionId"})),
          .principal = Lower(document.Text({"properties", "principalId"}))};
}

bool Same(const Grant& a, const Grant& b) {
  return a.scope == b.scope && a.role == b.role && a.principal == b.principal;
}

/// Those assigned at this very scope.
void VisitAt(const World& world, const std::string& scope,
             const std::function<bool(const Resource&)>& visit) {
  const std::string prefix = scope + std::string(kMarker) + "/";
  world.role_assignments.Visit(Depth(prefix), prefix, "", visit);
}

/// The scope and all above it, nearest first: "/subscriptions/s/resourceGroups/g",
/// "/subscriptions/s", "".
std::vector<std::string> ScopesUpward(const std::string& scope) {
  std::vector<std::string> scopes{scope};
  auto path = ParseResourcePath(scope);
  while (path) {
    if (path->parent.empty()) {
      scopes.emplace_back();
      return scopes;
    }
    scopes.push_back(path->parent);
    path = ParseResourcePath(scopes.back());
  }
  return scopes;
}

json::Value RenderAssignment(const World& world, const Resource& assignment) {
  json::Value shown = Document(assignment);
  shown.Set("id", assignment.id);
  shown.Set("name", assignment.id.substr(assignment.id.rfind('/') + 1));
  shown.Set("type", "Microsoft.Authorization/roleAssignments");
  json::Value* properties = shown.Find("properties");
  if (properties == nullptr) return shown;
  properties->Set("createdOn", Rfc3339Micro(assignment.created));
  if (world.settings.role_prefix_stripped) {
    const std::string role = LastSegment(properties->Text({"roleDefinitionId"}));
    properties->Set("roleDefinitionId",
                    "/providers/Microsoft.Authorization/roleDefinitions/" + role);
  }
  return shown;
}

bool IsGuid(std::string_view text) {
  static const std::regex kRule("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  return std::regex_match(text.begin(), text.end(), kRule);
}

Check CheckScope(const World& world, const std::string& scope) {
  const auto path = ParseResourcePath(scope);
  const bool plain = scope.empty() || (path && path->type == "microsoft.resources/subscriptions");
  if (plain || world.resources.Find(scope) != nullptr) return {};
  return ResourceNotFound(path ? path->type : scope, path ? path->name : "");
}

Check CheckPrincipal(World& world, const std::string& principal) {
  const bool application =
      principal == kLabAccountsApplication || principal == kLabPlansApplication;
  const auto seen = world.principals_seen.try_emplace(principal, world.now).first;
  const bool lagging = world.now < seen->second + world.settings.principal_lag;
  if (!application && IsGuid(principal) && !lagging) return {};
  return ArmError{
      400, "PrincipalNotFound", "Principal " + principal + " does not exist in the directory.", {}};
}

std::string WithoutDashes(std::string text) {
  std::erase(text, '-');
  return text;
}

Check CheckNoTwin(const World& world, const Grant& wanted, const std::string& own_id) {
  std::string twin;
  VisitAt(world, wanted.scope, [&](const Resource& other) {
    if (!EqualsIgnoreCase(other.id, own_id) && Same(GrantOf(other), wanted)) twin = other.id;
    return twin.empty();
  });
  if (twin.empty()) return {};
  return ArmError{409,
                  "RoleAssignmentExists",
                  "The role assignment already exists. The ID of the existing role assignment is " +
                      WithoutDashes(LastSegment(twin)) + ".",
                  {}};
}

Resource NewAssignment(const World& world, const Grant& grant, json::Value properties) {
  Resource assignment{.type = "microsoft.authorization/roleassignments", .created = world.now};
  properties.Set("scope", grant.scope.empty() ? "/" : grant.scope);
  if (properties.Find("principalType") == nullptr)
    properties.Set("principalType", "ServicePrincipal");
  json::Value document;
  document.Set("properties", std::move(properties));
  SetDocument(assignment, document);
  return assignment;
}

struct Filter {
  bool at_scope = false;
  std::string principal;
};

Outcome<Filter> ParseFilter(const std::string& text) {
  static const std::regex kPrincipal(R"(\s*(?:principalId\s+eq\s+|assignedTo\()'([^']+)'\)?\s*)",
                                     std::regex::icase);
  Filter filter;
  if (text.empty()) return filter;
  static const std::regex kConjunction(R"(\s+and\s+)", std::regex::icase);
  std::sregex_token_iterator part(text.begin(), text.end(), kConjunction, -1);
  for (; part != std::sregex_token_iterator(); ++part) {
    const std::string term = part->str();
    std::smatch match;
    if (EqualsIgnoreCase(Trim(term), "atScope()")) {
      filter.at_scope = true;
    } else if (std::regex_match(term, match, kPrincipal)) {
      filter.principal = Lower(match[1].str());
    } else {
      return ArmError{400, "InvalidFilter", "The filter '" + text + "' is not understood.", {}};
    }
  }
  return filter;
}

}  // namespace

Answer PutRoleAssignment(World& world, const Call& call) {
  const std::string scope = ScopeOf(call.path);
  const std::string name = call.params.back();
  if (!IsGuid(name)) {
    return ArmError{
        400, "InvalidRoleAssignmentId", "The role assignment's name has to be a GUID.", {}};
  }
  LAB_RETURN_IF_ERROR(CheckScope(world, scope));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  const json::Value* sent = body.Find("properties");
  const Grant wanted{.scope = Lower(scope),
                     .role = LastSegment(body.Text({"properties", "roleDefinitionId"})),
                     .principal = Lower(body.Text({"properties", "principalId"}))};
  if (sent == nullptr || wanted.principal.empty() || !IsGuid(wanted.role)) {
    return ArmError{400, "InvalidRequestContent",
                    "roleDefinitionId and principalId are required properties.", "properties"};
  }
  if (const Resource* existing = world.role_assignments.Find(call.path)) {
    if (Same(GrantOf(*existing), wanted)) return Json(200, RenderAssignment(world, *existing));
    return ArmError{
        400,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        {}};
  }
  LAB_RETURN_IF_ERROR(CheckNoTwin(world, wanted, call.path));
  LAB_RETURN_IF_ERROR(CheckPrincipal(world, wanted.principal));
  Resource assignment = NewAssignment(world, wanted, *sent);
  assignment.id = scope + "/providers/Microsoft.Authorization/roleAssignments/" + name;
  return Json(201, RenderAssignment(world, world.role_assignments.Put(std::move(assignment))));
}

Answer GetRoleAssignment(World& world, const Call& call) {
  const Resource* assignment = world.role_assignments.Find(call.path);
  if (assignment != nullptr) return Json(200, RenderAssignment(world, *assignment));
  return ArmError{404,
                  "RoleAssignmentNotFound",
                  "The role assignment '" + call.params.back() + "' is not found.",
                  {}};
}

Answer DeleteRoleAssignment(World& world, const Call& call) {
  const Resource* assignment = world.role_assignments.Find(call.path);
  if (assignment == nullptr) return Empty(204);
  http::Response response = Json(200, RenderAssignment(world, *assignment));
  world.role_assignments.Erase(call.path);
  return response;
}

Answer ListRoleAssignments(World& world, const Call& call) {
  const std::string scope = Lower(ScopeOf(call.path));
  LAB_ASSIGN_OR_RETURN(const Filter filter, ParseFilter(QueryOf(call, "$filter")));
  LAB_RETURN_IF_ERROR(CheckScope(world, scope));
  json::Value items = json::Value::Array();
  const auto add = [&](const Resource& assignment) {
    if (filter.principal.empty() || GrantOf(assignment).principal == filter.principal) {
      items.Push(RenderAssignment(world, assignment));
    }
    return true;
  };
  for (const std::string& above : ScopesUpward(scope)) VisitAt(world, above, add);
  if (!filter.at_scope) {
    for (const std::string& below : world.role_assignments.Below(scope)) {
      const Resource* assignment = world.role_assignments.Find(below);
      if (GrantOf(*assignment).scope != scope) add(*assignment);
    }
  }
  return Json(200, Page(std::move(items), call, ""));
}

std::string PrincipalOf(const World& world, const std::string& application_id) {
  const std::string application = Lower(application_id);
  const auto set = world.settings.principals.find(application);
  if (set != world.settings.principals.end()) return set->second;
  if (application != kLabAccountsApplication && application != kLabPlansApplication) return "";
  const std::string digits = Hash128("service principal of " + application);
  return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-8" +
         digits.substr(17, 3) + "-" + digits.substr(20, 12);
}

namespace {

bool HasRole(const World& world, const std::string& gallery_id, std::string_view application,
             std::string_view role) {
  const std::string principal = PrincipalOf(world, std::string(application));
  bool found = false;
  for (const std::string& scope : ScopesUpward(Lower(gallery_id))) {
    VisitAt(world, scope, [&](const Resource& assignment) {
      const Grant grant = GrantOf(assignment);
      const bool settled = world.now >= assignment.created + world.settings.role_lag;
      found =
          settled && grant.principal == principal && (grant.role == role || grant.role == kOwner);
      return !found;
    });
    if (found) return true;
  }
  return false;
}

}  // namespace

bool HasLabServicesRole(const World& world, const std::string& gallery_id) {
  return HasRole(world, gallery_id, kLabAccountsApplication, kContributor);
}

bool HasLabPlansRole(const World& world, const std::string& gallery_id) {
  return HasRole(world, gallery_id, kLabPlansApplication, kOwner);
}

void GrantLabServicesRole(World& world, const std::string& gallery_id) {
  const std::string principal = PrincipalOf(world, std::string(kLabAccountsApplication));
  const Grant grant{Lower(gallery_id), std::string(kContributor), Lower(principal)};
  if (!CheckNoTwin(world, grant, "")) return;
  const auto gallery = ParseResourcePath(gallery_id);
  json::Value properties;
  properties.Set("roleDefinitionId", "/subscriptions/" + (gallery ? gallery->subscription : "") +
                                         "/providers/Microsoft.Authorization/roleDefinitions/" +
                                         std::string(kContributor));
  properties.Set("principalId", principal);
  Resource assignment = NewAssignment(world, grant, std::move(properties));
  assignment.id =
      gallery_id + "/providers/Microsoft.Authorization/roleAssignments/" + world.random.Uuid();
  world.role_assignments.Put(std::move(assignment));
}

}  // namespace labgallery::azure_simulator
