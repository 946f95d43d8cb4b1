// docs/metrics.md is made from the registry that a controller serves.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "controller/cli/operator_metrics.h"
#include "src/base/random.h"
#include "src/base/text.h"
#include "src/telemetry/log.h"
#include "tests/golden/golden.h"

namespace labgallery::golden {
namespace {

constexpr const char* kIntroduction =
    R"(# Metrics

What `labgallery controller` serves at `/metrics`, in the Prometheus text format 0.0.4. Made from the registry of the
program by `make golden`.

`--metrics-bind-address` says where; the default, `127.0.0.1:8443`, can be reached from the same machine only. `0` serves
nothing, which is the default with `--kube-endpoint`.

They are served by HTTPS to those whom the API server knows by their bearer token (TokenReview) and who may `get` the path
`/metrics` (SubjectAccessReview); answers are remembered for a minute, refusals for half of it. 401: no token, or none that
it knows; 403: without the right; 503 or 500: it cannot be asked, and the log says why. `--metrics-cert-path` names the folder
of the certificate, which may be exchanged at any time; without it one is made at each start. `--metrics-secure=false` serves
everybody by plain HTTP ([monitoring.md](monitoring.md) has what Prometheus needs).

- `controller_runtime_*`, `workqueue_*`, `rest_client_*`, `leader_election_*` and `process_*` have the names, labels and
  buckets of controller-runtime and client-go, so that dashboards made for those work. A controller is called by its kind
  in lower case. All controllers share one pool of workers.
- `labgallery_*` are this operator's own. A `kind` is written as in a manifest.
- Each object is counted by one process, that works on it, and the queue only where there are workers on it: a replica that waits
  for the Lease shows zeros, and no shard the objects of another. Sums over all pods are true.
- A family without a series is left out: leadership where nobody is elected, errors that have not happened.

**How many series there are** does not depend on the number of objects, with one exception that a flag decides:
`--metrics-per-object` gives a series of its own to every object that is not Ready (`NotReady`, the default), to all
(`All`), or to none (`None`). They are written while a scrape is answered, from what the operator knows anyway, and cost
nothing in between. The column Series says what bounds each family.

| Metric | Type | Labels | Series | Meaning |
|---|---|---|---|---|
)";

constexpr const char* kHealth = R"(
## Health

`--health-probe-bind-address` (default `:8081`, `0` with `--kube-endpoint`) serves what kubelet asks for, as kube-apiserver
does: `?verbose` lists the checks, `?exclude=NAME` leaves one out, `/readyz/NAME` asks for one. A failure is 503.

| Path | Check | Fails when |
|---|---|---|
| `/readyz` | `caches` | the first list of a kind has not been read yet; it names the kinds |
| `/readyz` | `shutdown` | a stop was asked for |
| `/livez`, `/healthz` | `workers` | there was work, and no worker began or ended a reconcile for 30 minutes |
| `/livez`, `/healthz` | `watches` | following a kind made no step for 30 minutes, backoffs left out |

Neither depends on Azure, and liveness does not depend on the API server: each wait for a server ends by itself much
sooner. Time counts only while somebody asks, at most a minute each time, so that a process that was stopped is not taken
for one that hangs.
)";

std::string TypeText(telemetry::FamilyType type) {
  switch (type) {
    case telemetry::FamilyType::kCounter:
      return "counter";
    case telemetry::FamilyType::kGauge:
      return "gauge";
    case telemetry::FamilyType::kHistogram:
      return "histogram";
  }
  return "";
}

std::string Code(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back("`" + word + "`");
  return Join(quoted, ", ");
}

// A page shows "<error>" as text.
std::string Escaped(const std::string& text) { return Join(Split(text, '<'), "&lt;"); }

std::string Row(const telemetry::FamilyDescription& family) {
  return "| `" + family.names.name + "` | " + TypeText(family.type) + " | " +
         Code(family.names.labels) + " | " + family.names.bound + " | " +
         Escaped(family.names.help) + " |\n";
}

std::string Buckets(const telemetry::FamilyDescription& family) {
  std::ostringstream text;
  text << "- `" << family.names.name << "`:";
  for (const double bound : family.bounds) text << " " << bound;
  text << "\n";
  return text.str();
}

http::Reply Silent(const http::Request&) { return http::Response{.status = 503}; }

/// A controller that was put together and never started.
class MetricsDocument : public testing::Test {
 protected:
  MetricsDocument() {
    reconcile::OperatorOptions options;
    metrics_.Hook(options);
    assembly_.emplace(cli::Outside{.clock = clock_,
                                   .random = random_,
                                   .kube = {transport_, transport_, transport_, "http://api"},
                                   .azure_transport = transport_,
                                   .azure = access_,
                                   .log = log_,
                                   .observers = metrics_.request_observers()},
                      std::move(options));
    metrics_.Follow(*assembly_, reconcile::PerObject::kAll);
  }

  LeapingClock clock_{SystemTime{}};
  SeededRandom random_{1};
  http::InProcessTransport transport_{Silent};
  telemetry::Logger log_{clock_, {.level = telemetry::LogLevel::kError}};
  cli::AzureAccess access_ =
      *cli::ChooseAzureAccess({.endpoint = "http://127.0.0.1:1"}, cli::Naming::kCluster);
  cli::OperatorMetrics metrics_{"http://api"};
  std::optional<cli::OperatorAssembly> assembly_;
};

TEST_F(MetricsDocument, ListsEveryFamilyWithWhatBoundsIt) {
  std::string text = kIntroduction;
  std::string buckets = "\n## Buckets\n\n";
  for (const telemetry::FamilyDescription& family : metrics_.registry().Describe()) {
    text += Row(family);
    if (!family.bounds.empty()) buckets += Buckets(family);
  }
  ExpectFile("docs/metrics.md", text + buckets + kHealth);
}

TEST_F(MetricsDocument, LeavesNoFamilyWithoutABoundOrAMeaning) {
  for (const telemetry::FamilyDescription& family : metrics_.registry().Describe()) {
    EXPECT_FALSE(family.names.bound.empty()) << family.names.name;
    EXPECT_GT(family.names.help.size(), 5U) << family.names.name;
  }
}

}  // namespace
}  // namespace labgallery::golden
