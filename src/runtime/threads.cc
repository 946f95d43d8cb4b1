#include "src/runtime/threads.h"

#include <utility>

namespace labgallery::runtime {

void Threads::Start(std::function<void(const std::stop_token&)> body) {
  {
    std::lock_guard guard(mutex_);
    ++running_;
  }
  threads_.emplace_back(
      [this, body = std::move(body), presence = clock_.Enter()](const std::stop_token& stop) {
        body(stop);
        std::lock_guard guard(mutex_);
        --running_;
        clock_.Notify(ended_);
      });
}

void Threads::RequestStop() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

bool Threads::WaitUntilEnded(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  while (running_ > 0 && clock_.SteadyNow() < deadline) clock_.Wait(lock, ended_, deadline, {});
  return running_ == 0;
}

void Threads::Stop() {
  RequestStop();
  WaitUntilEnded(kNever);
  threads_.clear();
}

}  // namespace labgallery::runtime
