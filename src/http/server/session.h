// The connections of one server, from the accepted socket to its close. Accepting, and the threads
// that do the work, are the server's.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "src/http/model/message.h"
#include "src/http/server/server.h"
#include "src/http/server/stream_threads.h"
#include "src/http/server/tls_context.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace labgallery::http {

class Session;

/// Thread-safe. It must outlive the io_context, whose queue may hold connections until its end.
class Sessions {
 public:
  /// `on_leave` is called, on any thread, when a connection is gone, until Stop.
  Sessions(Handler handler, const ServerOptions& options, std::unique_ptr<TlsContext> tls,
           std::function<void()> on_leave);

  /// Takes over a connected TCP socket and serves it on the threads that run `context`.
  void Serve(boost::asio::io_context& context, int descriptor, bool ipv6);

  /// No more connections are wanted: at the limit, or stopped.
  bool Full();

  /// Closes all connections and ends all streams. The threads of the io_context must be running,
  /// because streams wait for their last write. False if it was stopped before.
  bool Stop();

 private:
  friend class Session;

  const Handler handler_;
  const ServerOptions options_;
  const std::unique_ptr<TlsContext> tls_;
  const std::function<void()> on_leave_;
  StreamThreads streams_;
  std::mutex mutex_;
  std::set<Session*> open_;  // guarded by mutex_
  bool closing_ = false;     // guarded by mutex_
};

}  // namespace labgallery::http
