#include "src/embedded_kube/refusal.h"

#include <array>
#include <utility>

#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

std::string_view CauseReason(std::string_view message) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kReasons{{
      {"Required value", "FieldValueRequired"},
      {"Unsupported value", "FieldValueNotSupported"},
      {"Duplicate value", "FieldValueDuplicate"},
      {"Too long", "FieldValueTooLong"},
      {"Too many", "FieldValueTooMany"},
      {"Forbidden", "FieldValueForbidden"},
      {"Invalid value", "FieldValueInvalid"},
  }};
  if (message.find(" in body must be of type ") != std::string_view::npos)
    return "FieldValueTypeInvalid";
  if (message.ends_with(" is being terminated")) return "NamespaceTerminating";
  for (const auto& [prefix, reason] : kReasons) {
    if (message.starts_with(prefix)) return reason;
  }
  return "FieldValueInvalid";
}

std::string Line(const json::Violation& violation) {
  return (violation.path.empty() ? "<nil>" : violation.path) + ": " + violation.message;
}

}  // namespace

std::string Subject::ToString() const {
  std::string text = group.empty() ? kind : kind + "." + group;
  return text + " \"" + name + "\"";
}

Subject SubjectOf(const kube::ResourceType& type, std::string_view name) {
  return {.group = type.group, .kind = type.plural, .name = std::string(name)};
}

json::Value Refusal::ToStatus() const {
  json::Value status;
  status.Set("kind", "Status");
  status.Set("apiVersion", "v1");
  status.Set("metadata", json::Value::Object());
  status.Set("status", "Failure");
  status.Set("message", message);
  if (!reason.empty()) status.Set("reason", reason);
  json::Value details{json::Value::Object()};
  if (!subject.name.empty()) details.Set("name", subject.name);
  if (!subject.group.empty()) details.Set("group", subject.group);
  if (!subject.kind.empty()) details.Set("kind", subject.kind);
  for (const json::Violation& cause : causes) {
    json::Value entry;
    entry.Set("reason", CauseReason(cause.message));
    entry.Set("message", cause.message);
    entry.Set("field", cause.path.empty() ? "<nil>" : cause.path);
    json::Value* list = details.Find("causes");
    (list == nullptr ? details.Set("causes", json::Value::Array()) : *list).Push(std::move(entry));
  }
  if (retry_after_seconds) details.Set("retryAfterSeconds", *retry_after_seconds);
  if (!details.AsObject()->empty() || code == 422) status.Set("details", std::move(details));
  status.Set("code", code);
  return status;
}

Refusal NotFound(const Subject& subject) {
  return {.code = 404,
          .reason = "NotFound",
          .message = subject.ToString() + " not found",
          .subject = subject};
}

Refusal AlreadyExists(const Subject& subject) {
  return {.code = 409,
          .reason = "AlreadyExists",
          .message = subject.ToString() + " already exists",
          .subject = subject};
}

Refusal StaleVersion(const Subject& subject) {
  return Conflict(subject,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

Refusal Conflict(const Subject& subject, std::string_view why) {
  return {
      .code = 409,
      .reason = "Conflict",
      .message = "Operation cannot be fulfilled on " + subject.ToString() + ": " + std::string(why),
      .subject = subject};
}

Refusal Forbidden(const Subject& subject, std::string_view why) {
  return {.code = 403,
          .reason = "Forbidden",
          .message = subject.ToString() + " is forbidden: " + std::string(why),
          .subject = subject};
}

Refusal Invalid(const kube::ResourceType& type, std::string_view name,
                std::vector<json::Violation> violations) {
  Subject subject{.group = type.group, .kind = type.kind, .name = std::string(name)};
  std::vector<std::string> lines;
  for (const json::Violation& violation : violations) lines.push_back(Line(violation));
  const std::string all = lines.size() == 1 ? lines[0] : "[" + Join(lines, ", ") + "]";
  return {.code = 422,
          .reason = "Invalid",
          .message = subject.ToString() + " is invalid: " + all,
          .subject = subject,
          .causes = std::move(violations)};
}

Refusal PatchRejected() {
  return {.code = 422,
          .reason = "Invalid",
          .message = "the server rejected our request due to an error in our request"};
}

Refusal BadRequest(std::string_view message) {
  return {.code = 400, .reason = "BadRequest", .message = std::string(message)};
}

Refusal MethodNotAllowed(const Subject& subject) {
  return {.code = 405,
          .reason = "MethodNotAllowed",
          .message = "the server does not allow this method on the requested resource",
          .subject = subject};
}

Refusal NotAcceptable() {
  return {.code = 406,
          .reason = "NotAcceptable",
          .message = "only the following media types are accepted: application/json"};
}

Refusal UnsupportedMediaType(std::string_view accepted) {
  return {.code = 415,
          .reason = "UnsupportedMediaType",
          .message =
              "the body of the request was in an unknown format - accepted media types include: " +
              std::string(accepted)};
}

Refusal Expired(std::string_view message) {
  return {.code = 410, .reason = "Expired", .message = std::string(message)};
}

Refusal VersionTooLarge(std::int64_t asked, std::int64_t current) {
  return {.code = 504,
          .reason = "Timeout",
          .message = "Too large resource version: " + std::to_string(asked) +
                     ", current: " + std::to_string(current),
          .retry_after_seconds = 1};
}

Refusal InternalError(std::string_view message) {
  return {.code = 500,
          .reason = "InternalError",
          .message = "Internal error occurred: " + std::string(message)};
}

http::Response Answer(const Refusal& refusal) {
  http::Response response = http::JsonResponse(refusal.code, json::Dump(refusal.ToStatus()));
  if (refusal.retry_after_seconds) {
    response.headers.Set("Retry-After", std::to_string(*refusal.retry_after_seconds));
  }
  return response;
}

}  // namespace labgallery::embedded_kube
