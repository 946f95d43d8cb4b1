#include "src/http/client/socket_transport.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "src/base/text.h"
#include "tests/unit/src/http/client/raw_server.h"

namespace labgallery::http {
namespace {

// The value of a header of a raw request, or "(none)".
std::string Header(const std::string& request, std::string_view name) {
  const std::string start = "\r\n" + std::string(name) + ":";
  const auto at = request.find(start);
  if (at == std::string::npos) return "(none)";
  const auto value = at + start.size();
  return std::string(
      Trim(std::string_view(request).substr(value, request.find("\r\n", value) - value)));
}

TEST(SocketTransport, WritesTheRequestAsItWasGiven) {
  std::string seen;
  const auto server = AnsweringServer([&](const std::string& request) {
    seen = request;
    return Answer(201, "made");
  });
  SocketTransport transport({.user_agent = "labgallery/1"});
  const auto response =
      transport.Send({Method::kPatch,
                      server->Url("/apis/x?fieldManager=a"),
                      {{"Content-Type", "application/merge-patch+json"}, {"X-One", "1"}},
                      R"({"a":1})"},
                     {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "made");
  EXPECT_TRUE(seen.starts_with("PATCH /apis/x?fieldManager=a HTTP/1.1\r\n")) << seen;
  EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"a\":1}")) << seen;
  EXPECT_EQ(Header(seen, "Content-Type"), "application/merge-patch+json");
  EXPECT_EQ(Header(seen, "Content-Length"), "7");
  EXPECT_EQ(Header(seen, "X-One"), "1");
  EXPECT_EQ(Header(seen, "User-Agent"), "labgallery/1");
  EXPECT_EQ(Header(seen, "Host"), "127.0.0.1:" + std::to_string(server->port()));
}

TEST(SocketTransport, KeepsTheUserAgentAndAddsNoContentType) {
  std::string seen;
  const auto server = AnsweringServer([&](const std::string& request) {
    seen = request;
    return Answer(200, "");
  });
  SocketTransport transport;
  ASSERT_TRUE(
      transport.Send({Method::kPut, server->Url("/"), {{"User-Agent", "other"}}, "body"}, {}));
  EXPECT_EQ(Header(seen, "User-Agent"), "other");
  EXPECT_EQ(Header(seen, "Content-Type"), "(none)");
}

class RequestTargets : public ::testing::TestWithParam<const char*> {};

TEST_P(RequestTargets, ArriveByteForByte) {
  const auto server = AnsweringServer([](const std::string& request) {
    return Answer(200, request.substr(4, request.find(" HTTP/1.1") - 4));
  });
  SocketTransport transport;
  const auto response = transport.Send({Method::kGet, server->Url(GetParam()), {}, ""}, {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->body, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RequestTargets,
    ::testing::Values("/", "/a//b/", "//a", "/a/../b", "/a%2Fb%20c%C3%BC", "/a?x=%20&y=%26",
                      "/a?$filter=name%20eq%20%27x%27&api-version=1", "/a?x=1&&y", "/a;b:c@d?e/f?g",
                      "/a?continue=eyJ2Ijo=", "/subscriptions/1/resourceGroups/rg-1"),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

struct AnswerCase {
  const char* name;
  Method method;
  std::string answer;
  int status;
  const char* body;
};

class ServerAnswers : public ::testing::TestWithParam<AnswerCase> {};

TEST_P(ServerAnswers, AreReadWhole) {
  const RawServer server([](RawSocket& socket, int) {
    while (!socket.ReadRequest().empty()) {
      socket.Send(GetParam().answer);
      // Without a length the end of the connection is the end of the body.
      if (GetParam().answer.find("HTTP/1.0") == 0) return;
    }
  });
  SocketTransport transport;
  for (int i = 0; i < 2; ++i) {  // the second one proves that nothing was left on a kept socket
    const auto response = transport.Send({GetParam().method, server.Url("/"), {}, ""}, {});
    ASSERT_TRUE(response) << response.error().ToString();
    EXPECT_EQ(response->status, GetParam().status);
    EXPECT_EQ(response->body, GetParam().body);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ServerAnswers,
    ::testing::Values(
        AnswerCase{"WithLengthAndWithoutContentType", Method::kGet, Answer(200, "{\"a\":1}"), 200,
                   "{\"a\":1}"},
        AnswerCase{
            "Chunked", Method::kGet,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n"
            "0\r\n\r\n",
            200, "abc0123456789"},
        AnswerCase{"WithATrailer", Method::kGet,
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                   "3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
                   200, "abc"},
        AnswerCase{"UntilTheConnectionCloses", Method::kGet, "HTTP/1.0 200 OK\r\n\r\nabc", 200,
                   "abc"},
        AnswerCase{"Empty", Method::kPost, Answer(202, ""), 202, ""},
        AnswerCase{"NoContent", Method::kDelete, "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        AnswerCase{"Head", Method::kHead, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 200,
                   ""},
        AnswerCase{"NotFound", Method::kGet, Answer(404, "no"), 404, "no"},
        AnswerCase{"TooManyRequests", Method::kPut, Answer(429, "later"), 429, "later"},
        AnswerCase{"ServerError", Method::kPut, Answer(503, "down"), 503, "down"}),
    [](const auto& row) { return row.param.name; });

TEST(SocketTransport, GivesTheHeadersOfTheAnswer) {
  const auto server = AnsweringServer([](const std::string&) {
    return std::string(
        "HTTP/1.1 202 Accepted\r\nAzure-AsyncOperation: http://x/y?s=1\r\n"
        "Retry-After:  7 \r\nX-Many: a\r\nX-Many: b\r\nContent-Length: 0\r\n\r\n");
  });
  SocketTransport transport;
  const auto response = transport.Send({Method::kPut, server->Url("/"), {}, "x"}, {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->headers.Get("azure-asyncoperation"), "http://x/y?s=1");
  EXPECT_EQ(response->headers.Get("retry-after"), "7");
  EXPECT_EQ(response->headers.Get("x-many"), "a, b");
}

TEST(SocketTransport, ReturnsRedirectsWithoutFollowingThem) {
  const auto elsewhere = AnsweringServer([](const std::string&) { return Answer(200, "stolen"); });
  const auto server = AnsweringServer([&](const std::string&) {
    return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + elsewhere->Url("/") +
           "\r\n\r\n";
  });
  SocketTransport transport;
  const auto response =
      transport.Send({Method::kGet, server->Url("/"), {{"Authorization", "Bearer x"}}, ""}, {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(elsewhere->connections(), 0);
}

TEST(SocketTransport, KeepsTheSocketsOfReads) {
  const auto server = AnsweringServer([](const std::string&) { return Answer(200, "x"); });
  SocketTransport transport;
  constexpr int kRequests = 200;
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(transport.Send({Method::kGet, server->Url("/"), {}, ""}, {}));
  }
  // The library puts a socket back a moment after it has reported the end, so some more are opened.
  EXPECT_LT(server->connections(), kRequests / 2);
}

TEST(SocketTransport, GivesEachOfManyThreadsItsOwnAnswer) {
  const auto server = AnsweringServer([](const std::string& request) {
    return Answer(200, request.substr(0, request.find(" HTTP/1.1")));
  });
  SocketTransport transport;
  std::vector<std::jthread> threads;
  for (int id = 0; id < 8; ++id) {
    threads.emplace_back([&, id] {
      for (int i = 0; i < 50; ++i) {
        const Method method = i % 5 == 0 ? Method::kPut : Method::kGet;
        const std::string path = "/" + std::to_string(id) + "/" + std::to_string(i);
        const auto response = transport.Send({method, server->Url(path), {}, ""}, {});
        ASSERT_TRUE(response) << response.error().ToString();
        EXPECT_EQ(response->body, std::string(Name(method)) + " " + path);
      }
    });
  }
}

TEST(SocketTransport, CarriesBigBodiesBothWays) {
  const std::string big(5'000'000, 'b');
  const auto server = AnsweringServer([](const std::string& request) {
    return Answer(200, std::string_view(request).substr(request.find("\r\n\r\n") + 4));
  });
  SocketTransport transport;
  const auto response = transport.Send({Method::kPost, server->Url("/"), {}, big}, {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->body.size(), big.size());
}

struct BadRequestCase {
  const char* name;
  const char* url;
  Headers headers;
};

class ImpossibleRequests : public ::testing::TestWithParam<BadRequestCase> {};

TEST_P(ImpossibleRequests, AreInvalidInput) {
  SocketTransport transport;
  const Request request{Method::kGet, GetParam().url, GetParam().headers, ""};
  EXPECT_EQ(transport.Send(request, {}).error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(transport.Open(request, {}).error().kind, ErrorKind::kInvalidInput);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ImpossibleRequests,
    ::testing::Values(BadRequestCase{"NotAbsolute", "/a", {}},
                      BadRequestCase{"OtherScheme", "ftp://h/", {}},
                      BadRequestCase{"Ipv6Literal", "http://[::1]:1/", {}},
                      BadRequestCase{"BlankInThePath", "http://127.0.0.1:1/a b", {}},
                      BadRequestCase{"LineBreakInThePath", "http://127.0.0.1:1/a\r\nX: y", {}},
                      BadRequestCase{
                          "LineBreakInAValue", "http://127.0.0.1:1/", {{"X", "a\r\nY: b"}}},
                      BadRequestCase{"BlankInAName", "http://127.0.0.1:1/", {{"X Y", "a"}}},
                      BadRequestCase{"EmptyName", "http://127.0.0.1:1/", {{"", "a"}}}),
    [](const auto& row) { return row.param.name; });

TEST(SocketTransport, ShowsNoSecretOfAUrlItCannotUse) {
  SocketTransport transport;
  const auto response = transport.Send({Method::kGet, "ftp://h/?sig=hunter2", {}, ""}, {});
  EXPECT_EQ(response.error().ToString().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace labgallery::http
