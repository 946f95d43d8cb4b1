// The effects of a pass on Azure and on the object.

#include <algorithm>
#include <limits>

#include "controller/domain/arm.h"
#include "controller/domain/errors.h"
#include "controller/domain/names.h"
#include "controller/domain/rule_text.h"
#include "controller/reconcile/work.h"
#include "src/base/text.h"
#include "src/json/parse.h"
#include "src/kube/model/request.h"

namespace labgallery::reconcile {
namespace {

// Where a definition has to be asked for alone there are hundreds, which wait for Azure's limits
// on writes and not for each other.
constexpr Duration kPatience = std::chrono::seconds(4);

bool IsVersion(const azure::ResourceId& id) {
  return id.Is("Microsoft.Compute/galleries/images/versions");
}

// Definitions are looked at in their gallery's list.
bool IsDefinition(const azure::ResourceId& id) {
  return id.Is("Microsoft.Compute/galleries/images");
}

std::string Doing(const domain::ArmWrite& write) {
  switch (write.verb) {
    case domain::Verb::kPut:
      return "put " + write.target.text();
    case domain::Verb::kPatch:
      return "patch " + write.target.text();
    case domain::Verb::kDelete:
      return "delete " + write.target.text();
    case domain::Verb::kPost:
      return write.action + " of " + write.target.text();
  }
  return "";
}

std::string PathOf(const domain::ArmWrite& write) {
  return write.action.empty() ? write.target.text() : write.target.text() + "/" + write.action;
}

Result<azure::Answer> SendTo(azure::Client& client, const azure::Call& call,
                             const domain::ArmWrite& write) {
  switch (write.verb) {
    case domain::Verb::kPut:
      return client.Put(call, write.body);
    case domain::Verb::kPatch:
      return client.Patch(call, write.body);
    case domain::Verb::kDelete:
      return client.Delete(call);
    case domain::Verb::kPost:
      return client.Post(call, write.body);
  }
  return InternalError("unknown verb");
}

// A POST is not repeated unless Azure said that nothing came of it.
bool MayHaveHappened(const Error& error) {
  switch (domain::Errors().Classify(error)) {
    case azure::ErrorClass::kTransient:
    case azure::ErrorClass::kMaybeApplied:
    case azure::ErrorClass::kCancelled:
    case azure::ErrorClass::kUnintelligible:
      return true;
    default:
      return false;
  }
}

// Lists and reads that lag explain a second look in vain, not a third.
constexpr int kPatientRepeats = 3;

std::uint64_t HashOf(const domain::ArmWrite& write, std::int64_t generation) {
  return Fnv1a(std::to_string(generation) + Doing(write) + json::Dump(write.body));
}

}  // namespace

std::string Attempting(const domain::ArmWrite& write) {
  return (write.verb == domain::Verb::kDelete ? "delete " : "write ") + write.part;
}

bool Reconciler::HasGone(const Work& work) const {
  const runtime::RecordPtr record = services_.surroundings.Get(type_, work.key.object);
  return record == nullptr || record->uid() != work.object.meta.uid;
}

bool Reconciler::HoldBack(Work& work, const domain::Plan& plan) {
  int least = std::numeric_limits<int>::max();
  for (const domain::ArmWrite& write : plan.writes) {
    const auto taken = work.memory.taken.find(write.target.key());
    if (taken == work.memory.taken.end()) return false;
    const auto same = taken->second.find(HashOf(write, work.object.meta.generation));
    if (same == taken->second.end()) return false;
    least = std::min(least, same->second);
  }
  const std::string& part = plan.writes.front().part;
  // A failure that is still remembered was waited for: now it is time to try again.
  if (least < kPatientRepeats || work.memory.failures.contains(part)) return false;
  const Duration pause = BackoffAfter(least - kPatientRepeats, services_.random);
  work.memory.failures[part] = {.verdict = domain::NoEffect(work.assessment.situation, part),
                                .generation = work.object.meta.generation,
                                .retry_at = services_.clock.SteadyNow() + pause};
  work.memory.LookAfresh();
  return true;
}

Result<Duration> Reconciler::SendWrites(Work& work, const domain::Plan& plan) {
  Duration wait{0};
  std::optional<Error> first_error;
  for (const domain::ArmWrite& write : plan.writes) {
    auto sent = Send(work, write);
    if (sent) {
      wait = std::max(wait, *sent);
    } else if (!first_error) {
      first_error = std::move(sent).error();
    }
  }
  if (first_error) return *std::move(first_error);
  return wait;
}

Result<Duration> Reconciler::Send(Work& work, const domain::ArmWrite& write) {
  if (!work.session) return work.session.error();
  azure::Client& client = (*work.session)->client;
  const azure::Call call{.path = PathOf(write),
                         .api_version = write.api_version,
                         .region = work.assessment.situation.region,
                         .poll_interval = IsVersion(write.target) ? domain::kVersionPollInterval
                                                                  : domain::kPollInterval,
                         .correlation_id = work.id,
                         .urgency = UrgencyOf(work),
                         .stop = work.stop};
  Result<azure::Answer> answer = SendTo(client, call, write);
  if (!answer && azure::IsPaced(answer.error())) return std::move(answer).error();
  if (write.verb == domain::Verb::kPost)
    work.memory.posted = answer || MayHaveHappened(answer.error());
  const SteadyTime now = services_.clock.SteadyNow();
  work.memory.last.azure = now;
  work.memory.sent[write.target.key()] = now;
  work.acted = true;
  work.memory.sightings.erase(write.target.key());
  // The same grant under another name: what was wished is there, though lists may not show it yet.
  if (!answer && domain::Errors().Classify(answer.error()) == azure::ErrorClass::kAlreadyExists) {
    work.memory.failures.erase(write.part);
    return Duration(domain::kPollInterval);
  }
  if (!answer) {
    Error error = std::move(answer).error();  // which names the request
    RememberFailure(work.memory, {write.part, work.object.meta.generation, Attempting(write)},
                    error, services_);
    return error;
  }
  work.memory.failures.erase(write.part);
  AcceptedWrites& accepted = work.memory.accepted[write.part];
  if (accepted.generation != work.object.meta.generation)
    accepted = {.generation = work.object.meta.generation};
  ++accepted.count;
  ++work.memory.taken[write.target.key()][HashOf(write, work.object.meta.generation)];
  if (services_.log.Writes(telemetry::LogLevel::kInfo))
    Log(work).Info("Wrote to Azure",
                   {{"write", Doing(write)},
                    {"status", answer->status},
                    {"correlation_id", answer->correlation_id},
                    {"request_id", azure::RequestIdsOf(answer->headers).request}});
  if (!answer->operation) {
    work.memory.running.erase(write.part);
    return Duration(0);
  }
  return Await(work, write, *std::move(answer), now);
}

Duration Reconciler::Await(Work& work, const domain::ArmWrite& write, azure::Answer answer,
                           SteadyTime now) const {
  if (IsDefinition(write.target)) {
    SteadyTime& next = answer.operation->next_poll;
    next = (*work.session)->shared.AreInPages(write.target.Parent())
               ? std::max(next, now + kPatience)
               : OnGrid(next, answer.operation->interval);
  }
  const Duration wait = std::max(Duration(0), answer.operation->next_poll - now);
  work.memory.running.insert_or_assign(
      write.part, RunningWrite{write.verb, write.target.key(), *std::move(answer.operation),
                               services_.clock.Now(), work.object.meta.generation});
  // Until Azure wants to be asked, its own answer is what there is to see.
  domain::Seen seen = write.verb == domain::Verb::kDelete || !answer.body.IsObject()
                          ? domain::Seen{}
                          : domain::Present(answer.body);
  if (seen.present()) work.memory.sightings[write.target.key()] = {std::move(seen), now};
  return wait;
}

Status Reconciler::ChangeFinalizer(Work& work, bool add) {
  const std::string finalizer(domain::kFinalizer);
  if (work.object.meta.HasFinalizer(finalizer) == add) return Ok();
  const json::Value patch = add ? kube::AddFinalizerPatch(work.object.meta, finalizer)
                                : kube::RemoveFinalizerPatch(work.object.meta, finalizer);
  const kube::ResourceType type = domain::ResourceTypeOf(kind_);
  auto written = services_.kube.PatchJson({.type = type, .key = work.key.object}, patch, work.stop);
  if (!written) {
    // Gone already: somebody else took the finalizer off, which is all that was wanted.
    if (!add && written.error().kind == ErrorKind::kNotFound) return Ok();
    return std::move(written).error();
  }
  work.acted = true;
  if (add) wrote_(work.key, written->resource_version);
  return Ok();
}

}  // namespace labgallery::reconcile
