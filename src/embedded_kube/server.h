// The embedded Kubernetes API: what the operator and kubectl-like clients use of a kube-apiserver,
// as a value with one face. Mounted behind a socket or as an HttpTransport of the same process.
// README.md lists what it serves and what it refuses; tests/contract says so to it and to a real
// server alike.
#pragma once

#include <memory>
#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/http/model/message.h"
#include "src/json/value.h"
#include "src/state/store.h"

namespace labgallery::embedded_kube {

struct Options {
  std::vector<json::Value> crds;     // CustomResourceDefinitions that are there from the start
  state::Store* store = nullptr;     // keeps the objects; outlives the server. Null: memory only
  std::size_t watch_history = 4096;  // changes kept per resource, for watches and continued lists
  bool streaming_lists = true;       // false: as a server that does not know sendInitialEvents
};

/// Thread-safe; has no threads of its own. Watches wait in their reader's thread, through the
/// clock.
class Server {
 public:
  /// Loads what the store holds, installs the definitions and makes the namespaces default and
  /// kube-system. kInvalidInput for a definition that is wrong; the store's errors.
  static Result<std::unique_ptr<Server>> Start(Clock& clock, Random& random,
                                               const Options& options);
  ~Server();

  /// Answers a request whose URL is path and query. A watch's reader must not outlive the server.
  http::Reply Handle(const http::Request& request);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace labgallery::embedded_kube
