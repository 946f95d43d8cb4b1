#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "src/http/client/socket_transport.h"
#include "tests/unit/src/http/client/raw_server.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kStreamHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string Chunk(std::string_view bytes) {
  char length[16];
  std::snprintf(length, sizeof(length), "%zx", bytes.size());
  return std::string(length) + "\r\n" + std::string(bytes) + "\r\n";
}

Request Watch(const RawServer& server) { return {Method::kGet, server.Url("/watch"), {}, ""}; }

struct Read {
  std::string bytes;
  std::optional<Error> error;
};

Read ReadAll(const StreamResponse& stream) {
  Read read;
  while (true) {
    auto more = stream.body({});
    if (!more) {
      read.error = more.error();
      return read;
    }
    if (!*more) return read;
    EXPECT_FALSE((*more)->empty());
    read.bytes += **more;
  }
}

TEST(SocketTransportStream, HandsOverEachPieceAtOnce) {
  // The server sends a piece only after the client has read the one before.
  std::promise<void> first_read;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(kStreamHead);
    socket.Send(Chunk("first\n"));
    first_read.get_future().wait();
    socket.Send(Chunk("second\n"));
    socket.Send("0\r\n\r\n");
  });
  SocketTransport transport;
  const auto stream = transport.Open(Watch(server), {});
  ASSERT_TRUE(stream) << stream.error().ToString();
  EXPECT_EQ(stream->status, 200);
  EXPECT_EQ(stream->body({}).value(), "first\n");
  first_read.set_value();
  EXPECT_EQ(stream->body({}).value(), "second\n");
  EXPECT_EQ(stream->body({}).value(), std::nullopt);
  EXPECT_EQ(stream->body({}).value(), std::nullopt);
}

TEST(SocketTransportStream, LosesNothingWhereverTheLinesAreCut) {
  std::string lines;
  for (int i = 0; i < 40; ++i) lines += "{\"event\":" + std::to_string(i) + "}\n";
  for (std::size_t piece = 1; piece < 30; piece += 4) {
    const RawServer server([&](RawSocket& socket, int) {
      socket.ReadRequest();
      socket.Send(kStreamHead);
      for (std::size_t at = 0; at < lines.size(); at += piece) {
        socket.Send(Chunk(std::string_view(lines).substr(at, piece)));
      }
      socket.Send("0\r\n\r\n");
    });
    SocketTransport transport;
    const auto stream = transport.Open(Watch(server), {});
    ASSERT_TRUE(stream);
    const Read read = ReadAll(*stream);
    EXPECT_EQ(read.bytes, lines);
    EXPECT_FALSE(read.error);
  }
}

struct EndCase {
  const char* name;
  std::string sent;
  bool reset;
  std::optional<ErrorKind> want;
};

class StreamEnds : public ::testing::TestWithParam<EndCase> {};

TEST_P(StreamEnds, AreToldApartAfterAllBytesHaveBeenRead) {
  std::promise<void> all_read;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(std::string(kStreamHead) + Chunk("abc"));
    all_read.get_future().wait();
    socket.Send(GetParam().sent);
    if (GetParam().reset) socket.Reset();
  });
  SocketTransport transport;
  const auto stream = transport.Open(Watch(server), {});
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->body({}).value(), "abc");
  all_read.set_value();
  const Read rest = ReadAll(*stream);
  EXPECT_EQ(rest.bytes, "");
  EXPECT_EQ(rest.error ? std::optional(rest.error->kind) : std::nullopt, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, StreamEnds,
    ::testing::Values(EndCase{"LastChunk", "0\r\n\r\n", false, std::nullopt},
                      EndCase{"ClosedBetweenChunks", "", false, ErrorKind::kUnavailable},
                      EndCase{"ClosedInAChunk", "9\r\nabc", false, ErrorKind::kUnavailable},
                      EndCase{"ClosedInAChunkHead", "9", false, ErrorKind::kUnavailable},
                      EndCase{"Reset", "", true, ErrorKind::kUnavailable},
                      EndCase{"BadChunk", "zz\r\n", false, ErrorKind::kProtocol}),
    [](const auto& row) { return row.param.name; });

TEST(SocketTransportStream, GivesAnErrorAnswerAsAStreamToo) {
  const auto server = AnsweringServer([](const std::string&) { return Answer(410, "gone"); });
  SocketTransport transport;
  const auto stream = transport.Open(Watch(*server), {});
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->status, 410);
  EXPECT_EQ(ReadAll(*stream).bytes, "gone");
}

TEST(SocketTransportStream, EndsAfterTooLongASilence) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(kStreamHead);
    socket.AwaitClose();
  });
  SocketTransport transport;
  // The same time is for the head, which takes as long as the machine needs.
  auto stream = transport.Open(Watch(server), {.timeout = milliseconds(50), .stop = {}});
  for (milliseconds timeout{100}; !stream && timeout < seconds(30); timeout *= 2)
    stream = transport.Open(Watch(server), {.timeout = timeout, .stop = {}});
  ASSERT_TRUE(stream) << stream.error().ToString();
  EXPECT_EQ(stream->body({}).error().kind, ErrorKind::kTimeout);
}

// A stream that takes half as long again as its timeout, with a piece every twentieth of it: how
// many pieces came.
std::size_t PiecesOfALongStream(milliseconds timeout) {
  constexpr int kPieces = 30;
  const RawServer server([timeout](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(kStreamHead);
    RealClock clock;
    for (int i = 0; i < kPieces; ++i) {
      clock.Sleep(timeout / 20, {});
      socket.Send(Chunk("x"));
    }
    socket.Send("0\r\n\r\n");
  });
  SocketTransport transport;
  const auto stream = transport.Open(Watch(server), {.timeout = timeout, .stop = {}});
  if (!stream) return 0;
  const Read read = ReadAll(*stream);
  return read.error ? 0 : read.bytes.size();
}

TEST(SocketTransportStream, OutlivesItsTimeoutWhileBytesCome) {
  // A machine that stands still for the whole timeout proves nothing: then it is a longer one.
  std::size_t pieces = 0;
  for (milliseconds timeout{400}; pieces == 0 && timeout < seconds(10); timeout *= 4)
    pieces = PiecesOfALongStream(timeout);
  EXPECT_EQ(pieces, 30U);
}

TEST(SocketTransportStream, AStopEndsTheRead) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(kStreamHead);
    socket.AwaitClose();
  });
  SocketTransport transport;
  const auto stream = transport.Open(Watch(server), {});
  ASSERT_TRUE(stream);
  std::stop_source stop;
  std::jthread reader(
      [&] { EXPECT_EQ(stream->body(stop.get_token()).error().kind, ErrorKind::kCancelled); });
  stop.request_stop();
}

TEST(SocketTransportStream, ClosesTheConnectionWhenItsReaderGoes) {
  std::promise<void> closed;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(kStreamHead);
    socket.AwaitClose();
    closed.set_value();
  });
  SocketTransport transport;
  {
    ASSERT_TRUE(transport.Open(Watch(server), {}));
  }
  EXPECT_EQ(closed.get_future().wait_for(seconds(60)), std::future_status::ready);
}

TEST(SocketTransportStream, HoldsAFastServerBackAndLosesNothing) {
  constexpr std::size_t kMuch = 256UL * 1024 * 1024;
  std::promise<std::size_t> fitted;
  std::size_t sent = 0;
  const RawServer server([&](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kMuch) + "\r\n\r\n");
    sent = socket.SendWhatFits(kMuch);
    fitted.set_value(sent);
    const std::string block(65536, 'x');
    while (sent < kMuch && socket.Send(std::string_view(block).substr(0, kMuch - sent))) {
      sent += std::min(block.size(), kMuch - sent);
    }
  });
  SocketTransport transport({.stream_buffer = 100'000});
  const auto stream = transport.Open(Watch(server), {});
  ASSERT_TRUE(stream);
  // What the sockets of both ends hold is the system's business: some megabytes.
  EXPECT_LT(fitted.get_future().get(), kMuch / 4);
  std::size_t read = 0;
  while (true) {
    auto more = stream->body({});
    ASSERT_TRUE(more) << more.error().ToString();
    if (!*more) break;
    read += (*more)->size();
    ASSERT_LT((*more)->size(), 1'000'000U);
  }
  EXPECT_EQ(read, kMuch);
}

TEST(SocketTransportStream, ManyStreamsRunBesideEachOther) {
  const RawServer server([](RawSocket& socket, int) {
    socket.ReadRequest();
    socket.Send(std::string(kStreamHead) + Chunk("abc"));
    socket.AwaitClose();
  });
  SocketTransport transport;
  std::vector<StreamResponse> streams;
  for (int i = 0; i < 20; ++i) {
    auto stream = transport.Open(Watch(server), {});
    ASSERT_TRUE(stream);
    streams.push_back(*std::move(stream));
  }
  for (const StreamResponse& stream : streams) EXPECT_EQ(stream.body({}).value(), "abc");
}

}  // namespace
}  // namespace labgallery::http
