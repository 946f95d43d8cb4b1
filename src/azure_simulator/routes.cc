#include "src/azure_simulator/routes.h"

#include <array>
#include <unordered_map>

#include "src/azure_simulator/compute_galleries.h"
#include "src/azure_simulator/lab_accounts.h"
#include "src/azure_simulator/lab_plans.h"
#include "src/azure_simulator/login.h"
#include "src/azure_simulator/prices.h"
#include "src/azure_simulator/resource_graph.h"
#include "src/azure_simulator/role_assignments.h"
#include "src/azure_simulator/saved_images.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

// Literals, so that a row's pattern can be written as one of these and what follows.
#define GALLERIES "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/galleries"
#define ACCOUNTS \
  "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.LabServices/labaccounts"

#define PLANS "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.LabServices/labPlans"
#define LABS "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.LabServices/labs"

// clang-format off
constexpr auto kRoutes = std::to_array<Route>({
    {http::Method::kGet, "/common/discovery/instance", DiscoverInstance, RouteKind::kOpen},
    {http::Method::kGet, "/{tenant}/v2.0/.well-known/openid-configuration", DescribeIssuer, RouteKind::kOpen},
    {http::Method::kGet, "/{tenant}/discovery/v2.0/keys", ListSigningKeys, RouteKind::kOpen},
    {http::Method::kPost, "/{tenant}/oauth2/v2.0/token", IssueToken, RouteKind::kOpen},
    {http::Method::kPost, "/{tenant}/oauth2/token", IssueToken, RouteKind::kOpen},
    {http::Method::kGet, "/metadata/identity/oauth2/token", IssueMachineToken, RouteKind::kOpen},
    {http::Method::kGet, "/metadata/endpoints", GetMetadata, RouteKind::kOpen},
    {http::Method::kGet, "/api/retail/prices", ListPrices, RouteKind::kOpen},
    {http::Method::kGet, "/v1.0/servicePrincipals", ListServicePrincipals, RouteKind::kDirectory},
    {http::Method::kGet, "/v1.0/{servicePrincipal}", GetServicePrincipal, RouteKind::kDirectory},
    {http::Method::kPost, "/providers/Microsoft.ResourceGraph/resources", QueryResources, RouteKind::kQuery},
    {http::Method::kGet, "/tenants", ListTenants},
    {http::Method::kGet, "/subscriptions", ListSubscriptions},
    {http::Method::kGet, "/subscriptions/{s}", GetSubscription},
    {http::Method::kGet, "/subscriptions/{s}/locations", ListLocations},
    {http::Method::kGet, "/subscriptions/{s}/providers", ListProviders},
    {http::Method::kGet, "/subscriptions/{s}/providers/{namespace}", GetProvider},
    {http::Method::kPost, "/subscriptions/{s}/providers/{namespace}/register", RegisterProvider},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups", ListResourceGroups},
    {http::Method::kPut, "/subscriptions/{s}/resourceGroups/{rg}", PutResourceGroup},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}", GetResourceGroup},
    {http::Method::kHead, "/subscriptions/{s}/resourceGroups/{rg}", HeadResourceGroup},
    {http::Method::kDelete, "/subscriptions/{s}/resourceGroups/{rg}", DeleteResourceGroup},
    {http::Method::kGet, "/subscriptions/{s}/operationresults/{operation}", GetOperation, RouteKind::kOperation},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.Compute/locations/{l}/capsOperations/{operation}", GetOperation, RouteKind::kOperation, {}, "GetOperationStatus"},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.LabServices/locations/{l}/operations/{operation}", GetOperation, RouteKind::kOperation},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.Compute/galleries", ListGalleries, RouteKind::kResource, {}, "ListGalleryInResourceGroup"},
    {http::Method::kGet, GALLERIES, ListGalleries, RouteKind::kResource, {}, "ListGalleryInResourceGroup"},
    {http::Method::kPut, GALLERIES "/{g}", PutGallery, RouteKind::kResource, "Microsoft.Compute", "CreateUpdateGallery"},
    {http::Method::kPatch, GALLERIES "/{g}", PatchGallery, RouteKind::kResource, "Microsoft.Compute", "CreateUpdateGallery"},
    {http::Method::kGet, GALLERIES "/{g}", GetGallery, RouteKind::kResource, {}, "GetGallery"},
    {http::Method::kDelete, GALLERIES "/{g}", DeleteGallery, RouteKind::kResource, "Microsoft.Compute", "DeleteGallery"},
    {http::Method::kPut, GALLERIES "/{g}/images/{d}", PutDefinition, RouteKind::kResource, "Microsoft.Compute", "CreateUpdateGalleryImage"},
    {http::Method::kPatch, GALLERIES "/{g}/images/{d}", PatchDefinition, RouteKind::kResource, "Microsoft.Compute", "CreateUpdateGalleryImage"},
    {http::Method::kGet, GALLERIES "/{g}/images/{d}", GetDefinition, RouteKind::kResource, {}, "GetGalleryImage"},
    {http::Method::kDelete, GALLERIES "/{g}/images/{d}", DeleteDefinition, RouteKind::kResource, "Microsoft.Compute", "DeleteGalleryImage"},
    {http::Method::kGet, GALLERIES "/{g}/images", ListDefinitions, RouteKind::kResource, {}, "ListGalleryImagesInGallery"},
    {http::Method::kPut, GALLERIES "/{g}/images/{d}/versions/{v}", PutVersion, RouteKind::kResource, "Microsoft.Compute", "CreateUpdateGalleryImageVersion"},
    {http::Method::kPatch, GALLERIES "/{g}/images/{d}/versions/{v}", PatchVersion, RouteKind::kResource, "Microsoft.Compute", "CreateUpdateGalleryImageVersion"},
    {http::Method::kGet, GALLERIES "/{g}/images/{d}/versions/{v}", GetVersion, RouteKind::kResource, {}, "GetGalleryImageVersion"},
    {http::Method::kDelete, GALLERIES "/{g}/images/{d}/versions/{v}", DeleteVersion, RouteKind::kResource, "Microsoft.Compute", "DeleteGalleryImageVersion"},
    {http::Method::kGet, GALLERIES "/{g}/images/{d}/versions", ListVersions, RouteKind::kResource, {}, "ListGalleryImageVersionsInGalleryImage"},
    {http::Method::kPut, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/images/{name}", PutSource, RouteKind::kResource, "Microsoft.Compute"},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/images/{name}", GetSource},
    {http::Method::kDelete, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/images/{name}", DeleteSource},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/images", ListSources},
    {http::Method::kPut, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/disks/{name}", PutSource, RouteKind::kResource, "Microsoft.Compute"},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/disks/{name}", GetSource},
    {http::Method::kDelete, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/disks/{name}", DeleteSource},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/disks", ListSources},
    {http::Method::kPut, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/snapshots/{name}", PutSource, RouteKind::kResource, "Microsoft.Compute"},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/snapshots/{name}", GetSource},
    {http::Method::kDelete, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/snapshots/{name}", DeleteSource},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/snapshots", ListSources},
    {http::Method::kPut, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{name}", PutSource, RouteKind::kResource, "Microsoft.Compute"},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{name}", GetSource},
    {http::Method::kDelete, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{name}", DeleteSource},
    {http::Method::kGet, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines", ListSources},
    {http::Method::kPost, "/subscriptions/{s}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{name}/generalize", GeneralizeMachine, RouteKind::kResource, "Microsoft.Compute"},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.LabServices/labaccounts", ListLabAccounts},
    {http::Method::kGet, ACCOUNTS, ListLabAccounts},
    {http::Method::kPut, ACCOUNTS "/{a}", PutLabAccount, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kPatch, ACCOUNTS "/{a}", PatchLabAccount, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kGet, ACCOUNTS "/{a}", GetLabAccount},
    {http::Method::kDelete, ACCOUNTS "/{a}", DeleteLabAccount, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kPost, ACCOUNTS "/{a}/getRegionalAvailability", GetRegionalAvailability, RouteKind::kQuery},
    {http::Method::kPost, ACCOUNTS "/{a}/createLab", CreateLab, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kGet, ACCOUNTS "/{a}/labs", ListLabs},
    {http::Method::kPut, ACCOUNTS "/{a}/labs/{lab}", PutLab, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kGet, ACCOUNTS "/{a}/labs/{lab}", GetLab},
    {http::Method::kDelete, ACCOUNTS "/{a}/labs/{lab}", DeleteLab, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kGet, ACCOUNTS "/{a}/labs/{lab}/environmentsettings", ListEnvironmentSettings},
    {http::Method::kGet, ACCOUNTS "/{a}/labs/{lab}/environmentsettings/{e}", GetEnvironmentSetting},
    {http::Method::kPost, ACCOUNTS "/{a}/labs/{lab}/environmentsettings/{e}/saveImage", SaveEnvironmentImage, RouteKind::kResource, "Microsoft.LabServices"},
    {http::Method::kGet, ACCOUNTS "/{a}/sharedgalleries", ListSharedGalleries, RouteKind::kResource, {}, {}, "2019-01-01-preview"},
    {http::Method::kPut, ACCOUNTS "/{a}/sharedgalleries/{gallery}", PutSharedGallery, RouteKind::kResource, "Microsoft.LabServices", {}, "2019-01-01-preview"},
    {http::Method::kGet, ACCOUNTS "/{a}/sharedgalleries/{gallery}", GetSharedGallery, RouteKind::kResource, {}, {}, "2019-01-01-preview"},
    {http::Method::kDelete, ACCOUNTS "/{a}/sharedgalleries/{gallery}", DeleteSharedGallery, RouteKind::kResource, "Microsoft.LabServices", {}, "2019-01-01-preview"},
    {http::Method::kGet, ACCOUNTS "/{a}/sharedimages", ListSharedImages, RouteKind::kResource, {}, {}, "2019-01-01-preview"},
    {http::Method::kPut, ACCOUNTS "/{a}/sharedimages/{image}", PutSharedImage, RouteKind::kResource, "Microsoft.LabServices", {}, "2019-01-01-preview"},
    {http::Method::kGet, ACCOUNTS "/{a}/sharedimages/{image}", GetSharedImage, RouteKind::kResource, {}, {}, "2019-01-01-preview"},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.LabServices/operationResults/{operation}", GetOperation, RouteKind::kOperation},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.LabServices/labPlans", ListLabPlans, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kGet, PLANS, ListLabPlans, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kPut, PLANS "/{p}", PutLabPlan, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kPatch, PLANS "/{p}", PatchLabPlan, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kGet, PLANS "/{p}", GetLabPlan, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kDelete, PLANS "/{p}", DeleteLabPlan, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kPost, PLANS "/{p}/saveImage", SavePlanImage, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kGet, PLANS "/{p}/images", ListPlanImages, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kGet, PLANS "/{p}/images/{image}", GetPlanImage, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kPut, PLANS "/{p}/images/{image}", PutPlanImage, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kPatch, PLANS "/{p}/images/{image}", PatchPlanImage, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kGet, "/subscriptions/{s}/providers/Microsoft.LabServices/labs", ListPlanLabs, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kGet, LABS, ListPlanLabs, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kPut, LABS "/{lab}", PutPlanLab, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kGet, LABS "/{lab}", GetPlanLab, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kDelete, LABS "/{lab}", DeletePlanLab, RouteKind::kResource, "Microsoft.LabServices", {}, "2022-08-01"},
    {http::Method::kGet, LABS "/{lab}/virtualMachines", ListLabMachines, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kGet, LABS "/{lab}/virtualMachines/{vm}", GetLabMachine, RouteKind::kResource, {}, {}, "2022-08-01"},
    {http::Method::kGet, "{*}/providers/Microsoft.Authorization/roleAssignments", ListRoleAssignments, RouteKind::kResource, {}, {}, "2015-07-01"},
    {http::Method::kPut, "{*}/providers/Microsoft.Authorization/roleAssignments/{name}", PutRoleAssignment, RouteKind::kResource, {}, {}, "2015-07-01"},
    {http::Method::kGet, "{*}/providers/Microsoft.Authorization/roleAssignments/{name}", GetRoleAssignment, RouteKind::kResource, {}, {}, "2015-07-01"},
    {http::Method::kDelete, "{*}/providers/Microsoft.Authorization/roleAssignments/{name}", DeleteRoleAssignment, RouteKind::kResource, {}, {}, "2015-07-01"},
});
// clang-format on

#undef GALLERIES
#undef ACCOUNTS
#undef PLANS
#undef LABS

bool IsPlaceholder(std::string_view piece) { return piece.size() > 1 && piece.front() == '{'; }

/// A pattern taken apart once.
struct Pattern {
  const Route* route;
  std::vector<std::string> pieces;
  bool floating = false;  // begins with {*}
};

bool Matches(const Pattern& pattern, const std::vector<std::string>& pieces,
             std::vector<std::string>& params) {
  if (pieces.size() < pattern.pieces.size()) return false;
  const std::size_t skipped = pieces.size() - pattern.pieces.size();
  if (skipped > 0 && !pattern.floating) return false;
  params.clear();
  for (std::size_t i = 0; i < pattern.pieces.size(); ++i) {
    const std::string& wanted = pattern.pieces[i];
    const std::string& given = pieces[skipped + i];
    if (IsPlaceholder(wanted)) {
      if (given.empty()) return false;
      params.push_back(given);
    } else if (!EqualsIgnoreCase(wanted, given)) {
      return false;
    }
  }
  return true;
}

std::vector<Pattern> Compile() {
  std::vector<Pattern> patterns;
  for (const Route& route : kRoutes) {
    Pattern pattern{.route = &route, .pieces = {}};
    std::string_view text = route.pattern;
    pattern.floating = text.starts_with("{*}");
    if (pattern.floating) text.remove_prefix(3);
    pattern.pieces = Split(text.substr(1), '/');
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

}  // namespace

const Route* FindRoute(http::Method method, const std::string& path,
                       std::vector<std::string>& params) {
  static const std::vector<Pattern> kPatterns = Compile();
  const std::vector<std::string> pieces = Split(std::string_view(path).substr(1), '/');
  for (const Pattern& pattern : kPatterns) {
    if (pattern.route->method == method && Matches(pattern, pieces, params)) return pattern.route;
  }
  return nullptr;
}

std::span<const Route> Routes() { return kRoutes; }

}  // namespace labgallery::azure_simulator
