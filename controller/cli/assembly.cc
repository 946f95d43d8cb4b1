#include "controller/cli/assembly.h"

#include <utility>

#include "controller/cli/manifest_files.h"
#include "controller/domain/lab_account/service.h"
#include "src/azure/client/cached_tokens.h"
#include "src/azure/client/credential.h"
#include "src/json/parse.h"

namespace labgallery::cli {
namespace {

// A renewal that is not answered by then is tried again: there is time for two more.
constexpr std::chrono::milliseconds kLeaseTimeout{2500};
// A Lease that is held changes every two seconds, so that a longer silence is a dead connection.
constexpr std::chrono::milliseconds kLeaseSilence{12000};

constexpr const char* kUserAgent = "labgallery/" LABGALLERY_VERSION;

azure::ClientOptions AzureOptionsFor(const Outside& outside, runtime::Gate& gate) {
  azure::ClientOptions options;
  options.endpoint = outside.azure.endpoint;
  options.audience = outside.azure.audience;
  options.observer = outside.observers.to_azure;
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

azure::PacingOptions PacingOptionsFor(const Outside& outside) {
  azure::PacingOptions options = reconcile::ComputePacing();
  options.on_waited = outside.observers.paced;
  return options;
}

kube::ClientOptions LeaseClientOptionsFor(const Outside& outside) {
  kube::ClientOptions options = ClientOptionsFor(outside.kube);
  options.on_request = outside.observers.to_kube;
  options.request_timeout = kLeaseTimeout;
  options.watch_silence = kLeaseSilence;
  return options;
}

// The list of prices is public and read without the Lease: nothing depends on it.
reconcile::OperatorOptions Completed(reconcile::OperatorOptions options, const Outside& outside,
                                     const std::optional<runtime::LeaseOptions>& lease) {
  if (lease) options.lease = lease->key;
  if (!options.prices) {
    options.price_list.transport = &outside.azure_transport;
    options.price_list.origin = outside.azure.prices;
  }
  return options;
}

kube::ClientOptions KubeOptionsFor(const Outside& outside, runtime::Gate& gate) {
  kube::ClientOptions options = LimitedClientOptionsFor(outside.kube);
  options.on_request = outside.observers.to_kube;
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

OperatorAssembly::OperatorAssembly(const Outside& outside, reconcile::OperatorOptions options,
                                   std::optional<runtime::LeaseOptions> lease)
    : outside_(outside),
      gate_(outside.clock),
      azure_transport_(outside.azure_transport, gate_.cut()),
      kube_transport_(outside.kube.transport, gate_.cut()),
      pacer_(outside.clock, PacingOptionsFor(outside)),
      azure_(azure_transport_, outside.clock, outside.random, *outside.azure.tokens, pacer_,
             AzureOptionsFor(outside, gate_)),
      directory_(outside.azure.graph.empty()
                     ? std::nullopt
                     : std::optional<azure::GraphDirectory>(
                           std::in_place, azure_transport_, outside.clock, outside.random,
                           *outside.azure.tokens,
                           azure::DirectoryOptions{.endpoint = outside.azure.graph,
                                                   .user_agent = kUserAgent})),
      kube_(kube_transport_, outside.kube.watch_transport, outside.clock,
            KubeOptionsFor(outside, gate_)),
      observer_(options.runtime.observer),
      operator_({.clock = outside.clock,
                 .random = outside.random,
                 .azure = azure_,
                 .kube = kube_,
                 .directory = directory_ ? &*directory_ : nullptr,
                 .as_others = PartyMaker(outside),
                 .gate = gate_,
                 .log = outside.log},
                Completed(std::move(options), outside, lease)) {
  if (!lease) return;
  gate_.AwaitTerm();
  lease_client_.emplace(outside.kube.lease_transport, outside.kube.lease_transport, outside.clock,
                        LeaseClientOptionsFor(outside));
  elector_.emplace(
      runtime::Elector::Parts{*lease_client_, outside.clock, outside.random, gate_, observer_},
      *std::move(lease), ElectionHooks(outside.log));
}

// Whoever logs in with a Secret has tokens, a pace and a directory of his own, and the same gate.
reconcile::MakeParty OperatorAssembly::PartyMaker(const Outside& outside) {
  if (!outside.azure.logins) return {};
  return [this, &outside = outside_](
             const reconcile::SecretCredential& credential) -> Result<reconcile::AzureParty> {
    const AzureAccess& access = outside.azure;
    azure::CredentialSettings settings = credential.settings;
    settings.federated_file = access.machine.federated_file;
    settings.metadata_host = access.machine.metadata_host;
    reconcile::AzureParty party;
    LAB_ASSIGN_OR_RETURN(party.tokens, azure::MakeCachedTokens(credential.kind, settings,
                                                               *access.logins, credential.secret));
    party.pacer = std::make_unique<azure::Pacer>(outside.clock, PacingOptionsFor(outside));
    party.client = std::make_unique<azure::Client>(azure_transport_, outside.clock, outside.random,
                                                   *party.tokens, *party.pacer,
                                                   AzureOptionsFor(outside, gate_));
    if (!access.cloud_graph.empty()) {
      party.directory = std::make_unique<azure::GraphDirectory>(
          azure_transport_, outside.clock, outside.random, *party.tokens,
          azure::DirectoryOptions{.endpoint = access.cloud_graph, .user_agent = kUserAgent});
    }
    return party;
  };
}

runtime::Elector::Hooks OperatorAssembly::ElectionHooks(const telemetry::Logger& log) {
  return {.on_leading =
              [this, &log] {
                log.Info("Leads from now on");
                operator_.Lead();
              },
          .on_lost =
              [this, &log](const std::string& why) {
                log.Error("Lost the lead", {{"why", why}});
                lost_.request_stop();
              },
          .on_other_leader =
              [&log](const std::string& holder) {
                log.Info("Another process leads", {{"holder", holder}});
              },
          .on_trouble =
              [&log](std::string_view what, const Error& error) {
                log.Warning("Election met trouble", {{"what", what}, {"error", error}});
              }};
}

void OperatorAssembly::Start() {
  operator_.Start();
  if (elector_) elector_->Start();
}

void OperatorAssembly::Stop(Duration grace) {
  operator_.Stop(grace);
  if (elector_) elector_->Stop();
}

Result<reconcile::OperatorOptions> OperatorOptionsFrom(const OperatorFlags& flags,
                                                       const std::string& installation) {
  reconcile::OperatorOptions options;
  options.settings.installation = installation;
  options.settings.default_deletion = flags.default_deletion;
  options.settings.default_adoption = flags.default_adoption;
  options.settings.require_allowed_scopes = flags.require_allowed_scopes;
  options.settings.register_providers = flags.register_providers;
  options.settings.sync_period = flags.sync_period;
  options.settings.role_settle = flags.role_settle;
  options.shared.bulk_period = flags.sync_period;
  if (!flags.lab_services_principal_id.empty()) {
    options.shared.principal_ids.emplace(domain::lab_account::kLabAccounts.application,
                                         flags.lab_services_principal_id);
  }
  if (!flags.lab_plans_principal_id.empty()) {
    options.shared.principal_ids.emplace(domain::lab_account::kLabPlans.application,
                                         flags.lab_plans_principal_id);
  }
  options.price_list.currency = flags.currency;
  if (!flags.prices_file.empty()) {
    LAB_ASSIGN_OR_RETURN(options.prices, ReadPrices(flags.prices_file));
  }
  return options;
}

}  // namespace labgallery::cli
