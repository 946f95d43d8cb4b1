#include "controller/cli/assembly.h"

#include <utility>

#include "controller/cli/manifest_files.h"
#include "src/json/parse.h"

namespace labgallery::cli {
namespace {

constexpr const char* kUserAgent = "labgallery/" LABGALLERY_VERSION;

azure::ClientOptions AzureOptionsFor(const AzureAccess& access, runtime::Gate& gate) {
  azure::ClientOptions options;
  options.endpoint = access.endpoint;
  options.audience = access.audience;
  options.user_agent = kUserAgent;
  options.before_write = [&gate](const http::Request&) {
    return gate.MayWrite(runtime::Effect::kUnguarded);
  };
  return options;
}

// PUT and PATCH carry a resourceVersion, or test one.
runtime::Effect EffectOf(const http::Request& to_kube) {
  const bool guarded =
      to_kube.method == http::Method::kPut || to_kube.method == http::Method::kPatch;
  return guarded ? runtime::Effect::kGuarded : runtime::Effect::kUnguarded;
}

kube::ClientOptions KubeOptionsFor(const KubeAccess& access, runtime::Gate& gate) {
  kube::ClientOptions options;
  options.origin = access.origin;
  options.before_write = [&gate](const http::Request& request) {
    return gate.MayWrite(EffectOf(request));
  };
  return options;
}

Result<domain::PriceTable> ReadPrices(const std::string& file) {
  const auto read = [&file]() -> Result<domain::PriceTable> {
    LAB_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file));
    LAB_ASSIGN_OR_RETURN(const json::Value document, json::Parse(text));
    return domain::ReadPriceTable(document);
  };
  auto prices = read();
  if (!prices) return std::move(prices).error().With("--prices " + file);
  return prices;
}

}  // namespace

OperatorAssembly::OperatorAssembly(const Outside& outside, reconcile::OperatorOptions options)
    : gate_(outside.clock),
      pacer_(outside.clock, reconcile::ComputePacing()),
      azure_(outside.azure_transport, outside.clock, outside.random, *outside.azure.tokens, pacer_,
             AzureOptionsFor(outside.azure, gate_)),
      directory_(outside.azure.graph.empty()
                     ? std::nullopt
                     : std::optional<azure::GraphDirectory>(
                           std::in_place, outside.azure_transport, outside.clock, outside.random,
                           *outside.azure.tokens,
                           azure::DirectoryOptions{.endpoint = outside.azure.graph,
                                                   .user_agent = kUserAgent})),
      kube_(outside.kube.transport, outside.kube.watch_transport, outside.clock,
            KubeOptionsFor(outside.kube, gate_)),
      operator_({.clock = outside.clock,
                 .random = outside.random,
                 .azure = azure_,
                 .kube = kube_,
                 .directory = directory_ ? &*directory_ : nullptr,
                 .gate = gate_,
                 .log = outside.log},
                std::move(options)) {}

Result<reconcile::OperatorOptions> OperatorOptionsFrom(const OperatorFlags& flags,
                                                       const std::string& installation) {
  reconcile::OperatorOptions options;
  options.settings.installation = installation;
  options.settings.default_deletion = flags.default_deletion;
  options.settings.default_adoption = flags.default_adoption;
  options.settings.require_allowed_scopes = flags.require_allowed_scopes;
  options.settings.sync_period = flags.sync_period;
  options.settings.role_settle = flags.role_settle;
  options.shared.bulk_period = flags.sync_period;
  if (!flags.lab_services_principal_id.empty())
    options.shared.principal_id = flags.lab_services_principal_id;
  if (!flags.prices_file.empty()) {
    LAB_ASSIGN_OR_RETURN(options.prices, ReadPrices(flags.prices_file));
  }
  return options;
}

}  // namespace labgallery::cli
