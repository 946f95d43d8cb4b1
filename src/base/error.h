// The one error type of every module. It says what kind of failure it was, in words for a person,
// and carries what an outside service said about it. How to retry, what a user sees and which
// metric label it gets are decided elsewhere, by pure functions over this value.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace labgallery {

enum class ErrorKind {
  kInvalidInput,     // the caller or the user gave something that can never work
  kNotFound,         // the service proved that the thing is not there
  kConflict,         // the world changed under us, or something stands in the way
  kUnauthenticated,  // no or a bad credential
  kForbidden,        // a good credential without the right
  kThrottled,        // told to come back later
  kUnavailable,      // the service failed or could not be reached
  kTimeout,          // no answer in time: the request may have been applied
  kCancelled,        // the caller stopped it
  kProtocol,         // an answer that cannot be understood
  kInternal,         // a bug of ours
};

/// "InvalidInput", "NotFound", ...: stable, for logs and metric labels.
std::string_view Name(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;     // for a person; never contains a secret
  std::string code;        // the service's own code ("ResourceGroupNotFound"), or empty
  std::string target;      // what the service says the error is about, or empty
  int http_status = 0;     // 0 where no HTTP answer was involved
  std::string request_id;  // the service's correlation id, or empty
  std::optional<std::chrono::milliseconds> retry_after;
  std::vector<std::string> context;  // added on the way up, innermost first

  /// The same error with one more step of the way ("put gallery rg/name").
  Error With(std::string step) &&;

  /// One line: the context outermost first, then message, code and request id.
  std::string ToString() const;

  friend bool operator==(const Error&, const Error&) = default;
};

Error InvalidInput(std::string message);
Error NotFound(std::string message);
Error Conflict(std::string message);
Error Unavailable(std::string message);
Error Cancelled();
Error ProtocolError(std::string message);
Error InternalError(std::string message);

}  // namespace labgallery
