// All that a controller counts, in one registry: which module counts what, and how it gets to know.
// docs/metrics.md is made from what is declared here.
#pragma once

#include <string>

#include "controller/cli/assembly.h"
#include "controller/reconcile/object_metrics.h"
#include "controller/reconcile/operator.h"
#include "controller/reconcile/pass_metrics.h"
#include "src/azure/client/credential_metrics.h"
#include "src/azure/client/request_metrics.h"
#include "src/kube/client/request_metrics.h"
#include "src/runtime/runtime_metrics.h"
#include "src/telemetry/metrics.h"

namespace labgallery::cli {

/// Outlives the operator that it counts.
class OperatorMetrics {
 public:
  /// `kube_origin` is the API server's: its host is a label.
  explicit OperatorMetrics(const std::string& kube_origin);

  /// Before the operator is made: completes its options, and gives what is to become of its
  /// requests.
  void Hook(reconcile::OperatorOptions& options);
  RequestObservers request_observers();
  azure::FollowLogins follow_logins();
  /// Before it is started. The registry must not be serialised any more when it has gone.
  void Follow(OperatorAssembly& assembly, reconcile::PerObject per_object);

  const telemetry::Metrics& registry() const { return registry_; }

 private:
  telemetry::Metrics registry_;
  runtime::RuntimeMetrics runtime_;
  kube::RequestMetrics kube_;
  azure::RequestMetrics azure_;
  azure::CredentialMetrics credentials_;
  reconcile::PassMetrics passes_;
};

}  // namespace labgallery::cli
