// What happens when time has passed: operations end, deleted things vanish, ended operations are
// forgotten.
#include <algorithm>

#include "src/azure_simulator/lab_accounts.h"
#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/saved_images.h"
#include "src/azure_simulator/writes.h"

namespace labgallery::azure_simulator {
namespace {

using Event = Operations::Event;

void End(World& world, Operation& operation, Operation::Status status) {
  operation.status = status;
  operation.ended = world.now;
  world.operations.Touch(operation);
  world.operations.Schedule(world.now + world.settings.operation_kept,
                            Event::Kind::kForgetOperation, operation.id);
}

/// Lab Services tells in the resource itself why its last operation failed; often there is no other
/// place.
void TellFailure(Resource& resource, const ArmError& error) {
  json::Value document = Document(resource);
  json::Value* properties = document.Find("properties");
  if (properties == nullptr || !resource.type.starts_with("microsoft.labservices/")) return;
  properties->Set("latestOperationResult",
                  json::Value::Object{{"status", json::Value("Failed")},
                                      {"errorCode", json::Value(error.code)},
                                      {"errorMessage", json::Value(error.message)}});
  SetDocument(resource, document);
}

void FinishDelete(World& world, Resource& resource, Operation& operation) {
  if (!operation.fate) return End(world, operation, Operation::Status::kSucceeded);
  world.resources.Touch(resource);
  resource.state = "Failed";
  resource.operation.clear();
  TellFailure(resource, *operation.fate);
  End(world, operation, Operation::Status::kFailed);
}

/// A resource whose delete has ended is gone, its parent sees it for a while yet.
void Vanish(World& world, const std::string& id) {
  const Resource* resource = world.resources.Find(id);
  if (resource == nullptr || resource->state != "Deleting") return;
  const auto path = ParseResourcePath(id);
  const Duration lag = Between(world, world.settings.child_lag_min, world.settings.child_lag_max);
  if (path && lag > Duration::zero()) {
    world.ghosts[path->parent].push_back({resource->id, world.now + lag});
  }
  for (const std::string& below : world.resources.Below(id)) world.resources.Erase(below);
  for (const std::string& below : world.role_assignments.Below(id)) {
    world.role_assignments.Erase(below);
  }
  world.resources.Erase(id);
}

void Take(World& world, const Event& event) {
  switch (event.kind) {
    case Event::Kind::kOperationDue:
      if (Operation* operation = world.operations.Find(event.subject)) Finish(world, *operation);
      return;
    case Event::Kind::kGone:
      return Vanish(world, event.subject);
    case Event::Kind::kForgetOperation:
      return world.operations.Forget(event.subject);
  }
}

}  // namespace

void Finish(World& world, Operation& operation) {
  // Its end may have moved since this event was made; another one stands for the new end.
  if (operation.ended || operation.due > world.now) return;
  Resource* resource = world.resources.Find(operation.resource);
  if (resource == nullptr) return End(world, operation, Operation::Status::kSucceeded);
  if (operation.verb == Operation::Verb::kDelete) return FinishDelete(world, *resource, operation);
  if (!operation.fate) operation.fate = FailureOf(resource->replicas, world.now);
  world.resources.Touch(*resource);
  resource->operation.clear();
  resource->state = operation.fate ? "Failed" : "Succeeded";
  if (operation.fate) TellFailure(*resource, *operation.fate);
  End(world, operation,
      operation.fate ? Operation::Status::kFailed : Operation::Status::kSucceeded);
  if (resource->type == "microsoft.labservices/labaccounts/sharedgalleries" && !operation.fate) {
    GrantRoleAfterAttach(world, *resource);
  }
}

void Advance(World& world) {
  const SystemTime now = world.now;
  FinishSaves(world);
  while (const auto event = world.operations.TakeDue(now)) {
    // Everything happens at its own instant, however late the next request comes.
    world.now = std::min(now, event->due);
    world.resources.SetNow(world.now);
    Take(world, *event);
  }
  world.now = now;
  world.resources.SetNow(now);
}

}  // namespace labgallery::azure_simulator
