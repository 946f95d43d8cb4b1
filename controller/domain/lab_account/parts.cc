#include "controller/domain/lab_account/parts.h"

#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/names.h"
#include "controller/domain/offer.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"

namespace labgallery::domain::lab_account {
namespace {

constexpr Duration kAccountLookAgain = std::chrono::seconds(30);

ArmWrite AccountWrite(Verb verb, const LabAccountSpec& spec, json::Value body) {
  return {AccountPartName(*spec.service), verb, spec.id, std::string(spec.service->version),
          std::move(body)};
}

std::string Noun(const LabAccountSpec& spec) { return std::string(spec.service->ids.noun); }

// Azure's own work: nothing can be written, and what teachers use goes on.
void NoteBusy(Part& part, const LabAccountSpec& spec, const LabAccountObservation& seen) {
  if (!part.moving || !seen.account.present()) return;
  const bool locked = IsLocked(seen.account.body);
  if (locked) part.moving->message = "Azure has locked the " + part.name + " for maintenance";
  // While a plan saves an image it is Updating: what it names can be read, and is as it was.
  const json::Value* observed = seen.status.Find("observedGeneration");
  const bool this_spec = observed != nullptr && *observed == json::Value(seen.meta.generation);
  if (locked || (spec.service->replaces && this_spec && !seen.Memory(part.name).running))
    part.serves = seen.Said(condition::kReady);
}

// Told when an account comes under management, and then no more.
Event RetirementNote(const LabAccountSpec& spec) {
  return {Event::Type::kWarning, std::string(condition::kServiceRetiring), RetirementMessage(spec)};
}

// What else can be done where Azure makes no more of them.
void ExplainRefusal(Part& part, const LabAccountSpec& spec) {
  if (!part.failure || spec.service->way_out.empty()) return;
  Verdict& verdict = part.failure->verdict;
  const bool maybe_retired =
      verdict.reason == Reason::kAzureError || verdict.reason == Reason::kQuotaExceeded;
  if (!maybe_retired) return;
  verdict.message += verdict.message.ends_with('.') ? " " : ". ";
  verdict.message += spec.service->way_out;
}

void DescribeNewAccount(Part& part, const LabAccountSpec& spec, const std::string& own_tag) {
  part.differences = {{Noun(spec), spec.id.text(), "", true}};
  if (spec.location.empty()) {
    part.refusal = Refusal{Reason::kInvalidSpec, "spec.location: is needed to create the " +
                                                     Noun(spec) + ", which does not exist"};
    return;
  }
  json::Value body;
  body.Set("location", spec.location.name());
  body.Set("tags", ToJson(NewTags(spec.tags, own_tag)));
  if (json::Value properties = spec.service->new_properties(spec); !properties.IsNull())
    body.Set("properties", std::move(properties));
  part.writes = {AccountWrite(Verb::kPut, spec, std::move(body))};
  part.events = {RetirementNote(spec)};
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

bool IsLocked(const json::Value& account) {
  return EqualsIgnoreCase(account.Text({"properties", "provisioningState"}), "Locked");
}

std::string RetirementMessage(const LabAccountSpec& spec) {
  return "Azure Lab Services ends on " + std::string(kRetirementDate) + ", and every " +
         Noun(spec) + " with it; galleries and the images in them stay";
}

Part AccountPart(const LabAccountSpec& spec, const LabAccountObservation& seen,
                 const Ownership& ownership) {
  Part part{.name = AccountPartName(*spec.service)};
  NoteProgress(part, seen, seen.account, kAccountLookAgain);
  // A service whose account names the gallery is busy with itself then.
  if (!seen.deleting() && spec.service->replaces &&
      seen.Memory(std::string(kAttachmentPart)).running)
    part.moving.reset();
  NoteBusy(part, spec, seen);
  if (!seen.account.present()) {
    DescribeNewAccount(part, spec, seen.OwnTag());
    NoteOffer(part, seen, spec.location);
    ExplainRefusal(part, spec);
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
        Refusal{Reason::kInvalidSpec, "spec.location: the " + Noun(spec) + " is in " + have.name() +
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
  if (ownership.owner == Owner::kNobody) part.events = {RetirementNote(spec)};
  part.writes = {WriteTags(
      spec, seen,
      ToJson(DesiredTags(spec.tags, TagsOf(seen.account.body), ownership, seen.OwnTag())))};
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
    part.writes.push_back(spec.service->set_switch(spec, image, wanted->state));
  }
  if (drifted > 0) {
    part.events = {
        {Event::Type::kNormal, "DriftPutBack",
         "switching " + std::to_string(drifted) + " image(s) back to what the spec says"}};
  }
  return part;
}

}  // namespace labgallery::domain::lab_account
