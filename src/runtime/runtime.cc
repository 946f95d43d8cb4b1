#include "src/runtime/runtime.h"

#include <algorithm>
#include <map>
#include <utility>

namespace labgallery::runtime {

Runtime::Runtime(Parts parts, RuntimeOptions options)
    : parts_(parts),
      options_(std::move(options)),
      queue_(parts.clock, parts.random, options_.queue),
      works_(options_.works_at_once),
      threads_(parts.clock) {}

Runtime::~Runtime() { Stop(); }

TypeIndex Runtime::Register(TypeRegistration registration) {
  const TypeIndex type = store_.AddType();
  auto follower = std::make_unique<Follower>();
  follower->registration = std::move(registration);
  ListWatch::Handlers handlers{
      .on_change = [this, type,
                    &f = *follower](const Change& change) { OnChange(f, type, change); },
      .on_synced = [this, type] { OnSynced(type); },
      .on_trouble =
          [this, type](std::string_view what, const Error* error) {
            if (options_.observer.on_watch_trouble)
              options_.observer.on_watch_trouble(type, what, error);
          }};
  follower->list_watch = std::make_unique<ListWatch>(
      ListWatch::Parts{parts_.client, parts_.clock, parts_.random, store_},
      follower->registration.watched, type, std::move(handlers), options_.list_watch);
  followers_.push_back(std::move(follower));
  return type;
}

void Runtime::Start() {
  std::vector<Reconciler> reconcilers;
  for (const auto& follower : followers_) reconcilers.push_back(follower->registration.reconcile);
  Workers::Hooks hooks{
      .before = [this](const Key& key,
                       const std::stop_token& stop) { return BeforePass(key, stop); },
      .after = [this](const Key& key) { AfterPass(key); }};
  workers_.emplace(Workers::Parts{parts_.clock, queue_, options_.observer}, std::move(reconcilers),
                   std::move(hooks));
  workers_->Start(options_.workers);
  std::map<Duration, std::vector<TypeIndex>> resyncs;
  for (TypeIndex type = 0; type < followers_.size(); ++type) {
    Follower& follower = *followers_[type];
    threads_.Start([&follower](const std::stop_token& stop) { follower.list_watch->Run(stop); });
    if (const auto period = follower.registration.resync) resyncs[*period].push_back(type);
  }
  for (const auto& [period, types] : resyncs) {
    threads_.Start(
        [this, types, p = period](const std::stop_token& stop) { Resync(types, p, stop); });
  }
  if (followers_.empty() && options_.works_at_once) queue_.Open();
}

void Runtime::Work() {
  {
    std::lock_guard guard(mutex_);
    works_ = true;
    if (!AllSynced()) return;
  }
  queue_.Open();
}

void Runtime::FinishWork(Duration grace) {
  queue_.Close(Queue::Rest::kDiscard);
  if (workers_) workers_->Stop(grace);
}

void Runtime::Stop(Duration grace) {
  FinishWork(grace);
  parts_.gate.Close("the controller has stopped");
  threads_.Stop();
}

void Runtime::OnChange(const Follower& follower, TypeIndex type, const Change& change) {
  const Key own{type, change.record().key()};
  AddMapped(follower, own, change);
  NoteArrival(own, change.after);
}

void Runtime::NoteArrival(const Key& key, const RecordPtr& record) {
  {
    std::lock_guard guard(echo_mutex_);
    if (record) {
      // Queued first: between the two lines nobody may find that all is quiet.
      if (writes_.IsAwaited(key, *record)) queue_.Add(key, Priority::kBegun);
      writes_.Arrived(key, *record);
    } else {
      writes_.Forget(key);
    }
  }
  queue_.Nudge();
}

void Runtime::AddMapped(const Follower& follower, const Key& own, const Change& change) {
  const auto& map = follower.registration.map;
  const auto priority = change.origin == Origin::kList ? Priority::kLow : Priority::kNormal;
  const bool only_own_fields = OnlyOwnFieldsDiffer(change);
  for (const Wake& wake : map ? map(change) : std::vector<Wake>{{own}}) {
    if (wake.after > Duration::zero()) {
      queue_.AddAfter(wake.key, wake.after);
    } else if (wake.key == own && only_own_fields) {
      AddUnlessEcho(own, change.after->resource_version());
    } else {
      queue_.Add(wake.key, priority);
    }
  }
}

void Runtime::AddUnlessEcho(const Key& key, const ResourceVersion& version) {
  std::lock_guard guard(echo_mutex_);
  // The answer to a write of ours may still be on its way: Wrote takes this back then.
  if (!writes_.IsOwn(key, version)) queue_.AddForVersion(key, version.ToString());
}

void Runtime::OnSynced(TypeIndex type) {
  {
    std::lock_guard guard(mutex_);
    if (followers_[type]->synced) return;
    followers_[type]->synced = true;
    if (!AllSynced()) return;
    parts_.clock.Notify(synced_);
    if (!works_) return;
  }
  queue_.Open();
}

bool Runtime::AllSynced() const {
  return std::all_of(followers_.begin(), followers_.end(), [](const auto& f) { return f->synced; });
}

bool Runtime::Synced() const {
  std::lock_guard guard(mutex_);
  return AllSynced();
}

std::vector<kube::ResourceType> Runtime::NotSynced() const {
  std::vector<kube::ResourceType> missing;
  std::lock_guard guard(mutex_);
  for (const auto& follower : followers_) {
    if (!follower->synced) missing.push_back(follower->registration.watched.resource);
  }
  return missing;
}

Runtime::TypeView Runtime::type(TypeIndex type) const {
  const TypeRegistration& registration = followers_.at(type)->registration;
  return {registration.watched.resource, static_cast<bool>(registration.reconcile)};
}

bool Runtime::WaitUntilSynced(SteadyTime deadline, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  while (!AllSynced() && !stop.stop_requested() && parts_.clock.SteadyNow() < deadline) {
    parts_.clock.Wait(lock, synced_, deadline, stop);
  }
  return AllSynced();
}

void Runtime::Wrote(const Key& key, std::string_view resource_version) {
  const ResourceVersion version(resource_version);
  {
    std::lock_guard guard(echo_mutex_);
    writes_.Wrote(key, version);
    queue_.Excuse(key, version.ToString());
  }
  // The watch may have been faster than the answer.
  NoteArrival(key, store_.Get(key));
}

std::optional<Outcome> Runtime::BeforePass(const Key& key, const std::stop_token& stop) {
  Duration waited;
  {
    std::lock_guard guard(echo_mutex_);
    const RecordPtr record = store_.Get(key);
    if (!record || !writes_.IsBehind(key, *record)) return std::nullopt;
    const SteadyTime now = parts_.clock.SteadyNow();
    waited = now - writes_.Await(key, now);
  }
  if (waited < options_.echo_patience) return After{options_.echo_patience - waited};
  if (auto read = ReadAlone(key, stop); !read) return Backoff{read.error()};
  return std::nullopt;
}

Status Runtime::ReadAlone(const Key& key, const std::stop_token& stop) {
  const Follower& follower = *followers_[key.type];
  const WatchedType& watched = follower.registration.watched;
  const auto object = parts_.client.Get(watched.resource, key.object, stop);
  const RecordPtr known = store_.Get(key);
  std::optional<Change> change;
  if (object) {
    LAB_ASSIGN_OR_RETURN(RecordPtr record, MakeRecord(watched, key.type, *object, known));
    change = store_.Apply(std::move(record));
  } else if (object.error().kind == ErrorKind::kNotFound) {
    if (known) change = store_.Remove(*known);
  } else {
    return object.error();
  }
  // Before the change is told, which would otherwise wake this very key once more.
  writes_.Forget(key);
  if (change) OnChange(follower, key.type, *change);
  return Ok();
}

void Runtime::AfterPass(const Key& key) {
  if (store_.Get(key)) return;
  queue_.Drop(key);
  writes_.Forget(key);
}

// All types of a period together: what one look reads serves the next ones too.
void Runtime::Resync(const std::vector<TypeIndex>& types, Duration period,
                     const std::stop_token& stop) {
  const auto tenth = static_cast<double>(period.count()) / 10;
  while (true) {
    const Duration jitter(static_cast<Duration::rep>(tenth * (2 * parts_.random.Fraction() - 1)));
    if (!parts_.clock.Sleep(period + jitter, stop)) return;
    if (options_.on_resync) options_.on_resync();
    for (const TypeIndex type : types) {
      for (const RecordPtr& record : store_.List(type))
        queue_.Add({type, record->key()}, Priority::kLow);
    }
  }
}

Progress Runtime::Now() const {
  Progress progress = queue_.Now();
  progress.idle = progress.idle && NothingOutstanding();
  return progress;
}

Progress Runtime::WaitUntilIdle(SteadyTime deadline, const std::stop_token& stop) const {
  return queue_.WaitUntilIdle(deadline, stop, [this] { return NothingOutstanding(); });
}

bool Runtime::RoundUnderWay() const {
  for (TypeIndex type = 0; type < types(); ++type) {
    if (queue_.Counts(type).waiting_low > 0) return true;
  }
  return false;
}

bool Runtime::NothingOutstanding() const { return writes_.outstanding() == 0 && Synced(); }

}  // namespace labgallery::runtime
