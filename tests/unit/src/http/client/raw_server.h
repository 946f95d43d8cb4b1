// A server that does exactly what a test tells it to, down to the byte: wrong, late, half or too
// much.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace labgallery::http {

/// One accepted socket, blocking.
class RawSocket {
 public:
  virtual ~RawSocket() = default;
  /// The next request, head and body (by Content-Length); empty when the client has closed.
  virtual std::string ReadRequest() = 0;
  /// False when the client is gone.
  virtual bool Send(std::string_view bytes) = 0;
  /// Sends until nothing fits any more for a while, at most `limit` bytes; how many went out.
  virtual std::size_t SendWhatFits(std::size_t limit) = 0;
  /// Ends with a FIN.
  virtual void Close() = 0;
  /// Ends with a RST.
  virtual void Reset() = 0;
  /// Blocks until the client closes.
  virtual void AwaitClose() = 0;
};

/// Listens on a free port of 127.0.0.1 and runs `serve` for each connection, on a thread of its
/// own. The socket is closed when `serve` returns.
class RawServer {
 public:
  /// `number` counts the connections from 1.
  explicit RawServer(std::function<void(RawSocket&, int number)> serve);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const;
  /// "http://127.0.0.1:port" and the path.
  std::string Url(std::string_view path) const;
  /// Requests that were read completely, on all connections.
  int requests() const;
  int connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A server that answers every request on every connection with what `answer` gives for it.
std::unique_ptr<RawServer> AnsweringServer(std::function<std::string(const std::string&)> answer);

/// An answer with a Content-Length and nothing else.
std::string Answer(int status, std::string_view body);

}  // namespace labgallery::http
