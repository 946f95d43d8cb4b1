// What a handler of the simulator gives back: an HTTP response, or an ARM error with its envelope.
// Outcome<T> works with LAB_ASSIGN_OR_RETURN, so that rules read as a list of checks.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "src/base/result.h"
#include "src/http/model/message.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

struct ArmError {
  int status = 400;
  std::string code;
  std::string message;
  std::string target;  // left out of the envelope when empty
};

template <typename T>
class [[nodiscard]] Outcome : public tl::expected<T, ArmError> {
 public:
  using tl::expected<T, ArmError>::expected;  // NOLINT(*-rvalue-reference-param-not-moved)
  // NOLINTNEXTLINE(google-explicit-constructor): `return ArmError{...}` reads as meant
  Outcome(ArmError error) : tl::expected<T, ArmError>(tl::unexpected<ArmError>(std::move(error))) {}
};

using Answer = Outcome<http::Response>;
using Check = Outcome<void>;

/// The inner object of an ARM error: code, message, target.
json::Value ErrorBody(const ArmError& error);

/// {"error": {...}} with its status.
http::Response ErrorResponse(const ArmError& error);

http::Response Json(int status, const json::Value& body);
http::Response Empty(int status);

/// 400 InvalidParameter, the code of most refusals by Compute.
ArmError InvalidParameter(std::string target, std::string message);
/// 409 PropertyChangeNotAllowed for a property that Azure never changes.
ArmError ChangeNotAllowed(const std::string& target);
/// 404 for a resource; the message names it as ARM does, by type and name.
ArmError ResourceNotFound(const std::string& type, const std::string& name);
ArmError NotModelled(const std::string& what);

}  // namespace labgallery::azure_simulator
