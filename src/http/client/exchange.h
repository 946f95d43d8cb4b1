// One request and its answer, seen from two sides: the library's thread reports what happens, the
// caller's thread waits for it. It outlives whichever side leaves first. It knows nothing of the
// library.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/http/client/failure.h"
#include "src/http/model/message.h"

namespace labgallery::http {

/// Thread-safe. At most one thread calls the functions of the caller's side.
class Exchange {
 public:
  enum class Delivery {
    kWhole,   // the body is collected, up to a limit
    kStream,  // the body is handed over as it comes; the sender is held back while a buffer is full
  };
  struct Plan {
    Destination to;
    Delivery delivery = Delivery::kWhole;
    /// kWhole: a longer body is refused. kStream: the sender waits while so much is not yet read.
    std::size_t body_limit = 0;
    std::chrono::milliseconds timeout{
        0};  // total until the end; for a stream until the head, then silence
  };
  struct Head {
    int status = 0;
    Headers headers;
  };

  Exchange(std::shared_ptr<Clock> clock, Plan plan);

  // The library's side.
  /// How to end the exchange from the caller's side; need not have ended when it returns. Set
  /// before the library can report anything.
  void OnCancel(std::function<void()> cancel);
  /// The head of the request has been written to the connection.
  void Sent();
  void Began(Head head);
  enum class Put { kGoOn, kWait };
  /// Bytes of the body. After kWait the library sends nothing more until `resume` has been called:
  /// when there is room, or when the exchange is abandoned, as one with too long a body has to be.
  Put Bytes(std::string_view bytes, std::function<void()> resume);
  void Ended();
  void Failed(const LibraryFailure& failure);

  // The caller's side; each blocks until there is an outcome, `stop` or the timeout.
  /// kWhole: only when the body is complete as well, or cannot be.
  Result<Head> AwaitHead(const std::stop_token& stop);
  /// All of the body (kWhole).
  Result<std::string> AwaitBody(const std::stop_token& stop);
  /// As BodyReader (kStream).
  Result<std::optional<std::string>> Next(const std::stop_token& stop);
  /// Has the library end the exchange if it has not ended: the connection is closed. Does not wait.
  void Abandon();

 private:
  bool HeadSuffices() const;  // the caller holds mutex_
  Error GiveUp(std::unique_lock<std::mutex>& lock);
  void Finish(std::optional<Error> error);

  const std::shared_ptr<Clock> clock_;
  const Plan plan_;
  const SteadyTime deadline_;
  mutable std::mutex mutex_;
  Signal changed_;
  // Guarded by mutex_:
  std::function<void()> cancel_;
  std::function<void()> resume_;
  Phase phase_ = Phase::kConnecting;
  std::optional<Head> head_;
  std::string body_;
  SteadyTime quiet_since_{};
  bool over_ = false;       // the outcome is known
  bool abandoned_ = false;  // the caller has asked for the end
  std::optional<Error> error_;
};

}  // namespace labgallery::http
