// Mounts a Handler behind a socket: HTTP/1.1 with keep-alive, limits against slow and greedy
// clients, and streams that end when their client goes. It knows nothing of what is served, and
// makes no decision about who may ask.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "src/base/result.h"
#include "src/http/model/message.h"
#include "src/http/server/tls_context.h"

namespace labgallery::http {

struct ServerOptions {
  std::size_t header_limit = 32UL * 1024;      // beyond it 431
  std::size_t body_limit = 8UL * 1024 * 1024;  // beyond it 413
  std::chrono::milliseconds header_timeout{
      10000};  // from the first byte of a request to its last header: 408
  std::chrono::milliseconds idle_timeout{60000};  // between requests, and until the first: closed
  std::chrono::milliseconds body_timeout{
      60000};                  // for a request's body, and for each piece written
  int max_connections = 1024;  // more wait until one closes
  int threads = 4;             // they do the I/O and run the handler
  TlsChoice tls{};             // plain HTTP, unless an identity is given
};

/// Runs from Start until Stop or destruction. Thread-safe.
class Server {
 public:
  /// Listens on "HOST:PORT" (port 0: the system chooses) and serves from then on. kInvalidInput if
  /// `listen` or options.tls is not usable; kUnavailable, with address and reason, if it cannot be
  /// listened on. `handler` is called on several threads at once and may block shortly; what it
  /// throws becomes a 500. The body of a stream is read on a thread of its own; its stop token is
  /// requested when the client goes or the server stops. A body that returns an error makes the
  /// server cut the connection: the client sees a broken stream. A request sees path and query in
  /// `url`, and its headers as they came.
  static Result<std::unique_ptr<Server>> Start(const std::string& listen, Handler handler,
                                               ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;

  /// Ends all streams, closes all connections and waits for all threads. Idempotent. Not to be
  /// called by a handler.
  void Stop();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace labgallery::http
