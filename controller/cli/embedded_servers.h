// The two servers of the embedded mode in this process, each with a transport to it. They share the
// clock with the operator.
#pragma once

#include <memory>
#include <string_view>

#include "controller/cli/assembly.h"
#include "src/azure_simulator/simulator.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/embedded_kube/server.h"
#include "src/http/model/transport.h"
#include "src/state/store.h"

namespace labgallery::cli {

inline constexpr const char* kEmbeddedAzure = "http://azure.embedded";
inline constexpr const char* kEmbeddedKube = "http://kubernetes.embedded";

/// The CRDs that an embedded Kubernetes API starts with.
std::vector<json::Value> EmbeddedCrds();

class EmbeddedKube {
 public:
  /// `store` may be null: then nothing outlives it.
  static Result<std::unique_ptr<EmbeddedKube>> Start(Clock& clock, Random& random,
                                                     state::Store* store);

  KubeAccess access() { return {transport_, transport_, transport_, kEmbeddedKube}; }
  http::Handler Handler() {
    return [this](const http::Request& request) { return server_->Handle(request); };
  }

 private:
  explicit EmbeddedKube(std::unique_ptr<embedded_kube::Server> server);

  std::unique_ptr<embedded_kube::Server> server_;
  http::InProcessTransport transport_;
};

class EmbeddedAzure {
 public:
  static Result<std::unique_ptr<EmbeddedAzure>> Start(Clock& clock, Random& random,
                                                      state::Store* store);

  http::HttpTransport& transport() { return transport_; }

 private:
  explicit EmbeddedAzure(std::unique_ptr<azure_simulator::Simulator> simulator);

  std::unique_ptr<azure_simulator::Simulator> simulator_;
  http::InProcessTransport transport_;
};

}  // namespace labgallery::cli
