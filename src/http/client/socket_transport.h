// HttpTransport over sockets. It adds to cpprestsdk what that leaves open: one delivery of each
// write, deadlines that hold, bodies with a bound, and failures that say whether the request may
// have arrived. It does not retry for the caller, knows no credentials and follows no redirects.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "src/http/model/transport.h"
#include "src/http/model/url.h"

namespace labgallery::http {

/// The number of threads that serve all transports of the process. Must be the first thing that
/// `main` does; throws std::exception once a transport has been used. Without it there are 40.
void InitialiseHttpThreads(int threads);

struct SocketTransportOptions {
  std::string user_agent = "labgallery";        // where a request names none
  std::size_t body_limit = 64UL * 1024 * 1024;  // a longer answer to Send is kProtocol
  std::size_t stream_buffer = 1024UL * 1024;    // of a stream: the server is held back beyond it
};

class Connection;

/// http and https, HTTP/1.1. https: TLS 1.2 or later, the certificate must match the host and chain
/// up to one of the system's (or SSL_CERT_FILE's). An IPv6 address as host is kInvalidInput,
/// because cpprestsdk cannot reach one. Reads share kept connections; each write has its own, so
/// that it is sent at most once. A chunk of a chunked answer is held in memory as a whole, whatever
/// the limits say.
class SocketTransport final : public HttpTransport {
 public:
  explicit SocketTransport(SocketTransportOptions options = {});
  ~SocketTransport() override;

  /// An interim answer (1xx) is kProtocol: cpprestsdk takes it for the final one.
  Result<Response> Send(const Request& request, const CallOptions& options) override;
  Result<StreamResponse> Open(const Request& request, const CallOptions& options) override;

 private:
  struct Kept;
  struct Call;
  Result<Call> Prepare(const Request& request, const CallOptions& options) const;
  Result<Response> SendOver(Connection& connection, const Call& call) const;
  Result<Response> SendRead(const Call& call);
  std::shared_ptr<Kept> Keep(const Url& url);
  void Drop(const Url& url, const std::shared_ptr<Kept>& kept);

  const SocketTransportOptions options_;
  const std::shared_ptr<Clock> clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Kept>> kept_;  // by origin; guarded by mutex_
};

}  // namespace labgallery::http
