#include <algorithm>
#include <set>

#include "controller/domain/arm.h"
#include "controller/domain/identity.h"
#include "controller/domain/shared_image_gallery/parts.h"
#include "controller/reconcile/gather.h"
#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

namespace gallery = domain::shared_image_gallery;
namespace lab_account = domain::lab_account;

// An account that is refused because it names another one now attaches nothing there.
bool NamesAnother(const StoredObject& account) {
  const auto identity = domain::ReadIdentity(account.spec, account.meta.name,
                                             lab_account::ServiceOf(account.spec).ids);
  return identity && ManagedInstead(account, identity->id);
}

bool ManagesAttachment(const StoredObject& account) {
  return !NamesAnother(account) && account.spec.Text({"gallery", "state"}) == "Attached" &&
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
    entry.service = &lab_account::ServiceOf(account.spec);
    entry.account_id = std::string(account.status.Text({"resourceId"}));
    const bool names_us = account.meta.name_space == object.meta.name_space &&
                          account.spec.Text({"gallery", "ref", "name"}) == object.meta.name;
    entry.wants_us = names_us && ManagesAttachment(account);
    entry.attached = EqualsIgnoreCase(account.status.Text({"gallery", "resourceId"}), id.text());
    entry.deleting = account.meta.deletion_time.has_value();
    entry.keeps_attachment =
        entry.deleting &&
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
    entry.definition = DefinitionName(image.spec, image.meta.name);
    entry.ready = domain::SaysTrue(image.status, domain::condition::kReady);
    entry.deleting = image.meta.deletion_time.has_value();
    entry.versions = image.status.Integer({"versions"}).value_or(0);
    entry.replicas = image.status.Integer({"replicaCount"}).value_or(0);
    if (const json::Value* cost = image.status.Find("cost")) entry.cost = domain::ReadCost(*cost);
    images.push_back(std::move(entry));
  });
  return images;
}

// Whether the account attaches the gallery. `body` is the account as it was listed, or null.
Result<bool> Attaches(Pass& pass, const lab_account::Service& service, const std::string& account,
                      json::Value body, const azure::ResourceId& id) {
  std::vector<json::Value> attachments;
  if (service.attachments.empty()) {
    const auto account_id = azure::ResourceId::Parse(account);
    if (body.IsNull() && account_id) {
      LAB_ASSIGN_OR_RETURN(domain::Seen seen,
                           pass.Resource(service.ids.noun, *account_id, service.version));
      body = std::move(seen.body);
    }
    attachments = lab_account::AttachmentRows(body);
  } else {
    LAB_ASSIGN_OR_RETURN(attachments, pass.List(account + "/" + std::string(service.attachments),
                                                service.gallery_version));
  }
  return std::any_of(attachments.begin(), attachments.end(), [&](const json::Value& attachment) {
    return EqualsIgnoreCase(attachment.Text({"properties", "galleryId"}), id.text());
  });
}

struct ListedAccount {
  gallery::AccountInAzure account;
  json::Value body;
};
using ListedAccounts = std::map<std::string, ListedAccount>;

// An account that only its id tells of.
void AddAccount(ListedAccounts& accounts, const std::string& account) {
  const auto id = azure::ResourceId::Parse(account);
  const lab_account::Service* service = id ? lab_account::ServiceOfId(*id) : nullptr;
  if (service == nullptr) return;
  accounts.try_emplace(Lower(account),
                       ListedAccount{{account, false, false, service}, json::Value()});
}

Status AddListed(Pass& pass, const gallery::GalleryObservation& seen,
                 const lab_account::Service& service, const azure::ResourceId& id,
                 ListedAccounts& accounts) {
  LAB_ASSIGN_OR_RETURN(
      auto listed,
      pass.List("/subscriptions/" + std::string(id.subscription()) + "/providers/" +
                    std::string(service.ids.provider) + "/" + std::string(service.ids.type),
                service.version));
  for (json::Value& body : listed) {
    const std::string account(body.Text({"id"}));
    const bool let_go = domain::WasLetGoBy(body, seen.settings.installation);
    accounts[Lower(account)] = {{account, false, let_go, &service}, std::move(body)};
  }
  return Ok();
}

// The accounts that may attach the gallery: those of its subscription, those that ever did, and the
// objects.
Result<std::vector<gallery::AccountInAzure>> AccountsInAzure(
    Pass& pass, const gallery::GalleryObservation& seen, const azure::ResourceId& id) {
  ListedAccounts accounts;
  for (const lab_account::Service* service : lab_account::Services())
    LAB_RETURN_IF_ERROR(AddListed(pass, seen, *service, id, accounts));
  for (const gallery::AccountObject& account : seen.accounts)
    AddAccount(accounts, account.account_id);
  if (const json::Value* before = seen.status.Find("attachedTo");
      before != nullptr && before->IsArray()) {
    for (const json::Value& entry : *before->AsArray())
      AddAccount(accounts, std::string(entry.Text({"resourceId"})));
  }
  std::vector<gallery::AccountInAzure> result;
  for (auto& [key, listed] : accounts) {
    gallery::AccountInAzure& account = listed.account;
    LAB_ASSIGN_OR_RETURN(account.attached, Attaches(pass, *account.service, account.account_id,
                                                    std::move(listed.body), id));
    result.push_back(account);
  }
  return result;
}

// Status knows which generations have an assignment of ours; before there were two, it did not say.
bool HadRole(const json::Value& status, const lab_account::Service& service) {
  const json::Value* made = status.Find("roleAssignments");
  if (made == nullptr || !made->IsArray()) return false;
  return std::any_of(made->AsArray()->begin(), made->AsArray()->end(), [&](const json::Value& one) {
    const std::string_view name = one.Text({"service"});
    return (name.empty() ? lab_account::kLabAccounts.name : name) == service.name;
  });
}

Status ReadRoles(Pass& pass, const azure::ResourceId& id, gallery::GalleryObservation& seen) {
  if (!seen.gallery.present()) return Ok();
  bool maybe_over = false;
  for (const lab_account::Service* service : lab_account::Services()) {
    const bool wanted = IsWantedBy(seen, *service);
    if (!wanted && !HadRole(seen.status, *service)) continue;
    LAB_ASSIGN_OR_RETURN(gallery::ServiceRole role, ReadRole(pass, id, *service));
    maybe_over = maybe_over || (role.role && role.role->ours && !wanted);
    seen.roles.push_back(std::move(role));
  }
  if (maybe_over && !seen.deleting()) {
    LAB_ASSIGN_OR_RETURN(seen.azure_accounts, AccountsInAzure(pass, seen, id));
  }
  return Ok();
}

// All definitions, those of others, too: from what a look at everything has read, or the list that
// the Images share. They are counted for people, so that a list that fails holds nothing up.
void ListDefinitions(Pass& pass, const azure::ResourceId& id, gallery::GalleryObservation& seen) {
  if (!seen.gallery.present() || seen.deleting()) return;
  if (pass.depth() == Depth::kBulk) {
    auto names = pass.shared().BulkNames(id, "images", pass.LastWrite(), pass.stop());
    if (!names) return;
    seen.listed = *std::move(names);
  }
  if (seen.listed) return;
  const SteadyTime oldest = pass.services().clock.SteadyNow() - pass.shared().bulk_age();
  const auto list = pass.shared().Definitions(id, oldest, pass.stop());
  if (!list) return;
  std::set<std::string>& names = seen.listed.emplace();
  for (const auto& [name, text] : (*list)->by_name) names.insert(name);
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
  seen.accounts = AccountObjects(object, ManagedInstead(object, id).value_or(id), around);
  seen.images = ImageObjects(object, around);
  if (domain::Assessment blind = gallery::Assess(seen); !pass.Looks(blind.situation)) return blind;
  LAB_ASSIGN_OR_RETURN(seen.gallery,
                       pass.Resource(gallery::kGalleryPart, id, domain::kGalleryVersion));
  if (pass.region.empty() && seen.gallery.present())
    pass.region = azure::Region(seen.gallery.body.Text({"location"}));
  if (seen.gallery.absent() && spec && !seen.deleting())
    seen.offer = ReadOffer(pass, id, spec->location);
  LAB_RETURN_IF_ERROR(ReadRoles(pass, id, seen));
  ListDefinitions(pass, id, seen);
  seen.memory = pass.PartMemories(object.meta.generation);
  domain::Assessment assessment = gallery::Assess(seen);
  if (!DeletesInAzure(assessment.situation)) return assessment;
  LAB_ASSIGN_OR_RETURN(seen.definitions, pass.List(id.text() + "/images", domain::kGalleryVersion));
  LAB_ASSIGN_OR_RETURN(seen.azure_accounts, AccountsInAzure(pass, seen, id));
  return gallery::Assess(seen);
}

}  // namespace labgallery::reconcile
