// cpprestsdk behind one small class: the only door to it. A connection starts exchanges; what comes
// of them is reported to the Exchange.
#pragma once

#include <memory>

#include "src/base/result.h"
#include "src/http/client/exchange.h"
#include "src/http/model/message.h"
#include "src/http/model/url.h"

namespace labgallery::http {

/// A client object of the library for one origin, with its own pool of sockets. Thread-safe.
/// Exchanges that were started go on when it is destroyed.
class Connection {
 public:
  explicit Connection(const Url& url);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Does not block. kInvalidInput if the request cannot be written as HTTP; whatever happens later
  /// goes to `exchange`. On a kept socket that the server has closed the library sends the request
  /// a second time without telling: only reads may go through a connection that has been used
  /// before.
  Status Start(const Request& request, const Url& url, const std::shared_ptr<Exchange>& exchange);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace labgallery::http
