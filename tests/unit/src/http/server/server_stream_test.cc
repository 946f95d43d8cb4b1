#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <queue>

#include "src/http/server/server.h"
#include "tests/unit/src/http/server/raw_client.h"

namespace labgallery::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Piece = Result<std::optional<std::string>>;

constexpr std::string_view kGet = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";

// A stream that gives what the test puts in, and tells when its reader was stopped.
class Source {
 public:
  void Put(Piece piece) {
    const std::lock_guard guard(mutex_);
    pieces_.push(std::move(piece));
    changed_.notify_all();
  }

  StreamResponse Stream() {
    return {200, {{"Content-Type", "text/plain"}}, [this](const std::stop_token& stop) -> Piece {
              std::unique_lock lock(mutex_);
              if (!changed_.wait(lock, stop, [this] { return !pieces_.empty(); })) {
                stopped_.set_value();
                return Cancelled();
              }
              Piece piece = std::move(pieces_.front());
              pieces_.pop();
              return piece;
            }};
  }

  bool AwaitStop() {
    return stopped_.get_future().wait_for(seconds(60)) == std::future_status::ready;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::queue<Piece> pieces_;
  std::promise<void> stopped_;
};

class ServerStream : public ::testing::Test {
 protected:
  void Serve(ServerOptions options = {}) {
    server_ = *Server::Start(
        "127.0.0.1:0",
        [this](const Request& request) -> Reply {
          if (request.url == "/stream") return source_.Stream();
          return Response{200, {}, "plain"};
        },
        options);
  }

  Source source_;  // outlives the server's threads
  std::unique_ptr<Server> server_;
};

TEST_F(ServerStream, WritesEachPieceAtOnceAndThenServesTheNextRequest) {
  Serve();
  RawClient client(server_->port());
  client.Send(kGet);
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
            "Connection: keep-alive\r\n\r\n");
  source_.Put(std::optional<std::string>("hello, world!\n"));
  EXPECT_EQ(client.ReadUntil("\n\r\n"), "e\r\nhello, world!\n\r\n");
  source_.Put(std::optional<std::string>(std::string(300, 'x')));
  EXPECT_EQ(client.ReadUntil("x\r\n"), "12c\r\n" + std::string(300, 'x') + "\r\n");
  source_.Put(std::optional<std::string>());
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "0\r\n\r\n");
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.ReadAnswer().ends_with("plain"));
  client.Send(kGet);  // a second stream on the connection is watched as well
  client.ReadUntil("\r\n\r\n");
  client.Close();
  EXPECT_TRUE(source_.AwaitStop());
}

TEST_F(ServerStream, IsCutWithoutItsLastChunkAfterAnError) {
  Serve();
  RawClient client(server_->port());
  client.Send(kGet);
  source_.Put(std::optional<std::string>("abc"));
  source_.Put(Unavailable("source is gone"));
  const std::string answer = client.ReadToEnd();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n3\r\nabc\r\n")) << answer;
}

TEST_F(ServerStream, StopsItsReaderWhenTheClientGoes) {
  Serve();
  RawClient client(server_->port());
  client.Send(kGet);
  client.ReadUntil("\r\n\r\n");
  client.Close();
  EXPECT_TRUE(source_.AwaitStop());
}

TEST_F(ServerStream, StopsItsReaderWhenTheServerStops) {
  Serve();
  RawClient client(server_->port());
  client.Send(kGet);
  client.ReadUntil("\r\n\r\n");
  server_->Stop();
  EXPECT_TRUE(source_.AwaitStop());
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(ServerStream, HoldsNoneOfTheThreadsThatServeOthers) {
  Serve({.threads = 1});
  std::vector<std::unique_ptr<RawClient>> watching;
  for (int i = 0; i < 10; ++i) {
    watching.push_back(std::make_unique<RawClient>(server_->port()));
    watching.back()->Send(kGet);
    watching.back()->ReadUntil("\r\n\r\n");
  }
  RawClient other(server_->port());
  other.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(other.ReadAnswer().ends_with("plain"));
  for (int i = 0; i < 10; ++i) source_.Put(std::optional<std::string>());
  for (auto& client : watching) EXPECT_EQ(client->ReadUntil("\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(ServerStream, EndsWhenItsClientDoesNotRead) {
  std::promise<void> ended;
  auto server = *Server::Start(
      "127.0.0.1:0",
      [kept = std::shared_ptr<void>(nullptr, [&](void*) { ended.set_value(); })](
          const Request&) mutable -> Reply {
        return StreamResponse{200, {}, [held = std::move(kept)](const std::stop_token&) -> Piece {
                                return std::optional(std::string(1'000'000, 'x'));
                              }};
      },
      {.body_timeout = milliseconds(50)});
  RawClient client(server->port());
  client.Send(kGet);
  EXPECT_EQ(ended.get_future().wait_for(seconds(60)), std::future_status::ready);
}

TEST_F(ServerStream, EndsWithTheConnectionForAnOldClient) {
  Serve();
  source_.Put(std::optional<std::string>("abc"));
  source_.Put(std::optional<std::string>());
  RawClient client(server_->port());
  client.Send("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nabc");
}

TEST_F(ServerStream, HasNoBodyForHead) {
  Serve();
  RawClient client(server_->port());
  client.Send("HEAD /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
            "Connection: close\r\n\r\n");
}

}  // namespace
}  // namespace labgallery::http
