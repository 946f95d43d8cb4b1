#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"

namespace labgallery::cli {

void AddEndpoints(CLI::App& command, EndpointFlags& endpoints) {
  using reconcile::PerObject;
  command
      .add_option("--metrics-bind-address", endpoints.metrics,
                  "Where to serve /metrics, without a login; 0: nowhere; default: 127.0.0.1:8080, "
                  "but 0 with --kube-endpoint")
      ->type_name("HOST:PORT");
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
