#include "src/azure/model/error.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "src/base/text.h"
#include "src/http/model/retry_after.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

constexpr std::size_t kLongestMessage = 2000;
constexpr int kDeepestDetail = 8;

struct Told {
  std::string code;
  std::string message;
  std::string target;
};

// Codes that only say that something failed; what is inside them says what.
bool IsGeneric(std::string_view code) {
  constexpr std::array<std::string_view, 15> kGeneric{"",
                                                      "BadRequest",
                                                      "Conflict",
                                                      "DeploymentFailed",
                                                      "Failed",
                                                      "Forbidden",
                                                      "InternalServerError",
                                                      "InvalidTemplateDeployment",
                                                      "MultipleErrorsOccurred",
                                                      "NotFound",
                                                      "NotSpecified",
                                                      "OperationFailed",
                                                      "OperationNotAllowed",
                                                      "PreflightValidationCheckFailed",
                                                      "ResourceOperationFailure"};
  return std::any_of(kGeneric.begin(), kGeneric.end(),
                     [code](std::string_view one) { return EqualsIgnoreCase(one, code); });
}

// Some providers put the text of another envelope into their message.
std::optional<json::Value> EnvelopeInside(std::string_view message) {
  message = Trim(message);
  if (message.empty() || message.front() != '{') return std::nullopt;
  auto inner = json::Parse(message);
  if (!inner || !inner->IsObject()) return std::nullopt;
  return *std::move(inner);
}

const json::Value& Unwrapped(const json::Value& body) {
  const json::Value* inner = body.Find("error");
  return inner != nullptr && inner->IsObject() ? *inner : body;
}

Told Tell(const json::Value& object, int depth);

// Replaces what is generic by the first detail that is not.
void PreferInner(Told& told, const json::Value& inner, int depth) {
  Told deeper = Tell(Unwrapped(inner), depth + 1);
  const bool is_better = !deeper.code.empty() && (told.code.empty() || !IsGeneric(deeper.code));
  if (!deeper.message.empty() && (is_better || told.message.empty())) {
    told.message = std::move(deeper.message);
  }
  if (!is_better) return;
  told.code = std::move(deeper.code);
  if (!deeper.target.empty()) told.target = std::move(deeper.target);
}

Told Tell(const json::Value& object, int depth) {
  Told told{.code = std::string(object.Text({"code"})),
            .message = std::string(object.Text({"message"})),
            .target = std::string(object.Text({"target"}))};
  // latestOperationResult of Microsoft.LabServices has names of its own.
  if (told.code.empty()) told.code = object.Text({"errorCode"});
  if (told.message.empty()) told.message = object.Text({"errorMessage"});
  if (depth >= kDeepestDetail) return told;
  if (const auto inner = EnvelopeInside(told.message)) {
    told.message.clear();
    PreferInner(told, *inner, depth);
  }
  const json::Value* details = object.Find("details");
  const json::Value::Array* list = details == nullptr ? nullptr : details->AsArray();
  if (list == nullptr) return told;
  for (const json::Value& detail : *list) {
    if (!IsGeneric(told.code)) break;
    PreferInner(told, detail, depth);
  }
  return told;
}

std::string HtmlTitle(std::string_view html) {
  const std::string lower = Lower(html);
  const std::size_t begin = lower.find("<title>");
  const std::size_t end = lower.find("</title>");
  if (begin == std::string::npos || end == std::string::npos || end < begin + 7) return {};
  return std::string(Trim(html.substr(begin + 7, end - begin - 7)));
}

// What a body says, in whichever of its shapes; nothing if it is no JSON object.
std::optional<Told> ReadBody(std::string_view text) {
  const auto body = json::Parse(text);
  if (!body || !body->IsObject()) return std::nullopt;
  const json::Value* error = body->Find("error");
  if (error != nullptr && error->IsString()) {  // a token endpoint: RFC 6749
    return Told{*error->AsString(), std::string(body->Text({"error_description"})), {}};
  }
  Told told = Tell(Unwrapped(*body), 0);
  if (told.message.empty()) {  // problem+json: RFC 9457
    told.message = body->Text({"detail"}).empty() ? body->Text({"title"}) : body->Text({"detail"});
  }
  return told;
}

bool IsFromArm(const http::Response& response, const std::optional<Told>& told) {
  const RequestIds ids = RequestIdsOf(response.headers);
  if (!ids.request.empty() || !ids.correlation.empty()) return true;
  const std::string type = Lower(response.headers.Get("Content-Type").value_or(""));
  return told && (!told->code.empty() || type.starts_with("application/problem+json"));
}

ErrorKind KindOf404(const http::Response& response, const std::optional<Told>& told) {
  const std::string_view code = told ? std::string_view(told->code) : std::string_view();
  if (EqualsIgnoreCase(code, "SubscriptionNotFound")) return ErrorKind::kForbidden;
  for (const std::string_view one : {"InvalidResourceNamespace", "InvalidResourceType",
                                     "NoRegisteredProviderFound", "InvalidApiVersionParameter"}) {
    if (EqualsIgnoreCase(code, one)) return ErrorKind::kInvalidInput;
  }
  return IsFromArm(response, told) ? ErrorKind::kNotFound : ErrorKind::kUnavailable;
}

ErrorKind KindOf(int status) {
  switch (status) {
    case 401:
      return ErrorKind::kUnauthenticated;
    case 403:
      return ErrorKind::kForbidden;
    case 408:
    case 504:
      return ErrorKind::kTimeout;
    case 409:
    case 412:
    case 423:
      return ErrorKind::kConflict;
    case 410:
      return ErrorKind::kNotFound;
    case 429:
      return ErrorKind::kThrottled;
    default:
      break;
  }
  if (status >= 500) return ErrorKind::kUnavailable;
  return status >= 400 ? ErrorKind::kInvalidInput : ErrorKind::kProtocol;
}

std::string WithoutBody(const http::Response& response, bool is_redirect) {
  if (is_redirect) return "redirected, which is not followed with a token";
  std::string message = "HTTP " + std::to_string(response.status);
  const std::string title = HtmlTitle(response.body);
  return title.empty() ? message : message + ": " + title;
}

}  // namespace

RequestIds RequestIdsOf(const http::Headers& headers) {
  const auto text = [&headers](std::string_view name) {
    return std::string(headers.Get(name).value_or(std::string_view()));
  };
  return {.correlation = text("x-ms-correlation-request-id"),
          .request = text("x-ms-request-id"),
          .routing = text("x-ms-routing-request-id")};
}

Error ErrorFrom(const http::Response& response, SystemTime now) {
  const RequestIds ids = RequestIdsOf(response.headers);
  const std::optional<Told> told = ReadBody(response.body);
  Error error;
  error.kind = response.status == 404 ? KindOf404(response, told) : KindOf(response.status);
  error.http_status = response.status;
  error.request_id = ids.correlation.empty() ? ids.request : ids.correlation;
  error.retry_after = http::RetryAfter(response.headers, now);
  if (told) {
    error.code = told->code;
    error.target = told->target;
    error.message = CutUtf8(told->message, kLongestMessage);
  }
  if (error.message.empty()) {
    error.message = CutUtf8(WithoutBody(response, response.status < 400), kLongestMessage);
  }
  return error;
}

Error ErrorFromBody(const json::Value& body, std::string_view fallback) {
  Told told = Tell(Unwrapped(body), 0);
  Error error = Unavailable(told.message.empty() ? std::string(fallback)
                                                 : CutUtf8(told.message, kLongestMessage));
  error.code = std::move(told.code);
  error.target = std::move(told.target);
  return error;
}

}  // namespace labgallery::azure
