// One handler, served in process and through sockets: a caller sees no difference.
#include <gtest/gtest.h>

#include <map>

#include "src/http/client/socket_transport.h"
#include "src/http/model/transport.h"
#include "src/http/server/server.h"

namespace labgallery::http {
namespace {

constexpr std::size_t kBig = 3'000'000;

BodyReader Pieces(int count, std::string piece, std::optional<Error> end = std::nullopt) {
  return [count, piece = std::move(piece), end = std::move(end)](
             const std::stop_token&) mutable -> Result<std::optional<std::string>> {
    if (count-- > 0) return std::optional(piece);
    if (end) return *end;
    return std::optional<std::string>();
  };
}

Reply Handle(const Request& request) {
  const Headers headers{{"Content-Type", "application/json"}, {"X-Ms-Request-Id", "7"}};
  const auto& url = request.url;
  if (url == "/empty") return Response{204, {}, ""};
  if (url == "/missing") return JsonResponse(404, R"({"error":{"code":"NotFound"}})");
  if (url == "/moved") return Response{302, {{"Location", "http://127.0.0.1:1/"}}, ""};
  if (url == "/big") return Response{200, headers, std::string(kBig, 'b')};
  if (url == "/nothing") return Response{200, {}, ""};
  if (url == "/watch") return StreamResponse{200, headers, Pieces(100, "{\"type\":\"ADDED\"}\n")};
  if (url == "/watch/none") return StreamResponse{200, headers, Pieces(0, "")};
  if (url == "/watch/big")
    return StreamResponse{200, headers, Pieces(50, std::string(100'000, 's'))};
  if (url == "/watch/broken") {
    return StreamResponse{200, headers, Pieces(2, "abc", Unavailable("source is gone"))};
  }
  std::string said = std::string(Name(request.method)) + " " + url + "\n";
  for (const char* name : {"Host", "Content-Type", "Authorization", "X-Blank"}) {
    if (const auto value = request.headers.Get(name)) said += std::string(*value) + "\n";
  }
  return Response{200, headers, request.method == Method::kHead ? "" : said + request.body};
}

// All that a caller sees of an answer.
struct Seen {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  bool failed = false;

  friend bool operator==(const Seen&, const Seen&) = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  *out << seen.status << (seen.failed ? " failed " : " ") << seen.body.substr(0, 200);
  for (const auto& [name, value] : seen.headers) *out << "\n" << name << ": " << value;
}

Seen SeenHead(int status, const Headers& headers) {
  Seen seen{.status = status, .headers = {}, .body = {}};
  for (const auto& [name, value] : headers.fields()) {
    if (name != "Connection" && name != "Content-Length" && name != "Transfer-Encoding") {
      seen.headers[name] = value;
    }
  }
  return seen;
}

Seen Sent(HttpTransport& transport, const Request& request) {
  const auto response = transport.Send(request, {});
  if (!response) return {.status = 0, .headers = {}, .body = {}, .failed = true};
  Seen seen = SeenHead(response->status, response->headers);
  seen.body = response->body;
  return seen;
}

Seen Opened(HttpTransport& transport, const Request& request) {
  const auto stream = transport.Open(request, {});
  if (!stream) return {.status = 0, .headers = {}, .body = {}, .failed = true};
  Seen seen = SeenHead(stream->status, stream->headers);
  while (true) {
    auto more = stream->body({});
    seen.failed = !more;
    if (!more || !*more) return seen;
    seen.body += **more;
  }
}

struct ContractCase {
  const char* name;
  Method method;
  const char* path;
  Headers headers;
  std::string body;
};

class TransportContract : public ::testing::TestWithParam<ContractCase> {
 protected:
  std::unique_ptr<Server> server_ = *Server::Start("127.0.0.1:0", Handle);
  InProcessTransport in_process_{Handle};
  SocketTransport socket_;
  Request request_{GetParam().method,
                   "http://127.0.0.1:" + std::to_string(server_->port()) + GetParam().path,
                   GetParam().headers, GetParam().body};
};

TEST_P(TransportContract, IsTheSameForWholeAnswers) {
  EXPECT_EQ(Sent(in_process_, request_), Sent(socket_, request_));
}

TEST_P(TransportContract, IsTheSameForStreams) {
  EXPECT_EQ(Opened(in_process_, request_), Opened(socket_, request_));
}

TEST_P(TransportContract, IsTheSameAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  const CallOptions options{.stop = stop.get_token()};
  for (HttpTransport* transport : std::initializer_list<HttpTransport*>{&in_process_, &socket_}) {
    EXPECT_EQ(transport->Send(request_, options).error().kind, ErrorKind::kCancelled);
    EXPECT_EQ(transport->Open(request_, options).error().kind, ErrorKind::kCancelled);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TransportContract,
    ::testing::Values(
        ContractCase{"Get", Method::kGet, "/a/b?c=d&e=%20", {{"Authorization", "Bearer x"}}, ""},
        ContractCase{
            "Put", Method::kPut, "/a", {{"Content-Type", "application/json"}}, R"({"a":1})"},
        ContractCase{
            "Patch", Method::kPatch, "/a", {{"Content-Type", "application/json-patch+json"}}, "[]"},
        ContractCase{"Post", Method::kPost, "/a?api-version=1", {}, "text"},
        ContractCase{"PostWithoutBody", Method::kPost, "/a", {}, ""},
        ContractCase{"Delete", Method::kDelete, "/a", {}, ""},
        ContractCase{"DeleteWithBody", Method::kDelete, "/a", {}, R"({"propagationPolicy":"x"})"},
        ContractCase{"Head", Method::kHead, "/a", {}, ""},
        ContractCase{"Options", Method::kOptions, "/a", {}, ""},
        ContractCase{"HostOfItsOwn", Method::kGet, "/a", {{"Host", "other.example"}}, ""},
        ContractCase{"EmptyValue", Method::kGet, "/a", {{"X-Blank", ""}}, ""},
        ContractCase{"BigBodyUp", Method::kPut, "/a", {}, std::string(kBig, 'u')},
        ContractCase{"BinaryBody", Method::kPut, "/a", {}, std::string("\0\r\n\xff\x01", 5)},
        ContractCase{"BigBodyDown", Method::kGet, "/big", {}, ""},
        ContractCase{"NoContent", Method::kDelete, "/empty", {}, ""},
        ContractCase{"EmptyBody", Method::kGet, "/nothing", {}, ""},
        ContractCase{"NotFound", Method::kGet, "/missing", {}, ""},
        ContractCase{"Redirect", Method::kGet, "/moved", {}, ""},
        ContractCase{"Stream", Method::kGet, "/watch", {}, ""},
        ContractCase{"EmptyStream", Method::kGet, "/watch/none", {}, ""},
        ContractCase{"BigStream", Method::kGet, "/watch/big", {}, ""},
        ContractCase{"BrokenStream", Method::kGet, "/watch/broken", {}, ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::http
