#include "src/runtime/event_recorder.h"

#include <utility>

#include "src/kube/model/answer.h"

namespace labgallery::runtime {
namespace {

constexpr Duration kRetry = std::chrono::seconds(10);  // and up to a quarter more
constexpr double kRetryJitter = 0.25;

// The server or the way to it has a problem, not the Event.
bool MayPass(const Error& error) {
  return error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout ||
         error.kind == ErrorKind::kThrottled;
}

}  // namespace

EventRecorder::EventRecorder(Parts parts, EventOptions options)
    : parts_(parts), options_(std::move(options)), threads_(parts.clock) {}

void EventRecorder::Start() {
  threads_.Start([this](const std::stop_token& stop) { Run(stop); });
}

void EventRecorder::Tell(Note note) {
  {
    std::lock_guard guard(mutex_);
    if (stopped_) return;
    if (waiting_.size() < options_.most_waiting) {
      waiting_.push_back(std::move(note));
      parts_.clock.Notify(changed_);
      return;
    }
  }
  Lose(note, nullptr);
}

void EventRecorder::Stop(Duration patience) {
  {
    std::lock_guard guard(mutex_);
    stopped_ = true;
  }
  threads_.RequestStop();
  if (!threads_.WaitUntilEnded(parts_.clock.SteadyNow() + patience)) patience_.request_stop();
  threads_.Stop();
}

void EventRecorder::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    AwaitWork(stop);
    TakeNotes();
    while (!stop.stop_requested() && WriteOne(series_.Due(parts_.clock.SteadyNow()))) {
    }
  }
  TakeNotes();
  while (!patience_.stop_requested()) {
    Series* const series = series_.Pending();
    if (series == nullptr) return;
    if (!Write(*series)) {
      series_.Forget(*series);
    } else {
      series->due.reset();
    }
  }
}

void EventRecorder::AwaitWork(const std::stop_token& stop) {
  const SteadyTime due = series_.NextDue().value_or(kNever);
  std::unique_lock lock(mutex_);
  while (waiting_.empty() && !stop.stop_requested() && parts_.clock.SteadyNow() < due)
    parts_.clock.Wait(lock, changed_, due, stop);
}

void EventRecorder::TakeNotes() {
  std::deque<Note> notes;
  {
    std::lock_guard guard(mutex_);
    notes.swap(waiting_);
  }
  for (const Note& note : notes) {
    if (!series_.Take(note, {parts_.clock.Now(), parts_.clock.SteadyNow()})) Lose(note, nullptr);
  }
}

// False: there was nothing to write.
bool EventRecorder::WriteOne(Series* series) {
  if (series == nullptr) return false;
  const Status written = Write(*series);
  const SteadyTime now = parts_.clock.SteadyNow();
  if (written) {
    EventSeries::Written(*series, now);
    return true;
  }
  // Nobody is told anything any more in a namespace that goes; that is no trouble of ours.
  if (kube::IsNamespaceTerminating(written.error())) {
    series_.Forget(*series);
    return true;
  }
  const Note note = series->note;
  const double longer = 1 + kRetryJitter * parts_.random.Fraction();
  const bool again =
      MayPass(written.error()) &&
      series_.Failed(*series, now + std::chrono::duration_cast<Duration>(kRetry * longer));
  if (again) return true;
  if (!MayPass(written.error())) series_.Forget(*series);
  Lose(note, &written.error());
  return true;
}

Status EventRecorder::Write(Series& series) {
  const kube::ObjectKey key{NamespaceOf(series.note), series.name};
  const std::stop_token stop = patience_.get_token();
  if (series.created) {
    auto patched =
        parts_.client.PatchMerge({EventType(), key}, SeriesPatch(series.count, series.last), stop);
    if (patched) return Ok();
    // The server has forgotten it: it keeps Events for an hour by default.
    if (patched.error().kind != ErrorKind::kNotFound) return std::move(patched).error();
  }
  json::Value event = EventOf(series.note, options_.reporter, series.name, series.first);
  if (series.count > 1) event.Set("series", *SeriesPatch(series.count, series.last).Find("series"));
  auto created = parts_.client.Create(EventType(), event, stop);
  // An earlier try was applied although its answer was lost.
  const bool there = !created && created.error().kind == ErrorKind::kConflict;
  if (created || there) return Ok();
  return std::move(created).error();
}

void EventRecorder::Lose(const Note& note, const Error* error) const {
  if (error != nullptr && error->kind == ErrorKind::kCancelled) return;
  if (options_.on_lost) options_.on_lost(note, error);
}

}  // namespace labgallery::runtime
