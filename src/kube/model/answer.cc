#include "src/kube/model/answer.h"

#include <algorithm>
#include <utility>

#include "src/base/text.h"
#include "src/http/model/retry_after.h"
#include "src/json/parse.h"
#include "src/json/reader.h"
#include "src/kube/model/object_text.h"

namespace labgallery::kube {
namespace {

ErrorKind KindOf(int status) {
  switch (status) {
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
      return ErrorKind::kInvalidInput;
    case 401:
      return ErrorKind::kUnauthenticated;
    case 403:
      return ErrorKind::kForbidden;
    case 409:
    case 410:
      return ErrorKind::kConflict;
    case 429:
      return ErrorKind::kThrottled;
    case 504:
      return ErrorKind::kTimeout;
    default:
      return ErrorKind::kUnavailable;
  }
}

// A failed "test" of a JSON Patch is 422 with reason Invalid and empty details, where a schema
// violation names its causes (CL-08).
bool IsFailedTest(const json::Value& status) {
  const json::Value* causes = status.At({"details", "causes"});
  const bool has_causes = causes != nullptr && causes->IsArray() && !causes->AsArray()->empty();
  return status.Text({"reason"}) == "Invalid" && !has_causes;
}

constexpr std::string_view kTooLarge = "ResourceVersionTooLarge";
constexpr std::string_view kNamespaceEnds = "NamespaceTerminating";

// What something else than the API's own handlers says, as the server does to whom talks plain HTTP
// to its HTTPS port, in one short line; nothing where that is a page or an object.
std::string PlainWords(std::string_view body) {
  const std::string_view line = Trim(body.substr(0, body.find('\n')));
  if (line.empty() || line.front() == '<' || line.front() == '{') return "";
  return ": " + CutUtf8(line, 200);
}

bool HasCause(const json::Value& status, std::string_view reason) {
  const json::Value* causes = status.At({"details", "causes"});
  if (causes == nullptr || !causes->IsArray()) return false;
  return std::any_of(
      causes->AsArray()->begin(), causes->AsArray()->end(),
      [reason](const json::Value& cause) { return cause.Text({"reason"}) == reason; });
}

}  // namespace

Error ErrorFromStatus(const json::Value& status) {
  Error error;
  json::Problems problems;
  const json::Reader reader(status, problems);
  error.http_status = static_cast<int>(reader.IntegerOr("code", 0));
  error.kind = KindOf(error.http_status);
  error.message = reader.StringOr("message", "");
  error.code = reader.StringOr("reason", "");
  if (error.http_status == 410 || error.code == "Expired" || error.code == "Gone") {
    error.kind = ErrorKind::kConflict;
    error.code = "Expired";
  }
  for (const std::string_view cause : {kTooLarge, kNamespaceEnds}) {
    if (HasCause(status, cause)) error.code = cause;
  }
  if (error.http_status == 422 && IsFailedTest(status)) error.kind = ErrorKind::kConflict;
  if (const auto seconds = reader.Object("details").OptionalInteger("retryAfterSeconds")) {
    error.retry_after = std::chrono::seconds(*seconds);
  }
  return error;
}

Error ErrorFrom(const http::Response& response, const ObjectKey& asked, SystemTime now) {
  const auto body = json::Parse(response.body);
  const bool is_status = body && body->Text({"kind"}) == "Status";
  Error error = is_status ? ErrorFromStatus(*body) : Error{};
  error.http_status = response.status;
  if (!is_status) {
    error.kind = response.status == 410 ? ErrorKind::kConflict : KindOf(response.status);
    error.message = "the API server answered HTTP " + std::to_string(response.status) +
                    PlainWords(response.body);
    if (response.status == 410) error.code = "Expired";
  }
  if (response.status == 404) {
    const bool proven = is_status && error.code == "NotFound" && !asked.name.empty() &&
                        body->Text({"details", "name"}) == asked.name;
    error.kind = proven ? ErrorKind::kNotFound : ErrorKind::kUnavailable;
  }
  if (const auto wait = http::RetryAfter(response.headers, now)) error.retry_after = wait;
  error.request_id = response.headers.Get("Audit-Id").value_or("");
  // Which of the server's flow schemas is full: only the header says it.
  const auto flow_schema = response.headers.Get("X-Kubernetes-PF-FlowSchema-UID");
  if (response.status == 429 && flow_schema) {
    error.message += " (flow schema " + std::string(*flow_schema) + ")";
  }
  return error;
}

bool IsExpired(const Error& error) {
  return error.kind == ErrorKind::kConflict && error.code == "Expired";
}

bool IsVersionTooLarge(const Error& error) {
  // Servers before 1.20 name no cause.
  return error.code == kTooLarge ||
         (error.http_status == 504 &&
          error.message.find("Too large resource version") != std::string::npos);
}

bool IsNamespaceTerminating(const Error& error) { return error.code == kNamespaceEnds; }

Result<ObjectList> ReadList(std::string_view body) {
  LAB_ASSIGN_OR_RETURN(json::Value value, ParseObject(body));
  json::Problems problems;
  const json::Reader reader(value, problems);
  const json::Reader metadata = reader.Object("metadata");
  ObjectList list;
  list.resource_version = metadata.StringOr("resourceVersion", "");
  list.continue_token = metadata.StringOr("continue", "");
  if (json::Value* items = value.Find("items")) {
    if (items->IsArray()) list.items = std::move(items->MakeArray());
  }
  if (!problems.empty()) return ProtocolError(problems.ToStatus().error().message);
  return list;
}

Result<WatchEvent> ReadWatchEvent(std::string_view line) {
  auto value = ParseObject(line);
  if (!value) return ProtocolError("watch event: " + value.error().message);
  WatchEvent event;
  const std::string_view type = value->Text({"type"});
  if (type == "ADDED") event.type = WatchEventType::kAdded;
  if (type == "MODIFIED") event.type = WatchEventType::kModified;
  if (type == "DELETED") event.type = WatchEventType::kDeleted;
  if (type == "BOOKMARK") event.type = WatchEventType::kBookmark;
  if (type == "ERROR") event.type = WatchEventType::kError;
  json::Value* object = value->Find("object");
  if (object == nullptr || !object->IsObject())
    return ProtocolError("watch event without an object");
  event.object = std::move(*object);
  return event;
}

bool EndsInitialEvents(const WatchEvent& event) {
  return event.type == WatchEventType::kBookmark &&
         event.object.Text({"metadata", "annotations", "k8s.io/initial-events-end"}) == "true";
}

}  // namespace labgallery::kube
