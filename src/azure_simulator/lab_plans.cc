#include "src/azure_simulator/lab_plans.h"

#include <algorithm>

#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/role_assignments.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::string_view kType = "microsoft.labservices/labplans";
constexpr std::string_view kShown = "Microsoft.LabServices/labPlans";
constexpr std::string_view kLabType = "microsoft.labservices/labs";
constexpr std::string_view kMachineType = "microsoft.labservices/labs/virtualmachines";

Check CheckName(const std::string& name) {
  const bool valid =
      !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
        return std::string_view("-_.()").find(c) != std::string_view::npos ||
               (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      });
  if (valid) return {};
  return ArmError{400, "InvalidResourceName", "The lab plan's name is invalid.", "name"};
}

// A plan that is being maintained takes no write until it is over.
Check CheckWritable(const World& world, const Resource& plan) {
  LAB_RETURN_IF_ERROR(NotBusy(world, plan));
  if (plan.state != "Locked") return {};
  return ArmError{409, "Conflict", "The lab plan is locked by a scheduled operation.", {}};
}

Check CheckGallery(const World& world, const std::string& gallery_id) {
  const auto path = ParseResourcePath(gallery_id);
  if (!path || path->type != "microsoft.compute/galleries") {
    return InvalidParameter("properties.sharedGalleryId",
                            "sharedGalleryId has to be the id of a gallery.");
  }
  const Resource* gallery = world.resources.Find(gallery_id);
  if (gallery == nullptr || gallery->state == "Deleting") {
    return ResourceNotFound("Microsoft.Compute/galleries", path->name);
  }
  if (gallery->state != "Succeeded") {
    return ArmError{409,
                    "Conflict",
                    "The gallery '" + gallery->id + "' is in state " + gallery->state + ".",
                    {}};
  }
  if (!world.settings.attach_needs_role || HasLabPlansRole(world, gallery_id)) return {};
  return ArmError{
      403,
      "LinkedAuthorizationFailed",
      "The service principal of Azure Lab Services has no access to '" + gallery_id + "'.",
      {}};
}

// What a body that says null makes of the gallery is known of neither verb.
void KeepGalleryIfNullIsIgnored(bool ignored, const json::Value& body, const Resource* existing,
                                json::Value& document) {
  if (!ignored || existing == nullptr) return;
  const json::Value* sent = body.At({"properties", "sharedGalleryId"});
  if (sent != nullptr && !sent->IsNull()) return;
  const json::Value before = Document(*existing);
  if (const json::Value* gallery = before.At({"properties", "sharedGalleryId"}))
    document.Find("properties")->Set("sharedGalleryId", *gallery);
}

Answer Store(World& world, const Call& call, const ResourcePath& path,
             const json::Value& document) {
  const Resource* existing = world.resources.Find(path.id);
  const std::string gallery(Property(document, "sharedGalleryId"));
  const std::string before(existing == nullptr
                               ? std::string()
                               : std::string(Property(Document(*existing), "sharedGalleryId")));
  if (!gallery.empty() && !EqualsIgnoreCase(gallery, before))
    LAB_RETURN_IF_ERROR(CheckGallery(world, gallery));
  if (!EqualsIgnoreCase(gallery, before)) ForgetPlanSwitches(world, path.id);
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .takes = world.settings.account_write};
  // Updates were answered at once in the recordings of the .NET client (2023-02).
  write.at_once = existing != nullptr && !world.settings.styles.contains(std::string(kType));
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = kType;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

Answer ListOf(World& world, const Call& call, std::string_view type) {
  const auto scope = ParseResourcePath(call.path.substr(0, Lower(call.path).rfind("/providers/")));
  std::string prefix = scope->id;
  prefix +=
      scope->resource_group.empty() ? "/resourcegroups/" : "/providers/" + std::string(type) + "/";
  return RenderList(world, call, {DepthOfType(type), prefix, std::string(type)});
}

}  // namespace

Answer PutLabPlan(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  LAB_RETURN_IF_ERROR(CheckName(path.name));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(CheckWritable(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document, PutDocument(world, call, *FindType(kType), existing));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  KeepGalleryIfNullIsIgnored(!world.settings.plan_put_clears_gallery, body, existing, document);
  return Store(world, call, path, document);
}

Answer PatchLabPlan(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  if (existing == nullptr) return ResourceNotFound(std::string(kShown), path.name);
  LAB_RETURN_IF_ERROR(CheckWritable(world, *existing));
  LAB_ASSIGN_OR_RETURN(const json::Value body, Body(call));
  // The published contract has the tags of a PATCH as a list of strings, which nobody can mean.
  if (body.Find("tags") != nullptr)
    return InvalidParameter("tags", "tags cannot be changed by a PATCH of a lab plan.");
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PatchedDocument(world, call, *FindType(kType), *existing));
  const bool says_null = body.At({"properties", "sharedGalleryId"}) != nullptr;
  KeepGalleryIfNullIsIgnored(says_null && !world.settings.plan_patch_clears_gallery, body, existing,
                             document);
  return Store(world, call, path, document);
}

Answer GetLabPlan(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  if (world.resources.Find(path.id) != nullptr) return GetResource(world, call);
  // Without ARM's envelope, as recordings of Azure/azure-sdk-for-net's tests have it.
  json::Value problem;
  problem.Set("title", "Not Found");
  problem.Set("status", 404);
  http::Response response = Json(404, problem);
  response.headers.Set("Content-Type", "application/problem+json; charset=utf-8");
  return response;
}

Answer DeleteLabPlan(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* plan = world.resources.Find(path.id);
  if (plan == nullptr) return Empty(204);
  // Labs and saved images stay (LabPlans.json).
  if (plan->state != "Deleting") LAB_RETURN_IF_ERROR(CheckWritable(world, *plan));
  return AcceptDelete(world, call, *plan, {.takes = world.settings.account_delete});
}

Answer ListLabPlans(World& world, const Call& call) { return ListOf(world, call, kType); }

Answer PutPlanLab(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  if (existing != nullptr) LAB_RETURN_IF_ERROR(NotBusy(world, *existing));
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PutDocument(world, call, *FindType(kLabType), existing));
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr,
              .takes = world.settings.lab_write};
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = kLabType;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  return Accept(world, call, std::move(write));
}

Answer GetPlanLab(World& world, const Call& call) { return GetResource(world, call); }

Answer DeletePlanLab(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* lab = world.resources.Find(path.id);
  if (lab == nullptr) return Empty(204);
  if (lab->state != "Deleting") LAB_RETURN_IF_ERROR(NotBusy(world, *lab));
  return AcceptDelete(world, call, *lab, {.takes = world.settings.lab_delete});
}

Answer ListPlanLabs(World& world, const Call& call) { return ListOf(world, call, kLabType); }

Answer GetLabMachine(World& world, const Call& call) { return GetResource(world, call); }

Answer ListLabMachines(World& world, const Call& call) {
  const std::string lab = call.path.substr(0, call.path.rfind('/'));
  LAB_RETURN_IF_ERROR(CheckParentExists(world, lab));
  return RenderList(world, call, ChildrenOf(lab, "virtualmachines", kMachineType));
}

}  // namespace labgallery::azure_simulator
