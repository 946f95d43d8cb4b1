#include "src/azure/client/metadata_endpoints.h"

#include <utility>

#include "src/azure/model/error.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"
#include "src/json/reader.h"

namespace labgallery::azure {
namespace {

std::string WithoutSlash(std::string_view text) {
  while (!text.empty() && text.back() == '/') text.remove_suffix(1);
  return std::string(text);
}

bool IsOf(const json::Value& cloud, const std::string& endpoint) {
  const auto told = http::ParseUrl(cloud.Text({"resourceManager"}));
  const auto home = http::ParseUrl(endpoint);
  return told && home && told->origin() == home->origin();
}

// The document of one cloud: the answer itself, or the entry of the list that is about `endpoint`;
// a list of one needs no name.
const json::Value* CloudIn(const json::Value& body, const std::string& endpoint) {
  const json::Value::Array* clouds = body.AsArray();
  if (clouds == nullptr) return body.IsObject() ? &body : nullptr;
  for (const json::Value& cloud : *clouds) {
    if (IsOf(cloud, endpoint)) return &cloud;
  }
  return clouds->size() == 1 ? &clouds->front() : nullptr;
}

CloudEndpoints ReadCloud(const json::Value& cloud) {
  CloudEndpoints endpoints{.login = WithoutSlash(cloud.Text({"authentication", "loginEndpoint"})),
                           // "graph" is the directory's older interface, which had other paths: it
                           // is not what we can use.
                           .graph = WithoutSlash(cloud.Text({"microsoftGraphResourceId"}))};
  json::Problems problems;
  const json::Reader reader(cloud, problems);
  endpoints.audiences = reader.Object("authentication").Strings("audiences");
  return endpoints;
}

}  // namespace

Result<CloudEndpoints> ReadCloudEndpoints(http::HttpTransport& transport,
                                          const std::string& endpoint, SystemTime now,
                                          const http::CallOptions& options) {
  const std::string step = "ask " + endpoint + " for its cloud";
  http::Request request{.method = http::Method::kGet,
                        .url = endpoint + "/metadata/endpoints?api-version=2019-05-01"};
  request.headers.Set("Accept", "application/json");
  auto response = transport.Send(request, options);
  if (!response) return std::move(response).error().With(step);
  if (response->status == 404 || response->status == 501) {
    return NotFound("the endpoint does not describe its cloud").With(step);
  }
  if (response->status >= 300) return ErrorFrom(*response, now).With(step);
  const auto body = json::Parse(response->body);
  const json::Value* cloud = body ? CloudIn(*body, endpoint) : nullptr;
  if (cloud == nullptr) {
    return ProtocolError("the answer does not describe the endpoint's cloud").With(step);
  }
  CloudEndpoints endpoints = ReadCloud(*cloud);
  if (endpoints.login.empty()) return ProtocolError("no login address is told").With(step);
  return endpoints;
}

}  // namespace labgallery::azure
