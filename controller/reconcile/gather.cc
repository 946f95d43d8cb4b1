#include "controller/reconcile/gather.h"

#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/identity.h"
#include "src/base/text.h"

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
  seen.recorded_here = pass.memory().recorded;
  seen.posted = pass.memory().posted;
  if (!pass.session()) {
    seen.no_credential =
        domain::Refusal{domain::Reason::kCredentialUnavailable, pass.session().error().ToString()};
  }
}

std::optional<azure::ResourceId> ManagedInstead(const StoredObject& object,
                                                const azure::ResourceId& named) {
  auto recorded = azure::ResourceId::Parse(object.status.Text({"resourceId"}));
  if (!object.meta.HasFinalizer(domain::kFinalizer) || !recorded || *recorded == named)
    return std::nullopt;
  return *std::move(recorded);
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
  // What it manages counts, not what an edit would have it manage: nobody is to be moved there.
  const auto managed = ManagedInstead(gallery, identity->id);
  if (managed) readiness.id = *managed;
  if (gallery.meta.deletion_time) {
    readiness.problem = name + " is being deleted";
  } else if (!domain::SaysTrue(gallery.status, domain::condition::kProvisioned)) {
    readiness.problem = "waiting for " + name + " to be in Azure";
  } else if (managed) {
    readiness.problem = name + " names another gallery now than the one that it manages";
  } else {
    readiness.ready = true;
  }
  return readiness;
}

namespace {

domain::Offer OfferOf(const azure::Provider& provider, const azure::ResourceId& provider_id,
                      const std::string& type_name, const azure::Region& region) {
  domain::Offer offer{.provider = provider_id,
                      .registered = provider.IsRegistered(),
                      .registering = provider.IsRegistering()};
  const azure::ProviderType* type = provider.Find(type_name);
  if (type == nullptr || type->regions.empty()) return offer;
  offer.in_region =
      std::find(type->regions.begin(), type->regions.end(), region) != type->regions.end();
  std::vector<std::string> names;
  for (const azure::Region& offered : type->regions) names.push_back(offered.name());
  offer.regions = Join(names, ", ");
  return offer;
}

}  // namespace

std::optional<domain::Offer> ReadOffer(Pass& pass, const azure::ResourceId& id,
                                       const azure::Region& region) {
  const std::string type = id.type();
  const std::string name_space = type.substr(0, type.find('/'));
  const std::string subscription(id.subscription());
  const auto provider_id =
      azure::ResourceId::Parse("/subscriptions/" + subscription + "/providers/" + name_space);
  if (region.empty() || !provider_id || name_space.size() == type.size()) return std::nullopt;
  const SteadyTime now = pass.services().clock.SteadyNow();
  std::optional<domain::Offer> offer;
  // A no is asked again soon: somebody may have registered the provider.
  for (const Duration life : {pass.shared().catalog_period(), Duration(std::chrono::seconds(45))}) {
    const auto provider = pass.shared().Provider(subscription, name_space, now - life, pass.stop());
    if (!provider) return std::nullopt;
    offer = OfferOf(**provider, *provider_id, type.substr(name_space.size() + 1), region);
    if (offer->registered && offer->in_region) break;
  }
  return offer;
}

Result<domain::shared_image_gallery::ServiceRole> ReadRole(
    Pass& pass, const azure::ResourceId& gallery, const domain::lab_account::Service& service) {
  domain::shared_image_gallery::ServiceRole role{.service = &service};
  auto id = pass.shared().PrincipalId(service.application, pass.stop());
  if (!id) {
    role.principal_problem = "the identity of Lab Services is not known: " + id.error().ToString();
    return role;
  }
  role.principal_id = *id;
  LAB_ASSIGN_OR_RETURN(
      auto assignments,
      pass.ListWithin(
          pass.depth() == Depth::kBulk ? pass.services().settings.sync_period : Duration(0),
          gallery.text() + "/providers/Microsoft.Authorization/roleAssignments",
          domain::kRoleAssignmentVersion, {{"$filter", "principalId eq '" + *id + "'"}}));
  role.role = domain::FindRole(assignments, *RoleWanted(role, gallery));
  return role;
}

}  // namespace labgallery::reconcile
