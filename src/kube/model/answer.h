// What a Kubernetes API server answers: Status objects, lists, watch events, turned into values and
// errors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/http/model/message.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::kube {

/// The error that a response with a status of 400 and more stands for. kNotFound only when a proper
/// Status says reason NotFound and its details name `asked.name`: any other 404 is kUnavailable,
/// because a starting server answers 404 for what exists (CL-12). 409, and 422 for a failed test of
/// a JSON Patch, are kConflict; 410 and reason Expired are kConflict with code "Expired".
Error ErrorFrom(const http::Response& response, const ObjectKey& asked, SystemTime now);

/// The same for a Status object that came as a watch event.
Error ErrorFromStatus(const json::Value& status);

/// True for the error of a list or watch whose version is too old to go on from.
bool IsExpired(const Error& error);

/// True for the error of a list that asks for a version which the server has not seen yet (504 with
/// the cause ResourceVersionTooLarge): it may be one of another history, after a restored backup.
bool IsVersionTooLarge(const Error& error);

/// True where something new was to be made in a namespace that is being deleted: nobody will want
/// it.
bool IsNamespaceTerminating(const Error& error);

struct ObjectList {
  std::vector<json::Value> items;
  std::string resource_version;
  std::string continue_token;
};
Result<ObjectList> ReadList(std::string_view body);

enum class WatchEventType { kAdded, kModified, kDeleted, kBookmark, kError, kUnknown };
struct WatchEvent {
  WatchEventType type = WatchEventType::kUnknown;
  json::Value object;
};
/// One line of a watch; kProtocol if it is no event.
Result<WatchEvent> ReadWatchEvent(std::string_view line);

/// True for the bookmark that ends the initial events of a streaming list.
bool EndsInitialEvents(const WatchEvent& event);

}  // namespace labgallery::kube
