#include "controller/cli/bound_transport.h"

namespace labgallery::cli {
namespace {

/// Requested when one of two others is.
class EitherStop {
 public:
  EitherStop(const std::stop_token& a, const std::stop_token& b)
      : on_a_(a, Pass{both_}), on_b_(b, Pass{both_}) {}
  std::stop_token token() const { return both_.get_token(); }

 private:
  struct Pass {
    std::stop_source to;
    void operator()() const { to.request_stop(); }
  };
  std::stop_source both_;
  std::stop_callback<Pass> on_a_;
  std::stop_callback<Pass> on_b_;
};

}  // namespace

Result<http::Response> BoundTransport::Send(const http::Request& request,
                                            const http::CallOptions& options) {
  const EitherStop stop(options.stop, cut_);
  return inner_.Send(request, {.timeout = options.timeout, .stop = stop.token()});
}

Result<http::StreamResponse> BoundTransport::Open(const http::Request& request,
                                                  const http::CallOptions& options) {
  const EitherStop stop(options.stop, cut_);
  return inner_.Open(request, {.timeout = options.timeout, .stop = stop.token()});
}

}  // namespace labgallery::cli
