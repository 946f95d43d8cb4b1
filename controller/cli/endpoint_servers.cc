#include "controller/cli/endpoint_servers.h"

#include <utility>

#include "controller/endpoints/access_check.h"
#include "controller/endpoints/metrics_page.h"
#include "src/http/model/url.h"
#include "src/http/server/listen_address.h"
#include "src/kube/client/access_reviews.h"
#include "src/kube/client/client.h"
#include "src/kube/client/rate_limit.h"

namespace labgallery::cli {
namespace {

// Kubelet and Prometheus ask every few seconds: one thread each is plenty, and costs little memory.
// Metrics have a second one, for when the first waits for the API server.
http::ServerOptions ServingOptions(int threads, http::TlsChoice tls = {}) {
  return {.body_limit = 1024, .max_connections = 128, .threads = threads, .tls = std::move(tls)};
}

// Whoever can reach the port can make us ask: not more than the API server takes for nothing.
constexpr double kQuestionsPerSecond = 10;
constexpr int kQuestionsAtOnce = 20;
constexpr std::chrono::milliseconds kQuestionTimeout{3000};

bool IsLoopback(const std::string& address) {
  const auto parsed = http::ParseListenAddress(address);
  return parsed && http::IsLoopback({.host = parsed->host});
}

/// What is said of a certificate whose files were exchanged.
void TellOfExchange(const telemetry::Logger& log, const Status& status) {
  if (status) return log.Info("Serves metrics with the certificate that was exchanged");
  log.Warning("Cannot use the certificate that was exchanged, and goes on with the one before",
              {{"error", status.error()}});
}

Result<http::TlsChoice> CertificateFor(const EndpointSettings& settings,
                                       const EndpointSurroundings& around) {
  if (!settings.secure) return http::TlsChoice(http::PlainHttp());
  if (!settings.certificate.empty()) {
    return http::TlsChoice(http::CertificateFiles{
        .certificate = settings.certificate,
        .key = settings.key,
        .on_exchange = [&log = around.log](const Status& status) { TellOfExchange(log, status); }});
  }
  LAB_ASSIGN_OR_RETURN(const http::ListenAddress address,
                       http::ParseListenAddress(settings.metrics));
  LAB_ASSIGN_OR_RETURN(http::TlsIdentity own,
                       http::MakeOwnIdentity(http::NamesFor(address), around.clock.Now()));
  around.log.Info("Made a certificate for metrics that nobody has issued",
                  {{"remedy", "name one that clients can verify with --metrics-cert-path"}});
  return http::TlsChoice(std::move(own));
}

}  // namespace

EndpointSettings EndpointSettingsFor(const ControllerOptions& options) {
  const EndpointFlags& flags = options.endpoints;
  const bool plain_server = !options.kube_endpoint.empty();
  EndpointSettings settings{
      .metrics = flags.metrics.value_or(kNoAddress),
      .health = flags.health.value_or(plain_server ? kNoAddress : kHealthAddress)};
  const bool without_logins = plain_server && flags.certificate_folder.empty();
  settings.secure = flags.metrics_secure.value_or(!without_logins || !IsLoopback(settings.metrics));
  if (!flags.metrics && !plain_server)
    settings.metrics = settings.secure ? kMetricsAddress : kPlainMetricsAddress;
  if (flags.certificate_folder.empty()) return settings;
  settings.certificate = flags.certificate_folder + "/" + flags.certificate_name;
  settings.key = flags.certificate_folder + "/" + flags.key_name;
  return settings;
}

/// What it takes to ask the API server who may have metrics.
struct EndpointServers::Doorkeeper {
  kube::RateLimit limit;
  kube::Client client;
  kube::AccessReviews reviews;
  endpoints::AccessCheck check;

  Doorkeeper(const EndpointSurroundings& around, kube::ClientOptions options, std::stop_token stop)
      : limit(around.clock, kQuestionsPerSecond, kQuestionsAtOnce),
        client(around.kube.transport, around.kube.transport, around.clock,
               Limited(std::move(options))),
        reviews(client, around.clock),
        check(reviews, around.clock, around.log, std::move(stop)) {}

  kube::ClientOptions Limited(kube::ClientOptions options) {
    options.request_timeout = kQuestionTimeout;
    options.await_turn = [this](const std::stop_token& stop) { return limit.Await(stop); };
    return options;
  }
};

EndpointServers::EndpointServers(const EndpointSurroundings& around, const std::stop_token& stop)
    : metrics_(around.kube.origin), health_(around.clock, stop) {}

EndpointServers::~EndpointServers() { Stop(); }

Result<std::unique_ptr<EndpointServers>> EndpointServers::Start(const EndpointSurroundings& around,
                                                                const EndpointSettings& settings,
                                                                const std::stop_token& stop) {
  std::unique_ptr<EndpointServers> servers(new EndpointServers(around, stop));
  if (settings.health != kNoAddress) {
    auto health =
        http::Server::Start(settings.health, servers->health_.handler(), ServingOptions(1));
    if (!health)
      return std::move(health).error().With("--health-probe-bind-address " + settings.health);
    servers->health_server_ = *std::move(health);
  }
  if (settings.metrics != kNoAddress) LAB_RETURN_IF_ERROR(servers->ServeMetrics(around, settings));
  return servers;
}

Status EndpointServers::ServeMetrics(const EndpointSurroundings& around,
                                     const EndpointSettings& settings) {
  if (!settings.secure && !settings.certificate.empty())
    return InvalidInput("--metrics-cert-path is of no use with --metrics-secure=false");
  http::Handler handler = endpoints::MetricsPage(metrics_.registry());
  if (settings.secure) {
    kube::ClientOptions options = ClientOptionsFor(around.kube);
    options.on_request = metrics_.request_observers().to_kube;
    doorkeeper_ =
        std::make_unique<Doorkeeper>(around, std::move(options), questions_stop_.get_token());
    handler = doorkeeper_->check.Guard(std::move(handler));
  }
  auto tls = CertificateFor(settings, around);
  if (!tls) return std::move(tls).error().With("--metrics-bind-address " + settings.metrics);
  auto server = http::Server::Start(settings.metrics, std::move(handler),
                                    ServingOptions(settings.secure ? 2 : 1, *std::move(tls)));
  if (!server) return std::move(server).error().With("--metrics-bind-address " + settings.metrics);
  metrics_server_ = *std::move(server);
  return Ok();
}

void EndpointServers::Follow(OperatorAssembly& assembly, reconcile::PerObject per_object) {
  metrics_.Follow(assembly, per_object);
  health_.Follow(assembly.op().runtime());
}

void EndpointServers::Stop() {
  questions_stop_.request_stop();
  if (metrics_server_) metrics_server_->Stop();
  if (health_server_) health_server_->Stop();
}

}  // namespace labgallery::cli
