#include "src/base/error.h"

#include <ranges>
#include <utility>

namespace labgallery {
namespace {

Error Make(ErrorKind kind, std::string message) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

}  // namespace

std::string_view Name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidInput:
      return "InvalidInput";
    case ErrorKind::kNotFound:
      return "NotFound";
    case ErrorKind::kConflict:
      return "Conflict";
    case ErrorKind::kUnauthenticated:
      return "Unauthenticated";
    case ErrorKind::kForbidden:
      return "Forbidden";
    case ErrorKind::kThrottled:
      return "Throttled";
    case ErrorKind::kUnavailable:
      return "Unavailable";
    case ErrorKind::kTimeout:
      return "Timeout";
    case ErrorKind::kCancelled:
      return "Cancelled";
    case ErrorKind::kProtocol:
      return "Protocol";
    case ErrorKind::kInternal:
      return "Internal";
  }
  return "Internal";
}

Error Error::With(std::string step) && {
  context.push_back(std::move(step));
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text;
  for (const std::string& step : std::views::reverse(context)) text += step + ": ";
  text += message.empty() ? std::string(Name(kind)) : message;
  std::string detail;
  auto add = [&detail](std::string_view label, std::string_view value) {
    if (value.empty()) return;
    if (!detail.empty()) detail += ", ";
    detail += std::string(label) + " " + std::string(value);
  };
  add("code", code);
  add("target", target);
  add("request", request_id);
  if (!detail.empty()) text += " (" + detail + ")";
  return text;
}

Error InvalidInput(std::string message) {
  return Make(ErrorKind::kInvalidInput, std::move(message));
}
Error NotFound(std::string message) { return Make(ErrorKind::kNotFound, std::move(message)); }
Error Conflict(std::string message) { return Make(ErrorKind::kConflict, std::move(message)); }
Error Unavailable(std::string message) { return Make(ErrorKind::kUnavailable, std::move(message)); }
Error Cancelled() { return Make(ErrorKind::kCancelled, "cancelled"); }
Error ProtocolError(std::string message) { return Make(ErrorKind::kProtocol, std::move(message)); }
Error InternalError(std::string message) { return Make(ErrorKind::kInternal, std::move(message)); }

}  // namespace labgallery
