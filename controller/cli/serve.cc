#include "controller/cli/serve.h"

#include <memory>
#include <string>
#include <utility>

#include "controller/cli/embedded_servers.h"
#include "controller/cli/failure.h"
#include "src/http/server/listen_address.h"
#include "src/http/server/server.h"
#include "src/http/server/tls_identity.h"

namespace labgallery::cli {
namespace {

/// One of the two servers with what it stands on.
struct Served {
  std::unique_ptr<RealClock> clock;
  std::unique_ptr<SeededRandom> random;
  std::unique_ptr<state::Store> store;
  std::unique_ptr<EmbeddedKube> kube;
  std::unique_ptr<azure_simulator::Simulator> azure;

  http::Handler Handler() const { return kube ? kube->Handler() : azure->Handler(); }
};

Status StartAzure(const SimulatorOptions& options, Served& served) {
  // Its clients live on people's time, so that is what it tells them to wait in.
  azure_simulator::Options settings{.wire_time_scale = options.time_scale,
                                    .scheme = options.tls_dir.empty() ? "http" : "https"};
  if (!served.store) {
    served.azure = std::make_unique<azure_simulator::Simulator>(*served.clock, *served.random,
                                                                std::move(settings));
    return Ok();
  }
  LAB_ASSIGN_OR_RETURN(served.azure,
                       azure_simulator::Simulator::Restore(*served.clock, *served.random,
                                                           std::move(settings), *served.store));
  return Ok();
}

Result<Served> Start(const SimulatorOptions& options) {
  const bool azure = options.which == SimulatorOptions::Which::kAzure;
  Served served;
  served.clock = std::make_unique<RealClock>(azure ? options.time_scale : 1.0);
  served.random = std::make_unique<SeededRandom>(EntropySeed());
  if (!options.state.empty()) {
    LAB_ASSIGN_OR_RETURN(state::Store store, state::Store::Open(options.state));
    served.store = std::make_unique<state::Store>(std::move(store));
  }
  if (azure) {
    LAB_RETURN_IF_ERROR(StartAzure(options, served));
  } else {
    LAB_ASSIGN_OR_RETURN(served.kube,
                         EmbeddedKube::Start(*served.clock, *served.random, served.store.get()));
  }
  return served;
}

/// How it shows that it is the one; nothing over plain HTTP.
Result<http::ServerOptions> Transport(const SimulatorOptions& options,
                                      const http::ListenAddress& address) {
  http::ServerOptions transport;
  if (options.tls_dir.empty()) return transport;
  LAB_ASSIGN_OR_RETURN(transport.tls, http::IssueIdentity(options.tls_dir, http::NamesFor(address),
                                                          RealClock().Now()));
  return transport;
}

std::string FirstLine(const SimulatorOptions& options, const std::string& host, int port) {
  const std::string where = (options.tls_dir.empty() ? "http://" : "https://") +
                            (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
                            std::to_string(port);
  const bool azure = options.which == SimulatorOptions::Which::kAzure;
  std::string line = (azure ? "Azure simulator at " : "Kubernetes API at ") + where;
  line += options.state.empty() ? ", in memory" : ", kept in " + options.state;
  if (!options.tls_dir.empty()) {
    line += ", trusted through " + options.tls_dir + "/" + http::kAuthorityFile;
  }
  return line;
}

Status Serve(const SimulatorOptions& options, std::ostream& out, const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const http::ListenAddress address, http::ParseListenAddress(options.listen));
  LAB_ASSIGN_OR_RETURN(Served served, Start(options));
  LAB_ASSIGN_OR_RETURN(http::ServerOptions transport, Transport(options, address));
  LAB_ASSIGN_OR_RETURN(const auto server,
                       http::Server::Start(options.listen, served.Handler(), std::move(transport)));
  out << FirstLine(options, address.host.empty() ? "0.0.0.0" : address.host, server->port()) << '\n'
      << std::flush;
  RealClock real;
  real.SleepUntil(kNever, stop);
  server->Stop();
  return Ok();
}

}  // namespace

ExitCode RunSimulator(const SimulatorOptions& options, std::ostream& out, std::ostream& err,
                      const std::stop_token& stop) {
  const Status status = Serve(options, out, stop);
  if (status) return ExitCode::kOk;
  return Report(status.error(), err);
}

}  // namespace labgallery::cli
