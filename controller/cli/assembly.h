// The operator put together from what it talks to: clients, gate, pacer, reconcilers. The commands,
// the component tests and the benches make one of these; which servers are behind the transports is
// theirs to choose.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "controller/cli/azure_access.h"
#include "controller/cli/bound_transport.h"
#include "controller/cli/command_options.h"
#include "controller/cli/kube_access.h"
#include "controller/reconcile/operator.h"
#include "src/azure/client/client.h"
#include "src/azure/client/graph_directory.h"
#include "src/azure/client/pacer.h"
#include "src/http/model/transport.h"
#include "src/kube/client/client.h"
#include "src/runtime/elector.h"
#include "src/runtime/gate.h"

namespace labgallery::cli {

/// Who is told of every request; each may be empty.
struct RequestObservers {
  std::function<void(const kube::Exchange&)> to_kube{};
  std::function<void(const azure::Exchange&)> to_azure{};
  std::function<void(const azure::RateUse&, Duration waited)> paced{};
};

/// Everything that the operator does not own; outlives it.
struct Outside {
  Clock& clock;
  Random& random;
  KubeAccess kube;
  http::HttpTransport& azure_transport;
  const AzureAccess& azure;
  const telemetry::Logger& log;
  RequestObservers observers{};
};

/// Start and Stop are for one thread, which the clock must know.
class OperatorAssembly {
 public:
  /// With a `lease` it works only while it holds that one.
  OperatorAssembly(const Outside& outside, reconcile::OperatorOptions options,
                   std::optional<runtime::LeaseOptions> lease = std::nullopt);

  void Start();
  /// Running passes are awaited, and asked to stop after `grace`; then the Lease is released.
  void Stop(Duration grace = std::chrono::seconds(30));
  /// Requested when the Lease was lost: nothing is done any more, and only Stop is left to call.
  std::stop_token lost() const { return lost_.get_token(); }

  reconcile::Operator& op() { return operator_; }
  runtime::Gate& gate() { return gate_; }
  azure::Client& azure() { return azure_; }
  azure::Pacer& pacer() { return pacer_; }

 private:
  runtime::Elector::Hooks ElectionHooks(const telemetry::Logger& log);
  reconcile::MakeParty PartyMaker(const Outside& outside);

  const Outside outside_;
  std::stop_source lost_;
  runtime::Gate gate_;
  BoundTransport azure_transport_;
  BoundTransport kube_transport_;
  azure::Pacer pacer_;
  azure::Client azure_;
  std::optional<azure::GraphDirectory> directory_;
  kube::Client kube_;
  const runtime::Observer observer_;
  reconcile::Operator operator_;
  std::optional<kube::Client> lease_client_;
  std::optional<runtime::Elector> elector_;
};

/// The operator's options as the flags say. kInvalidInput if the price file cannot be read.
Result<reconcile::OperatorOptions> OperatorOptionsFrom(const OperatorFlags& flags,
                                                       const std::string& installation);

}  // namespace labgallery::cli
