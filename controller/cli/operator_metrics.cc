#include "controller/cli/operator_metrics.h"

#include <utility>

#include "controller/endpoints/process_metrics.h"

namespace labgallery::cli {

OperatorMetrics::OperatorMetrics(const std::string& kube_origin)
    : runtime_(registry_),
      kube_(registry_, kube_origin),
      azure_(registry_),
      credentials_(registry_),
      passes_(registry_) {
  endpoints::AddProcessMetrics(registry_, LABGALLERY_VERSION);
}

void OperatorMetrics::Hook(reconcile::OperatorOptions& options) {
  runtime_.Hook(options.runtime);
  options.on_pass = [this, next = std::move(options.on_pass)](const reconcile::PassReport& report) {
    passes_.Note(report);
    if (next) next(report);
  };
}

RequestObservers OperatorMetrics::request_observers() {
  return {.to_kube = [this](const kube::Exchange& exchange) { kube_.Note(exchange); },
          .to_azure = [this](const azure::Exchange& exchange) { azure_.Note(exchange); },
          .paced = [this](const azure::RateUse& use,
                          Duration waited) { azure_.NoteWait(use, waited); }};
}

azure::FollowLogins OperatorMetrics::follow_logins() {
  return [this](azure::CredentialKind kind, const std::string& secret) {
    return credentials_.Follow(kind, secret);
  };
}

void OperatorMetrics::Follow(OperatorAssembly& assembly, reconcile::PerObject per_object) {
  runtime_.Follow(assembly.op().runtime());
  azure_.Follow([&assembly](const azure::RequestMetrics::ShowPacer& show) {
    show("", assembly.pacer());
    assembly.op().sessions().ForEachPacer(show);
  });
  const reconcile::Operator& op = assembly.op();
  reconcile::AddObjectMetrics(
      registry_, op.runtime().store(),
      [&op](const std::string& name_space) { return op.Handles(name_space); }, per_object);
  reconcile::AddOrphanMetrics(registry_, assembly.op().orphans());
}

}  // namespace labgallery::cli
