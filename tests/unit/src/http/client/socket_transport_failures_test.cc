// What goes wrong on the way: every trap of the library that has a work-around has a test here.
#include <gtest/gtest.h>

#include <future>

#include "src/http/client/socket_transport.h"
#include "tests/unit/src/http/client/raw_server.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Request To(const RawServer& server, Method method) {
  return {method, server.Url("/x"), {}, IsRead(method) ? "" : "{}"};
}

class WritesOnALostConnection : public ::testing::TestWithParam<Method> {};

TEST_P(WritesOnALostConnection, AreDeliveredOnceAndReportedAsUnknown) {
  std::atomic<int> writes = 0;
  const RawServer server([&](RawSocket& socket, int) {
    for (std::string request; !(request = socket.ReadRequest()).empty();) {
      if (!request.starts_with("GET")) {
        ++writes;
        return;  // closes before the status line
      }
      socket.Send(Answer(200, "x"));
    }
  });
  SocketTransport transport;
  // Kept sockets are what makes the library send a second time.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(transport.Send(To(server, Method::kGet), {}));
  const auto response = transport.Send(To(server, GetParam()), {});
  EXPECT_EQ(response.error().kind, ErrorKind::kTimeout) << response.error().ToString();
  EXPECT_EQ(writes, 1);
}

INSTANTIATE_TEST_SUITE_P(Methods, WritesOnALostConnection,
                         ::testing::Values(Method::kPut, Method::kPost, Method::kPatch,
                                           Method::kDelete),
                         [](const auto& row) { return std::string(Name(row.param)); });

TEST(SocketTransportFailures, ReadsAreRepeatedOnceWhenAKeptSocketTurnsOutToBeDead) {
  // Each connection serves one answer, says that it stays open, and goes.
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(Answer(200, "x"));
  });
  SocketTransport transport;
  for (int i = 0; i < 10; ++i) {
    const auto response = transport.Send(To(server, Method::kGet), {});
    ASSERT_TRUE(response) << response.error().ToString();
  }
}

TEST(SocketTransportFailures, ReadsAreRepeatedOnceWhenAKeptSocketWasReset) {
  std::promise<void> received;
  std::promise<void> reset;
  const RawServer server([&](RawSocket& socket, int number) {
    socket.ReadRequest();
    socket.Send(Answer(200, "x"));
    if (number > 1) return;
    received.get_future().wait();
    socket.Reset();
    reset.set_value();
  });
  SocketTransport transport;
  ASSERT_TRUE(transport.Send(To(server, Method::kGet), {}));
  received.set_value();
  reset.get_future().wait();
  const auto response = transport.Send(To(server, Method::kGet), {});
  EXPECT_TRUE(response) << response.error().ToString();
}

TEST(SocketTransportFailures, ATrailerThatComesLateDoesNotShiftTheNextAnswer) {
  std::promise<void> received;
  std::promise<void> sent;
  const RawServer server([&](RawSocket& socket, int number) {
    socket.ReadRequest();
    if (number == 1) {
      socket.Send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
          "1\r\na\r\n0\r\nX-");
      received.get_future().wait();
      socket.Send("Sum: 1\r\n\r\n");
      sent.set_value();
      if (socket.ReadRequest().empty()) return;
    }
    socket.Send(Answer(200, "b"));
  });
  SocketTransport transport;
  EXPECT_EQ(transport.Send(To(server, Method::kGet), {}).value().body, "a");
  received.set_value();
  sent.get_future().wait();
  const auto response = transport.Send(To(server, Method::kGet), {});
  ASSERT_TRUE(response) << response.error().ToString();
  EXPECT_EQ(response->body, "b");
}

TEST(SocketTransportFailures, ARefusedConnectionMeansThatNothingWasApplied) {
  std::string url;
  {
    const RawServer gone([](RawSocket&, int) {});
    url = gone.Url("/");
  }
  SocketTransport transport;
  const auto response = transport.Send({Method::kPut, url, {}, "{}"}, {});
  EXPECT_EQ(response.error().kind, ErrorKind::kUnavailable) << response.error().ToString();
}

TEST(SocketTransportFailures, AServerThatComesBackIsReachedAgain) {
  SocketTransport transport;
  std::atomic<bool> healthy = false;
  const RawServer server([&](RawSocket& socket, int) {
    while (!socket.ReadRequest().empty()) {
      if (!healthy) return;
      socket.Send(Answer(200, "x"));
    }
  });
  EXPECT_FALSE(transport.Send(To(server, Method::kGet), {}));
  healthy = true;
  EXPECT_TRUE(transport.Send(To(server, Method::kGet), {}));
}

struct BrokenAnswer {
  const char* name;
  const char* bytes;
  ErrorKind want;
};

class BrokenAnswers : public ::testing::TestWithParam<BrokenAnswer> {};

TEST_P(BrokenAnswers, AreErrorsOfTheRightKind) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(GetParam().bytes);
  });
  SocketTransport transport;
  for (const Method method : {Method::kPut, Method::kGet}) {
    const auto response = transport.Send(To(server, method), {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, GetParam().want) << response.error().ToString();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BrokenAnswers,
    ::testing::Values(
        BrokenAnswer{"Nothing", "", ErrorKind::kTimeout},
        BrokenAnswer{"HalfAHead", "HTTP/1.1 200 OK\r\nContent-", ErrorKind::kTimeout},
        BrokenAnswer{"ShorterThanItsLength", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                     ErrorKind::kTimeout},
        BrokenAnswer{"ClosedInAChunk",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
                     ErrorKind::kTimeout},
        BrokenAnswer{"ClosedBetweenChunks",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
                     ErrorKind::kTimeout},
        BrokenAnswer{"NotHttp", "SSH-2.0-OpenSSH\r\n\r\n", ErrorKind::kProtocol},
        BrokenAnswer{"BadChunkLength",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
                     ErrorKind::kProtocol},
        BrokenAnswer{"Interim", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
                     ErrorKind::kProtocol}),
    [](const auto& row) { return row.param.name; });

TEST(SocketTransportFailures, AResetAfterSendingIsUnknown) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Reset();
  });
  SocketTransport transport;
  EXPECT_EQ(transport.Send(To(server, Method::kPut), {}).error().kind, ErrorKind::kTimeout);
}

TEST(SocketTransportFailures, AnInterimAnswerDoesNotShiftTheNextOnes) {
  const auto server = AnsweringServer([](const std::string& request) {
    const std::string body = request.substr(4, request.find(" HTTP/") - 4);
    return (body == "/early" ? "HTTP/1.1 103 Early Hints\r\n\r\n" : "") + Answer(200, body);
  });
  SocketTransport transport;
  EXPECT_FALSE(transport.Send({Method::kGet, server->Url("/early"), {}, ""}, {}));
  for (int i = 0; i < 3; ++i) {
    const std::string path = "/" + std::to_string(i);
    EXPECT_EQ(transport.Send({Method::kGet, server->Url(path), {}, ""}, {}).value().body, path);
  }
}

// How a request ends whose answer does not come in time. Where the machine stood still until the
// deadline had passed, nothing had been sent, and that is what is said: then a later one is set.
ErrorKind EndAtTheDeadline(const RawServer& server, Method method) {
  SocketTransport transport;
  ErrorKind kind = ErrorKind::kUnavailable;
  for (milliseconds timeout{50}; kind == ErrorKind::kUnavailable && timeout < seconds(30);
       timeout *= 2) {
    const auto response = transport.Send(To(server, method), {.timeout = timeout, .stop = {}});
    if (response) return ErrorKind::kInternal;
    kind = response.error().kind;
    if (kind == ErrorKind::kUnavailable) {
      EXPECT_EQ(server.requests(), 0) << response.error().ToString();
    }
  }
  return kind;
}

TEST(SocketTransportFailures, SilenceEndsAtTheDeadline) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.AwaitClose();
  });
  EXPECT_EQ(EndAtTheDeadline(server, Method::kPut), ErrorKind::kTimeout);
}

TEST(SocketTransportFailures, ADribblingServerDoesNotStretchTheDeadline) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    RealClock clock;
    while (socket.Send("1\r\nx\r\n")) clock.Sleep(milliseconds(5), {});
  });
  EXPECT_EQ(EndAtTheDeadline(server, Method::kGet), ErrorKind::kTimeout);
}

TEST(SocketTransportFailures, ABodyBeyondTheLimitIsRefusedAndTheConnectionClosed) {
  std::promise<void> closed;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "400\r\n" + std::string(1024, 'x') + "\r\n";
    while (socket.Send(chunk)) {
    }
    closed.set_value();
  });
  SocketTransport transport({.body_limit = 100'000});
  const auto response = transport.Send(To(server, Method::kGet), {});
  EXPECT_EQ(response.error().kind, ErrorKind::kProtocol) << response.error().ToString();
  EXPECT_EQ(closed.get_future().wait_for(seconds(60)), std::future_status::ready);
}

TEST(SocketTransportFailures, AStopBeforeTheCallSendsNothing) {
  const RawServer server([](RawSocket&, int) {});
  SocketTransport transport;
  std::stop_source stop;
  stop.request_stop();
  const CallOptions options{.timeout = seconds(60), .stop = stop.get_token()};
  EXPECT_EQ(transport.Send(To(server, Method::kGet), options).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(transport.Open(To(server, Method::kGet), options).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(server.connections(), 0);
}

TEST(SocketTransportFailures, TheTransportMayGoWhileTheLibraryStillWorks) {
  std::promise<void> closed;
  std::stop_source stop;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    stop.request_stop();
    socket.AwaitClose();
    closed.set_value();
  });
  {
    SocketTransport transport;
    EXPECT_FALSE(transport.Send(To(server, Method::kGet),
                                {.timeout = seconds(60), .stop = stop.get_token()}));
  }
  EXPECT_EQ(closed.get_future().wait_for(seconds(60)), std::future_status::ready);
}

}  // namespace
}  // namespace labgallery::http
