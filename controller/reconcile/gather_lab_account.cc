#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/lab_account/parts.h"
#include "controller/domain/shared_image_gallery/gallery.h"
#include "controller/reconcile/gather.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

namespace account = domain::lab_account;

// What is known of the wanted gallery without asking Azure about it.
account::GalleryInSight GalleryByObject(const StoredObject& object,
                                        const account::GalleryWish& wish,
                                        const Surroundings& around) {
  account::GalleryInSight sight;
  sight.by_object = true;
  const auto gallery = around.Gallery(object.meta.name_space, wish.ref_name);
  if (!gallery) {
    sight.problem = "SharedImageGallery " + object.meta.name_space + "/" + wish.ref_name +
                    " does not exist (yet)";
    return sight;
  }
  const GalleryReadiness readiness = ReadinessOf(*gallery);
  sight.id = readiness.id;
  sight.ready = readiness.ready;
  sight.problem = readiness.problem;
  const auto spec = domain::shared_image_gallery::ReadSpec(gallery->spec, gallery->meta.name);
  const auto origin = gallery->status.Text({"origin"}) == "Adopted" ? domain::Origin::kAdopted
                                                                    : domain::Origin::kCreated;
  using domain::shared_image_gallery::AccessMode;
  // A gallery in trouble may never get the role granted: Azure may add it itself at attach.
  sight.grants_role =
      spec && !domain::InTrouble(gallery->status) &&
      domain::shared_image_gallery::EffectiveAccess(spec->access, origin) == AccessMode::kGrant;
  return sight;
}

Status ReadGalleryById(Pass& pass, account::GalleryInSight& sight) {
  if (pass.depth() == Depth::kNone) return Ok();
  LAB_ASSIGN_OR_RETURN(const domain::Seen seen,
                       pass.Resource("gallery by id", sight.id, domain::kGalleryVersion));
  sight.ready = seen.present() && azure::PhaseOf(seen.body) == azure::OperationPhase::kSucceeded;
  if (!sight.ready)
    sight.problem = sight.id.text() + (seen.present() ? " is not ready" : " does not exist");
  return Ok();
}

bool AttachesAlready(const account::LabAccountObservation& seen) {
  const auto attachments = account::ReadAttachments(seen);
  return std::any_of(attachments.begin(), attachments.end(),
                     [&](const account::Attachment& a) { return a.gallery == seen.gallery.id; });
}

std::string DefinitionOf(const json::Value& shared_image) {
  return Lower(shared_image.Text({"properties", "definitionName"}));
}

void NoteOsState(const json::Value& definition, account::LabAccountObservation& seen) {
  const std::string_view state = definition.Text({"properties", "osState"});
  if (!state.empty()) seen.os_states[Lower(definition.Text({"name"}))] = std::string(state);
}

bool AllOsStatesKnown(const account::LabAccountObservation& seen) {
  return std::all_of(seen.switches->begin(), seen.switches->end(), [&](const json::Value& image) {
    return seen.os_states.contains(DefinitionOf(image));
  });
}

bool AllOsStatesSaid(const account::LabAccountObservation& seen) {
  const std::vector<account::ImageSwitch> images = account::ReadSwitches(seen);
  return std::all_of(images.begin(), images.end(),
                     [](const account::ImageSwitch& image) { return !image.os_state.empty(); });
}

// OS states are not in the account's list of images: the definitions of the attached gallery have
// them. A definition never changes its own, so an old answer about it is as good as a new one.
Status ReadOsStates(Pass& pass, account::LabAccountObservation& seen) {
  const auto attachments = account::ReadAttachments(seen);
  if (attachments.empty() || !seen.switches || seen.switches->empty()) return Ok();
  // Where the list itself says so, nothing else has to be asked.
  if (AllOsStatesSaid(seen)) return Ok();
  SharedReads& shared = pass.shared();
  const azure::ResourceId& gallery = attachments.front().gallery;
  if (pass.depth() == Depth::kBulk) {
    LAB_RETURN_IF_ERROR(shared.ForRowsBelow(
        gallery, pass.LastWrite(), [&](const json::Value& row) { NoteOsState(row, seen); },
        pass.stop()));
  }
  const SteadyTime now = pass.services().clock.SteadyNow();
  for (const SteadyTime not_before : {now - pass.services().settings.sync_period, now}) {
    if (AllOsStatesKnown(seen)) return Ok();
    LAB_ASSIGN_OR_RETURN(const ListSnapshotPtr definitions,
                         shared.Definitions(gallery, not_before, pass.stop()));
    for (const json::Value& image : *seen.switches) {
      if (const auto body = definitions->Find(DefinitionOf(image))) NoteOsState(*body, seen);
    }
  }
  return Ok();
}

void CountVersions(const StoredObject& object, const account::GalleryWish& wish,
                   const Surroundings& around, account::LabAccountObservation& seen) {
  around.ForImagesOf({object.meta.name_space, wish.ref_name}, [&](const StoredObject& image) {
    if (const auto versions = image.status.Integer({"versions"}))
      seen.versions[Lower(DefinitionName(image.spec, image.meta.name))] = *versions;
  });
}

// Attachments that are a list of their own are settled by it: it is what the rules look at.
Status SettleByAttachments(Pass& pass, const azure::ResourceId& id, const account::Service& service,
                           const account::LabAccountObservation& seen) {
  const auto running = pass.memory().running.find(std::string(account::kAttachmentPart));
  if (running == pass.memory().running.end()) return Ok();
  if (service.attachments.empty()) return pass.Settle(account::kAttachmentPart, seen.account);
  const bool listed = std::any_of(
      seen.attachments->begin(), seen.attachments->end(), [&](const json::Value& attachment) {
        return Lower(id.Child(service.attachments, attachment.Text({"name"})).text()) ==
               running->second.target;
      });
  const bool removing = running->second.verb == domain::Verb::kDelete;
  return pass.SettleByList(account::kAttachmentPart, removing ? !listed : listed);
}

Status ReadAttachments(Pass& pass, const azure::ResourceId& id, const account::Service& service,
                       account::LabAccountObservation& seen) {
  if (service.attachments.empty()) {
    seen.attachments = account::AttachmentRows(seen.account.body);
  } else {
    LAB_ASSIGN_OR_RETURN(
        seen.attachments,
        pass.List(id.text() + "/" + std::string(service.attachments), service.gallery_version));
  }
  LAB_RETURN_IF_ERROR(SettleByAttachments(pass, id, service, seen));
  seen.memory = pass.PartMemories(seen.meta.generation);
  return Ok();
}

Status ReadLabs(Pass& pass, const azure::ResourceId& id, const account::Service& service,
                account::LabAccountObservation& seen) {
  LAB_ASSIGN_OR_RETURN(seen.labs, pass.List(account::LabsPath(service, id), service.version));
  std::erase_if(*seen.labs,
                [&](const json::Value& lab) { return !account::IsLabOf(service, lab, id); });
  return Ok();
}

Status ReadChildren(Pass& pass, const azure::ResourceId& id,
                    const Result<account::LabAccountSpec>& spec,
                    account::LabAccountObservation& seen) {
  const account::Service& service = account::ServiceOf(seen.spec);
  LAB_RETURN_IF_ERROR(ReadAttachments(pass, id, service, seen));
  if (seen.deleting()) return ReadLabs(pass, id, service, seen);
  const bool images_matter = spec && (spec->images || spec->gallery);
  if (!images_matter) return Ok();
  LAB_ASSIGN_OR_RETURN(seen.switches, pass.List(id.text() + "/" + std::string(service.images),
                                                service.gallery_version));
  LAB_RETURN_IF_ERROR(ReadOsStates(pass, seen));
  if (!spec->gallery || !spec->gallery->attached || seen.gallery.id.empty()) return Ok();
  // Once it is attached, the role is only looked at when everything is.
  if (pass.depth() == Depth::kBulk && AttachesAlready(seen)) return Ok();
  if (seen.gallery.ready) {
    LAB_ASSIGN_OR_RETURN(auto role, ReadRole(pass, seen.gallery.id, service));
    seen.role = role.role;
    seen.principal_problem = std::move(role.principal_problem);
  }
  return Ok();
}

bool IsDone(const account::LabAccountObservation& seen) {
  return azure::PhaseOf(seen.account.body) == azure::OperationPhase::kSucceeded;
}

// What can be read of it. An account that names its gallery itself is readable whatever it is busy
// with; a Failed one can still be in the way of its deletion with what is in it.
bool IsReadable(const account::Service& service, const account::LabAccountObservation& seen) {
  if (!seen.account.present()) return false;
  if (seen.deleting()) return true;
  const std::string_view state = seen.account.body.Text({"properties", "provisioningState"});
  if (service.attachments.empty()) return state == "Updating" || state == "Locked" || IsDone(seen);
  return IsDone(seen);
}

}  // namespace

Result<domain::Assessment> LookAtLabAccount(const StoredObject& object, Pass& pass) {
  account::LabAccountObservation seen;
  FillObservation(seen, object, pass);
  const auto spec = account::ReadSpec(object.spec, object.meta.name);
  azure::ResourceId id = spec ? spec->id : azure::ResourceId();
  if (seen.deleting()) {
    if (auto recorded = azure::ResourceId::Parse(object.status.Text({"resourceId"})))
      id = *std::move(recorded);
  }
  if (id.empty()) return account::Assess(seen);
  if (spec) pass.region = spec->location;
  const Surroundings& around = pass.services().surroundings;
  seen.rivals = around.Rivals(kLabAccounts, object.meta.key(), id);
  if (spec && spec->gallery && spec->gallery->attached) {
    if (!spec->gallery->ref_name.empty()) {
      seen.gallery = GalleryByObject(object, *spec->gallery, around);
      CountVersions(object, *spec->gallery, around, seen);
    } else {
      seen.gallery.id = spec->gallery->resource_id;
      LAB_RETURN_IF_ERROR(ReadGalleryById(pass, seen.gallery));
    }
  }
  if (domain::Assessment blind = account::Assess(seen); !pass.Looks(blind.situation)) return blind;
  const account::Service& service = account::ServiceOf(object.spec);
  LAB_ASSIGN_OR_RETURN(seen.account,
                       pass.Resource(account::AccountPartName(service), id, service.version));
  seen.memory = pass.PartMemories(object.meta.generation);
  if (seen.account.absent() && spec && !seen.deleting())
    seen.offer = ReadOffer(pass, id, spec->location);
  if (IsReadable(service, seen)) LAB_RETURN_IF_ERROR(ReadChildren(pass, id, spec, seen));
  return account::Assess(seen);
}

}  // namespace labgallery::reconcile
