// Tells people what happened, as Events. Whoever tells never waits: notes go through a short queue
// to a thread of their own, and are dropped where that is full. An Event that cannot be written is
// tried again for a while and then lost: nothing depends on it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/kube/client/client.h"
#include "src/runtime/event_series.h"
#include "src/runtime/threads.h"

namespace labgallery::runtime {

struct EventOptions {
  Reporter reporter{};
  std::size_t most_waiting = 1000;
  /// Called when a note is lost; `error` null: there was too much to tell.
  std::function<void(const Note&, const Error* error)> on_lost{};
};

/// Tell is thread-safe; Start and Stop are for one thread that the clock knows.
class EventRecorder {
 public:
  struct Parts {
    kube::Client& client;
    Clock& clock;
    Random& random;
  };

  EventRecorder(Parts parts, EventOptions options);
  ~EventRecorder() { Stop(Duration(0)); }

  void Start();
  /// Never blocks. Nothing is told after Stop.
  void Tell(Note note);
  /// Writes what has not been written yet, for at most `patience`, and ends.
  void Stop(Duration patience);

 private:
  void Run(const std::stop_token& stop);
  void AwaitWork(const std::stop_token& stop);
  void TakeNotes();
  bool WriteOne(Series* series);
  Status Write(Series& series);
  void Lose(const Note& note, const Error* error) const;

  const Parts parts_;
  const EventOptions options_;
  std::stop_source patience_;  // what is being written is given up
  EventSeries series_;         // of the recorder's thread
  std::mutex mutex_;
  Signal changed_;
  std::deque<Note> waiting_;  // guarded by mutex_
  bool stopped_ = false;      // guarded by mutex_
  Threads threads_;
};

}  // namespace labgallery::runtime
