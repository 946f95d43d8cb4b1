#include "controller/reconcile/gather.h"

#include "controller/domain/arm.h"
#include "controller/domain/identity.h"

namespace labgallery::reconcile {

void FillObservation(domain::Observation& seen, const StoredObject& object, Pass& pass) {
  const Services& services = pass.services();
  seen.now = services.clock.Now();
  seen.meta = object.meta;
  seen.spec = object.spec;
  seen.status = object.status;
  seen.settings = services.settings;
  seen.name_space = services.surroundings.Namespace(object.meta.name_space);
  seen.memory = pass.PartMemories(object.meta.generation);
}

GalleryReadiness ReadinessOf(const StoredObject& gallery) {
  GalleryReadiness readiness;
  const auto identity = domain::ReadIdentity(gallery.spec, gallery.meta.name, domain::kGalleryName);
  const std::string name = "SharedImageGallery " + gallery.meta.key().ToString();
  if (!identity) {
    readiness.problem = name + " is not acceptable: " + identity.error().message;
    return readiness;
  }
  readiness.id = identity->id;
  readiness.location = identity->location;
  if (gallery.meta.deletion_time) {
    readiness.problem = name + " is being deleted";
  } else if (!domain::SaysTrue(gallery.status, domain::condition::kProvisioned)) {
    readiness.problem = "waiting for " + name + " to be in Azure";
  } else {
    readiness.ready = true;
  }
  return readiness;
}

Result<std::optional<domain::RoleSight>> ReadRole(Pass& pass, const azure::ResourceId& gallery,
                                                  std::string& principal, std::string& problem) {
  auto id = pass.services().shared.PrincipalId(pass.stop());
  if (!id) {
    problem = "the identity of Lab Services is not known: " + id.error().ToString();
    return std::optional<domain::RoleSight>();
  }
  principal = *id;
  LAB_ASSIGN_OR_RETURN(
      auto assignments,
      pass.ListWithin(
          pass.depth() == Depth::kBulk ? pass.services().settings.sync_period : Duration(0),
          gallery.text() + "/providers/Microsoft.Authorization/roleAssignments",
          domain::kRoleAssignmentVersion, {{"$filter", "principalId eq '" + principal + "'"}}));
  const domain::WantedRole wanted{gallery, principal, std::string(domain::kContributorRole)};
  return std::optional<domain::RoleSight>(domain::FindRole(assignments, wanted));
}

}  // namespace labgallery::reconcile
