// Managed images, disks, snapshots and virtual machines: kept as they are sent, ready at once. Only
// what an image version asks of its source is known about them.
#include "src/azure_simulator/body_rules.h"
#include "src/azure_simulator/render.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/azure_simulator/writes.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {

Answer PutSource(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  const Resource* existing = world.resources.Find(path.id);
  LAB_ASSIGN_OR_RETURN(json::Value document,
                       PutDocument(world, call, *FindType(path.type), existing));
  Write write{.resource = existing == nullptr ? Resource{} : *existing,
              .creates = existing == nullptr};
  if (existing == nullptr) write.resource.id = CanonicalId(world, path);
  write.resource.type = path.type;
  write.resource.location = LocationOf(document);
  SetDocument(write.resource, document);
  http::Response response = Accept(world, call, std::move(write));
  // Disks and snapshots know no 201 (Azure/azure-rest-api-specs DiskRP.json); azure-mgmt-compute
  // takes it for an error.
  const bool disk = path.type.ends_with("/disks") || path.type.ends_with("/snapshots");
  if (disk && response.status == 201) response.status = 200;
  return response;
}

Answer GetSource(World& world, const Call& call) { return GetResource(world, call); }

Answer DeleteSource(World& world, const Call& call) {
  LAB_ASSIGN_OR_RETURN(const ResourcePath path, PathOf(call));
  Resource* resource = world.resources.Find(path.id);
  if (resource == nullptr) return Empty(204);
  return AcceptDelete(world, call, *resource, {});
}

Answer ListSources(World& world, const Call& call) {
  const std::string type = "microsoft.compute/" + Lower(call.path.substr(call.path.rfind('/') + 1));
  return RenderList(world, call, {DepthOfType(type), call.path + "/", type});
}

Answer GeneralizeMachine(World& world, const Call& call) {
  const std::string id = call.path.substr(0, call.path.rfind('/'));
  Resource* machine = world.resources.Find(id);
  if (machine == nullptr) {
    return ResourceNotFound("Microsoft.Compute/virtualMachines", id.substr(id.rfind('/') + 1));
  }
  world.resources.Touch(*machine);
  machine->generalized = true;
  return Empty(200);
}

}  // namespace labgallery::azure_simulator
