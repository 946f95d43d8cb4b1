// The record of the wire: a transport that writes down all that passes through it, and one that
// answers from what was written. With the first a user makes a recording for a bug report, with the
// second it becomes a test. What a line holds, and what it leaves out, is wire_record.h's.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "src/azure/client/wire_record.h"
#include "src/base/clock.h"
#include "src/http/model/transport.h"

namespace labgallery::azure {

/// Thread-safe, as far as `inner` is. Lines are written one at a time, in the order in which
/// answers came.
class RecordingTransport final : public http::HttpTransport {
 public:
  /// `write` is called under a lock and must not block for long.
  using WriteLine = std::function<void(const std::string&)>;

  RecordingTransport(http::HttpTransport& inner, Clock& clock, WriteLine write,
                     bool without_principals);

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override;
  /// Azure streams nothing: what is streamed is not written down.
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override;

 private:
  http::HttpTransport& inner_;
  Clock& clock_;
  const WriteLine write_;
  std::mutex mutex_;
  WireRedaction redaction_;  // guarded by mutex_
};

/// Answers each request with what an equal one was answered, in order; the last answer stays. What
/// was never asked is kUnavailable. Thread-safe; takes no time of its own.
class ReplayTransport final : public http::HttpTransport {
 public:
  /// kInvalidInput, with the number of the line, if one cannot be read.
  static Result<ReplayTransport> From(const std::vector<std::string>& lines);
  ReplayTransport(ReplayTransport&& other) noexcept : answers_(std::move(other.answers_)) {}

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override;
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override;

 private:
  struct Answers {
    std::vector<Result<http::Response>> all;
    std::size_t next = 0;
  };
  explicit ReplayTransport(std::map<std::string, Answers> answers) : answers_(std::move(answers)) {}

  std::mutex mutex_;
  std::map<std::string, Answers> answers_;  // guarded by mutex_
};

}  // namespace labgallery::azure
