#include "src/azure_simulator/world.h"

#include <algorithm>
#include <cmath>

#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::azure_simulator {

Outcome<json::Value> Body(const Call& call) {
  auto body = json::Parse(call.request.body);
  if (body && body->IsObject()) return *std::move(body);
  return ArmError{.status = 400,
                  .code = "InvalidRequestContent",
                  .message = "The request content was invalid and could not be deserialized: " +
                             (body ? std::string("not an object") : body.error().message),
                  .target = {}};
}

std::string QueryOf(const Call& call, std::string_view name) {
  return http::QueryValue(call.query, name).value_or("");
}

Duration Between(World& world, Duration min, Duration max) {
  if (max <= min) return min;
  const double span = static_cast<double>((max - min).count());
  return min + Duration(static_cast<std::int64_t>(span * world.random.Fraction()));
}

void SetRetryAfter(const World& world, Duration wait, http::Headers& headers) {
  const double seconds = std::chrono::duration<double>(wait).count() / world.wire_time_scale;
  // The small term keeps 60 s / 1.0 from becoming 61 by rounding noise.
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds - 1e-9));
  const auto exact = static_cast<std::int64_t>(std::ceil(seconds * 1000 - 1e-6));
  headers.Set("Retry-After", std::to_string(std::max<std::int64_t>(1, whole)));
  headers.Set("x-ms-retry-after-ms", std::to_string(std::max<std::int64_t>(1, exact)));
}

}  // namespace labgallery::azure_simulator
