// The seam through which every HTTP request leaves: one narrow interface with a real implementation
// over sockets (src/http/client) and one that calls a server of the same process.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "src/base/clock.h"
#include "src/http/model/message.h"

namespace labgallery::http {

struct CallOptions {
  /// Machine time, not scaled, from start to the last byte; for a stream, the longest silence.
  std::chrono::milliseconds timeout{30000};
  std::stop_token stop;
};

/// Thread-safe. Blocks the caller. An HTTP error status is a success of the transport. Redirects
/// are returned, never followed. A failure says whether the request may have reached the server:
/// kUnavailable = it has not been applied; kTimeout = unknown; kCancelled = unknown, the caller
/// stopped.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual Result<Response> Send(const Request& request, const CallOptions& options) = 0;
  virtual Result<StreamResponse> Open(const Request& request, const CallOptions& options) = 0;
};

/// Calls a server that is mounted in this process. Takes no time of its own.
class InProcessTransport final : public HttpTransport {
 public:
  explicit InProcessTransport(Handler handler) : handler_(std::move(handler)) {}
  Result<Response> Send(const Request& request, const CallOptions& options) override;
  Result<StreamResponse> Open(const Request& request, const CallOptions& options) override;

 private:
  Handler handler_;
};

}  // namespace labgallery::http
