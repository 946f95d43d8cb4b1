#include "controller/reconcile/reconciler.h"

#include <algorithm>
#include <utility>

#include "controller/domain/errors.h"
#include "controller/domain/names.h"
#include "controller/reconcile/work.h"
#include "src/azure/client/client.h"
#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

using domain::Wait;

Reconciler::LookAt LookFor(domain::Kind kind) {
  switch (kind) {
    case domain::Kind::kSharedImageGallery:
      return &LookAtGallery;
    case domain::Kind::kImage:
      return &LookAtImage;
    case domain::Kind::kLabAccount:
      return &LookAtLabAccount;
  }
  return &LookAtGallery;
}

// True if the failure of a write is one that people are told, and the next attempt lies ahead.
bool IsToBeTold(const ObjectMemory& memory, const domain::Plan& plan, const Error& error,
                SteadyTime now) {
  if (azure::IsPaced(error) || domain::IsPassing(error)) return false;
  return std::any_of(plan.writes.begin(), plan.writes.end(), [&](const domain::ArmWrite& write) {
    const auto failure = memory.failures.find(write.part);
    return failure != memory.failures.end() && failure->second.retry_at > now;
  });
}

// Azure counts a child for a while after it has gone: the first attempts to remove what held it
// fail.
bool IsAwaited(const ObjectMemory& memory, azure::ErrorClass verdict) {
  return verdict == azure::ErrorClass::kChildrenExist &&
         std::ranges::none_of(memory.failures, [](const auto& failure) {
           return domain::StandingOf(failure.second.verdict.reason) == domain::Standing::kTrouble;
         });
}

// What somebody has asked for a pass with, until the status says that there was one.
std::optional<std::string> AskedForNow(const StoredObject& object) {
  const auto asked = object.meta.annotations.find(std::string(domain::annotation::kReconcileAt));
  if (asked == object.meta.annotations.end() ||
      object.status.Text({"handledReconcileAt"}) == asked->second)
    return std::nullopt;
  return asked->second;
}

}  // namespace

Reconciler::Reconciler(domain::Kind kind, runtime::TypeIndex type, Services services,
                       WroteObject wrote, PassObserver observer)
    : kind_(kind),
      type_(type),
      services_(std::move(services)),
      wrote_(std::move(wrote)),
      observer_(std::move(observer)),
      look_at_(LookFor(kind)) {}

runtime::Outcome Reconciler::Reconcile(const runtime::Key& key, const std::stop_token& stop) {
  const runtime::RecordPtr record = services_.surroundings.Get(type_, key.object);
  const Memories::Taken memory(memories_, key);
  if (!record) {
    memories_.TakeDeepLook(key);
    *memory = {};
    return runtime::Done{};
  }
  Work work{.key = key,
            .object = Unpack(*record),
            .memory = *memory,
            .stop = stop,
            .session = SessionPtr(),
            .assessment = {},
            .deep = memories_.TakeDeepLook(key),
            .id = services_.random.Uuid()};
  work.session = services_.sessions.For(key.object.name_space,
                                        services_.surroundings.Namespace(key.object.name_space),
                                        work.object.spec, stop);
  if (!work.session && work.session.error().kind != ErrorKind::kUnauthenticated)
    return AfterError(work, work.session.error(), "read the credential");
  if (work.deep) work.memory.LookAfresh();
  HearRequest(work);
  return Run(work);
}

// Who asks for a pass has perhaps mended what the last write failed on: it is tried again, once.
void Reconciler::HearRequest(Work& work) {
  const auto asked = AskedForNow(work.object);
  if (!asked || work.memory.heard == asked) return;
  work.memory.heard = asked;
  work.memory.failures.clear();
  work.memory.taken.clear();
  work.memory.LookAfresh();
}

runtime::Outcome Reconciler::Run(Work& work) {
  auto decision = Decide(work);
  runtime::Outcome outcome = decision ? Perform(work, std::move(decision->plan))
                                      : AfterError(work, decision.error(), "look at Azure");
  const std::string_view rule = decision ? decision->rule : std::string_view();
  if (observer_) {
    observer_({work.key, rule, work.acted, work.status_waits, work.put_back, work.became_ready,
               work.error});
  }
  if (services_.log.Writes(telemetry::LogLevel::kDebug))
    Log(work).Debug("Pass ended", {{"rule", rule}, {"acted", work.acted}});
  return outcome;
}

telemetry::Logger Reconciler::Log(const Work& work) const {
  return services_.log.With({{"controller", Lower(domain::Name(kind_))},
                             {"object", work.key.object.ToString()},
                             {"reconcile_id", work.id}});
}

void Reconciler::NoteError(Work& work, const Error& error, const std::string& doing) const {
  const azure::ErrorClass verdict = domain::Errors().Classify(error);
  work.error = verdict;
  const telemetry::Logger log = Log(work).With({{"doing", doing},
                                                {"error", error},
                                                {"class", azure::Label(verdict)},
                                                {"correlation_id", error.request_id}});
  // What passes by itself is no news for whoever reads warnings.
  if (error.kind == ErrorKind::kThrottled || domain::IsPassing(error) ||
      IsAwaited(work.memory, verdict)) {
    log.Info("Pass met an error");
  } else {
    log.Warning("Pass met an error");
  }
}

Status Reconciler::Look(Work& work, Depth depth) {
  const bool goes_on = !work.memory.answers.empty();
  if (!goes_on) work.memory.disturbed = false;
  auto assessment = LookDeep(work, depth);
  if (assessment || assessment.error().kind != ErrorKind::kThrottled) EndLook(work, goes_on);
  if (assessment) {
    work.assessment = *std::move(assessment);
    return Ok();
  }
  LAB_ASSIGN_OR_RETURN(work.assessment, LookDeep(work, Depth::kNone));
  return std::move(assessment).error();
}

// What a change has waked the object for may not be in what its look had read before: it is looked
// at once more, not sooner than this look has taken.
void Reconciler::EndLook(Work& work, bool went_on) const {
  if (went_on && work.memory.disturbed) {
    const auto first = std::ranges::min_element(
        work.memory.answers, {}, [](const auto& answer) { return answer.second.at; });
    const Duration took = services_.clock.SteadyNow() - first->second.at;
    work.look_again = Sooner(work.look_again, took);
  }
  work.memory.answers.clear();
}

Result<domain::Assessment> Reconciler::LookDeep(Work& work, Depth depth) {
  Pass pass(services_, work.session, work.memory, depth, work.stop);
  pass.correlation_id = work.id;
  pass.urgency = UrgencyOf(work);
  pass.on_failure = [&](const Error& error, const std::string& doing) {
    NoteError(work, error, doing);
  };
  auto assessment = look_at_(work.object, pass);
  work.look_again = pass.look_again();
  return assessment;
}

// Ready was said for this very spec.
bool Reconciler::SaidReady(const Work& work) {
  if (work.object.meta.deletion_time ||
      !domain::SaysTrue(work.object.status, domain::condition::kReady))
    return false;
  const json::Value* observed = work.object.status.Find("observedGeneration");
  return observed != nullptr && *observed == json::Value(work.object.meta.generation);
}

// Somebody waits for what is not yet as its spec asks; the rest is put back, or only looked at.
azure::Urgency Reconciler::UrgencyOf(const Work& work) {
  return SaidReady(work) ? azure::Urgency::kBulk : azure::Urgency::kInteractive;
}

// Converged as far as this process and the object's status know: nothing runs, nothing failed,
// Ready was said for this very spec.
bool Reconciler::Converged(const Work& work) {
  if (!work.memory.running.empty() || !work.memory.failures.empty() ||
      !work.memory.sightings.empty())
    return false;
  return !AskedForNow(work.object) && SaidReady(work);
}

Result<domain::Decision> Reconciler::Decide(Work& work) {
  if (!work.deep && Converged(work)) {
    if (Status looked = Look(work, Depth::kBulk); !looked) {
      // What it has seen does not make the next one anything but a bulk look.
      work.memory.sightings.clear();
      return std::move(looked).error();
    }
    if (auto decision = domain::DecideWithoutLooking(work.assessment.situation))
      return *std::move(decision);
    domain::Decision decision = domain::NextStep(work.assessment.situation);
    // Bulk reads lag: they can say that all is well, never that something is wrong.
    const bool says_well =
        decision.rule == "Done" || (decision.rule == "Observe" && decision.plan.verdict &&
                                    decision.plan.verdict->ready == kube::ConditionStatus::kTrue);
    if (says_well) return decision;
    work.memory.LookAfresh();
  }
  const Status looked = Look(work, Depth::kFull);
  domain::Decision decision = domain::NextStep(work.assessment.situation);
  if (looked) {
    if (decision.plan.action != domain::ActionKind::kRelease) work.memory.leaving.reset();
    return decision;
  }
  if (decision.rule != "LetGo") return looked.error();
  if (work.assessment.situation.management == domain::Management::kObserve) return decision;
  if (auto passes = WhatPasses(work, looked.error())) return *std::move(passes);
  NoteReleaseFailed(work, looked.error(), decision.plan);
  return decision;
}

runtime::Outcome Reconciler::Perform(Work& work, domain::Plan plan) {
  switch (plan.action) {
    case domain::ActionKind::kNone:
    case domain::ActionKind::kRecord:
      break;
    case domain::ActionKind::kAddFinalizer:
    case domain::ActionKind::kRemoveFinalizer: {
      const bool add = plan.action == domain::ActionKind::kAddFinalizer;
      if (auto status = ChangeFinalizer(work, add); !status) {
        return AfterError(work, status.error(), add ? "add the finalizer" : "remove the finalizer");
      }
      break;
    }
    case domain::ActionKind::kRelease: {
      if (auto status = Release(work, plan); !status)
        return AfterError(work, status.error(), "release");
      if (auto status = ChangeFinalizer(work, false); !status) {
        return AfterError(work, status.error(), "remove the finalizer");
      }
      break;
    }
    case domain::ActionKind::kWrite: {
      if (HasGone(work)) return runtime::Done{};
      if (HoldBack(work, plan)) return runtime::After{Duration(0)};
      // What the object itself goes on with, region by region, shows in Ready's reason.
      const json::Value* ready = kube::FindCondition(work.object.status, domain::condition::kReady);
      const bool settled = SaidReady(work) && ready != nullptr &&
                           ready->Text({"reason"}) == domain::Name(domain::Reason::kReconciled);
      auto wait = SendWrites(work, plan);
      work.put_back = settled && work.acted;
      if (!wait && IsToBeTold(work.memory, plan, wait.error(), services_.clock.SteadyNow())) {
        // The next pass tells it, in all conditions that it concerns.
        NoteError(work, wait.error(), Attempting(plan.writes.front()));
        work.memory.LookAfresh();
        return runtime::After{Duration(0)};
      }
      if (!wait) return AfterError(work, wait.error(), Attempting(plan.writes.front()));
      plan.wait = {Wait::Kind::kAfter, *wait};
      break;
    }
  }
  return Conclude(work, plan);
}

runtime::Outcome Reconciler::Conclude(Work& work, const domain::Plan& plan) {
  // Where nothing is done, they are remarks on how things stand.
  const bool standing = plan.action == domain::ActionKind::kNone;
  for (const domain::Event& event : plan.events) Tell(work, event, standing);
  std::optional<Duration> held_back;
  if (plan.verdict && plan.action != domain::ActionKind::kRelease) {
    TellTrouble(work, *plan.verdict);
    const bool recorded = plan.action == domain::ActionKind::kRecord;
    if (recorded) {
      for (const auto& [field, value] : *work.assessment.report.record.AsObject())
        work.assessment.report.details.Set(field, value);
    }
    auto written = WriteStatus(work, *plan.verdict, plan.report_at_once || recorded);
    if (!written) return AfterError(work, written.error(), "write the status");
    if (recorded) {
      work.memory.recorded = true;
      work.memory.posted = false;
    }
    held_back = *written;
    work.status_waits = held_back.has_value();
  }
  if (work.look_again) held_back = Sooner(held_back, *work.look_again);
  const auto no_later_than = [&](Duration delay) {
    return runtime::After{Sooner(held_back, delay)};
  };
  // The runtime looks at all objects once a sync period.
  const auto when_looked_at_anyway = [&]() -> runtime::Outcome {
    if (held_back) return runtime::After{*held_back};
    return runtime::Done{};
  };
  switch (plan.wait.kind) {
    case Wait::Kind::kForget:
      work.memory = {};
      return runtime::Done{};
    case Wait::Kind::kAtOnce:
      return runtime::After{Duration(0)};
    case Wait::Kind::kAfter:
      return no_later_than(plan.wait.after);
    case Wait::Kind::kBackoff:
      return runtime::Backoff{Unavailable(plan.verdict ? plan.verdict->message : "")};
    case Wait::Kind::kSlowly:
      work.memory.LookAfresh();
      return no_later_than(SlowDelay(services_.random));
    case Wait::Kind::kChange:
      work.memory.LookAfresh();
      return when_looked_at_anyway();
    case Wait::Kind::kSchedule:
      work.memory.Converged();
      return when_looked_at_anyway();
  }
  return runtime::Done{};
}

runtime::Outcome Reconciler::AfterError(Work& work, const Error& error, const std::string& doing) {
  if (error.kind == ErrorKind::kCancelled) return runtime::Done{};
  if (azure::IsPaced(error))
    return runtime::After{error.retry_after.value_or(std::chrono::milliseconds(0))};
  NoteError(work, error, doing);
  work.memory.sightings.clear();
  // A look goes on from what it has read.
  if (error.kind == ErrorKind::kThrottled && error.retry_after)
    return runtime::After{*error.retry_after};
  work.memory.LookAfresh();
  if (domain::IsPassing(error) || error.kind == ErrorKind::kNotFound)
    return runtime::Backoff{error};
  const domain::Verdict verdict = domain::VerdictOf(error, doing);
  TellTrouble(work, verdict);
  if (auto written = WriteStatus(work, verdict, false); !written)
    return runtime::Backoff{written.error()};
  const Wait wait = domain::WaitAfter(error);
  if (wait.kind == Wait::Kind::kSlowly) return runtime::After{SlowDelay(services_.random)};
  return runtime::Backoff{error};
}

}  // namespace labgallery::reconcile
