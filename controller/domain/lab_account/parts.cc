#include "controller/domain/lab_account/parts.h"

#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/names.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain::lab_account {
namespace {

constexpr Duration kAccountLookAgain = std::chrono::seconds(30);

ArmWrite AccountWrite(Verb verb, const LabAccountSpec& spec, json::Value body) {
  return {std::string(kAccountPart), verb, spec.id, std::string(kLabAccountVersion),
          std::move(body)};
}

// The child of the account is called like the gallery (Az.LabServices.psm1 of
// Azure/azure-devtestlab).
ArmWrite AttachmentWrite(Verb verb, const LabAccountSpec& spec, std::string_view name,
                         json::Value body) {
  return {std::string(kAttachmentPart), verb, spec.id.Child("sharedGalleries", name),
          std::string(kSharedGalleryVersion), std::move(body)};
}

ArmWrite Attach(const LabAccountSpec& spec, const azure::ResourceId& gallery) {
  json::Value body;
  body.Set("properties", {}).Set("galleryId", gallery.text());
  return AttachmentWrite(Verb::kPut, spec, gallery.name(), std::move(body));
}

void DescribeNewAccount(Part& part, const LabAccountSpec& spec, const std::string& own_tag) {
  part.differences = {{"lab account", spec.id.text(), "", true}};
  if (spec.location.empty()) {
    part.refusal =
        Refusal{Reason::kInvalidSpec,
                "spec.location: is needed to create the lab account, which does not exist"};
    return;
  }
  json::Value body;
  body.Set("location", spec.location.name());
  body.Set("tags", ToJson(NewTags(spec.tags, own_tag)));
  part.writes = {AccountWrite(Verb::kPut, spec, std::move(body))};
}

// Where the wish is a gallery that is attached: what else has to be true before anything is
// touched.
std::optional<Need> AttachNeed(const LabAccountObservation& seen, Duration settle) {
  const GalleryInSight& gallery = seen.gallery;
  if (gallery.id.empty() || !gallery.ready) {
    const std::optional<Duration> look =
        gallery.by_object ? std::nullopt : std::optional<Duration>(std::chrono::minutes(1));
    return Need{Reason::kWaitingForGallery, gallery.problem, look};
  }
  if (!seen.role || !gallery.grants_role) return std::nullopt;
  if (!seen.role->granted) {
    return Need{Reason::kWaitingForRole,
                "Lab Services has not got its role on " + gallery.id.text() + " yet",
                kPollInterval};
  }
  if (!seen.role->ours || !seen.role->since) return std::nullopt;
  const Duration age = seen.now - *seen.role->since;
  // An instant further ahead than the wait itself is of a clock that our own says nothing about.
  if (age >= settle || age < -settle) return std::nullopt;
  return Need{Reason::kWaitingForRole,
              "the role assignment of " + Rfc3339(*seen.role->since) + " needs " +
                  ShortDuration(settle) + " to take effect",
              settle - age};
}

std::vector<Attachment> Others(const std::vector<Attachment>& attachments,
                               const azure::ResourceId& wanted) {
  std::vector<Attachment> others;
  std::copy_if(attachments.begin(), attachments.end(), std::back_inserter(others),
               [&](const Attachment& a) { return a.gallery != wanted; });
  return others;
}

const Attachment* FindGallery(const std::vector<Attachment>& attachments,
                              const azure::ResourceId& wanted) {
  const auto found = std::find_if(attachments.begin(), attachments.end(),
                                  [&](const Attachment& a) { return a.gallery == wanted; });
  return found == attachments.end() ? nullptr : &*found;
}

std::vector<ArmWrite> Detach(const LabAccountSpec& spec, const std::vector<Attachment>& leaving) {
  std::vector<ArmWrite> writes;
  for (const Attachment& attachment : leaving)
    writes.push_back(AttachmentWrite(Verb::kDelete, spec, attachment.name, {}));
  return writes;
}

// A detachment that was accepted is not over until Azure no longer lists the gallery.
void NoteLeaving(Part& part, const LabAccountObservation& seen,
                 const std::vector<Attachment>& leaving) {
  const auto& running = seen.Memory(part.name).running;
  const bool asked = running && running->verb == Verb::kDelete;
  const bool azure_says =
      std::all_of(leaving.begin(), leaving.end(), [](const Attachment& a) { return a.leaving; });
  if (leaving.empty() || (!asked && !azure_says)) return;
  std::string message = "waiting until Azure no longer lists " + leaving.front().gallery.text();
  if (running) message += ", detached " + Rfc3339(running->since);
  part.moving = Moving{Reason::kWaitingForDetach, std::move(message),
                       asked ? running->look_again : kPollInterval};
}

void WantNone(Part& part, const LabAccountSpec& spec, const LabAccountObservation& seen,
              const std::vector<Attachment>& attachments) {
  for (const Attachment& attachment : attachments) {
    part.differences.push_back({"gallery", "none", attachment.gallery.text(), false});
  }
  part.writes = Detach(spec, attachments);
  NoteLeaving(part, seen, attachments);
}

void WantOne(Part& part, const LabAccountSpec& spec, const LabAccountObservation& seen,
             const std::vector<Attachment>& attachments) {
  const azure::ResourceId& wanted = seen.gallery.id;
  const std::vector<Attachment> others =
      wanted.empty() ? std::vector<Attachment>() : Others(attachments, wanted);
  const Attachment* attached = wanted.empty() ? nullptr : FindGallery(attachments, wanted);
  for (const Attachment& other : others) {
    part.differences.push_back({"gallery", wanted.text(), other.gallery.text(), false});
  }
  if (attached == nullptr && others.empty()) {
    part.differences.push_back({"gallery", wanted.empty() ? "attached" : wanted.text(),
                                attachments.empty() ? "" : attachments.front().gallery.text(),
                                attachments.empty()});
  }
  if (part.differences.empty()) {
    if (attached->moving)
      part.moving = Moving{Reason::kUpdating, "the gallery is being attached", kPollInterval};
    return;
  }
  if (!others.empty() && spec.gallery->detach_first) {
    part.refusal =
        Refusal{Reason::kSwapRefused, others.front().gallery.text() +
                                          " is attached and spec.gallery.swap is DetachFirst: set "
                                          "spec.gallery.state to Detached, wait until it "
                                          "is detached, then attach " +
                                          wanted.text()};
    return;
  }
  if (attached == nullptr) part.need = AttachNeed(seen, seen.settings.role_settle);
  if (!others.empty()) {
    part.writes = Detach(spec, others);
    part.events = {{Event::Type::kNormal, "Swap",
                    "detaching " + others.front().gallery.text() + " for " + wanted.text()}};
    NoteLeaving(part, seen, others);
    return;
  }
  if (wanted.empty()) return;
  part.writes = {Attach(spec, wanted)};
  if (const auto& running = seen.Memory(part.name).running;
      running && running->verb == Verb::kPut) {
    part.moving = Moving{Reason::kUpdating,
                         "attaching " + wanted.text() + " since " + Rfc3339(running->since),
                         running->look_again};
  }
}

// The switch as it was read, with the new state in the spelling that the service itself used.
json::Value SwitchedBody(const ImageSwitch& image, SwitchState state) {
  json::Value body = image.body;
  if (body.Find("properties") == nullptr) body.Set("properties", {});
  json::Value& properties = *body.Find("properties");
  properties.Set(properties.Find("enableState") != nullptr ? "enableState" : "EnableState",
                 Name(state));
  properties.Remove("provisioningState");
  return body;
}

// True if status says that the switch stood there: somebody else has moved it since. A new image is
// no drift.
bool StoodAt(const LabAccountObservation& seen, const ImageSwitch& image, SwitchState state) {
  const json::Value* images = seen.status.Find("images");
  if (images == nullptr || !images->IsArray()) return false;
  return std::any_of(images->AsArray()->begin(), images->AsArray()->end(),
                     [&](const json::Value& before) {
                       return before.Text({"definitionName"}) == image.definition_name &&
                              before.Text({"state"}) == Name(state);
                     });
}

}  // namespace

Part AccountPart(const LabAccountSpec& spec, const LabAccountObservation& seen,
                 const Ownership& ownership) {
  Part part{.name = std::string(kAccountPart)};
  NoteProgress(part, seen, seen.account, kAccountLookAgain);
  if (!seen.account.present()) {
    DescribeNewAccount(part, spec, seen.OwnTag());
    return part;
  }
  part.present = true;
  part.removals = {AccountWrite(Verb::kDelete, spec, {})};
  if (seen.deleting()) {
    // Labs that were not looked for may be there, and would go with the account.
    if (!seen.labs && !part.moving)
      part.moving =
          Moving{Reason::kDeleting, "the labs of the account are not known yet", kAccountLookAgain};
    return part;
  }
  const azure::Region have(seen.account.body.Text({"location"}));
  if (!spec.location.empty() && have != spec.location) {
    part.differences = {{"location", spec.location.name(), have.name(), false}};
    part.refusal =
        Refusal{Reason::kInvalidSpec, "spec.location: the lab account is in " + have.name() +
                                          " and cannot be moved; set spec.location to that region"};
    return part;
  }
  part.differences =
      TagDifferences(spec.tags, TagsOf(seen.account.body), WantsMark(seen, ownership));
  if (azure::PhaseOf(seen.account.body) == azure::OperationPhase::kFailed) {
    part.differences.push_back(
        {"properties.provisioningState", "Succeeded",
         std::string(seen.account.body.Text({"properties", "provisioningState"})), true});
  }
  if (part.differences.empty()) return part;
  json::Value body;
  body.Set("tags",
           ToJson(DesiredTags(spec.tags, TagsOf(seen.account.body), ownership, seen.OwnTag())));
  part.writes = {AccountWrite(Verb::kPatch, spec, std::move(body))};
  return part;
}

Part AttachmentPart(const LabAccountSpec& spec, const LabAccountObservation& seen) {
  Part part{.name = std::string(kAttachmentPart)};
  part.failure = seen.Memory(part.name).failure;
  if (!seen.account.present() || !seen.attachments) {
    // A new account: what will be attached is told, nothing can be sent yet.
    if (spec.gallery && spec.gallery->attached && seen.account.absent()) {
      part.differences = {{"gallery", seen.gallery.id.text(), "", true}};
    }
    return part;
  }
  const std::vector<Attachment> attachments = ReadAttachments(seen);
  part.present = !attachments.empty();
  part.removals = Detach(spec, attachments);
  if (seen.deleting()) {
    const bool detach = spec.gallery && spec.gallery->detach_on_delete;
    if (detach) part.release = Detach(spec, attachments);
    NoteLeaving(part, seen, attachments);
    return part;
  }
  if (!spec.gallery) return part;
  if (!spec.gallery->attached) {
    WantNone(part, spec, seen, attachments);
  } else {
    WantOne(part, spec, seen, attachments);
  }
  return part;
}

Part SwitchesPart(const LabAccountSpec& spec, const LabAccountObservation& seen) {
  Part part{.name = std::string(kSwitchesPart)};
  if (seen.deleting() || !spec.images || !seen.switches) return part;
  part.failure = seen.Memory(part.name).failure;
  part.serves = seen.Said(condition::kReady) && !part.failure;
  std::size_t drifted = 0;
  for (const ImageSwitch& image : ReadSwitches(seen)) {
    const auto wanted = WantedSwitch(*spec.images, image);
    if (!wanted || wanted->state == image.state) continue;
    part.differences.push_back({"images." + image.definition_name, std::string(Name(wanted->state)),
                                std::string(Name(image.state)), false});
    if (StoodAt(seen, image, wanted->state)) ++drifted;
    if (part.writes.size() >= kSwitchBatch) continue;
    part.writes.push_back({part.name, Verb::kPut, spec.id.Child("sharedImages", image.name),
                           std::string(kSharedGalleryVersion), SwitchedBody(image, wanted->state)});
  }
  if (drifted > 0) {
    part.events = {
        {Event::Type::kNormal, "DriftPutBack",
         "switching " + std::to_string(drifted) + " image(s) back to what the spec says"}};
  }
  return part;
}

}  // namespace labgallery::domain::lab_account
