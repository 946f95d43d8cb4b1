#include "src/http/model/transport.h"

#include <utility>

#include "src/http/model/url.h"

namespace labgallery::http {
namespace {

Request AsServerSeesIt(const Request& request) {
  Request seen = request;
  if (const auto url = ParseUrl(request.url)) {
    seen.url = url->target();
    if (!seen.headers.Get("Host")) seen.headers.Set("Host", url->authority());
  }
  return seen;
}

Result<std::string> ReadAll(const BodyReader& body, const std::stop_token& stop) {
  std::string text;
  while (true) {
    LAB_ASSIGN_OR_RETURN(auto more, body(stop));
    if (!more) return text;
    text += *more;
  }
}

}  // namespace

Result<Response> InProcessTransport::Send(const Request& request, const CallOptions& options) {
  if (options.stop.stop_requested()) return Cancelled();
  Reply reply = handler_(AsServerSeesIt(request));
  if (auto* whole = std::get_if<Response>(&reply)) return std::move(*whole);
  auto& stream = std::get<StreamResponse>(reply);
  LAB_ASSIGN_OR_RETURN(std::string body, ReadAll(stream.body, options.stop));
  return Response{stream.status, std::move(stream.headers), std::move(body)};
}

Result<StreamResponse> InProcessTransport::Open(const Request& request,
                                                const CallOptions& options) {
  if (options.stop.stop_requested()) return Cancelled();
  Reply reply = handler_(AsServerSeesIt(request));
  if (auto* stream = std::get_if<StreamResponse>(&reply)) return std::move(*stream);
  auto& whole = std::get<Response>(reply);
  BodyReader once = [body = std::move(whole.body)](
                        const std::stop_token&) mutable -> Result<std::optional<std::string>> {
    if (body.empty()) return std::optional<std::string>();
    return std::optional<std::string>(std::exchange(body, {}));
  };
  return StreamResponse{whole.status, std::move(whole.headers), std::move(once)};
}

}  // namespace labgallery::http
