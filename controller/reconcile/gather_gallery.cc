#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/shared_image_gallery/parts.h"
#include "controller/reconcile/gather.h"
#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

namespace gallery = domain::shared_image_gallery;

bool ManagesAttachment(const StoredObject& account) {
  return account.spec.Text({"gallery", "state"}) == "Attached" &&
         domain::ReadOwnPolicy(account.spec).management == domain::Management::kManage &&
         !account.meta.deletion_time;
}

std::vector<gallery::AccountObject> AccountObjects(const StoredObject& object,
                                                   const azure::ResourceId& id,
                                                   const Surroundings& surroundings) {
  std::vector<gallery::AccountObject> accounts;
  for (const StoredObject& account : surroundings.AccountsOf(object.meta.key(), id)) {
    gallery::AccountObject entry;
    entry.key = account.meta.key();
    entry.account_id = std::string(account.status.Text({"resourceId"}));
    const bool names_us = account.meta.name_space == object.meta.name_space &&
                          account.spec.Text({"gallery", "ref", "name"}) == object.meta.name;
    entry.wants_us = names_us && ManagesAttachment(account);
    entry.attached = EqualsIgnoreCase(account.status.Text({"gallery", "resourceId"}), id.text());
    entry.keeps_attachment =
        account.meta.deletion_time.has_value() &&
        domain::ReadOwnPolicy(account.spec).deletion != domain::Deletion::kDelete &&
        account.spec.Text({"gallery", "onDelete"}) != "Detach";
    accounts.push_back(std::move(entry));
  }
  return accounts;
}

std::vector<gallery::ImageObject> ImageObjects(const StoredObject& object,
                                               const Surroundings& surroundings) {
  std::vector<gallery::ImageObject> images;
  surroundings.ForImagesOf(object.meta.key(), [&](const StoredObject& image) {
    gallery::ImageObject entry;
    entry.key = image.meta.key();
    entry.ready = domain::SaysTrue(image.status, domain::condition::kReady);
    entry.versions = image.status.Integer({"versions"}).value_or(0);
    entry.replicas = image.status.Integer({"replicaCount"}).value_or(0);
    if (const json::Value* cost = image.status.Find("cost")) entry.cost = domain::ReadCost(*cost);
    images.push_back(std::move(entry));
  });
  return images;
}

Result<bool> Attaches(Pass& pass, const std::string& account, const azure::ResourceId& id) {
  LAB_ASSIGN_OR_RETURN(auto attachments,
                       pass.List(account + "/sharedGalleries", domain::kSharedGalleryVersion));
  return std::any_of(attachments.begin(), attachments.end(), [&](const json::Value& attachment) {
    return EqualsIgnoreCase(attachment.Text({"properties", "galleryId"}), id.text());
  });
}

// The accounts that may attach the gallery: those of its subscription, those that ever did, and the
// objects.
Result<std::vector<gallery::AccountInAzure>> AccountsInAzure(
    Pass& pass, const gallery::GalleryObservation& seen, const azure::ResourceId& id) {
  LAB_ASSIGN_OR_RETURN(auto listed, pass.List("/subscriptions/" + std::string(id.subscription()) +
                                                  "/providers/Microsoft.LabServices/labaccounts",
                                              domain::kLabAccountVersion));
  std::map<std::string, gallery::AccountInAzure> accounts;
  for (const json::Value& body : listed) {
    const std::string account(body.Text({"id"}));
    accounts[Lower(account)] = {account, false,
                                domain::WasLetGoBy(body, seen.settings.installation)};
  }
  auto add = [&](const std::string& account) {
    if (!account.empty())
      accounts.try_emplace(Lower(account), gallery::AccountInAzure{account, false, false});
  };
  for (const gallery::AccountObject& account : seen.accounts) add(account.account_id);
  if (const json::Value* before = seen.status.Find("attachedTo");
      before != nullptr && before->IsArray()) {
    for (const json::Value& entry : *before->AsArray())
      add(std::string(entry.Text({"resourceId"})));
  }
  std::vector<gallery::AccountInAzure> result;
  for (auto& [key, account] : accounts) {
    LAB_ASSIGN_OR_RETURN(account.attached, Attaches(pass, account.account_id, id));
    result.push_back(account);
  }
  return result;
}

Status ReadRoles(Pass& pass, const azure::ResourceId& id, gallery::GalleryObservation& seen) {
  const bool wanted = std::any_of(seen.accounts.begin(), seen.accounts.end(),
                                  [](const auto& a) { return a.wants_us; });
  const bool made_before = seen.status.Find("roleAssignments") != nullptr;
  if (!seen.gallery.present() || (!wanted && !made_before)) return Ok();
  std::string principal;
  LAB_ASSIGN_OR_RETURN(seen.role, ReadRole(pass, id, principal, seen.principal_problem));
  if (!principal.empty()) seen.principal_id = principal;
  const bool maybe_over = seen.role && seen.role->ours && !wanted;
  if (maybe_over && !seen.deleting()) {
    LAB_ASSIGN_OR_RETURN(seen.azure_accounts, AccountsInAzure(pass, seen, id));
  }
  return Ok();
}

bool DeletesInAzure(const domain::Situation& s) {
  return s.deleting && s.management == domain::Management::kManage &&
         s.deletion == domain::Deletion::kDelete && s.sight == domain::Sight::kPresent &&
         s.ownership.owner == domain::Owner::kUs;
}

}  // namespace

Result<domain::Assessment> LookAtGallery(const StoredObject& object, Pass& pass) {
  gallery::GalleryObservation seen;
  FillObservation(seen, object, pass);
  const auto spec = gallery::ReadSpec(object.spec, object.meta.name);
  azure::ResourceId id = spec ? spec->id : azure::ResourceId();
  if (seen.deleting()) {
    if (auto recorded = azure::ResourceId::Parse(object.status.Text({"resourceId"})))
      id = *std::move(recorded);
  }
  if (id.empty()) return gallery::Assess(seen);
  if (spec) pass.region = spec->location;
  const Surroundings& around = pass.services().surroundings;
  seen.rivals = around.Rivals(kGalleries, object.meta.key(), id);
  seen.accounts = AccountObjects(object, id, around);
  seen.images = ImageObjects(object, around);
  if (domain::Assessment blind = gallery::Assess(seen); !pass.Looks(blind.situation)) return blind;
  LAB_ASSIGN_OR_RETURN(seen.gallery,
                       pass.Resource(gallery::kGalleryPart, id, domain::kGalleryVersion));
  if (pass.region.empty() && seen.gallery.present())
    pass.region = azure::Region(seen.gallery.body.Text({"location"}));
  LAB_RETURN_IF_ERROR(ReadRoles(pass, id, seen));
  seen.memory = pass.PartMemories(object.meta.generation);
  domain::Assessment assessment = gallery::Assess(seen);
  if (!DeletesInAzure(assessment.situation)) return assessment;
  LAB_ASSIGN_OR_RETURN(seen.definitions, pass.List(id.text() + "/images", domain::kGalleryVersion));
  LAB_ASSIGN_OR_RETURN(seen.azure_accounts, AccountsInAzure(pass, seen, id));
  return gallery::Assess(seen);
}

}  // namespace labgallery::reconcile
