#include "src/runtime/elector.h"

#include <utility>

namespace labgallery::runtime {

Elector::Elector(Parts parts, LeaseOptions options, Hooks hooks)
    : parts_(parts),
      options_(std::move(options)),
      hooks_(std::move(hooks)),
      guard_(parts.clock),
      threads_(parts.clock) {}

void Elector::Start() {
  parts_.gate.AwaitTerm();
  if (parts_.observer.on_leadership) parts_.observer.on_leadership(options_.key.name, false);
  guard_.Start([this](const std::stop_token& stop) { GuardTerm(stop); });
  threads_.Start([this](const std::stop_token& stop) { Follow(stop); });
  threads_.Start([this](const std::stop_token& stop) { Campaign(stop); });
}

void Elector::Stop() {
  threads_.Stop();
  guard_.Stop();
}

void Elector::Campaign(const std::stop_token& stop) {
  while (AwaitFree(stop)) {
    if (Take(stop)) {
      follow_stop_.request_stop();
      if (parts_.observer.on_leadership) parts_.observer.on_leadership(options_.key.name, true);
      if (hooks_.on_leading) hooks_.on_leading();
      return Lead(stop);
    }
  }
}

void Elector::Lead(const std::stop_token& stop) {
  std::optional<SteadyTime> next;
  while (true) {
    parts_.clock.SleepUntil(next.value_or(Renewed() + options_.renew_every), stop);
    if (stop.stop_requested()) return Release(term_stop_.get_token());
    const SteadyTime start = parts_.clock.SteadyNow();
    const SteadyTime give_up = Renewed() + options_.give_up_after;
    if (start >= give_up) return Lose("the Lease could not be renewed in time", false);
    switch (Renew(term_stop_.get_token())) {
      case Renewal::kDone:
        next.reset();
        break;
      case Renewal::kFailed:
        next = std::min(parts_.clock.SteadyNow() + options_.retry_after, give_up);
        break;
      case Renewal::kLost:
        return Lose("another process holds the Lease", true);
    }
  }
}

SteadyTime Elector::Renewed() {
  std::lock_guard guard(mutex_);
  return renewed_;
}

Elector::Renewal Elector::Renew(const std::stop_token& stop) {
  LeaseRecord record;
  {
    std::lock_guard guard(mutex_);
    record = *view_->record;
  }
  const Status renewed = Write(RenewedAt(std::move(record), parts_.clock.Now()), stop);
  if (renewed) return Renewal::kDone;
  if (parts_.observer.on_lease_slow_path) parts_.observer.on_lease_slow_path(options_.key.name);
  Report("renew the Lease", renewed.error());
  const bool changed =
      renewed.error().kind == ErrorKind::kConflict || renewed.error().kind == ErrorKind::kNotFound;
  return changed ? RenewAfterLook(stop) : Renewal::kFailed;
}

// Somebody changed or deleted it, or an earlier renewal was applied although its answer was lost.
Elector::Renewal Elector::RenewAfterLook(const std::stop_token& stop) {
  if (const Status looked = LookAtLease(As::kAny, stop); !looked) {
    Report("read the Lease", looked.error());
    return Renewal::kFailed;
  }
  std::optional<LeaseRecord> record;
  {
    std::lock_guard guard(mutex_);
    record = view_->record;
  }
  if (record && record->holder != options_.identity) return Renewal::kLost;
  const SystemTime now = parts_.clock.Now();
  const Status renewed =
      Write(record ? RenewedAt(*record, now)
                   : TakenBy(options_.identity, options_.duration, std::nullopt, now),
            stop);
  if (renewed) return Renewal::kDone;
  Report("renew the Lease", renewed.error());
  return Renewal::kFailed;
}

void Elector::Release(const std::stop_token& stop) {
  parts_.gate.Close("the Lease is handed over");
  std::optional<LeaseRecord> record;
  {
    std::lock_guard guard(mutex_);
    record = view_->record;
  }
  if (parts_.observer.on_leadership) parts_.observer.on_leadership(options_.key.name, false);
  const Status released = Write(ReleasedAt(*record, parts_.clock.Now()), stop);
  if (!released) Report("release the Lease", released.error());
}

void Elector::Lose(const std::string& why, bool cut) {
  if (cut) {
    parts_.gate.Cut(why);
  } else {
    parts_.gate.Close(why);
  }
  if (parts_.observer.on_leadership) parts_.observer.on_leadership(options_.key.name, false);
  if (hooks_.on_lost) hooks_.on_lost(why);
}

void Elector::GuardTerm(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const SteadyTime now = parts_.clock.SteadyNow();
    const SteadyTime give_up = renewed_ + options_.give_up_after;
    const SteadyTime lapses = renewed_ + options_.duration;
    SteadyTime next = kNever;
    if (leads_) next = now < give_up ? give_up : lapses;
    if (leads_ && now >= give_up) {
      lock.unlock();
      term_stop_.request_stop();
      if (now >= lapses) return parts_.gate.Cut("the Lease has lapsed");
      lock.lock();
    }
    parts_.clock.Wait(lock, changed_, next, stop);
  }
}

}  // namespace labgallery::runtime
