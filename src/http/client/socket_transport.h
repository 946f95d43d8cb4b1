// HttpTransport over sockets. It adds to cpprestsdk what that leaves open: one delivery of each
// write, deadlines that hold, bodies with a bound, and failures that say whether the request may
// have arrived. It does not retry for the caller, knows no credentials and follows no redirects.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "src/http/client/tls.h"
#include "src/http/model/proxy.h"
#include "src/http/model/tls_options.h"
#include "src/http/model/transport.h"
#include "src/http/model/url.h"

namespace labgallery::http {

struct SocketTransportOptions {
  TlsOptions tls{};
  ProxyRules proxy{};
  /// Writes with a body use connections that have been used so recently, as reads do, instead of
  /// ones of their own. kTimeout then also stands for a kept connection that the server had closed,
  /// so it is as long as that does no harm. 0: none does.
  Duration keep_for_writes{0};
  std::string user_agent = "labgallery";        // where a request names none
  std::size_t body_limit = 64UL * 1024 * 1024;  // a longer answer to Send is kProtocol
  std::size_t stream_buffer = 1024UL * 1024;    // of a stream: the server is held back beyond it
};

class Connection;
struct Way;

/// http and https, HTTP/1.1. https: TLS 1.2 or later, the certificate must match the host (or the
/// name in the options) and chain up to one of the options' or the system's authorities. Files of
/// the options that have been exchanged are used by new connections, and kept ones are not used any
/// more then; files that cannot be used are kInvalidInput, with their names. An IPv6 address as
/// host is kInvalidInput, because cpprestsdk cannot reach one. Reads share kept connections; each
/// write has its own unless the options say otherwise, and is sent at most once in either case. A
/// chunk of a chunked answer is held in memory as a whole, whatever the limits say.
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
  Result<Call> Prepare(const Request& request, const CallOptions& options);
  Result<Way> WayTo(const Url& url);
  Result<Response> SendOver(Connection& connection, const Call& call) const;
  Result<Response> SendKept(const Call& call);
  std::shared_ptr<Kept> Keep(const Call& call);
  bool MayBeClosed(const Call& call, const Kept& kept) const;
  void Drop(const Url& url, const std::shared_ptr<Kept>& kept);

  const SocketTransportOptions options_;
  const std::shared_ptr<Clock> clock_;
  TlsFiles tls_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Kept>> kept_;  // by origin; guarded by mutex_
};

}  // namespace labgallery::http
