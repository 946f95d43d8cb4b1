#include "controller/cli/convergence.h"

#include <algorithm>
#include <set>
#include <utility>

#include "controller/cli/stored_objects.h"
#include "controller/domain/names.h"

namespace labgallery::cli {

Result<std::vector<ObjectStatePtr>> ReadObjectStates(kube::Client& client,
                                                     const std::stop_token& stop) {
  std::vector<ObjectStatePtr> states;
  runtime::TypeIndex type = 0;
  for (const domain::Kind kind : domain::kKinds) {
    LAB_ASSIGN_OR_RETURN(const std::vector<json::Value> objects,
                         ListObjects(client, domain::ResourceTypeOf(kind), stop));
    for (const json::Value& object : objects) {
      LAB_ASSIGN_OR_RETURN(const kube::ObjectMeta meta, kube::ReadMeta(object));
      const json::Value* status = object.Find("status");
      const ObjectFacts facts{.key = {type, meta.key()},
                              .kind = std::string(domain::Name(kind)),
                              .generation = meta.generation,
                              .deleting = meta.deletion_time.has_value()};
      states.push_back(std::make_shared<const ObjectState>(
          ReadObjectState(facts, status == nullptr ? json::Value() : *status)));
    }
    ++type;
  }
  return states;
}

Outlook Convergence::Look(const std::vector<ObjectStatePtr>& objects) const {
  std::vector<Prospect> prospects;
  prospects.reserve(objects.size());
  for (const ObjectStatePtr& object : objects) {
    LastPass last = parts_.passes.Last(object->key);
    last.status_waits = last.status_waits && rules_.await_statuses;
    prospects.push_back(ProspectOf(*object, last));
  }
  return OutlookOf(prospects);
}

// Everything is looked at once more, from a moment on at which nothing runs. If nobody has written
// anything from before that moment until everybody was looked at, nothing is left to find.
Result<bool> Convergence::Confirm(Outlook outlook, const std::stop_token& stop) {
  const runtime::Runtime& runtime = parts_.op.runtime();
  const std::uint64_t effects = parts_.passes.Effects();
  if (!runtime.WaitUntilIdle(rules_.deadline, stop).idle) return false;
  parts_.passes.CountLooksAnew();
  parts_.op.LookAtAllDeeply();
  if (!runtime.WaitUntilIdle(rules_.deadline, stop).idle) return false;
  LAB_ASSIGN_OR_RETURN(const std::vector<ObjectStatePtr> objects,
                       ReadObjectStates(parts_.client, stop));
  std::set<runtime::Key> keys;
  for (const ObjectStatePtr& object : objects) keys.insert(object->key);
  return parts_.passes.LookedAtAll(keys) && parts_.passes.Effects() == effects &&
         Look(objects) == outlook;
}

bool Convergence::LastedTooLong(Outlook outlook) {
  if (outlook != Outlook::kTroubled && outlook != Outlook::kStuck) {
    troubled_since_.reset();
    return false;
  }
  const SteadyTime now = parts_.clock.SteadyNow();
  if (!troubled_since_) troubled_since_ = now;
  return now - *troubled_since_ >= kPatience;
}

void Convergence::Rest(const std::stop_token& stop) {
  const SteadyTime next = parts_.clock.SteadyNow() + rules_.pace;
  SteadyTime wake = parts_.display.live() ? next : rules_.deadline;
  if (troubled_since_) wake = std::min(wake, *troubled_since_ + kPatience);
  parts_.bell.Wait(std::min(wake, rules_.deadline), stop);
  parts_.clock.SleepUntil(std::min(next, rules_.deadline), stop);
}

Result<Convergence::End> Convergence::Wait(const std::stop_token& stop) {
  while (true) {
    if (stop.stop_requested()) return End::kInterrupted;
    LAB_RETURN_IF_ERROR(rules_.before_look());
    const std::vector<ObjectStatePtr> objects = parts_.objects.All();
    parts_.display.Show(rules_.title(), parts_.objects.TakeNews(), objects);
    const Outlook outlook = Look(objects);
    const bool too_long = LastedTooLong(outlook);
    if (outlook == Outlook::kSettled || outlook == Outlook::kStuck) {
      const auto confirmed = Confirm(outlook, stop);
      if (!confirmed && !stop.stop_requested()) return confirmed.error();
      if (confirmed && *confirmed)
        return outlook == Outlook::kSettled ? End::kSettled : End::kStuck;
    }
    if (too_long) return End::kStuck;
    if (parts_.clock.SteadyNow() >= rules_.deadline) return End::kTimeout;
    Rest(stop);
  }
}

}  // namespace labgallery::cli
