#include "src/http/server/server.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/unit/src/http/server/raw_client.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<Server> Serve(Handler handler, ServerOptions options = {}) {
  auto server = Server::Start("127.0.0.1:0", std::move(handler), options);
  EXPECT_TRUE(server) << server.error().ToString();
  return *std::move(server);
}

// Says what it was asked.
Reply Echo(const Request& request) {
  std::string said = std::string(Name(request.method)) + " " + request.url + "\n";
  for (const auto& [name, value] : request.headers.fields()) said += name + "=" + value + "\n";
  return Response{200, {{"X-Kind", "echo"}}, said + request.body};
}

TEST(Server, HandsOverTheRequestAndWritesTheAnswer) {
  const auto server = Serve(Echo);
  RawClient client(server->port());
  client.Send(
      "PUT /a%20b?c=d HTTP/1.1\r\nHost: h:1\r\nX-Two: 1\r\nX-Two: 2\r\nContent-Length: "
      "3\r\n\r\nxyz");
  EXPECT_EQ(
      client.ReadAnswer(),
      "HTTP/1.1 200 OK\r\nX-Kind: echo\r\nContent-Length: 60\r\nConnection: keep-alive\r\n\r\n"
      "PUT /a%20b?c=d\nHost=h:1\nX-Two=1\nX-Two=2\nContent-Length=3\nxyz");
}

TEST(Server, AnswersOneRequestAfterTheOtherOnAConnection) {
  const auto server = Serve([](const Request& request) { return Response{200, {}, request.url}; });
  RawClient client(server->port());
  for (const char* path : {"/1", "/2"}) {
    client.Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(client.ReadAnswer().ends_with("\r\n\r\n" + std::string(path)));
  }
  client.Send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\nGET /4 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.ReadAnswer().ends_with("\r\n\r\n/3"));
  EXPECT_TRUE(client.ReadAnswer().ends_with("\r\n\r\n/4"));
}

struct WholeCase {
  const char* name;
  const char* sent;
  const char* begins;  // of the answer
  const char* ends;
};

class ClosingRequests : public ::testing::TestWithParam<WholeCase> {};

TEST_P(ClosingRequests, AreAnsweredBeforeTheConnectionCloses) {
  const auto server = Serve([](const Request& request) { return Response{200, {}, request.body}; },
                            {.header_limit = 1024, .body_limit = 100});
  RawClient client(server->port());
  client.Send(GetParam().sent);
  const std::string answer = client.ReadToEnd();
  EXPECT_TRUE(answer.starts_with(GetParam().begins)) << answer;
  EXPECT_TRUE(answer.ends_with(GetParam().ends)) << answer;
}

const std::string kLongHeader =
    "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'x') + "\r\n\r\n";
const std::string kLongBody =
    "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x');
const std::string kLongChunks =
    "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
    std::string(101, 'x') + "\r\n0\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Rows, ClosingRequests,
    ::testing::Values(
        WholeCase{"ConnectionClose", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                  "HTTP/1.1 200 OK\r\n", "Connection: close\r\n\r\n"},
        WholeCase{"Http10", "PUT / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\n",
                  "Connection: close\r\n\r\nabc"},
        WholeCase{
            "ChunkedBody",
            "PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\n", "\r\n\r\nabcde"},
        WholeCase{"NotHttp", "hello there\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n",
                  "Bad Request\n"},
        WholeCase{"BadHeader", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n",
                  "\n"},
        WholeCase{"BadLength", "PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                  "HTTP/1.1 400 Bad Request\r\n", "\n"},
        WholeCase{"LongHeader", kLongHeader.c_str(),
                  "HTTP/1.1 431 Request Header Fields Too Large\r\n", "\n"},
        WholeCase{"LongBody", kLongBody.c_str(), "HTTP/1.1 413 Payload Too Large\r\n", "\n"},
        WholeCase{"LongChunks", kLongChunks.c_str(), "HTTP/1.1 413 Payload Too Large\r\n", "\n"},
        WholeCase{"UnknownMethod", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n",
                  "HTTP/1.1 501 Not Implemented\r\n", "\n"}),
    [](const auto& row) { return row.param.name; });

// Only what the row is about is short: a client that is slow to begin would meet the other first.
struct SlowCase {
  const char* name;
  ServerOptions options;
  const char* sent;
  const char* begins;
};

class SlowClients : public ::testing::TestWithParam<SlowCase> {};

TEST_P(SlowClients, AreToldAndClosed) {
  const auto server = Serve(Echo, GetParam().options);
  RawClient client(server->port());
  client.Send(GetParam().sent);
  const std::string answer = client.ReadToEnd();
  EXPECT_EQ(answer.substr(0, answer.find("\r\n")), GetParam().begins);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SlowClients,
    ::testing::Values(SlowCase{"NothingAtAll", {.idle_timeout = milliseconds(30)}, "", ""},
                      SlowCase{"HalfAHead",
                               {.header_timeout = milliseconds(30)},
                               "GET / HTTP/1.1\r\nHost",
                               "HTTP/1.1 408 Request Timeout"},
                      SlowCase{"HalfABody",
                               {.body_timeout = milliseconds(30)},
                               "PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
                               "HTTP/1.1 408 Request Timeout"}),
    [](const auto& row) { return row.param.name; });

TEST(Server, AsksForABodyThatTheClientHoldsBack) {
  const auto server = Serve([](const Request& request) { return Response{200, {}, request.body}; });
  RawClient client(server->port());
  client.Send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  EXPECT_TRUE(client.ReadAnswer().ends_with("\r\n\r\nabc"));
}

TEST(Server, WritesNoBodyForHead) {
  const auto server = Serve([](const Request&) { return Response{200, {}, "12345"}; });
  RawClient client(server->port());
  client.Send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(Server, WritesNeitherBodyNorLengthWhereTheStatusHasNone) {
  const auto server = Serve([](const Request&) { return Response{204, {}, ""}; });
  RawClient client(server->port());
  client.Send("DELETE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST(Server, ReducesAnAbsoluteTargetToPathAndQuery) {
  const auto server = Serve([](const Request& request) { return Response{200, {}, request.url}; });
  RawClient client(server->port());
  client.Send("GET http://h:1/a?b=c HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(client.ReadToEnd().ends_with("\r\n\r\n/a?b=c"));
}

TEST(Server, SurvivesAHandlerThatThrows) {
  const auto server = Serve([](const Request& request) -> Reply {
    if (request.url == "/bad") throw std::runtime_error("broken invariant");
    return Response{200, {}, "good"};
  });
  RawClient client(server->port());
  client.Send("GET /bad HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.ReadAnswer().starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.ReadAnswer().ends_with("good"));
}

TEST(Server, LetsConnectionsBeyondTheLimitWait) {
  const auto server =
      Serve([](const Request&) { return Response{200, {}, "x"}; }, {.max_connections = 1});
  auto first = std::make_unique<RawClient>(server->port());
  first->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_FALSE(first->ReadAnswer().empty());
  RawClient second(server->port());
  second.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  first->Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_FALSE(first->ReadAnswer().empty());
  EXPECT_TRUE(second.IsQuiet());
  first.reset();
  EXPECT_TRUE(second.ReadAnswer().starts_with("HTTP/1.1 200 OK"));
}

TEST(Server, SaysWhyItCannotListen) {
  const auto server = Serve(Echo);
  const std::string taken = "127.0.0.1:" + std::to_string(server->port());
  const auto second = Server::Start(taken, Echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(second.error().message, "cannot listen on " + taken + ": Address already in use");
  EXPECT_EQ(Server::Start("nonsense", Echo).error().kind, ErrorKind::kInvalidInput);
}

TEST(Server, ClosesItsConnectionsWhenItStops) {
  const auto server = Serve(Echo);
  RawClient idle(server->port());
  RawClient half(server->port());
  half.Send("GET / HTTP/1.1\r\n");
  RawClient used(server->port());
  used.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  used.ReadAnswer();
  server->Stop();
  server->Stop();
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_EQ(half.ReadToEnd(), "");
  EXPECT_EQ(used.ReadToEnd(), "");
}

}  // namespace
}  // namespace labgallery::http
