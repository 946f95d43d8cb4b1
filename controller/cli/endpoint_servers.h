// How a controller is asked how it is: health and metrics behind the two listeners of its flags.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "controller/cli/assembly.h"
#include "controller/cli/command_options.h"
#include "controller/cli/operator_metrics.h"
#include "controller/endpoints/health.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/server/server.h"

namespace labgallery::cli {

/// Each HOST:PORT, or kNoAddress.
struct EndpointAddresses {
  std::string metrics;
  std::string health;
};

/// What the flags say; where they say nothing, kMetricsAddress, which only this machine can reach
/// because nobody is asked who they are, and kHealthAddress, which kubelet must reach. With a plain
/// API server on this machine, where several controllers are tried out side by side, none.
EndpointAddresses AddressesFor(const ControllerOptions& options);

/// Serves from Start until Stop or destruction.
class EndpointServers {
 public:
  /// kInvalidInput or kUnavailable, with the flag's name, if an address cannot be listened on.
  /// `kube_origin` is the API server's.
  static Result<std::unique_ptr<EndpointServers>> Start(Clock& clock,
                                                        const EndpointAddresses& addresses,
                                                        const std::string& kube_origin,
                                                        const std::stop_token& stop);

  OperatorMetrics& metrics() { return metrics_; }
  /// Before the operator is started: from now on about this one, which lives until Stop.
  void Follow(OperatorAssembly& assembly, reconcile::PerObject per_object);
  /// Nobody is answered any more when it returns. Idempotent.
  void Stop();

  /// 0: not served.
  int metrics_port() const { return metrics_server_ ? metrics_server_->port() : 0; }
  int health_port() const { return health_server_ ? health_server_->port() : 0; }

 private:
  EndpointServers(Clock& clock, const std::string& kube_origin, const std::stop_token& stop)
      : metrics_(kube_origin), health_(clock, stop) {}

  OperatorMetrics metrics_;
  endpoints::Health health_;
  std::unique_ptr<http::Server> metrics_server_;
  std::unique_ptr<http::Server> health_server_;
};

}  // namespace labgallery::cli
