#include "controller/cli/run_controller.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "controller/cli/assembly.h"
#include "controller/cli/azure_wire.h"
#include "controller/cli/election.h"
#include "controller/cli/endpoint_servers.h"
#include "controller/cli/failure.h"
#include "controller/cli/kube_connection.h"
#include "controller/domain/names.h"
#include "src/http/client/socket_transport.h"

namespace labgallery::cli {
namespace {

constexpr Duration kPause = std::chrono::seconds(2);  // between two tries at the start
// What a running pass may take when a stop was asked for: less than the 30 s that a pod is given.
constexpr Duration kGrace = std::chrono::seconds(20);
// And when the Lease is lost: what is on its way ends with it anyway.
constexpr Duration kGraceWithoutLease = std::chrono::seconds(3);

// A write that goes to a connection which the server has closed costs another look at Azure and a
// while; a server seldom closes one that was used so recently.
http::SocketTransportOptions AzureTransportOptions(const ControllerOptions& options) {
  http::SocketTransportOptions transport = TransportOptionsFor(options.azure.network);
  transport.keep_for_writes = std::chrono::seconds(2);
  return transport;
}

struct Process {
  RealClock clock;
  SeededRandom random{EntropySeed()};
  http::SocketTransport azure_transport;
  http::SocketTransport direct;  // without a proxy
  std::unique_ptr<AzureWire> wire;
  telemetry::Logger log;

  explicit Process(const ControllerOptions& options)
      : azure_transport(AzureTransportOptions(options)),
        direct({.tls = {.system = options.azure.network.trust}}),
        log(clock, options.log) {}
};

/// Tries until it succeeds, or fails in a way that does not pass, or a stop comes.
Status Persist(Process& process, const std::string& what, const std::function<Status()>& attempt,
               const std::stop_token& stop) {
  while (true) {
    Status status = attempt();
    if (status) return status;
    const ErrorKind kind = status.error().kind;
    const bool passes = kind == ErrorKind::kUnavailable || kind == ErrorKind::kTimeout ||
                        kind == ErrorKind::kThrottled;
    if (!passes) return status;
    process.log.Warning("Waiting for a server", {{"to", what}, {"error", status.error()}});
    const Duration told = status.error().retry_after.value_or(std::chrono::milliseconds(0));
    if (!process.clock.Sleep(std::max(kPause, told), stop)) return Cancelled();
  }
}

/// The name in the owner tags: the uid of the cluster's own namespace, which a restored backup
/// keeps and another cluster does not have.
Result<std::string> ReadInstallation(kube::Client& client, const std::stop_token& stop) {
  const kube::ResourceType namespaces{"", "v1", "Namespace", "namespaces", false};
  LAB_ASSIGN_OR_RETURN(const json::Value object, client.Get(namespaces, {"", "kube-system"}, stop));
  LAB_ASSIGN_OR_RETURN(const kube::ObjectMeta meta, kube::ReadMeta(object));
  if (meta.uid.empty()) return ProtocolError("the namespace kube-system has no uid");
  return meta.uid;
}

Result<AzureAccess> Prepare(Process& process, const ControllerOptions& options,
                            KubeConnection& kube, OperatorMetrics& metrics,
                            const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(AzureAccess access, ChooseAzureAccess(options.azure, Naming::kCluster));
  if (access.installation.empty()) {
    const KubeAccess cluster = kube.access();
    kube::Client client(cluster.transport, cluster.watch_transport, process.clock,
                        ClientOptionsFor(cluster));
    LAB_RETURN_IF_ERROR(Persist(
        process, "read the uid of kube-system",
        [&]() -> Status {
          auto read = ReadInstallation(client, stop);
          if (!read) return Explained(std::move(read).error(), kube.server());
          access.installation = *std::move(read);
          return Ok();
        },
        stop));
  }
  LAB_RETURN_IF_ERROR(Persist(
      process, "read the endpoint's cloud",
      [&] {
        return LearnCloud(access, options.azure,
                          {.transport = process.wire->transport(),
                           .direct = process.direct,
                           .clock = process.clock,
                           .random = process.random,
                           .follow = metrics.follow_logins()},
                          stop);
      },
      stop));
  return access;
}

void WaitForEither(Clock& clock, const std::stop_token& a, const std::stop_token& b) {
  std::stop_source either;
  const auto pass = [&either] { either.request_stop(); };
  const std::stop_callback on_a(a, pass);
  const std::stop_callback on_b(b, pass);
  clock.SleepUntil(kNever, either.get_token());
}

std::string_view KindOf(runtime::TypeIndex type) {
  return type < domain::kKinds.size() ? domain::Name(domain::kKinds[type]) : "Namespace";
}

Result<reconcile::OperatorOptions> SettingsFor(Process& process, const ControllerOptions& options,
                                               const std::string& installation) {
  LAB_ASSIGN_OR_RETURN(reconcile::OperatorOptions settings,
                       OperatorOptionsFrom(options.flags, installation));
  settings.name_space = options.name_space;
  LAB_ASSIGN_OR_RETURN(settings.namespace_selector,
                       kube::ParseLabelSelector(options.election.namespace_selector));
  settings.runtime.workers = static_cast<std::size_t>(options.workers);
  settings.runtime.observer.on_watch_trouble =
      [&process](runtime::TypeIndex type, std::string_view what, const Error* error) {
        process.log.Warning("Watch met trouble",
                            {{"kind", KindOf(type)},
                             {"what", what},
                             {"error", error == nullptr ? "" : error->ToString()}});
      };
  return settings;
}

/// Counts every request, and logs those to Azure for whoever looks closely.
RequestObservers ObserversFor(Process& process, OperatorMetrics& metrics) {
  RequestObservers observers = metrics.request_observers();
  observers.to_azure = [&log = process.log,
                        count = std::move(observers.to_azure)](const azure::Exchange& exchange) {
    count(exchange);
    if (!log.Writes(telemetry::LogLevel::kDebug)) return;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(exchange.duration);
    log.Debug("Azure answered", {{"method", http::Name(exchange.method)},
                                 {"operation", exchange.path_template},
                                 {"status", exchange.status},
                                 {"took_ms", took.count()},
                                 {"correlation_id", exchange.ids.correlation},
                                 {"request_id", exchange.ids.request}});
  };
  return observers;
}

/// Ends serving before what is told about goes.
struct Served {
  EndpointServers& servers;
  ~Served() { servers.Stop(); }
};

Status Run(Process& process, const ControllerOptions& options, const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(kube::ServerAccess server, FindKubeServer(options));
  KubeConnection kube(process.clock, options, std::move(server));
  process.log.Info("Works for a cluster",
                   {{"kube", kube.server().server}, {"login", kube.server().origin}});
  const EndpointSettings asked = EndpointSettingsFor(options);
  LAB_ASSIGN_OR_RETURN(
      const auto endpoints,
      EndpointServers::Start({process.clock, process.log, kube.access()}, asked, stop));
  process.log.Info("Endpoints are served", {{"metrics_port", endpoints->metrics_port()},
                                            {"metrics_secure", asked.secure},
                                            {"health_port", endpoints->health_port()}});
  LAB_ASSIGN_OR_RETURN(process.wire,
                       AzureWire::Open(options.azure.wire, process.azure_transport, process.clock));
  LAB_ASSIGN_OR_RETURN(const AzureAccess access,
                       Prepare(process, options, kube, endpoints->metrics(), stop));
  LAB_ASSIGN_OR_RETURN(reconcile::OperatorOptions settings,
                       SettingsFor(process, options, access.installation));
  endpoints->metrics().Hook(settings);
  settings.home = HomeFor(options, kube.server().name_space);
  const std::string identity = ProcessIdentity(process.random);
  OperatorAssembly assembly({.clock = process.clock,
                             .random = process.random,
                             .kube = kube.access(),
                             .azure_transport = process.wire->transport(),
                             .azure = access,
                             .log = process.log,
                             .observers = ObserversFor(process, endpoints->metrics())},
                            std::move(settings),
                            LeaseFor(options, identity, kube.server().name_space));
  const Served served{*endpoints};
  endpoints->Follow(assembly, options.endpoints.per_object);
  process.log.Info("Controller started",
                   {{"azure", access.endpoint}, {"installation", access.installation}});
  assembly.Start();
  WaitForEither(process.clock, stop, assembly.lost());
  if (assembly.lost().stop_requested()) {
    assembly.Stop(kGraceWithoutLease);
    return Unavailable("the Lease was lost; another controller may be at work");
  }
  process.log.Info("Controller stops");
  assembly.Stop(kGrace);
  process.log.Info("Controller stopped");
  return Ok();
}

}  // namespace

ExitCode RunController(const ControllerOptions& options, std::ostream& err,
                       const std::stop_token& stop) {
  Process process(options);
  const Status status = Run(process, options, stop);
  if (status) return ExitCode::kOk;
  // To be stopped is how a controller ends, also while it waits for its servers.
  if (status.error().kind == ErrorKind::kCancelled && stop.stop_requested()) return ExitCode::kOk;
  return Report(status.error(), err);
}

}  // namespace labgallery::cli
