// cpprestsdk behind one small class: the only door to it. A connection starts exchanges; what comes
// of them is reported to the Exchange.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "src/base/result.h"
#include "src/http/client/exchange.h"
#include "src/http/client/tls.h"
#include "src/http/model/message.h"
#include "src/http/model/proxy.h"
#include "src/http/model/url.h"

namespace labgallery::http {

/// How to get to the origin.
struct Way {
  std::shared_ptr<const TlsMaterial> tls;  // for https
  std::string server_name;                 // empty: the host of the URL
  bool insecure = false;
  std::optional<Proxy> proxy;
};

/// A client object of the library for one origin, with its own pool of sockets. Thread-safe.
/// Exchanges that were started go on when it is destroyed. All of a process are served by one
/// thread that moves bytes; callers wait on their own. More of them mostly wake each other.
class Connection {
 public:
  Connection(const Url& url, const Way& way);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Does not block. kInvalidInput if the request cannot be written as HTTP; whatever happens later
  /// goes to `exchange`. On a kept socket that the server has closed the library begins to send the
  /// request a second time without telling. A write's body is held back then, so that it is sent at
  /// most once; a write without a body may only go through a connection that has not been used
  /// before.
  Status Start(const Request& request, const Url& url, const std::shared_ptr<Exchange>& exchange);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace labgallery::http
