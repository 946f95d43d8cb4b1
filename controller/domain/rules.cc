// The table of rules (at the end of this file) in its order, top to bottom, column by column:
//
//   The object       Deleting           Looking            The first part that is not done
//   Forget           NotOurs            Observe            MovingPart
//   LetGo            DeletionBlocked    Claimed            MissingNeed
//   Paused           DeletePart         AdoptionRefused    FailedBefore
//   NotAcceptable    DropFinalizer                         RefusedByAzureOrPolicy
//   NoCredential                                           RecordFirst
//                                                          WritePart
//                                                          and when all are done: Shortfall, Done

#include "controller/domain/rules.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "controller/domain/rule_text.h"

namespace labgallery::domain {
namespace {

using enum kube::ConditionStatus;
using WaitKind = Wait::Kind;
using MaybePlan = std::optional<Plan>;

Plan Say(Reason reason, std::string message, Wait wait) {
  return {.action = ActionKind::kNone,
          .writes = {},
          .verdict = Verdict{kFalse, reason, std::move(message)},
          .wait = wait,
          .events = {}};
}

Plan Act(ActionKind action, Wait wait) {
  Plan plan;
  plan.action = action;
  plan.wait = wait;
  return plan;
}

const Part* FirstOpenPart(const Situation& s) {
  const auto open =
      std::find_if(s.parts.begin(), s.parts.end(), [](const Part& p) { return !p.Done(); });
  return open == s.parts.end() ? nullptr : &*open;
}

// While Azure serves what the spec asks, an object is Ready whatever still goes on.
Plan Progress(const Part& part, Verdict verdict, Wait wait) {
  if (part.serves) {
    verdict.ready = kTrue;
    verdict.reason = Reason::kReconciled;
  }
  Plan plan;
  plan.verdict = std::move(verdict);
  plan.wait = wait;
  return plan;
}

Reason WritingReason(const Situation& s) {
  return s.sight == Sight::kAbsent ? Reason::kCreating : Reason::kUpdating;
}

Verdict AsDescribed(const Situation& s) { return {kTrue, Reason::kReconciled, s.done_message}; }

// ---- the object

MaybePlan Forget(const Situation& s) {
  if (s.exists && (!s.deleting || s.has_finalizer)) return std::nullopt;
  return Act(ActionKind::kNone, {.kind = WaitKind::kForget});
}

MaybePlan LetGo(const Situation& s) {
  if (!s.deleting) return std::nullopt;
  if (s.management == Management::kManage && s.deletion == Deletion::kDelete && !s.keep_instead) {
    return std::nullopt;
  }
  Plan plan = Act(ActionKind::kRelease, {.kind = WaitKind::kForget});
  const bool ours =
      s.sight == Sight::kPresent && s.ownership.owner == Owner::kUs && !s.out_of_scope;
  if (s.management == Management::kObserve || !ours) return plan;
  for (const Part& part : s.parts) {
    if (part.failure || part.release.empty()) continue;
    if (part.moving)
      return Say(Reason::kReleasing, part.moving->message,
                 {WaitKind::kAfter, part.moving->look_again});
    plan = Act(ActionKind::kWrite, {.kind = WaitKind::kAtOnce});
    plan.writes = part.release;
    plan.verdict = Verdict{kFalse, Reason::kReleasing, "detaching before the object is let go"};
    return plan;
  }
  plan.writes = s.release_tags;
  plan.events.push_back(
      {Event::Type::kNormal, "LetGo", s.resource_id + " stays in Azure and is no longer managed"});
  return plan;
}

MaybePlan Paused(const Situation& s) {
  if (!s.paused || s.deleting) return std::nullopt;
  return Say(Reason::kPaused, "paused by the annotation labgallery.io/paused",
             {.kind = WaitKind::kChange});
}

MaybePlan NotAcceptable(const Situation& s) {
  if (s.deleting) {
    if (!s.out_of_scope) return std::nullopt;
    return Say(Reason::kDeletionBlocked,
               s.out_of_scope->message + "; deletionPolicy Retain lets it go",
               {.kind = WaitKind::kSlowly});
  }
  const auto& refusal = s.unacceptable ? s.unacceptable : s.out_of_scope;
  if (!refusal) return std::nullopt;
  return Say(refusal->reason, refusal->message, {.kind = WaitKind::kChange});
}

MaybePlan NoCredential(const Situation& s) {
  if (!s.no_credential) return std::nullopt;
  return Say(s.no_credential->reason, s.no_credential->message, {.kind = WaitKind::kSlowly});
}

// ---- deleting

MaybePlan NotOurs(const Situation& s) {
  if (!s.deleting || s.sight != Sight::kPresent || s.ownership.owner == Owner::kUs)
    return std::nullopt;
  Plan plan = Act(ActionKind::kRelease, {.kind = WaitKind::kForget});
  plan.events.push_back(
      {Event::Type::kWarning, "NotOurs", s.resource_id + " is not ours and was left alone"});
  return plan;
}

MaybePlan DeletionBlocked(const Situation& s) {
  if (!s.deleting || s.blockers.empty()) return std::nullopt;
  std::string message = s.blockers.front().kind + " " + s.blockers.front().name;
  if (s.blockers.size() > 1) message += " and " + std::to_string(s.blockers.size() - 1) + " more";
  // All was deleted at once: nobody has to do anything.
  if (std::ranges::all_of(s.blockers, &Blocker::leaving)) {
    return Say(Reason::kDeleting, "waiting until what was deleted with it is gone: " + message,
               {WaitKind::kAfter, std::chrono::seconds(10)});
  }
  return Say(Reason::kDeletionBlocked,
             "in the way: " + message + "; see status.inventory, or set deletionPolicy to Retain",
             {WaitKind::kAfter, std::chrono::minutes(1)});
}

MaybePlan DeletePart(const Situation& s) {
  if (!s.deleting) return std::nullopt;
  const auto last =
      std::find_if(s.parts.rbegin(), s.parts.rend(), [](const Part& p) { return p.present; });
  if (last == s.parts.rend()) return std::nullopt;
  if (last->moving) {
    return Say(Reason::kDeleting, last->moving->message,
               {WaitKind::kAfter, last->moving->look_again});
  }
  if (last->failure && last->failure->remaining > Duration(0)) {
    Plan plan = Say(Reason::kDeleting, "", {WaitKind::kAfter, last->failure->remaining});
    plan.verdict = last->failure->verdict;
    return plan;
  }
  Plan plan = Say(Reason::kDeleting, "removing " + last->name, {.kind = WaitKind::kAtOnce});
  plan.action = ActionKind::kWrite;
  plan.writes = last->removals;
  return plan;
}

MaybePlan DropFinalizer(const Situation& s) {
  if (!s.deleting) return std::nullopt;
  // What could not be read may still be there.
  if (s.sight == Sight::kUnread && !s.recorded_id.empty()) {
    return Say(Reason::kDeleting, "waiting until " + s.recorded_id + " can be read",
               {.kind = WaitKind::kBackoff});
  }
  return Act(ActionKind::kRemoveFinalizer, {.kind = WaitKind::kForget});
}

// ---- looking

MaybePlan Observe(const Situation& s) {
  if (s.management != Management::kObserve) return std::nullopt;
  if (s.sight != Sight::kPresent) {
    const Part* part = FirstOpenPart(s);
    const bool awaited = s.sight == Sight::kUnread && part != nullptr && part->need;
    return Say(Reason::kObserving, awaited ? part->need->message : s.resource_id + " is not there",
               {.kind = WaitKind::kSchedule});
  }
  const std::string differences = DifferenceMessage(s);
  const bool as_described = std::all_of(s.parts.begin(), s.parts.end(), [](const Part& p) {
    return p.differences.empty() && !p.moving && !p.refusal;
  });
  if (!as_described) {
    return Say(Reason::kObserving,
               "not as described: " + (differences.empty() ? "see status" : differences),
               {.kind = WaitKind::kSchedule});
  }
  Plan plan = Say(Reason::kObserving, "as described", {.kind = WaitKind::kSchedule});
  plan.verdict->ready = kTrue;
  return plan;
}

MaybePlan Claimed(const Situation& s) {
  if (s.ownership.owner == Owner::kOther) {
    return Say(Reason::kAzureResourceClaimed, s.claim_message, {.kind = WaitKind::kSlowly});
  }
  if (s.ownership.owner == Owner::kUs || !s.older_rival) return std::nullopt;
  return Say(Reason::kAzureResourceClaimed,
             s.resource_id + " is claimed by the older object " + s.older_rival->key.ToString(),
             {.kind = WaitKind::kSlowly});
}

MaybePlan AdoptionRefused(const Situation& s) {
  if (s.sight != Sight::kPresent || s.ownership.owner != Owner::kNobody) return std::nullopt;
  if (s.adoption == Adoption::kAlways) return std::nullopt;
  if (s.adoption == Adoption::kNever) {
    return Say(Reason::kAdoptionRefused,
               s.resource_id + " exists already and spec.adoption is Never",
               {.kind = WaitKind::kSlowly});
  }
  if (!AdoptionWouldChange(s)) return std::nullopt;
  // Always would not help: what comes after adopting refuses it as well.
  const auto impossible = std::ranges::find_if(s.parts, [](const Part& part) {
    return part.refusal && part.refusal->reason != Reason::kAdoptionRefused;
  });
  if (impossible != s.parts.end()) {
    return Say(Reason::kAdoptionRefused,
               s.resource_id + " exists already and cannot become what the spec asks for: " +
                   impossible->refusal->message,
               {.kind = WaitKind::kSlowly});
  }
  return Say(Reason::kAdoptionRefused,
             s.resource_id +
                 " exists already and adopting it would change it: " + DifferenceMessage(s) +
                 ". Align the spec with Azure, or set spec.adoption to Always",
             {.kind = WaitKind::kSlowly});
}

// ---- the first part that is not done

MaybePlan MovingPart(const Situation& s) {
  const Part* part = FirstOpenPart(s);
  if (part == nullptr || !part->moving) return std::nullopt;
  const Moving& moving = *part->moving;
  return Progress(*part, {kFalse, moving.reason, moving.message},
                  {WaitKind::kAfter, moving.look_again});
}

MaybePlan MissingNeed(const Situation& s) {
  const Part* part = FirstOpenPart(s);
  if (part == nullptr || !part->need) return std::nullopt;
  const Need& need = *part->need;
  const Wait wait =
      need.look_again ? Wait{WaitKind::kAfter, *need.look_again} : Wait{.kind = WaitKind::kChange};
  return Progress(*part, {kFalse, need.reason, need.message}, wait);
}

MaybePlan FailedBefore(const Situation& s) {
  const Part* part = FirstOpenPart(s);
  if (part == nullptr || !part->failure || part->failure->remaining <= Duration(0))
    return std::nullopt;
  const Wait wait{WaitKind::kAfter, part->failure->remaining};
  // Being told to come back later says nothing about the object.
  if (part->failure->verdict.reason == Reason::kThrottled) return Act(ActionKind::kNone, wait);
  return Progress(*part, part->failure->verdict, wait);
}

MaybePlan RefusedByAzureOrPolicy(const Situation& s) {
  const Part* part = FirstOpenPart(s);
  if (part == nullptr || !part->refusal) return std::nullopt;
  return Say(part->refusal->reason, part->refusal->message, {.kind = WaitKind::kSlowly});
}

// The finalizer comes first, as far as the recorded id lets it: an API server may let an object go
// in spite of one that is written while it deletes (docs/adr/0028), and then it refuses the status.
MaybePlan RecordFirst(const Situation& s) {
  const Part* part = FirstOpenPart(s);
  const bool would_write = part != nullptr;
  const bool ours = s.ownership.owner == Owner::kUs;
  if (!would_write && !ours) return std::nullopt;
  // With a finalizer the recorded id is what the object answers for.
  const bool says_another = !s.recorded_id.empty() && s.recorded_id != s.resource_id;
  if (!s.has_finalizer && !says_another)
    return Act(ActionKind::kAddFinalizer, {.kind = WaitKind::kAtOnce});
  if (s.recorded_id == s.resource_id && !s.must_record) return std::nullopt;
  Plan plan = Act(ActionKind::kRecord, {.kind = WaitKind::kAtOnce});
  plan.verdict = would_write ? Verdict{kFalse, WritingReason(s), WritingMessage(*part)}
                             : s.shortfall.value_or(AsDescribed(s));
  return plan;
}

MaybePlan WritePart(const Situation& s) {
  const Part* part = FirstOpenPart(s);
  if (part == nullptr || part->writes.empty()) return std::nullopt;
  Plan plan = Progress(*part, {kFalse, WritingReason(s), WritingMessage(*part)},
                       {.kind = WaitKind::kAtOnce});
  plan.action = ActionKind::kWrite;
  plan.writes = part->writes;
  plan.report_at_once = part->report_at_once;
  plan.events = part->events;
  return plan;
}

// ---- all parts done

MaybePlan Shortfall(const Situation& s) {
  if (!s.shortfall) return std::nullopt;
  Plan plan = Act(ActionKind::kNone, s.shortfall_look_again
                                         ? Wait{WaitKind::kAfter, *s.shortfall_look_again}
                                         : Wait{.kind = WaitKind::kSchedule});
  plan.verdict = s.shortfall;
  plan.events = s.remarks;
  return plan;
}

MaybePlan Done(const Situation& s) {
  Plan plan = Act(ActionKind::kNone, {.kind = WaitKind::kSchedule});
  plan.verdict = AsDescribed(s);
  plan.events = s.remarks;
  return plan;
}

// rules-begin
constexpr std::array kRules{
    Rule{"Forget", Look::kNotNeeded, &Forget},
    Rule{"LetGo", Look::kNeeded, &LetGo},
    Rule{"Paused", Look::kNotNeeded, &Paused},
    Rule{"NotAcceptable", Look::kNotNeeded, &NotAcceptable},
    Rule{"NoCredential", Look::kNotNeeded, &NoCredential},
    Rule{"NotOurs", Look::kNeeded, &NotOurs},
    Rule{"DeletionBlocked", Look::kNeeded, &DeletionBlocked},
    Rule{"DeletePart", Look::kNeeded, &DeletePart},
    Rule{"DropFinalizer", Look::kNeeded, &DropFinalizer},
    Rule{"Observe", Look::kNeeded, &Observe},
    Rule{"Claimed", Look::kNeeded, &Claimed},
    Rule{"AdoptionRefused", Look::kNeeded, &AdoptionRefused},
    Rule{"MovingPart", Look::kNeeded, &MovingPart},
    Rule{"MissingNeed", Look::kNeeded, &MissingNeed},
    Rule{"FailedBefore", Look::kNeeded, &FailedBefore},
    Rule{"RefusedByAzureOrPolicy", Look::kNeeded, &RefusedByAzureOrPolicy},
    Rule{"RecordFirst", Look::kNeeded, &RecordFirst},
    Rule{"WritePart", Look::kNeeded, &WritePart},
    Rule{"Shortfall", Look::kNeeded, &Shortfall},
    Rule{"Done", Look::kNeeded, &Done},
};
// rules-end

}  // namespace

std::span<const Rule> Rules() { return kRules; }

std::optional<Decision> DecideWithoutLooking(const Situation& situation) {
  for (const Rule& rule : kRules) {
    auto plan = rule.applies(situation);
    if (!plan) continue;
    if (rule.look == Look::kNeeded) return std::nullopt;
    return Decision{rule.name, *std::move(plan)};
  }
  return std::nullopt;
}

bool AdoptionWouldChange(const Situation& s) {
  return std::any_of(s.parts.begin(), s.parts.end(), [](const Part& part) {
    return part.refusal || std::any_of(part.differences.begin(), part.differences.end(),
                                       [](const Difference& d) { return !d.addition; });
  });
}

Decision NextStep(const Situation& situation) {
  for (const Rule& rule : kRules) {
    if (auto plan = rule.applies(situation)) return {rule.name, std::move(*plan)};
  }
  throw std::logic_error("the last rule applies to every situation");
}

}  // namespace labgallery::domain
