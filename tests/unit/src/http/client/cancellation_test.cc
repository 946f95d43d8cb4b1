// Requests that end before their time, wherever they are, and what goes on beside them.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "src/http/client/socket_transport.h"
#include "tests/unit/src/http/client/raw_server.h"
#include "tests/unit/src/http/client/tls_server.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Request Get(const std::string& url) { return {Method::kGet, url, {}, ""}; }

bool Comes(std::promise<void>& what) {
  return what.get_future().wait_for(seconds(60)) == std::future_status::ready;
}

struct StopCase {
  const char* name;
  const char* scheme;
  std::string sent;  // by the server, before the stop
};

class Stops : public ::testing::TestWithParam<StopCase> {};

TEST_P(Stops, EndTheWaitAndCloseTheConnection) {
  const bool tls = std::string_view(GetParam().scheme) == "https";
  std::promise<void> arrived;
  std::promise<void> closed;
  const RawServer server([&](RawSocket& socket, int) {
    if (!tls) socket.ReadRequest();
    socket.Send(GetParam().sent);
    arrived.set_value();
    socket.AwaitClose();
    closed.set_value();
  });
  SocketTransport transport;
  std::stop_source stop;
  std::jthread caller([&] {
    const std::string url = GetParam().scheme + server.Url("/").substr(4);
    const auto response = transport.Send({Method::kPut, url, {}, "{}"},
                                         {.timeout = seconds(60), .stop = stop.get_token()});
    EXPECT_EQ(response.error().kind, ErrorKind::kCancelled);
  });
  EXPECT_TRUE(Comes(arrived));
  stop.request_stop();
  caller.join();
  EXPECT_TRUE(Comes(closed));
}

constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Rows, Stops,
    ::testing::Values(StopCase{"BeforeTheHandshake", "https", ""},
                      StopCase{"InTheHandshake", "https", "\x16\x03\x03"},
                      StopCase{"BeforeTheHead", "http", ""},
                      StopCase{"InTheHead", "http", "HTTP/1.1 200 OK\r\nConte"},
                      StopCase{"InTheBody", "http",
                               "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"},
                      StopCase{"BeforeAChunk", "http", kChunked},
                      StopCase{"InAChunk", "http", std::string(kChunked) + "9\r\nabc"}),
    [](const auto& row) { return row.param.name; });

// A port whose queue of connections is full: who connects gets no answer.
class FullPort {
 public:
  FullPort() {
    bind(listening_, reinterpret_cast<sockaddr*>(&address_), sizeof(address_));
    socklen_t length = sizeof(address_);
    getsockname(listening_, reinterpret_cast<sockaddr*>(&address_), &length);
    listen(listening_, 0);
    connect(queued_, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_));
  }
  ~FullPort() {
    close(queued_);
    close(listening_);
  }
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;

  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/";
  }

 private:
  const int listening_ = socket(AF_INET, SOCK_STREAM, 0);
  const int queued_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address_{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
};

TEST(Deadlines, ThatPassWhileConnectingMeanThatNothingWasApplied) {
  const FullPort port;
  SocketTransport transport;
  // A library that says too late how far it had come is taken to have sent the request: once in a
  // while, on a busy machine.
  ErrorKind kind = ErrorKind::kTimeout;
  for (int i = 0; i < 10 && kind == ErrorKind::kTimeout; ++i) {
    kind =
        transport
            .Send({Method::kPut, port.Url(), {}, "{}"}, {.timeout = milliseconds(50), .stop = {}})
            .error()
            .kind;
  }
  EXPECT_EQ(kind, ErrorKind::kUnavailable);
}

TEST(Deadlines, OfManyRequestsAtOnceLeaveTheTransportAsItWas) {
  constexpr int kCallers = 8;
  constexpr int kRequests = 10;
  const Pem pem = SelfSigned("DNS:localhost");
  const TlsServer server({.pem = pem});
  TlsOptions told;
  told.authority.text = Secret(pem.certificate);
  SocketTransport transport({.tls = told});
  {
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        for (int i = 0; i < kRequests; ++i) {
          const Method method = (caller + i) % 2 == 0 ? Method::kGet : Method::kPut;
          // Whether it comes in time is the machine's business.
          (void)transport.Send({method, server.Url("localhost"), {}, ""},
                               {.timeout = milliseconds(1 + 2 * i), .stop = {}});
        }
      });
    }
  }
  for (const Method method : {Method::kGet, Method::kPut}) {
    const auto response = transport.Send({method, server.Url("localhost"), {}, ""}, {});
    ASSERT_TRUE(response) << response.error().ToString();
    EXPECT_EQ(response->status, 200);
  }
}

TEST(HeldBackBodies, HoldUpNobodyElse) {
  constexpr std::size_t kMuch = 64UL * 1024 * 1024;
  std::promise<void> held;
  std::promise<void> half;
  std::promise<void> closed;
  const RawServer server([&](RawSocket& socket, int number) {
    socket.ReadRequest();
    if (number == 1) {
      socket.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kMuch) + "\r\n\r\n");
      const std::size_t sent = socket.SendWhatFits(kMuch);
      held.set_value();
      socket.Send(std::string(kMuch - sent, 'x'));
    } else if (number == 2) {
      socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
      half.set_value();
      socket.AwaitClose();
      closed.set_value();
    } else {
      socket.Send(Answer(200, "x"));
    }
  });
  SocketTransport transport({.stream_buffer = 1000});
  const auto stream = transport.Open(Get(server.Url("/")), {});
  ASSERT_TRUE(stream);
  ASSERT_TRUE(Comes(held));
  std::stop_source stop;
  std::jthread cancelled([&] {
    EXPECT_EQ(
        transport.Send(Get(server.Url("/")), {.timeout = seconds(60), .stop = stop.get_token()})
            .error()
            .kind,
        ErrorKind::kCancelled);
  });
  EXPECT_TRUE(Comes(half));
  stop.request_stop();
  EXPECT_TRUE(Comes(closed));
  EXPECT_EQ(transport.Send(Get(server.Url("/")), {}).value().body, "x");
  std::size_t read = 0;
  for (auto more = stream->body({}); more.value(); more = stream->body({})) read += (*more)->size();
  EXPECT_EQ(read, kMuch);
}

TEST(RefusedBodies, HoldUpNobodyElse) {
  const auto server = AnsweringServer([](const std::string& request) {
    return Answer(200, std::string(request.starts_with("GET /long") ? 1000 : 1, 'x'));
  });
  SocketTransport transport({.body_limit = 100});
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 20; ++i) {
      callers.emplace_back([&] {
        const auto response = transport.Send(Get(server->Url("/long")), {});
        EXPECT_EQ(response.error().kind, ErrorKind::kProtocol) << response.error().ToString();
      });
    }
  }
  EXPECT_EQ(transport.Send(Get(server->Url("/short")), {}).value().body, "x");
}

}  // namespace
}  // namespace labgallery::http
