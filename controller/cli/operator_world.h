// An embedded Kubernetes API with the operator at work on it, and the eyes on both: what `apply`
// writes objects to and waits for.
#pragma once

#include <memory>
#include <ostream>

#include "controller/cli/assembly.h"
#include "controller/cli/bell.h"
#include "controller/cli/command_options.h"
#include "controller/cli/embedded_servers.h"
#include "controller/cli/followed_objects.h"
#include "controller/cli/pass_log.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/kube/client/client.h"
#include "src/state/store.h"

namespace labgallery::cli {

class OperatorWorld {
 public:
  /// All of it outlives the world.
  struct Parts {
    Clock& clock;
    Random& random;
    std::ostream& log;
    http::HttpTransport& azure_transport;
    const AzureAccess& azure;
    state::Store* store = nullptr;  // of the objects; null: memory only
    Duration progress_period = domain::kProgressPeriod;
  };
  static Result<std::unique_ptr<OperatorWorld>> Make(const Parts& parts, const OperatorFlags& flags,
                                                     const telemetry::LogOptions& log);
  ~OperatorWorld() { Stop(); }

  /// The operator begins to work, and its objects are followed.
  void Start();
  /// Waits for passes that run. The clock must know the calling thread.
  void Stop();

  /// For what the user does, beside what the operator does.
  kube::Client& kube() { return client_; }
  reconcile::Operator& op() { return assembly_->op(); }
  FollowedObjects& objects() { return *objects_; }
  PassLog& passes() { return passes_; }
  Bell& bell() { return bell_; }

 private:
  OperatorWorld(const Parts& parts, const telemetry::LogOptions& log,
                std::unique_ptr<EmbeddedKube> kube);
  Status Assemble(const Parts& parts, const OperatorFlags& flags);

  telemetry::Logger log_;
  Bell bell_;
  PassLog passes_;
  std::unique_ptr<EmbeddedKube> kube_;
  kube::Client client_;
  std::unique_ptr<OperatorAssembly> assembly_;
  std::unique_ptr<FollowedObjects> objects_;
};

}  // namespace labgallery::cli
