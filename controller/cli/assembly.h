// The operator put together from what it talks to: clients, gate, pacer, reconcilers. The commands,
// the component tests and the benches make one of these; which servers are behind the transports is
// theirs to choose.
#pragma once

#include <optional>

#include "controller/cli/azure_access.h"
#include "controller/cli/command_options.h"
#include "controller/reconcile/operator.h"
#include "src/azure/client/client.h"
#include "src/azure/client/graph_directory.h"
#include "src/azure/client/pacer.h"
#include "src/http/model/transport.h"
#include "src/kube/client/client.h"
#include "src/runtime/gate.h"

namespace labgallery::cli {

/// A Kubernetes API and the ways to it; one may be used for both.
struct KubeAccess {
  http::HttpTransport& transport;
  http::HttpTransport& watch_transport;
  std::string origin;
};

/// Everything that the operator does not own; outlives it.
struct Outside {
  Clock& clock;
  Random& random;
  KubeAccess kube;
  http::HttpTransport& azure_transport;
  const AzureAccess& azure;
  const telemetry::Logger& log;
};

class OperatorAssembly {
 public:
  OperatorAssembly(const Outside& outside, reconcile::OperatorOptions options);

  reconcile::Operator& op() { return operator_; }
  runtime::Gate& gate() { return gate_; }
  azure::Client& azure() { return azure_; }

 private:
  runtime::Gate gate_;
  azure::Pacer pacer_;
  azure::Client azure_;
  std::optional<azure::GraphDirectory> directory_;
  kube::Client kube_;
  reconcile::Operator operator_;
};

/// The operator's options as the flags say. kInvalidInput if the price file cannot be read.
Result<reconcile::OperatorOptions> OperatorOptionsFrom(const OperatorFlags& flags,
                                                       const std::string& installation);

}  // namespace labgallery::cli
