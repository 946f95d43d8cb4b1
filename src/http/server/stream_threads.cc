#include "src/http/server/stream_threads.h"

#include <utility>

namespace labgallery::http {

std::stop_source StreamThreads::Run(std::function<void(std::stop_token)> work) {
  const std::lock_guard guard(mutex_);
  if (closed_) {
    std::stop_source stopped;
    stopped.request_stop();
    return stopped;
  }
  // A thread cannot join itself, so those that are done wait here for the next one or for the end.
  std::erase_if(running_, [](const Running& running) { return running.done; });
  Running& entry = running_.emplace_back();
  entry.thread =
      std::jthread([this, &entry, work = std::move(work)](const std::stop_token& stop) mutable {
        work(stop);
        work = {};
        const std::lock_guard done(mutex_);
        entry.done = true;
      });
  return entry.thread.get_stop_source();
}

void StreamThreads::StopAndJoin() {
  std::list<Running> leaving;
  {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    leaving.splice(leaving.end(), running_);
  }
  for (Running& running : leaving) running.thread.request_stop();
  leaving.clear();
}

}  // namespace labgallery::http
