#include "controller/cli/apply_world.h"

#include <utility>

namespace labgallery::cli {
namespace {

Result<AzureAccess> AccessFor(const AzureOptions& options) {
  if (options.endpoint.empty()) return EmbeddedAzureAccess(kEmbeddedAzure, options);
  LAB_ASSIGN_OR_RETURN(AzureAccess access, ChooseAzureAccess(options));
  if (access.installation.empty()) access.installation = kStandalone;
  return access;
}

}  // namespace

Result<std::unique_ptr<ApplyWorld>> ApplyWorld::Make(const Parts& parts,
                                                     const ApplyOptions& options,
                                                     const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(AzureAccess access, AccessFor(options.azure));
  std::unique_ptr<state::Store> store;
  if (!options.kube_state.empty()) {
    LAB_ASSIGN_OR_RETURN(state::Store opened, state::Store::Open(options.kube_state));
    store = std::make_unique<state::Store>(std::move(opened));
  }
  LAB_ASSIGN_OR_RETURN(auto kube, EmbeddedKube::Start(parts.clock, parts.random, store.get()));
  std::unique_ptr<ApplyWorld> world(
      new ApplyWorld(parts, options, std::move(access), std::move(store), std::move(kube)));
  if (options.embedded()) {
    // Objects that outlive the process need a cloud that does: what was made stays made.
    LAB_ASSIGN_OR_RETURN(world->azure_,
                         EmbeddedAzure::Start(parts.clock, parts.random, world->store_.get()));
  }
  LAB_RETURN_IF_ERROR(
      LearnCloud(world->access_, world->azure_transport(), parts.clock.Now(), stop));
  LAB_RETURN_IF_ERROR(world->Assemble(parts, options));
  return world;
}

ApplyWorld::ApplyWorld(const Parts& parts, const ApplyOptions& options, AzureAccess access,
                       std::unique_ptr<state::Store> store, std::unique_ptr<EmbeddedKube> kube)
    : log_(parts.clock, options.log, parts.log),
      bell_(parts.clock),
      store_(std::move(store)),
      kube_(std::move(kube)),
      access_(std::move(access)),
      client_(kube_->access().transport, kube_->access().watch_transport, parts.clock,
              {.origin = kEmbeddedKube}) {}

Status ApplyWorld::Assemble(const Parts& parts, const ApplyOptions& options) {
  LAB_ASSIGN_OR_RETURN(reconcile::OperatorOptions settings,
                       OperatorOptionsFrom(options.flags, access_.installation));
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
                                                         .azure_transport = azure_transport(),
                                                         .azure = access_,
                                                         .log = log_},
                                                 std::move(settings));
  objects_ = std::make_unique<FollowedObjects>(
      FollowedObjects::Parts{client_, parts.clock, parts.random}, [this] { bell_.Ring(); });
  return Ok();
}

void ApplyWorld::Start() {
  objects_->Start();
  assembly_->op().Start();
}

void ApplyWorld::Stop() {
  if (assembly_) assembly_->op().Stop();
  if (objects_) objects_->Stop();
}

}  // namespace labgallery::cli
