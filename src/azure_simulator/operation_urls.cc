// Polling: Azure-AsyncOperation URLs always answer 200 and say how far the operation is; Location
// URLs (the style, or "monitor=true" beside the other) answer 202 until the operation has ended,
// then as a synchronous call would have. Contract: Azure/azure-resource-manager-rpc
// async-api-reference.md.
#include "src/azure_simulator/operations.h"

#include "src/azure_simulator/render.h"
#include "src/azure_simulator/subscriptions.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/http/model/url.h"

namespace labgallery::azure_simulator {
namespace {

json::Value StatusBody(const Operation& operation) {
  json::Value body;
  body.Set("startTime", Rfc3339Micro(operation.started));
  body.Set("status", Name(operation.status));
  body.Set("name", operation.id);
  if (operation.ended) body.Set("endTime", Rfc3339Micro(*operation.ended));
  if (operation.status == Operation::Status::kFailed && operation.fate) {
    body.Set("error", ErrorBody(*operation.fate));
  }
  return body;
}

/// What lab plans' monitors lead to: a resource of its own (OperationResults.json), which
/// 2022-08-01 leaves out once all went well.
http::Response OperationResult(const Operation& operation) {
  if (operation.status == Operation::Status::kSucceeded && operation.api_version < "2023")
    return Empty(204);
  json::Value body = StatusBody(operation);
  body.Set("id", operation.url_path);
  return Json(operation.ended ? 200 : 202, body);
}

bool IsOperationResult(const Operation& operation) {
  return operation.url_path.find("/operationResults/") != std::string::npos;
}

http::Response FinalAnswer(const World& world, const Operation& operation) {
  if (operation.status == Operation::Status::kFailed && operation.fate) {
    ArmError error = *operation.fate;
    error.status = 409;
    return ErrorResponse(error);
  }
  if (IsOperationResult(operation)) return OperationResult(operation);
  const Resource* resource = world.resources.Find(operation.resource);
  if (operation.verb == Operation::Verb::kDelete || resource == nullptr) return Empty(204);
  return Json(200, Render(world, *resource));
}

Answer ByLocation(const World& world, const Call& call, const Operation& operation) {
  if (operation.status != Operation::Status::kInProgress) return FinalAnswer(world, operation);
  http::Response response = IsOperationResult(operation) ? OperationResult(operation) : Empty(202);
  response.headers.Set("Location", call.base_url + call.request.url);
  SetRetryAfter(world, operation.slow ? world.settings.slow_poll : world.settings.location_poll,
                response.headers);
  return response;
}

/// The signature parts have to come back as they were given out, whole.
bool IsSigned(const Call& call, const Operation& operation) {
  const std::string query = OperationQuery(operation);
  for (const std::string_view part : {"t", "c", "s", "h"}) {
    if (http::QueryValue(call.query, part) != http::QueryValue(query, part)) return false;
  }
  return true;
}

}  // namespace

Answer GetOperation(World& world, const Call& call) {
  const Operation* operation = world.operations.Find(Lower(call.params.back()));
  if (operation == nullptr) {
    return ArmError{404, "OperationNotFound", "The operation was not found.", {}};
  }
  if (!IsSigned(call, *operation)) {
    return ArmError{403, "InvalidOperationSignature", "The operation's URL was changed.", {}};
  }
  const bool monitor = EqualsIgnoreCase(QueryOf(call, "monitor"), "true");
  if (operation->style == OperationStyle::kLocation || monitor) {
    return ByLocation(world, call, *operation);
  }
  http::Response response = Json(200, StatusBody(*operation));
  if (operation->slow && !operation->ended)
    SetRetryAfter(world, world.settings.slow_poll, response.headers);
  return response;
}

}  // namespace labgallery::azure_simulator
