// The parts of a gallery, in order of making: the gallery itself, then Lab Services' role on it.
// Deletion goes backwards.

#include "controller/domain/shared_image_gallery/parts.h"

#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/names.h"
#include "controller/domain/offer.h"
#include "controller/domain/tagging.h"
#include "src/base/text.h"

namespace labgallery::domain::shared_image_gallery {
namespace {

json::Value NewBody(const GallerySpec& spec, const std::string& own_tag) {
  json::Value body;
  body.Set("location", spec.location.name());
  body.Set("tags", ToJson(NewTags(spec.tags, own_tag)));
  body.Set("properties", json::Value::Object()).SetIf("description", spec.description);
  return body;
}

std::vector<Difference> Differences(const GallerySpec& spec, const GalleryObservation& seen,
                                    const Ownership& ownership) {
  std::vector<Difference> differences =
      TagDifferences(spec.tags, TagsOf(seen.gallery.body), WantsMark(seen, ownership));
  const std::string have(seen.gallery.body.Text({"properties", "description"}));
  if (spec.description && *spec.description != have) {
    differences.push_back({"properties.description", *spec.description, have, have.empty()});
  }
  return differences;
}

// Azure offers PATCH for galleries, so nothing that others set can be lost.
ArmWrite Patch(const GallerySpec& spec, const GalleryObservation& seen,
               const Ownership& ownership) {
  json::Value body;
  body.Set("tags",
           ToJson(DesiredTags(spec.tags, TagsOf(seen.gallery.body), ownership, seen.OwnTag())));
  if (spec.description) body.Set("properties", {}).Set("description", *spec.description);
  return {std::string(kGalleryPart), Verb::kPatch, spec.id, std::string(kGalleryVersion),
          std::move(body)};
}

bool LocationDiffers(const GallerySpec& spec, const Seen& gallery) {
  return !spec.location.empty() && azure::Region(gallery.body.Text({"location"})) != spec.location;
}

void DescribePresent(Part& part, const GallerySpec& spec, const GalleryObservation& seen,
                     const Ownership& ownership) {
  part.removals = {{part.name, Verb::kDelete, spec.id, std::string(kGalleryVersion), {}}};
  if (LocationDiffers(spec, seen.gallery)) {
    const std::string have(seen.gallery.body.Text({"location"}));
    part.differences.push_back({"location", spec.location.name(), have, false});
    part.refusal =
        Refusal{Reason::kInvalidSpec, "spec.location: the gallery is in " + have +
                                          " and cannot be moved; set spec.location to that region"};
    return;
  }
  part.differences = Differences(spec, seen, ownership);
  const bool failed = azure::PhaseOf(seen.gallery.body) == azure::OperationPhase::kFailed;
  if (failed) {
    part.differences.push_back(
        {"properties.provisioningState", "Succeeded",
         std::string(seen.gallery.body.Text({"properties", "provisioningState"})), true});
  }
  if (!part.differences.empty()) part.writes = {Patch(spec, seen, ownership)};
}

// An account that ever attached the gallery and was not looked at now may still do so.
bool AllWereLookedAt(const GalleryObservation& seen) {
  const json::Value* before = seen.status.Find("attachedTo");
  if (before == nullptr || !before->IsArray()) return true;
  return std::all_of(
      before->AsArray()->begin(), before->AsArray()->end(), [&](const json::Value& entry) {
        return std::any_of(seen.azure_accounts->begin(), seen.azure_accounts->end(),
                           [&](const AccountInAzure& a) {
                             return EqualsIgnoreCase(a.account_id, entry.Text({"resourceId"}));
                           });
      });
}

}  // namespace

Part GalleryPart(const GallerySpec& spec, const GalleryObservation& seen,
                 const Ownership& ownership) {
  Part part{.name = std::string(kGalleryPart)};
  NoteProgress(part, seen, seen.gallery, kPollInterval);
  if (seen.gallery.present()) {
    part.present = true;
    DescribePresent(part, spec, seen, ownership);
    return part;
  }
  part.differences = {{"gallery", spec.id.text(), "", true}};
  if (spec.location.empty()) {
    part.refusal = Refusal{Reason::kInvalidSpec,
                           "spec.location: is needed to create the gallery, which does not exist"};
    return part;
  }
  part.writes = {
      {part.name, Verb::kPut, spec.id, std::string(kGalleryVersion), NewBody(spec, seen.OwnTag())}};
  NoteOffer(part, seen, spec.location);
  return part;
}

Part RolePart(const GallerySpec& spec, const GalleryObservation& seen, const Ownership& ownership,
              const ServiceRole& role) {
  Part part{.name = std::string(role.service->role_part)};
  const auto wanted = RoleWanted(role, spec.id);
  const bool asked = RoleIsAsked(seen, spec, ownership, *role.service);
  if (!wanted || !role.role) {
    if (seen.gallery.present() && !role.principal_id && asked) {
      part.need =
          Need{Reason::kWaitingForProvider, role.principal_problem, std::chrono::minutes(1)};
    }
    return part;
  }
  const ArmWrite assign{part.name, Verb::kPut, AssignmentId(*wanted),
                        std::string(kRoleAssignmentVersion), AssignmentBody(*wanted)};
  const ArmWrite remove{part.name, Verb::kDelete, assign.target, assign.api_version, {}};
  part.present = role.role->ours;
  part.removals = {remove};
  NoteProgress(part, seen, Seen{}, kPollInterval);
  if (asked && !role.role->granted) {
    part.differences = {{"roleAssignments." + assign.target.text(), wanted->role_id, "", true}};
    part.writes = {assign};
  } else if (RoleIsOver(seen, role)) {
    part.differences = {{"roleAssignments." + assign.target.text(), "", wanted->role_id, false}};
    part.writes = {remove};
  }
  part.serves = seen.Said(condition::kReady) && !part.failure;
  return part;
}

AccessMode AccessOf(const GalleryObservation& seen, const GallerySpec& spec,
                    const Ownership& ownership) {
  if (!seen.gallery.present()) return EffectiveAccess(spec.access, Origin::kCreated);
  const bool owned = ownership.owner != Owner::kNobody;
  return EffectiveAccess(spec.access, owned ? ownership.origin : Origin::kAdopted);
}

bool IsWantedBy(const GalleryObservation& seen, const lab_account::Service& service) {
  return std::any_of(seen.accounts.begin(), seen.accounts.end(),
                     [&](const AccountObject& a) { return a.service == &service && a.wants_us; });
}

bool RoleIsAsked(const GalleryObservation& seen, const GallerySpec& spec,
                 const Ownership& ownership, const lab_account::Service& service) {
  return AccessOf(seen, spec, ownership) == AccessMode::kGrant && IsWantedBy(seen, service);
}

bool RoleIsOver(const GalleryObservation& seen, const ServiceRole& role) {
  if (!role.role || !role.role->ours || !seen.azure_accounts) return false;
  const bool object =
      std::any_of(seen.accounts.begin(), seen.accounts.end(), [&](const AccountObject& a) {
        return a.service == role.service && (a.wants_us || a.attached);
      });
  const bool azure =
      std::any_of(seen.azure_accounts->begin(), seen.azure_accounts->end(),
                  [&](const AccountInAzure& a) { return a.service == role.service && a.attached; });
  return !object && !azure && AllWereLookedAt(seen);
}

std::optional<WantedRole> RoleWanted(const ServiceRole& role, const azure::ResourceId& id) {
  if (!role.principal_id) return std::nullopt;
  return WantedRole{id, *role.principal_id, std::string(role.service->role_id)};
}

}  // namespace labgallery::domain::shared_image_gallery
