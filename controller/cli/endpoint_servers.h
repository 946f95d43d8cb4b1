// How a controller is asked how it is: health and metrics behind the two listeners of its flags.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "controller/cli/assembly.h"
#include "controller/cli/command_options.h"
#include "controller/cli/kube_access.h"
#include "controller/cli/operator_metrics.h"
#include "controller/endpoints/health.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/server/server.h"
#include "src/telemetry/log.h"

namespace labgallery::cli {

struct EndpointSettings {
  std::string metrics;        // HOST:PORT, or kNoAddress
  std::string health;         // the same
  bool secure = true;         // metrics by HTTPS, to those who may get them
  std::string certificate{};  // file, PEM; empty: one is made
  std::string key{};          // file, PEM
};

/// What the flags say. Where they say nothing: metrics are secure, and on an address that only this
/// machine can reach; health is where kubelet can reach it. With a plain API server on this machine
/// (several controllers are tried out side by side, nobody logs in anywhere) neither is served, and
/// metrics on a loopback address are plain.
EndpointSettings EndpointSettingsFor(const ControllerOptions& options);

/// What the endpoints are served with; outlives them.
struct EndpointSurroundings {
  Clock& clock;
  const telemetry::Logger& log;
  KubeAccess kube;
};

/// Serves from Start until Stop or destruction.
class EndpointServers {
 public:
  /// kInvalidInput or kUnavailable, with the flag's name, if an address cannot be listened on or a
  /// certificate cannot be used.
  static Result<std::unique_ptr<EndpointServers>> Start(const EndpointSurroundings& around,
                                                        const EndpointSettings& settings,
                                                        const std::stop_token& stop);
  ~EndpointServers();

  OperatorMetrics& metrics() { return metrics_; }
  /// Before the operator is started: from now on about this one, which lives until Stop.
  void Follow(OperatorAssembly& assembly, reconcile::PerObject per_object);
  /// Nobody is answered any more when it returns. Idempotent.
  void Stop();

  /// 0: not served.
  int metrics_port() const { return metrics_server_ ? metrics_server_->port() : 0; }
  int health_port() const { return health_server_ ? health_server_->port() : 0; }

 private:
  struct Doorkeeper;
  EndpointServers(const EndpointSurroundings& around, const std::stop_token& stop);
  Status ServeMetrics(const EndpointSurroundings& around, const EndpointSettings& settings);

  OperatorMetrics metrics_;
  endpoints::Health health_;
  std::stop_source questions_stop_;
  std::unique_ptr<Doorkeeper> doorkeeper_;  // of secure metrics
  std::unique_ptr<http::Server> metrics_server_;
  std::unique_ptr<http::Server> health_server_;
};

}  // namespace labgallery::cli
