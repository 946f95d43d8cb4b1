#include "src/http/client/exchange.h"

#include <utility>

namespace labgallery::http {
namespace {

// How long a caller whose time is up waits for the library to say how far the request had come.
// Without an answer the worst is assumed, so this bounds the delay, not the truth.
constexpr std::chrono::milliseconds kSettle{100};

}  // namespace

Exchange::Exchange(std::shared_ptr<Clock> clock, Plan plan)
    : clock_(std::move(clock)),
      plan_(std::move(plan)),
      deadline_(clock_->SteadyNow() + plan_.timeout),
      quiet_since_(clock_->SteadyNow()) {}

void Exchange::OnCancel(std::function<void()> cancel) {
  const std::lock_guard guard(mutex_);
  cancel_ = std::move(cancel);
}

void Exchange::Sent() {
  const std::lock_guard guard(mutex_);
  if (phase_ == Phase::kConnecting) phase_ = Phase::kSent;
}

void Exchange::Began(Head head) {
  const std::lock_guard guard(mutex_);
  phase_ = plan_.delivery == Delivery::kStream ? Phase::kStreaming : Phase::kReceiving;
  head_ = std::move(head);
  quiet_since_ = clock_->SteadyNow();
  if (HeadSuffices()) clock_->Notify(changed_);
}

Exchange::Put Exchange::Bytes(std::string_view bytes, std::function<void()> resume) {
  const std::lock_guard guard(mutex_);
  // The rest of a body that is too long, until the connection is closed.
  if (over_) return Put::kGoOn;
  quiet_since_ = clock_->SteadyNow();
  body_ += bytes;
  // Once abandoned, nobody is there to let the sender go on.
  const bool full = body_.size() > plan_.body_limit && !abandoned_;
  if (full) resume_ = std::move(resume);
  if (full && plan_.delivery == Delivery::kWhole) {
    Finish(ProtocolError("the answer of " + plan_.to.origin + " is longer than " +
                         std::to_string(plan_.body_limit) + " bytes"));
  }
  if (plan_.delivery == Delivery::kStream) clock_->Notify(changed_);
  return full ? Put::kWait : Put::kGoOn;
}

void Exchange::Ended() {
  const std::lock_guard guard(mutex_);
  cancel_ = {};  // would only wake the library for nothing
  Finish(std::nullopt);
}

void Exchange::Failed(const LibraryFailure& failure) {
  const std::lock_guard guard(mutex_);
  cancel_ = {};
  Finish(FailedExchange(failure, phase_, plan_.to));
}

// The first outcome counts. The caller holds the mutex.
void Exchange::Finish(std::optional<Error> error) {
  if (over_) return;
  over_ = true;
  error_ = std::move(error);
  clock_->Notify(changed_);
}

// The caller of a whole answer is woken once, at its end: each time costs as much as a small
// answer. An interim head has no end.
bool Exchange::HeadSuffices() const {
  return head_ && (plan_.delivery == Delivery::kStream || head_->status < 200);
}

Result<Exchange::Head> Exchange::AwaitHead(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!HeadSuffices() && !over_) {
    if (stop.stop_requested()) return Cancelled();
    if (clock_->SteadyNow() >= deadline_) return GiveUp(lock);
    clock_->Wait(lock, changed_, deadline_, stop);
  }
  if (!head_) return error_.value_or(InternalError("an answer without a head"));
  return *head_;
}

Result<std::string> Exchange::AwaitBody(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (stop.stop_requested()) return Cancelled();
    if (clock_->SteadyNow() >= deadline_) return GiveUp(lock);
    clock_->Wait(lock, changed_, deadline_, stop);
  }
  if (error_) return *error_;
  return std::move(body_);
}

Result<std::optional<std::string>> Exchange::Next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (body_.empty() && !over_) {
    const SteadyTime deadline = quiet_since_ + plan_.timeout;
    if (stop.stop_requested()) return Cancelled();
    if (clock_->SteadyNow() >= deadline) return GiveUp(lock);
    clock_->Wait(lock, changed_, deadline, stop);
  }
  if (stop.stop_requested()) return Cancelled();
  if (!body_.empty()) {
    // While the sender was held back, silence was ours.
    quiet_since_ = clock_->SteadyNow();
    std::string bytes = std::exchange(body_, {});
    auto resume = std::exchange(resume_, {});
    lock.unlock();
    if (resume) resume();
    return std::optional(std::move(bytes));
  }
  if (error_) return *error_;
  return std::optional<std::string>();
}

// Closes the connection, then asks how far the request had come: only after the close it can get no
// further. Bytes may have left without the library having said so yet, so it gets a moment to say
// it.
Error Exchange::GiveUp(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  Abandon();
  lock.lock();
  const SteadyTime settled = clock_->SteadyNow() + kSettle;
  while (!over_ && clock_->SteadyNow() < settled) clock_->Wait(lock, changed_, settled, {});
  const bool unknown = phase_ == Phase::kConnecting && !over_;
  return LateExchange(plan_.timeout, unknown ? Phase::kSent : phase_, plan_.to);
}

void Exchange::Abandon() {
  std::function<void()> cancel;
  std::function<void()> resume;
  {
    const std::lock_guard guard(mutex_);
    abandoned_ = true;
    cancel = std::exchange(cancel_, {});
    resume = std::exchange(resume_, {});
  }
  // Outside the lock: both make the library report. A sender that is held back must go on to
  // notice.
  if (cancel) cancel();
  if (resume) resume();
}

}  // namespace labgallery::http
