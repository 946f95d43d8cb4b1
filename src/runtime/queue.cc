#include "src/runtime/queue.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace labgallery::runtime {

Queue::Queue(Clock& clock, Random& random, QueueOptions options)
    : clock_(clock),
      random_(random),
      options_(std::move(options)),
      lines_(options_.low_priority_patience) {}

QueueCounts& Queue::CountsOf(TypeIndex type) {
  if (type >= counts_.size()) counts_.resize(type + 1);
  return counts_[type];
}

void Queue::Enlist(Entries::iterator at) {
  Entry& entry = at->second;
  entry.place = lines_.Add({&at->first, entry.priority, entry.since});
  QueueCounts& counts = CountsOf(at->first.type);
  ++counts.adds;
  ++counts.waiting;
  if (entry.priority == Priority::kLow) ++counts.waiting_low;
  CallOne();
}

void Queue::Delist(Entry& entry) {
  if (!entry.place) return;
  QueueCounts& counts = CountsOf((*entry.place)->key->type);
  --counts.waiting;
  if (entry.priority == Priority::kLow) --counts.waiting_low;
  lines_.Remove(*entry.place);
  entry.place.reset();
}

void Queue::AddLocked(const Key& key, Priority priority, const std::string& version) {
  if (closed_) return;
  const auto at = entries_.try_emplace(key).first;
  Entry& entry = at->second;
  if (entry.waiting) {
    if (entry.version != version) entry.version.clear();
    if (priority < entry.priority) {
      const bool listed = entry.place.has_value();
      Delist(entry);
      entry.priority = priority;
      if (listed) Enlist(at);
    }
    return;
  }
  entry.waiting = true;
  entry.priority = priority;
  entry.version = version;
  entry.since = clock_.SteadyNow();
  // A key that is worked on is put into the line when it is done (WQ-01).
  if (!entry.processing) Enlist(at);
}

void Queue::Add(const Key& key, Priority priority) {
  std::lock_guard guard(mutex_);
  AddLocked(key, priority, {});
}

void Queue::AddForVersion(const Key& key, const std::string& version) {
  std::lock_guard guard(mutex_);
  AddLocked(key, Priority::kNormal, version);
}

void Queue::Excuse(const Key& key, const std::string& version) {
  std::lock_guard guard(mutex_);
  const auto at = entries_.find(key);
  if (at == entries_.end() || version.empty()) return;
  Entry& entry = at->second;
  if (!entry.waiting || entry.version != version) return;
  Delist(entry);
  entry.waiting = false;
  EraseIfEmpty(at);
  clock_.Notify(calmer_);
}

void Queue::EraseIfEmpty(Entries::iterator at) {
  const Entry& entry = at->second;
  const bool used = entry.waiting || entry.processing || entry.due;
  if (!used && entry.failures == 0) entries_.erase(at);
}

void Queue::DelayLocked(Entries::iterator at, SteadyTime due) {
  Entry& entry = at->second;
  if (entry.due) {
    if (std::get<0>(**entry.due) <= due) return;
    CancelDelay(entry);
  }
  entry.due = delayed_.emplace(due, ++sequence_, &at->first).first;
  ++CountsOf(at->first.type).delayed;
  if (*entry.due != delayed_.begin()) return;
  if (watcher_ != nullptr) {
    clock_.Notify(watcher_->called);
  } else {
    CallOne();
  }
}

void Queue::CancelDelay(Entry& entry) {
  if (!entry.due) return;
  --CountsOf(std::get<2>(**entry.due)->type).delayed;
  delayed_.erase(*entry.due);
  entry.due.reset();
}

void Queue::AddAfter(const Key& key, Duration delay) {
  std::lock_guard guard(mutex_);
  if (closed_) return;
  if (delay <= Duration::zero()) return AddLocked(key, Priority::kBegun, {});
  DelayLocked(entries_.try_emplace(key).first, clock_.SteadyNow() + delay);
}

void Queue::AddAfterFailure(const Key& key, Duration at_least) {
  const double jitter = random_.Fraction() * options_.jitter;
  std::lock_guard guard(mutex_);
  if (closed_) return;
  const auto at = entries_.try_emplace(key).first;
  const double factor = std::exp2(at->second.failures++);
  const double wanted = std::min(static_cast<double>(options_.first_backoff.count()) * factor,
                                 static_cast<double>(options_.max_backoff.count()));
  const Duration delay(static_cast<Duration::rep>(wanted * (1.0 - jitter)));
  ++CountsOf(key.type).retries;
  DelayLocked(at, clock_.SteadyNow() + std::max(delay, at_least));
}

void Queue::Forget(const Key& key) {
  std::lock_guard guard(mutex_);
  const auto at = entries_.find(key);
  if (at != entries_.end()) at->second.failures = 0;
}

void Queue::Drop(const Key& key) {
  std::lock_guard guard(mutex_);
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  CancelDelay(at->second);
  at->second.failures = 0;
  EraseIfEmpty(at);
}

void Queue::Open() {
  std::lock_guard guard(mutex_);
  open_ = true;
  CallAll();
}

// Somebody else than the watcher, as long as there is one: he would only have to find another.
void Queue::CallOne() {
  if (idlers_.empty()) return;
  auto chosen = idlers_.end() - 1;
  if (*chosen == watcher_ && chosen != idlers_.begin()) --chosen;
  clock_.Notify((*chosen)->called);
  idlers_.erase(chosen);
}

void Queue::CallAll() {
  for (Idler* idler : idlers_) clock_.Notify(idler->called);
  idlers_.clear();
}

void Queue::Await(std::unique_lock<std::mutex>& lock, Idler& self, const std::stop_token& stop) {
  const bool watches = watcher_ == nullptr && open_ && !delayed_.empty();
  if (watches) watcher_ = &self;
  idlers_.push_back(&self);
  clock_.Wait(lock, self.called, watches ? std::get<0>(*delayed_.begin()) : kNever, stop);
  std::erase(idlers_, &self);
  if (watches) watcher_ = nullptr;
}

void Queue::PromoteDue() {
  const SteadyTime now = clock_.SteadyNow();
  while (!delayed_.empty() && std::get<0>(*delayed_.begin()) <= now) {
    const Key key = *std::get<2>(*delayed_.begin());
    CancelDelay(entries_.at(key));
    AddLocked(key, Priority::kBegun, {});
  }
}

std::optional<Queue::Taken> Queue::Pick() {
  const SteadyTime now = clock_.SteadyNow();
  const Key* const key = lines_.Next(now);
  if (key == nullptr) return std::nullopt;
  const auto at = entries_.find(*key);
  Entry& entry = at->second;
  Delist(entry);
  CancelDelay(entry);
  entry.waiting = false;
  entry.processing = true;
  processing_[&at->first] = now;
  ++turns_;
  ++CountsOf(at->first.type).processing;
  return Taken{at->first, now - entry.since};
}

std::optional<Key> Queue::Take(const std::stop_token& stop) {
  Idler self;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (closed_ && (!open_ || *closed_ == Rest::kDiscard)) return std::nullopt;
    if (open_) {
      PromoteDue();
      if (auto taken = Pick()) {
        // Who goes to work leaves the watch to another.
        if (watcher_ == nullptr && !delayed_.empty()) CallOne();
        lock.unlock();
        if (options_.on_taken) options_.on_taken(taken->key, taken->waited);
        return std::move(taken->key);
      }
      // What is worked on may have been added again: it is part of what is to be drained.
      if (closed_ && processing_.empty()) return std::nullopt;
    }
    Await(lock, self, stop);
  }
  return std::nullopt;
}

std::optional<Duration> Queue::WorkedOn(const Key& key) const {
  std::lock_guard guard(mutex_);
  const auto at = entries_.find(key);
  if (at == entries_.end() || !at->second.processing) return std::nullopt;
  return clock_.SteadyNow() - processing_.at(&at->first);
}

void Queue::Done(const Key& key) {
  const auto worked = WorkedOn(key);
  if (!worked) return;
  // Whoever waits until the queue is idle finds counted what was done.
  if (options_.on_done) options_.on_done(key, *worked);
  std::lock_guard guard(mutex_);
  const auto at = entries_.find(key);
  Entry& entry = at->second;
  entry.processing = false;
  processing_.erase(&at->first);
  ++turns_;
  --CountsOf(key.type).processing;
  if (entry.waiting) {
    Enlist(at);
  } else {
    EraseIfEmpty(at);
  }
  clock_.Notify(calmer_);
  if (closed_) CallAll();
}

void Queue::Close(Rest rest) {
  std::lock_guard guard(mutex_);
  closed_ = rest;
  for (auto& [key, entry] : entries_) {
    CancelDelay(entry);
    if (rest == Rest::kDrain) continue;
    Delist(entry);
    entry.waiting = false;
  }
  clock_.Notify(calmer_);
  CallAll();
}

Progress Queue::ProgressLocked() const {
  Progress progress;
  if (!delayed_.empty()) progress.next_due = std::get<0>(*delayed_.begin());
  const bool due = progress.next_due && *progress.next_due <= clock_.SteadyNow();
  const bool waits = std::any_of(counts_.begin(), counts_.end(),
                                 [](const QueueCounts& counts) { return counts.waiting > 0; });
  progress.idle = processing_.empty() && !waits && !due;
  return progress;
}

Progress Queue::Now() const {
  std::lock_guard guard(mutex_);
  return ProgressLocked();
}

Progress Queue::WaitUntilIdle(SteadyTime deadline, const std::stop_token& stop,
                              const std::function<bool()>& also) const {
  std::unique_lock lock(mutex_);
  while (true) {
    Progress progress = ProgressLocked();
    if (also && !also()) progress.idle = false;
    if (progress.idle || stop.stop_requested() || clock_.SteadyNow() >= deadline) return progress;
    clock_.Wait(lock, calmer_, deadline, stop);
  }
}

void Queue::Nudge() {
  std::lock_guard guard(mutex_);
  clock_.Notify(calmer_);
}

Pulse Queue::pulse() const {
  std::lock_guard guard(mutex_);
  return {.turns = turns_, .due = open_ && !closed_ && !ProgressLocked().idle};
}

QueueCounts Queue::Counts(TypeIndex type) const {
  std::lock_guard guard(mutex_);
  QueueCounts counts = type < counts_.size() ? counts_[type] : QueueCounts{};
  if (!open_) counts.waiting = counts.waiting_low = counts.delayed = 0;
  const SteadyTime now = clock_.SteadyNow();
  for (const auto& [key, since] : processing_) {
    if (key->type != type) continue;
    counts.unfinished += now - since;
    counts.longest = std::max(counts.longest, now - since);
  }
  return counts;
}

}  // namespace labgallery::runtime
