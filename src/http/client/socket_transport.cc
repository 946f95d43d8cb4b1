#include "src/http/client/socket_transport.h"

#include <atomic>
#include <utility>

#include "src/http/client/connection.h"
#include "src/http/client/exchange.h"
#include "src/telemetry/redact.h"

namespace labgallery::http {
namespace {

// Ends its exchange when the last copy of the reader goes.
struct OpenStream {
  explicit OpenStream(std::shared_ptr<Exchange> its_exchange) : exchange(std::move(its_exchange)) {}
  ~OpenStream() { exchange->Abandon(); }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  std::shared_ptr<Exchange> exchange;
};

Result<Url> Target(const Request& request) {
  auto url = ParseUrl(request.url);
  if (!url) {
    return InvalidInput("not an absolute http or https URL: " + telemetry::RedactUrl(request.url));
  }
  if (url->host.find(':') != std::string::npos) {
    return InvalidInput("an IPv6 address cannot be used as the host of " + url->origin() +
                        ": use a host name");
  }
  return *std::move(url);
}

// The library takes an interim answer for the final one.
Status Final(const Exchange::Head& head, const Url& url) {
  if (head.status >= 200) return Ok();
  return ProtocolError(url.origin() + " sent an interim answer (" + std::to_string(head.status) +
                       "), which is not supported");
}

// Bytes behind the end of the body would be read as the next answer on the same socket.
bool LeavesTheSocketClean(const Result<Response>& response) {
  return response && !response->headers.Get("Trailer");
}

}  // namespace

struct SocketTransport::Kept {
  Kept(const Url& url, const Way& way) : tls(way.tls), connection(url, way) {}
  const std::shared_ptr<const TlsMaterial> tls;  // that its sockets were made with
  Connection connection;
  std::atomic<SteadyTime> used = kNever;  // the last time that it has brought an answer
};

SocketTransport::SocketTransport(SocketTransportOptions options)
    : options_(std::move(options)), clock_(std::make_shared<RealClock>()), tls_(options_.tls) {}
SocketTransport::~SocketTransport() = default;

struct SocketTransport::Call {
  Request request;
  Url url;
  Way way;
  std::stop_token stop;
  std::chrono::milliseconds timeout;
  SteadyTime deadline;

  Destination to() const {
    return {url.origin(), way.proxy ? way.proxy->url.origin() : std::string()};
  }
};

Result<SocketTransport::Call> SocketTransport::Prepare(const Request& request,
                                                       const CallOptions& options) {
  if (options.stop.stop_requested()) return Cancelled();
  LAB_ASSIGN_OR_RETURN(Url url, Target(request));
  LAB_ASSIGN_OR_RETURN(Way way, WayTo(url));
  Call call{request,      std::move(url),  std::move(way),
            options.stop, options.timeout, clock_->SteadyNow() + options.timeout};
  if (!request.headers.Get("User-Agent"))
    call.request.headers.Set("User-Agent", options_.user_agent);
  return call;
}

Result<Way> SocketTransport::WayTo(const Url& url) {
  Way way{.tls = {},
          .server_name = options_.tls.server_name,
          .insecure = options_.tls.insecure,
          .proxy = {}};
  LAB_ASSIGN_OR_RETURN(way.proxy, ProxyFor(options_.proxy, url));
  if (url.scheme != "https") return way;
  LAB_ASSIGN_OR_RETURN(way.tls, tls_.Current());
  return way;
}

Result<Response> SocketTransport::Send(const Request& request, const CallOptions& options) {
  LAB_ASSIGN_OR_RETURN(const Call call, Prepare(request, options));
  const bool keep_write = options_.keep_for_writes.count() > 0 && !request.body.empty();
  if (IsRead(request.method) || keep_write) return SendKept(call);
  Connection fresh(call.url, call.way);
  return SendOver(fresh, call);
}

// A kept socket may have been closed by the server meanwhile, which shows only when it is used. A
// read may be sent again, so it is, once.
Result<Response> SocketTransport::SendKept(const Call& call) {
  const auto kept = Keep(call);
  const bool maybe_stale = kept->used.load() != kNever;
  auto response = SendOver(kept->connection, call);
  if (!LeavesTheSocketClean(response)) Drop(call.url, kept);
  if (response) {
    kept->used = clock_->SteadyNow();
    return response;
  }
  const ErrorKind kind = response.error().kind;
  const bool lost = kind == ErrorKind::kUnavailable || kind == ErrorKind::kTimeout;
  const auto left =
      std::chrono::floor<std::chrono::milliseconds>(call.deadline - clock_->SteadyNow());
  const bool again = lost && maybe_stale && IsRead(call.request.method) && left.count() > 0;
  if (!again) return response;
  Call second = call;
  second.timeout = left;
  Connection fresh(call.url, call.way);
  return SendOver(fresh, second);
}

Result<Response> SocketTransport::SendOver(Connection& connection, const Call& call) const {
  const OpenStream whole(std::make_shared<Exchange>(
      clock_,
      Exchange::Plan{call.to(), Exchange::Delivery::kWhole, options_.body_limit, call.timeout}));
  LAB_RETURN_IF_ERROR(connection.Start(call.request, call.url, whole.exchange));
  LAB_ASSIGN_OR_RETURN(Exchange::Head head, whole.exchange->AwaitHead(call.stop));
  LAB_RETURN_IF_ERROR(Final(head, call.url));
  LAB_ASSIGN_OR_RETURN(std::string body, whole.exchange->AwaitBody(call.stop));
  return Response{head.status, std::move(head.headers), std::move(body)};
}

Result<StreamResponse> SocketTransport::Open(const Request& request, const CallOptions& options) {
  LAB_ASSIGN_OR_RETURN(const Call call, Prepare(request, options));
  Connection fresh(call.url, call.way);
  const auto stream = std::make_shared<OpenStream>(
      std::make_shared<Exchange>(clock_, Exchange::Plan{call.to(), Exchange::Delivery::kStream,
                                                        options_.stream_buffer, call.timeout}));
  LAB_RETURN_IF_ERROR(fresh.Start(call.request, call.url, stream->exchange));
  LAB_ASSIGN_OR_RETURN(Exchange::Head head, stream->exchange->AwaitHead(call.stop));
  LAB_RETURN_IF_ERROR(Final(head, call.url));
  return StreamResponse{
      head.status, std::move(head.headers),
      [stream](const std::stop_token& stop) { return stream->exchange->Next(stop); }};
}

// A write cannot tell a connection that the server has closed from an answer that was lost.
bool SocketTransport::MayBeClosed(const Call& call, const Kept& kept) const {
  const SteadyTime used = kept.used;
  return !IsRead(call.request.method) && used != kNever &&
         clock_->SteadyNow() - used > options_.keep_for_writes;
}

// Sockets made with other certificates are not used again: the server may know them as somebody who
// is not welcome any more.
std::shared_ptr<SocketTransport::Kept> SocketTransport::Keep(const Call& call) {
  const std::lock_guard guard(mutex_);
  auto& kept = kept_[call.url.origin()];
  if (!kept || kept->tls != call.way.tls || MayBeClosed(call, *kept))
    kept = std::make_shared<Kept>(call.url, call.way);
  return kept;
}

// After a failure the object is not trusted again: new resolution, new sockets, new trust.
void SocketTransport::Drop(const Url& url, const std::shared_ptr<Kept>& kept) {
  const std::lock_guard guard(mutex_);
  const auto found = kept_.find(url.origin());
  if (found != kept_.end() && found->second == kept) kept_.erase(found);
}

}  // namespace labgallery::http
