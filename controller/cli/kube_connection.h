// Finds the Kubernetes API server that a controller works for, and keeps what it takes to talk to
// it: transports, login, limit. Which of several contexts or files counts is decided by
// src/kube/client; here is where they are looked for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controller/cli/command_options.h"
#include "controller/cli/kube_access.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/client/socket_transport.h"
#include "src/kube/client/credentials.h"
#include "src/kube/client/rate_limit.h"
#include "src/kube/client/server_access.h"

namespace labgallery::cli {

/// The server and the login that the options ask for. Without an endpoint the first of these
/// counts, in controller-runtime's order: --kubeconfig; the files of KUBECONFIG; the service
/// account of this pod, unless --context is given; ~/.kube/config. kInvalidInput, with what was
/// looked for, if there is none of them or it cannot be used. Blocks on the disk.
Result<kube::ServerAccess> FindKubeServer(const ControllerOptions& options);

/// The first request failed: with which login, and what a person can do about it.
Error Explained(Error error, const kube::ServerAccess& server);

/// One instance lives as long as the process works for the server. Thread-safe.
class KubeConnection {
 public:
  KubeConnection(Clock& clock, const ControllerOptions& options, kube::ServerAccess server);

  KubeAccess access();
  const kube::ServerAccess& server() const { return server_; }

 private:
  http::SocketTransportOptions TransportOptions(const ControllerOptions& options) const;

  const kube::ServerAccess server_;
  kube::Credentials credentials_;
  std::optional<kube::RateLimit> limit_;
  http::SocketTransport transport_;
  // Sockets of its own: a renewal never waits behind something else.
  http::SocketTransport lease_transport_;
};

}  // namespace labgallery::cli
