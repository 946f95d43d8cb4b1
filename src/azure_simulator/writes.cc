#include "src/azure_simulator/writes.h"

#include <algorithm>
#include <utility>

#include "src/azure_simulator/render.h"
#include "src/azure_simulator/replication.h"
#include "src/azure_simulator/resource_types.h"
#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

using Verb = Operation::Verb;

std::string UrlPath(const Resource& resource, const ResourceType& type, const std::string& id) {
  const auto path = ParseResourcePath(resource.id);
  const std::string subscription = "/subscriptions/" + (path ? path->subscription : std::string());
  if (type.type == "microsoft.resources/resourcegroups") {
    return subscription + "/operationresults/" + id;
  }
  if (type.operations == "operationResults") {
    return subscription + "/providers/" + std::string(ProviderOf(type)) + "/operationResults/" + id;
  }
  return subscription + "/providers/" + std::string(ProviderOf(type)) + "/locations/" +
         resource.location + "/" + std::string(type.operations) + "/" + id;
}

void DecideFate(const Call& call, Operation& operation) {
  if (!call.fault || call.fault->action != Fault::Action::kFailOperation) return;
  operation.fate = ArmError{
      .status = 200, .code = call.fault->code, .message = call.fault->message, .target = {}};
}

Operation& Start(World& world, const Call& call, Resource& resource, Verb verb) {
  const ResourceType& type = *FindType(resource.type);
  Operation operation{.id = world.random.Uuid(),
                      .resource = resource.id,
                      .verb = verb,
                      .style = StyleOf(world.settings, type),
                      .started = world.now,
                      .due = world.now,
                      .ended = {},
                      .fate = {},
                      .url_path = {},
                      .api_version = call.api_version};
  // Removing a resource group takes time whatever its other writes do.
  if (type.type == "microsoft.resources/resourcegroups" && verb == Verb::kDelete) {
    operation.style = OperationStyle::kLocation;
  }
  operation.url_path = UrlPath(resource, type, operation.id);
  DecideFate(call, operation);
  resource.operation = operation.id;
  return world.operations.Add(std::move(operation));
}

void AddOperationHeaders(const World& world, const Call& call, const Operation& operation,
                         http::Response& response) {
  const std::string url = call.base_url + operation.url_path + "?" + OperationQuery(operation);
  const bool azure_async = operation.style == OperationStyle::kAzureAsyncOperation;
  if (azure_async) {
    response.headers.Set("Azure-AsyncOperation", url);
    response.headers.Set("azure-asyncnotification", "Enabled");
  }
  if (operation.style == OperationStyle::kLocation) {
    response.headers.Set("Location", url);
    SetRetryAfter(world, world.settings.location_poll, response.headers);
  } else if (operation.verb == Verb::kDelete && operation.style != OperationStyle::kSynchronous) {
    // ARM's contract: a 202 has a Location. azure-mgmt-labservices fails without one.
    response.headers.Set("Location", url + "&monitor=true");
  }
  if (operation.slow) SetRetryAfter(world, world.settings.slow_poll, response.headers);
}

SystemTime Later(SystemTime instant, Duration by) {
  return instant > SystemTime::max() - by ? SystemTime::max() : instant + by;
}

void SetDue(World& world, Operation& operation, SystemTime due) {
  operation.due = due;
  world.operations.Touch(operation);
  if (due != SystemTime::max()) {
    world.operations.Schedule(due, Operations::Event::Kind::kOperationDue, operation.id);
  }
}

}  // namespace

Check NotBusy(const World& world, const Resource& resource) {
  const bool deleting = resource.state == "Deleting";
  if (resource.operation.empty() || (world.settings.write_while_busy_accepted && !deleting))
    return {};
  return ArmError{.status = 409,
                  .code = "Conflict",
                  .message = "Another operation is in progress on '" + resource.id + "'.",
                  .target = {}};
}

http::Response Accept(World& world, const Call& call, Write write) {
  if (const Resource* present = world.resources.Find(write.resource.id)) {
    world.operations.Forget(present->operation);  // taken over by this write
  }
  const std::string_view updating = write.shows_done ? "Succeeded" : "Updating";
  write.resource.state = write.creates ? "Creating" : updating;
  if (write.creates) write.resource.created = world.now;
  Resource& resource = world.resources.Put(std::move(write.resource));
  Operation& operation =
      Start(world, call, resource, write.creates ? Verb::kCreate : Verb::kUpdate);
  operation.slow = write.slow;
  if (write.at_once) operation.style = OperationStyle::kSynchronous;
  const int status = write.creates ? 201 : 200;
  if (operation.style == OperationStyle::kSynchronous) {
    Finish(world, operation);
    return Json(status, Render(world, resource));
  }
  const SystemTime replicated = EndOf(resource.replicas, world.now);
  SetDue(world, operation, std::max(replicated, Later(world.now, write.takes)));
  const bool by_location = operation.style == OperationStyle::kLocation;
  http::Response response = Json(by_location ? 202 : status, Render(world, resource));
  AddOperationHeaders(world, call, operation, response);
  return response;
}

http::Response AcceptDelete(World& world, const Call& call, Resource& resource,
                            const Removal& removal) {
  world.resources.Touch(resource);
  const bool again = resource.state == "Deleting";
  Operation* running = again ? world.operations.Find(resource.operation) : nullptr;
  if (running == nullptr) {
    world.operations.Forget(resource.operation);
    resource.state = "Deleting";
    running = &Start(world, call, resource, Verb::kDelete);
    running->slow = removal.slow;
    const bool at_once = running->style == OperationStyle::kSynchronous;
    SetDue(world, *running, at_once ? world.now : Later(world.now, removal.takes));
    running->gone = Later(running->due, removal.listed_longer);
    world.operations.Schedule(running->gone, Operations::Event::Kind::kGone, resource.id);
  }
  http::Response response = Empty(202);
  AddOperationHeaders(world, call, *running, response);
  if (running->style == OperationStyle::kSynchronous) {
    Advance(world);
    response.status = 200;
  }
  return response;
}

void Reschedule(World& world, const Resource& version) {
  Operation* operation = world.operations.Find(version.operation);
  if (operation == nullptr || operation->verb == Verb::kDelete) return;
  SetDue(world, *operation, EndOf(version.replicas, world.now));
}

}  // namespace labgallery::azure_simulator
