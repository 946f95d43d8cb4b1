#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"

namespace labgallery::cli {
namespace {

void AddSecureMetrics(CLI::App& command, EndpointFlags& endpoints) {
  command
      .add_flag_function(
          "--metrics-secure",
          [&endpoints](std::int64_t given) { endpoints.metrics_secure = given > 0; },
          "Serve /metrics by HTTPS, to those whom the API server knows by their token and who may "
          "get /metrics; default: true, but false on a loopback address with --kube-endpoint, "
          "where there are no logins; --metrics-secure=false serves everybody by plain HTTP")
      ->type_name("");
  auto* folder = command
                     .add_option("--metrics-cert-path", endpoints.certificate_folder,
                                 "Folder of the certificate for /metrics, which may be exchanged "
                                 "at any time; default: one is made at each start")
                     ->type_name("DIR");
  command
      .add_option("--metrics-cert-name", endpoints.certificate_name,
                  "File of the certificate there, followed by those up to the authority")
      ->capture_default_str()
      ->needs(folder)
      ->type_name("FILE");
  command.add_option("--metrics-cert-key", endpoints.key_name, "File of its private key there")
      ->capture_default_str()
      ->needs(folder)
      ->type_name("FILE");
}

}  // namespace

void AddEndpoints(CLI::App& command, EndpointFlags& endpoints) {
  using reconcile::PerObject;
  command
      .add_option("--metrics-bind-address", endpoints.metrics,
                  "Where to serve /metrics; 0: nowhere; default: 127.0.0.1:8443, with "
                  "--metrics-secure=false 127.0.0.1:8080, but 0 with --kube-endpoint")
      ->type_name("HOST:PORT");
  AddSecureMetrics(command, endpoints);
  command
      .add_option("--health-probe-bind-address", endpoints.health,
                  "Where to serve /livez and /readyz; 0: nowhere; default: :8081, but 0 with "
                  "--kube-endpoint")
      ->type_name("HOST:PORT");
  AddChoice<PerObject>(
      command, "--metrics-per-object",
      {{"NotReady", PerObject::kNotReady}, {"All", PerObject::kAll}, {"None", PerObject::kNone}},
      "Which objects have metrics of their own (NotReady)",
      [&endpoints](PerObject value) { endpoints.per_object = value; });
}

}  // namespace labgallery::cli
