// The Azure that one run of `apply` talks to: the embedded simulator or an endpoint.
#pragma once

#include <memory>
#include <stop_token>

#include "controller/cli/azure_access.h"
#include "controller/cli/azure_wire.h"
#include "controller/cli/command_options.h"
#include "controller/cli/embedded_servers.h"
#include "controller/cli/network.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/http/client/socket_transport.h"
#include "src/state/store.h"

namespace labgallery::cli {

class Cloud {
 public:
  /// Starts the simulator, with its state in `store` unless that is null, or asks the endpoint for
  /// its cloud, which blocks for `patience` at most. What is not an endpoint to talk to is
  /// kInvalidInput.
  static Result<std::unique_ptr<Cloud>> Make(Clock& clock, Random& random,
                                             const AzureOptions& options, state::Store* store,
                                             Duration patience, const std::stop_token& stop);

  http::HttpTransport& transport() { return wire_->transport(); }
  const AzureAccess& access() const { return access_; }

 private:
  Cloud(AzureAccess access, const Network& network)
      : socket_(TransportOptionsFor(network)),
        direct_({.tls = {.system = network.trust}}),
        access_(std::move(access)) {}

  std::unique_ptr<EmbeddedAzure> azure_;  // null with an endpoint
  http::SocketTransport socket_;
  http::SocketTransport direct_;  // without a proxy
  std::unique_ptr<AzureWire> wire_;
  AzureAccess access_;
};

}  // namespace labgallery::cli
