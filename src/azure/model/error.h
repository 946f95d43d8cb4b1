// What ARM says when it refuses, as our Error: the envelope in all the shapes it comes in. What a
// code means for retries and conditions is in error_class.h.
#pragma once

#include <string>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/http/model/message.h"
#include "src/json/value.h"

namespace labgallery::azure {

/// The three ids by which Microsoft's support finds a request again.
struct RequestIds {
  std::string correlation;  // x-ms-correlation-request-id
  std::string request;      // x-ms-request-id
  std::string routing;      // x-ms-routing-request-id
  friend bool operator==(const RequestIds&, const RequestIds&) = default;
};
RequestIds RequestIdsOf(const http::Headers& headers);

/// The error that a response of 300 and more stands for. Code, target and message are those of the
/// most telling level of nested details; the body may be an envelope, a bare inner object,
/// problem+json, HTML or nothing. A 404 is kNotFound only where ARM itself proves the absence:
/// SubscriptionNotFound, which ARM also answers for a subscription it will not show, is kForbidden;
/// a 404 of no recognisable origin (a gateway's page) is kUnavailable. 504 and 408 are kTimeout: a
/// write may have been applied. `request_id` is the correlation id, or the request id where there
/// is none.
Error ErrorFrom(const http::Response& response, SystemTime now);

/// The error object inside a body that came with a success: of a failed operation, of
/// latestOperationResult, of a region. kUnavailable, as nothing says whose fault it is; `fallback`
/// is the message where the object holds none.
Error ErrorFromBody(const json::Value& body, std::string_view fallback);

}  // namespace labgallery::azure
