// What candidates do: follow the Lease, wait until it is free, take it. Also every look at it and
// every write of it, the leader's too.

#include <utility>

#include "src/runtime/elector.h"
#include "src/runtime/record.h"

namespace labgallery::runtime {

void Elector::Follow(const std::stop_token& stop) {
  const std::stop_callback on_stop(stop, [this] { follow_stop_.request_stop(); });
  const std::stop_token over = follow_stop_.get_token();
  while (!over.stop_requested()) {
    const Status looked = LookAtLease(As::kCandidate, over);
    if (looked) {
      FollowWatch(over);
    } else {
      Report("read the Lease", looked.error());
    }
    const double part = 1 + parts_.random.Fraction();
    parts_.clock.Sleep(std::chrono::duration_cast<Duration>(options_.watch_again_after * part),
                       over);
  }
}

// However it ends, the Lease is read again afterwards; where watching is forbidden that is polling.
void Elector::FollowWatch(const std::stop_token& stop) {
  std::string version;
  {
    std::lock_guard guard(mutex_);
    if (lease_) version = lease_->Text({"metadata", "resourceVersion"});
  }
  auto stream = parts_.client.Watch(
      {.type = LeaseType(), .name_space = options_.key.name_space},
      {.resource_version = version, .field_selector = "metadata.name=" + options_.key.name}, stop);
  if (!stream) return Report("watch the Lease", stream.error());
  while (true) {
    auto event = stream->Next(stop);
    if (!event || !*event) return;
    const kube::WatchEventType type = (*event)->type;
    if (type == kube::WatchEventType::kError) return;
    if ((*event)->object.Text({"metadata", "name"}) != options_.key.name) continue;
    if (type == kube::WatchEventType::kDeleted) {
      Saw(std::nullopt, As::kCandidate);
    } else if (type == kube::WatchEventType::kAdded || type == kube::WatchEventType::kModified) {
      Saw(std::move((*event)->object), As::kCandidate);
    }
  }
}

Status Elector::LookAtLease(As as, const std::stop_token& stop) {
  auto lease = parts_.client.Get(LeaseType(), options_.key, stop);
  if (!lease && lease.error().kind != ErrorKind::kNotFound) return std::move(lease).error();
  Saw(lease ? std::optional(*std::move(lease)) : std::nullopt, as);
  return Ok();
}

void Elector::Saw(std::optional<json::Value> lease, As as) {
  std::optional<std::string> other;
  {
    std::lock_guard guard(mutex_);
    if (leads_ && as == As::kCandidate) return;
    // Two threads of a candidate look: the older look may come in last.
    if (lease && lease_ && Compare(VersionOf(*lease), VersionOf(*lease_)) == Order::kOlder) return;
    std::optional<LeaseRecord> record;
    if (lease) record = ReadLease(*lease);
    lease_ = std::move(lease);
    LeaseView view = Look(view_, std::move(record), parts_.clock.SteadyNow());
    if (view_ == view) return;
    const std::string before = view_ && view_->record ? view_->record->holder : "";
    if (view.record && view.record->holder != before && !view.record->holder.empty() &&
        view.record->holder != options_.identity)
      other = view.record->holder;
    view_ = std::move(view);
    jitter_ = std::chrono::duration_cast<Duration>(options_.jitter * parts_.random.Fraction());
    parts_.clock.Notify(changed_);
  }
  if (other && hooks_.on_other_leader) hooks_.on_other_leader(*other);
}

bool Elector::AwaitFree(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const SteadyTime now = parts_.clock.SteadyNow();
    SteadyTime at = kNever;
    if (view_) {
      const auto free = FreeFrom(*view_, options_.identity);
      at = free ? *free + jitter_ : now;
    }
    if (now >= at) return true;
    parts_.clock.Wait(lock, changed_, at, stop);
  }
  return false;
}

bool Elector::Take(const std::stop_token& stop) {
  std::optional<LeaseRecord> before;
  {
    std::lock_guard guard(mutex_);
    before = view_->record;
  }
  const Status taken =
      Write(TakenBy(options_.identity, options_.duration, before, parts_.clock.Now()), stop);
  if (taken) return true;
  Report("take the Lease", taken.error());
  if (const Status looked = LookAtLease(As::kAny, stop); !looked)
    Report("read the Lease", looked.error());
  const double part = 1 + parts_.random.Fraction();
  parts_.clock.Sleep(std::chrono::duration_cast<Duration>(options_.retry_after * part), stop);
  return false;
}

Status Elector::Write(const LeaseRecord& record, const std::stop_token& stop) {
  std::optional<json::Value> before;
  {
    std::lock_guard guard(mutex_);
    before = lease_;
  }
  json::Value lease = before ? *before : NewLease();
  Mark(lease);
  WriteLease(lease, record);
  const SteadyTime start = parts_.clock.SteadyNow();
  auto written = before ? parts_.client.Replace(LeaseType(), lease, stop)
                        : parts_.client.Create(LeaseType(), lease, stop);
  if (!written) return std::move(written).error();
  lease.Find("metadata")->Set("resourceVersion", written->resource_version);
  std::lock_guard guard(mutex_);
  lease_ = std::move(lease);
  view_ = Look(view_, record, parts_.clock.SteadyNow());
  reported_.clear();
  if (record.holder == options_.identity) {
    leads_ = true;
    renewed_ = start;
    parts_.gate.SetTerm({.unguarded_until = start + options_.duration / 2,
                         .guarded_until = start + options_.give_up_after,
                         .lapses = start + options_.duration});
  }
  parts_.clock.Notify(changed_);
  return Ok();
}

json::Value Elector::NewLease() const {
  json::Value lease;
  lease.Set("apiVersion", LeaseType().ApiVersion());
  lease.Set("kind", LeaseType().kind);
  json::Value& metadata = lease.Set("metadata", {});
  metadata.Set("name", options_.key.name);
  metadata.Set("namespace", options_.key.name_space);
  return lease;
}

// Labels and annotations of others stay.
void Elector::Mark(json::Value& lease) const {
  json::Value& metadata = *lease.Find("metadata");
  metadata.Remove("managedFields");  // the server keeps its own
  const auto add = [&metadata](std::string_view member,
                               const std::map<std::string, std::string>& marks) {
    if (marks.empty()) return;
    json::Value* present = metadata.Find(member);
    if (present == nullptr) present = &metadata.Set(std::string(member), {});
    for (const auto& [key, value] : marks) present->Set(key, value);
  };
  add("labels", options_.labels);
  add("annotations", options_.annotations);
}

void Elector::Report(std::string_view what, const Error& error) {
  if (error.kind == ErrorKind::kCancelled) return;
  {
    std::lock_guard guard(mutex_);
    const std::string text = std::string(what) + error.message;
    if (reported_ == text) return;
    reported_ = text;
  }
  if (hooks_.on_trouble) hooks_.on_trouble(what, error);
}

}  // namespace labgallery::runtime
