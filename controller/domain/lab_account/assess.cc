#include <algorithm>
#include <utility>

#include "controller/domain/arm.h"
#include "controller/domain/condition_text.h"
#include "controller/domain/lab_account/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain::lab_account {
namespace {

std::pair<Reason, std::string> ReasonOf(const Part& part,
                                        const std::vector<Attachment>& attachments) {
  if (part.Done()) {
    return {Reason::kReconciled, attachments.empty()
                                     ? "no gallery is attached, as asked"
                                     : attachments.front().gallery.text() + " is attached"};
  }
  if (part.moving) return {part.moving->reason, part.moving->message};
  if (part.need) return {part.need->reason, part.need->message};
  if (part.refusal) return {part.refusal->reason, part.refusal->message};
  if (part.failure) return {part.failure->verdict.reason, part.failure->verdict.message};
  return {Reason::kUpdating, "not attached yet"};
}

void ReportGallery(const LabAccountObservation& seen, const LabAccountSpec& spec, const Part& part,
                   Report& report) {
  if (!seen.attachments) {
    // What was reported stays until Azure is read again.
    for (const char* field : {"gallery", "previousGalleryId"}) {
      if (const json::Value* before = seen.status.Find(field)) report.details.Set(field, *before);
    }
    return;
  }
  const std::vector<Attachment> attachments = ReadAttachments(seen);
  const std::string before(seen.status.Text({"gallery", "resourceId"}));
  std::string previous(seen.status.Text({"previousGalleryId"}));
  if (!attachments.empty()) {
    const Attachment& attachment = attachments.front();
    json::Value& gallery = report.details.Set("gallery", {});
    gallery.Set("name", attachment.gallery.name());
    gallery.Set("resourceId", attachment.gallery.text());
    const bool same = EqualsIgnoreCase(before, attachment.gallery.text());
    const std::string_view since = seen.status.Text({"gallery", "attachedTime"});
    gallery.Set("attachedTime", same && !since.empty() ? std::string(since) : Rfc3339(seen.now));
    if (EqualsIgnoreCase(previous, attachment.gallery.text())) previous.clear();
  } else if (!before.empty()) {
    previous = before;
  }
  const bool on_the_way = spec.gallery && spec.gallery->attached && !part.Done();
  if (on_the_way && !previous.empty()) report.details.Set("previousGalleryId", previous);
  if (!spec.gallery) return;
  auto [reason, message] = ReasonOf(part, attachments);
  if (on_the_way && attachments.empty() && !previous.empty()) {
    message += ". Before, " + previous +
               " was attached: to return, name it in spec.gallery.ref.resourceId";
  }
  report.conditions.push_back(
      Says(condition::kGalleryAttached, part.Done(), reason, std::move(message)));
}

void ReportRole(const LabAccountObservation& seen, const LabAccountSpec& spec, Report& report) {
  if (!seen.role) {
    // Read only while it matters; in between what was seen last is told.
    const json::Value* before = seen.status.Find("conditions");
    const auto conditions =
        before == nullptr ? Result<std::vector<kube::Condition>>(std::vector<kube::Condition>())
                          : kube::ReadConditions(*before);
    if (!conditions || seen.account.absent()) return;
    if (const auto* told = kube::FindCondition(*conditions, condition::kRoleAssigned))
      report.conditions.push_back(*told);
    return;
  }
  const bool granted = seen.role->granted;
  report.conditions.push_back(Says(
      condition::kRoleAssigned, granted, granted ? Reason::kReconciled : Reason::kWaitingForRole,
      granted ? "Lab Services has its role on the gallery" : RoleMessage(spec, seen)));
}

// Exceptions first, so that they survive the bound of the list.
void ReportSwitches(const LabAccountObservation& seen, const LabAccountSpec& spec, const Part& part,
                    Report& report) {
  if (!seen.switches) return;
  std::vector<json::Value> exceptions;
  std::vector<json::Value> others;
  std::int64_t enabled = 0;
  const std::vector<ImageSwitch> images = ReadSwitches(seen);
  for (const ImageSwitch& image : images) {
    enabled += image.state == SwitchState::kEnabled ? 1 : 0;
    json::Value entry;
    entry.Set("definitionName", image.definition_name);
    entry.Set("state", Name(image.state));
    if (!image.os_state.empty()) entry.Set("osState", image.os_state);
    const auto versions = seen.versions.find(Lower(image.definition_name));
    if (versions != seen.versions.end()) entry.Set("versions", versions->second);
    const auto wanted = spec.images ? WantedSwitch(*spec.images, image) : std::nullopt;
    const bool not_allowed =
        !image.os_state.empty() && spec.images &&
        std::find(spec.images->allowed_os_states.begin(), spec.images->allowed_os_states.end(),
                  image.os_state) == spec.images->allowed_os_states.end();
    if (not_allowed) {
      entry.Set("reason", image.os_state + " images are not among spec.images.allowedOSStates");
    } else if (wanted && wanted->state != image.state) {
      entry.Set("reason", "being switched to " + std::string(Name(wanted->state)));
    }
    (entry.Find("reason") != nullptr ? exceptions : others).push_back(std::move(entry));
  }
  exceptions.insert(exceptions.end(), others.begin(), others.end());
  if (exceptions.size() > kListLimit) {
    exceptions.resize(kListLimit);
    report.details.Set("imagesTruncated", true);
  }
  report.details.Set("images", std::move(exceptions));
  const auto total = static_cast<std::int64_t>(images.size());
  json::Value& counts = report.details.Set("imageCounts", {});
  counts.Set("total", total);
  counts.Set("enabled", enabled);
  report.details.Set("imagesEnabled", std::to_string(enabled) + "/" + std::to_string(total));
  if (!spec.images) return;
  report.conditions.push_back(Says(
      condition::kImagesSwitched, part.Done(),
      part.Done() ? Reason::kReconciled : Reason::kUpdating,
      part.Done() ? std::to_string(enabled) + " of " + std::to_string(total) + " images are enabled"
                  : std::to_string(part.differences.size()) + " images are to be switched"));
}

void ReportRetirement(const LabAccountSpec& spec, Report& report) {
  report.details.Set("retirementDate", kRetirementDate);
  report.conditions.push_back({.type = std::string(condition::kServiceRetiring),
                               .status = kube::ConditionStatus::kTrue,
                               .reason = "Announced",
                               .message = RetirementMessage(spec),
                               .observed_generation = 0,
                               .last_transition_time = {}});
}

void FindLabs(const LabAccountObservation& seen, Situation& s) {
  for (const json::Value& lab : seen.labs.value_or(std::vector<json::Value>())) {
    s.blockers.push_back({"Lab", std::string(lab.Text({"name"})), std::string(lab.Text({"id"}))});
  }
}

// The gallery by its id, or as the object that is named here knows it.
std::vector<std::string> NamedIds(const LabAccountSpec& spec, const GalleryInSight& sight) {
  if (!spec.gallery) return {};
  const azure::ResourceId& id =
      spec.gallery->resource_id.empty() ? sight.id : spec.gallery->resource_id;
  if (id.empty()) return {};
  return {id.text()};
}

}  // namespace

Assessment Assess(const LabAccountObservation& seen) {
  Assessment result;
  const auto spec = ReadSpec(seen.spec, seen.meta.name);
  LabAccountSpec wanted = spec ? *spec : LabAccountSpec{.service = &ServiceOf(seen.spec)};
  Situation& s = result.situation;
  s = BaseSituation(seen, seen.account, wanted.id.text(), true);
  if (!spec) s.unacceptable = Refusal{Reason::kInvalidSpec, spec.error().message};
  if (s.deleting && !s.recorded_id.empty()) {
    if (auto id = azure::ResourceId::Parse(s.recorded_id)) wanted.id = *std::move(id);
    if (const Service* service = ServiceOfId(wanted.id)) wanted.service = service;
  }
  NoteScopes(s, seen, NamedIds(wanted, seen.gallery));
  s.parts = {AccountPart(wanted, seen, s.ownership), AttachmentPart(wanted, seen),
             SwitchesPart(wanted, seen)};
  if (seen.account.present() && s.ownership.owner == Owner::kUs) {
    s.release_tags = {
        WriteTags(wanted, seen, ToJson(WithRelease(TagsOf(seen.account.body), seen.OwnTag())))};
  }
  if (s.deleting) FindLabs(seen, s);
  s.region = wanted.location;
  if (s.region.empty() && seen.account.present())
    s.region = azure::Region(seen.account.body.Text({"location"}));
  const std::string noun(wanted.service->ids.noun);
  s.done_message = "the " + noun + " is in Azure as described";
  if (seen.account.sight != Sight::kUnread) {
    const bool there = seen.account.present() &&
                       (azure::PhaseOf(seen.account.body) == azure::OperationPhase::kSucceeded ||
                        IsLocked(seen.account.body));
    result.report.conditions.push_back(
        Says(condition::kProvisioned, there, there ? Reason::kReconciled : Reason::kCreating,
             "the " + noun + (there ? " is in Azure" : " is not there yet")));
  }
  ReportRetirement(wanted, result.report);
  ReportRole(seen, wanted, result.report);
  ReportGallery(seen, wanted, s.parts.at(1), result.report);
  ReportSwitches(seen, wanted, s.parts.at(2), result.report);
  return result;
}

}  // namespace labgallery::domain::lab_account
