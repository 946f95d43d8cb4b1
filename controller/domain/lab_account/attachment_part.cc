#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/lab_account/parts.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain::lab_account {
namespace {

// The ways to take a gallery off a lab plan.
constexpr int kWaysToDetach = 2;
// A role that somebody else has to give.
constexpr Duration kRoleLookAgain = std::chrono::minutes(1);

// Where the wish is a gallery that is attached: what else has to be true before anything is
// touched.
std::optional<Need> AttachNeed(const LabAccountSpec& spec, const LabAccountObservation& seen) {
  const GalleryInSight& gallery = seen.gallery;
  const Duration settle = seen.settings.role_settle;
  if (gallery.id.empty() || !gallery.ready) {
    const std::optional<Duration> look =
        gallery.by_object ? std::nullopt : std::optional<Duration>(std::chrono::minutes(1));
    return Need{Reason::kWaitingForGallery, gallery.problem, look};
  }
  const bool will_be_granted = seen.role && gallery.grants_role;
  if (spec.service->waits_for_role && !will_be_granted && !(seen.role && seen.role->granted))
    return Need{Reason::kWaitingForRole, RoleMessage(spec, seen), kRoleLookAgain};
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

std::vector<ArmWrite> Detach(const LabAccountSpec& spec, const LabAccountObservation& seen,
                             const std::vector<Attachment>& leaving) {
  return spec.service->detach(spec, seen, leaving);
}

// A detachment that was accepted is not over until Azure no longer lists the gallery.
void NoteLeaving(Part& part, const LabAccountObservation& seen,
                 const std::vector<Attachment>& leaving) {
  const auto& running = seen.Memory(part.name).running;
  const bool whole = ServiceOf(seen.spec).replaces;
  const bool asked = running && (whole || running->verb == Verb::kDelete);
  const bool azure_says =
      std::all_of(leaving.begin(), leaving.end(), [](const Attachment& a) { return a.leaving; });
  if (leaving.empty() || (!asked && !azure_says)) return;
  std::string message = "waiting until Azure no longer lists " + leaving.front().gallery.text();
  if (running) message += ", detached " + Rfc3339(running->since);
  part.moving = Moving{Reason::kWaitingForDetach, std::move(message),
                       asked ? running->look_again : kPollInterval};
}

// Every way was taken, Azure accepted each, and still names a gallery.
void NoteStubborn(Part& part, const LabAccountSpec& spec, const LabAccountObservation& seen,
                  const std::vector<Attachment>& leaving) {
  if (!spec.service->replaces || leaving.empty() || part.moving) return;
  if (seen.Memory(part.name).accepted < kWaysToDetach) return;
  part.refusal =
      Refusal{Reason::kAzureError, "Azure accepted that the gallery is taken off, and still has " +
                                       leaving.front().gallery.text() +
                                       " attached: detach it in the portal, or attach another one"};
}

void WantNone(Part& part, const LabAccountSpec& spec, const LabAccountObservation& seen,
              const std::vector<Attachment>& attachments) {
  for (const Attachment& attachment : attachments) {
    part.differences.push_back({"gallery", "none", attachment.gallery.text(), false});
  }
  part.writes = Detach(spec, seen, attachments);
  NoteLeaving(part, seen, attachments);
  NoteStubborn(part, spec, seen, attachments);
}

std::vector<Difference> DifferencesOf(const azure::ResourceId& wanted,
                                      const std::vector<Attachment>& attachments,
                                      const std::vector<Attachment>& others,
                                      const Attachment* attached) {
  std::vector<Difference> found;
  for (const Attachment& other : others) {
    found.push_back({"gallery", wanted.text(), other.gallery.text(), false});
  }
  if (attached == nullptr && others.empty()) {
    found.push_back({"gallery", wanted.empty() ? "attached" : wanted.text(),
                     attachments.empty() ? "" : attachments.front().gallery.text(),
                     attachments.empty()});
  }
  if (attached != nullptr && attached->failed)
    found.push_back({"gallery.provisioningState", "Succeeded", "Failed", true});
  return found;
}

void WantOne(Part& part, const LabAccountSpec& spec, const LabAccountObservation& seen,
             const std::vector<Attachment>& attachments) {
  const azure::ResourceId& wanted = seen.gallery.id;
  const std::vector<Attachment> others =
      wanted.empty() ? std::vector<Attachment>() : Others(attachments, wanted);
  const Attachment* attached = wanted.empty() ? nullptr : FindGallery(attachments, wanted);
  part.differences = DifferencesOf(wanted, attachments, others, attached);
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
  if (attached == nullptr || attached->failed) part.need = AttachNeed(spec, seen);
  if (!others.empty()) {
    const bool at_once = spec.service->replaces;
    part.events = {{Event::Type::kNormal, "Swap",
                    (at_once ? "replacing " : "detaching ") + others.front().gallery.text() +
                        (at_once ? " by " : " for ") + wanted.text()}};
    if (!at_once) {
      part.writes = Detach(spec, seen, others);
      NoteLeaving(part, seen, others);
      return;
    }
  }
  if (wanted.empty()) return;
  // Status says that it was attached: somebody else has taken it off since.
  if (attached == nullptr && others.empty() &&
      EqualsIgnoreCase(seen.status.Text({"gallery", "resourceId"}), wanted.text())) {
    part.events = {{Event::Type::kNormal, "DriftPutBack",
                    "attaching " + wanted.text() + " again, which was detached from outside"}};
  }
  part.writes = {spec.service->attach(spec, wanted)};
  if (const auto& running = seen.Memory(part.name).running;
      running && running->verb != Verb::kDelete) {
    part.moving = Moving{Reason::kUpdating,
                         "attaching " + wanted.text() + " since " + Rfc3339(running->since),
                         running->look_again};
  }
}

}  // namespace

std::string RoleMessage(const LabAccountSpec& spec, const LabAccountObservation& seen) {
  const Service& service = *spec.service;
  if (!seen.role && !seen.principal_problem.empty()) return seen.principal_problem;
  return "no " + std::string(service.role_name) + " role of Lab Services was seen on " +
         seen.gallery.id.text() +
         (service.waits_for_role ? "; " : "; Azure may add it itself at attach, otherwise ") +
         "assign role " + std::string(service.role_id) +
         " to the service principal of application " + std::string(service.application);
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
  // What the account itself names goes with it.
  part.present = !attachments.empty() && !spec.service->attachments.empty();
  part.removals = Detach(spec, seen, attachments);
  if (seen.deleting()) {
    const bool detach = spec.gallery && spec.gallery->detach_on_delete;
    NoteLeaving(part, seen, attachments);
    const bool tried = spec.service->replaces && seen.Memory(part.name).accepted >= kWaysToDetach;
    if (detach && !tried) part.release = Detach(spec, seen, attachments);
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

}  // namespace labgallery::domain::lab_account
