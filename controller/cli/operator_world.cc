#include "controller/cli/operator_world.h"

#include <utility>

namespace labgallery::cli {

Result<std::unique_ptr<OperatorWorld>> OperatorWorld::Make(const Parts& parts,
                                                           const OperatorFlags& flags,
                                                           const telemetry::LogOptions& log) {
  LAB_ASSIGN_OR_RETURN(auto kube, EmbeddedKube::Start(parts.clock, parts.random, parts.store));
  std::unique_ptr<OperatorWorld> world(new OperatorWorld(parts, log, std::move(kube)));
  LAB_RETURN_IF_ERROR(world->Assemble(parts, flags));
  return world;
}

OperatorWorld::OperatorWorld(const Parts& parts, const telemetry::LogOptions& log,
                             std::unique_ptr<EmbeddedKube> kube)
    : log_(parts.clock, log, parts.log),
      bell_(parts.clock),
      kube_(std::move(kube)),
      client_(kube_->access().transport, kube_->access().watch_transport, parts.clock,
              {.origin = kEmbeddedKube}) {}

Status OperatorWorld::Assemble(const Parts& parts, const OperatorFlags& flags) {
  LAB_ASSIGN_OR_RETURN(reconcile::OperatorOptions settings,
                       OperatorOptionsFrom(flags, parts.azure.installation));
  settings.progress_period = parts.progress_period;
  settings.on_pass = [this](const reconcile::PassReport& report) {
    passes_.Note(report);
    bell_.Ring();
  };
  settings.runtime.observer.on_watch_trouble = [this](runtime::TypeIndex, std::string_view what,
                                                      const Error* error) {
    log_.Warning("Watch met trouble",
                 {{"what", what}, {"error", error == nullptr ? "" : error->ToString()}});
  };
  assembly_ = std::make_unique<OperatorAssembly>(Outside{.clock = parts.clock,
                                                         .random = parts.random,
                                                         .kube = kube_->access(),
                                                         .azure_transport = parts.azure_transport,
                                                         .azure = parts.azure,
                                                         .log = log_},
                                                 std::move(settings));
  objects_ = std::make_unique<FollowedObjects>(
      FollowedObjects::Parts{client_, parts.clock, parts.random}, [this] { bell_.Ring(); });
  return Ok();
}

void OperatorWorld::Start() {
  objects_->Start();
  assembly_->op().Start();
}

void OperatorWorld::Stop() {
  if (assembly_) assembly_->op().Stop();
  if (objects_) objects_->Stop();
}

}  // namespace labgallery::cli
