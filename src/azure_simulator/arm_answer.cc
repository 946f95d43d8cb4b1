#include "src/azure_simulator/arm_answer.h"

#include "src/json/parse.h"

namespace labgallery::azure_simulator {

json::Value ErrorBody(const ArmError& error) {
  json::Value body;
  body.Set("code", error.code);
  body.Set("message", error.message);
  if (!error.target.empty()) body.Set("target", error.target);
  return body;
}

http::Response ErrorResponse(const ArmError& error) {
  json::Value envelope;
  envelope.Set("error", ErrorBody(error));
  return Json(error.status, envelope);
}

http::Response Json(int status, const json::Value& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json; charset=utf-8"}},
          .body = json::Dump(body)};
}

http::Response Empty(int status) { return {.status = status, .headers = {}, .body = {}}; }

ArmError InvalidParameter(std::string target, std::string message) {
  return {.status = 400,
          .code = "InvalidParameter",
          .message = std::move(message),
          .target = std::move(target)};
}

ArmError ChangeNotAllowed(const std::string& target) {
  return {.status = 409,
          .code = "PropertyChangeNotAllowed",
          .message = "Changing property '" + target + "' is not allowed.",
          .target = target};
}

ArmError ResourceNotFound(const std::string& type, const std::string& name) {
  return {.status = 404,
          .code = "ResourceNotFound",
          .message = "The resource '" + type + "/" + name + "' was not found.",
          .target = {}};
}

ArmError NotModelled(const std::string& what) {
  return {.status = 501,
          .code = "NotModelled",
          .message = "The simulator does not model " + what + ".",
          .target = {}};
}

}  // namespace labgallery::azure_simulator
