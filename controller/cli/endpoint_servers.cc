#include "controller/cli/endpoint_servers.h"

#include <utility>

#include "controller/endpoints/metrics_page.h"

namespace labgallery::cli {
namespace {

// Kubelet and Prometheus ask every few seconds: one thread each is plenty, and costs little memory.
const http::ServerOptions kOptions{.body_limit = 1024, .max_connections = 128, .threads = 1};

/// Null where nothing is to be served.
Result<std::unique_ptr<http::Server>> Listen(const std::string& flag, const std::string& address,
                                             http::Handler handler) {
  if (address == kNoAddress) return std::unique_ptr<http::Server>();
  auto server = http::Server::Start(address, std::move(handler), kOptions);
  if (!server) return std::move(server).error().With(flag + " " + address);
  return server;
}

}  // namespace

EndpointAddresses AddressesFor(const ControllerOptions& options) {
  const bool plain = !options.kube_endpoint.empty();
  return {.metrics = options.endpoints.metrics.value_or(plain ? kNoAddress : kMetricsAddress),
          .health = options.endpoints.health.value_or(plain ? kNoAddress : kHealthAddress)};
}

Result<std::unique_ptr<EndpointServers>> EndpointServers::Start(Clock& clock,
                                                                const EndpointAddresses& addresses,
                                                                const std::string& kube_origin,
                                                                const std::stop_token& stop) {
  std::unique_ptr<EndpointServers> servers(new EndpointServers(clock, kube_origin, stop));
  LAB_ASSIGN_OR_RETURN(
      servers->health_server_,
      Listen("--health-probe-bind-address", addresses.health, servers->health_.handler()));
  LAB_ASSIGN_OR_RETURN(servers->metrics_server_,
                       Listen("--metrics-bind-address", addresses.metrics,
                              endpoints::MetricsPage(servers->metrics_.registry())));
  return servers;
}

void EndpointServers::Follow(OperatorAssembly& assembly, reconcile::PerObject per_object) {
  metrics_.Follow(assembly, per_object);
  health_.Follow(assembly.op().runtime());
}

void EndpointServers::Stop() {
  if (metrics_server_) metrics_server_->Stop();
  if (health_server_) health_server_->Stop();
}

}  // namespace labgallery::cli
