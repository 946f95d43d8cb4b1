// Ends every request that is on its way when the gate is cut: none outlives the Lease of the
// process that sent it. A request that is sent afterwards fails at once.
#pragma once

#include <stop_token>

#include "src/http/model/transport.h"

namespace labgallery::cli {

/// Thread-safe. What it refers to outlives it.
class BoundTransport final : public http::HttpTransport {
 public:
  BoundTransport(http::HttpTransport& inner, std::stop_token cut)
      : inner_(inner), cut_(std::move(cut)) {}

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override;
  /// Only the opening is bound. What an operator watches, it goes on watching without a Lease.
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override;

 private:
  http::HttpTransport& inner_;
  const std::stop_token cut_;
};

}  // namespace labgallery::cli
