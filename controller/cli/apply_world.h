// What one run of `apply` consists of: the clock, the servers of this process or the way to those
// of others, the operator, and the eyes on it.
#pragma once

#include <memory>
#include <ostream>
#include <stop_token>

#include "controller/cli/assembly.h"
#include "controller/cli/azure_access.h"
#include "controller/cli/bell.h"
#include "controller/cli/command_options.h"
#include "controller/cli/embedded_servers.h"
#include "controller/cli/followed_objects.h"
#include "controller/cli/pass_log.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/http/client/socket_transport.h"
#include "src/kube/client/client.h"
#include "src/state/store.h"

namespace labgallery::cli {

class ApplyWorld {
 public:
  struct Parts {
    Clock& clock;
    Random& random;
    std::ostream& log;
  };
  /// Opens the state and starts the embedded servers; asks an endpoint for its cloud. Nothing is
  /// written but the state file. Blocks for a request where there is an endpoint.
  static Result<std::unique_ptr<ApplyWorld>> Make(const Parts& parts, const ApplyOptions& options,
                                                  const std::stop_token& stop);
  ~ApplyWorld() { Stop(); }

  /// The operator begins to work, and its objects are followed.
  void Start();
  /// Waits for passes that run. The clock must know the calling thread.
  void Stop();

  /// For what the user does, beside what the operator does.
  kube::Client& kube() { return client_; }
  http::HttpTransport& azure_transport() { return azure_ ? azure_->transport() : socket_; }
  const AzureAccess& azure() const { return access_; }
  reconcile::Operator& op() { return assembly_->op(); }
  FollowedObjects& objects() { return *objects_; }
  PassLog& passes() { return passes_; }
  Bell& bell() { return bell_; }

 private:
  ApplyWorld(const Parts& parts, const ApplyOptions& options, AzureAccess access,
             std::unique_ptr<state::Store> store, std::unique_ptr<EmbeddedKube> kube);
  Status Assemble(const Parts& parts, const ApplyOptions& options);

  telemetry::Logger log_;
  Bell bell_;
  PassLog passes_;
  std::unique_ptr<state::Store> store_;  // null: memory only
  std::unique_ptr<EmbeddedKube> kube_;
  std::unique_ptr<EmbeddedAzure> azure_;  // null with an endpoint
  http::SocketTransport socket_;
  AzureAccess access_;
  kube::Client client_;
  std::unique_ptr<OperatorAssembly> assembly_;
  std::unique_ptr<FollowedObjects> objects_;
};

}  // namespace labgallery::cli
