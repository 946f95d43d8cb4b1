#include "controller/domain/observation.h"

#include <utility>

#include "controller/domain/names.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain {
namespace {

bool HasAnnotation(const kube::ObjectMeta& meta, std::string_view key, std::string_view value) {
  const auto found = meta.annotations.find(std::string(key));
  return found != meta.annotations.end() && found->second == value;
}

std::optional<Refusal> IdentityProblem(const Observation& seen, const std::string& id) {
  const std::string recorded(seen.status.Text({"resourceId"}));
  if (!seen.meta.HasFinalizer(kFinalizer) || recorded.empty() || id.empty()) return std::nullopt;
  if (EqualsIgnoreCase(recorded, id)) return std::nullopt;
  return Refusal{Reason::kIdentityChanged,
                 "the spec now names " + id + ", but this object manages " + recorded +
                     "; change it back, or delete the object and create another"};
}

}  // namespace

Seen Present(json::Value body) { return {Sight::kPresent, std::move(body)}; }
Seen AbsentInAzure() { return {Sight::kAbsent, {}}; }

const PartMemory& Observation::Memory(const std::string& part) const {
  static const PartMemory kNothing;
  const auto found = memory.find(part);
  return found == memory.end() ? kNothing : found->second;
}

bool Observation::Said(std::string_view condition_type) const {
  return SaysTrue(status, condition_type);
}

bool SaysTrue(const json::Value& status, std::string_view condition_type) {
  const json::Value* condition = kube::FindCondition(status, condition_type);
  return condition != nullptr && condition->Text({"status"}) == "True";
}

bool InTrouble(const json::Value& status) {
  const json::Value* ready = kube::FindCondition(status, condition::kReady);
  return ready != nullptr && ready->Text({"status"}) == "False" &&
         StandingOf(ready->Text({"reason"})) == Standing::kTrouble;
}

std::string Observation::OwnTag() const { return OwnerTag(settings.installation, meta.key()); }

OwnPolicy ReadOwnPolicy(const json::Value& spec) {
  OwnPolicy own;
  if (spec.Text({"managementPolicy"}) == "Observe") own.management = Management::kObserve;
  own.deletion = ParseDeletion(spec.Text({"deletionPolicy"}));
  own.adoption = ParseAdoption(spec.Text({"adoption"}));
  return own;
}

Situation BaseSituation(const Observation& seen, const Seen& root, const std::string& resource_id,
                        bool retain_unless_own) {
  Situation s;
  s.exists = seen.exists;
  s.deleting = seen.deleting();
  s.has_finalizer = seen.meta.HasFinalizer(kFinalizer);
  s.paused = HasAnnotation(seen.meta, annotation::kPaused, "true");
  s.unacceptable = IdentityProblem(seen, resource_id);
  if (!s.unacceptable) s.unacceptable = TagProblem(seen.spec);
  s.no_credential = seen.no_credential;
  s.recorded_id = std::string(seen.status.Text({"resourceId"}));
  // What was recorded is what this object answers for, whatever the spec says now.
  s.resource_id = s.deleting && !s.recorded_id.empty() ? s.recorded_id : resource_id;
  s.sight = root.sight;
  if (root.present()) {
    s.ownership = OwnershipOf(root.body, seen.OwnTag());
    if (s.ownership.owner == Owner::kOther) {
      s.claim_message = ClaimMessage(s.resource_id, s.ownership.tag, seen.settings.installation);
    }
  }
  const OwnPolicy own = ReadOwnPolicy(seen.spec);
  // What is not read now is as it was: status remembers what was adopted.
  const bool adopted = root.present() ? s.ownership.origin == Origin::kAdopted
                                      : seen.status.Text({"origin"}) == "Adopted";
  s.management = own.management;
  const auto deletion =
      EffectiveDeletion(own, seen.name_space, seen.settings, retain_unless_own || adopted);
  s.deletion = deletion.value;
  s.deletion_source = deletion.source;
  const auto adoption = EffectiveAdoption(own, seen.name_space, seen.settings);
  s.adoption = adoption.value;
  s.adoption_source = adoption.source;
  if (s.management == Management::kManage) {
    s.older_rival =
        OlderRival({seen.meta.key(), seen.meta.creation_time.value_or(SystemTime{})}, seen.rivals);
  }
  return s;
}

void NoteScopes(Situation& s, const Observation& seen, std::vector<std::string> named) {
  if (!s.resource_id.empty()) named.push_back(s.resource_id);
  if (const auto problem = ScopeProblem(named, seen.name_space, seen.settings))
    s.out_of_scope = Refusal{Reason::kScopeNotAllowed, *problem};
}

Reason MovingReason(const json::Value& body) {
  const std::string_view state = body.Text({"properties", "provisioningState"});
  if (EqualsIgnoreCase(state, "Creating")) return Reason::kCreating;
  if (EqualsIgnoreCase(state, "Deleting")) return Reason::kDeleting;
  return Reason::kUpdating;
}

void NoteProgress(Part& part, const Observation& seen, const Seen& resource, Duration fallback) {
  const PartMemory& memory = seen.Memory(part.name);
  part.failure = memory.failure;
  const bool moving =
      resource.present() && azure::PhaseOf(resource.body) == azure::OperationPhase::kRunning;
  if (!moving && !memory.running) return;
  Moving progress;
  progress.reason = moving ? MovingReason(resource.body) : Reason::kUpdating;
  if (memory.running && memory.running->verb == Verb::kDelete) progress.reason = Reason::kDeleting;
  if (memory.running && !resource.present() && memory.running->verb != Verb::kDelete)
    progress.reason = Reason::kCreating;
  progress.message = part.name + " is being changed in Azure";
  if (memory.running) progress.message += " since " + Rfc3339(memory.running->since);
  progress.look_again = memory.running ? memory.running->look_again : fallback;
  part.moving = std::move(progress);
}

}  // namespace labgallery::domain
