#include "src/azure/client/graph_directory.h"

#include <utility>

#include "src/azure/model/error.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

constexpr std::string_view kCollection = "/v1.0/servicePrincipals";

Error NoSuchPrincipal(std::string_view application_id) {
  return NotFound("the tenant has no service principal of the application " +
                  std::string(application_id));
}

// An id goes into an expression, where a quote would end it.
bool IsPlain(std::string_view id) {
  return !id.empty() && id.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

}  // namespace

GraphDirectory::GraphDirectory(http::HttpTransport& transport, Clock& clock, Random& random,
                               TokenSource& tokens, DirectoryOptions options)
    : transport_(transport),
      clock_(clock),
      random_(random),
      tokens_(tokens),
      options_(std::move(options)) {}

Result<std::string> GraphDirectory::ServicePrincipal(std::string_view application_id,
                                                     const std::stop_token& stop) {
  if (!IsPlain(application_id)) {
    return InvalidInput("'" + std::string(application_id) + "' is no application id");
  }
  const std::string collection(kCollection);
  const std::string quoted = "'" + std::string(application_id) + "'";
  auto by_key = Get(collection + "(appId=" + quoted + ")?$select=id", stop);
  if (by_key) {
    const std::string_view id = by_key->Text({"id"});
    if (id.empty()) return ProtocolError("the directory's answer holds no id");
    return std::string(id);
  }
  // Not every directory knows the alternate key; all can be searched.
  const int status = by_key.error().http_status;
  if (status != 400 && status != 404) return std::move(by_key).error();
  const std::string filter =
      http::BuildQuery({{"$filter", "appId eq " + quoted}, {"$select", "id"}});
  auto found = Get(collection + "?" + filter, stop);
  if (!found && found.error().http_status == 404) return NoSuchPrincipal(application_id);
  if (!found) return std::move(found).error();
  const json::Value* list = found->Find("value");
  const json::Value::Array* items = list == nullptr ? nullptr : list->AsArray();
  if (items == nullptr) return ProtocolError("the directory's answer holds no list");
  if (items->empty()) return NoSuchPrincipal(application_id);
  const std::string_view id = items->front().Text({"id"});
  if (id.empty()) return ProtocolError("the directory's answer holds no id");
  return std::string(id);
}

Result<json::Value> GraphDirectory::Get(const std::string& target, const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const AccessToken token, tokens_.Token(options_.endpoint, stop));
  auto response = Send(target, token, stop);
  if (response && response->status == 401) {
    tokens_.Invalidate(options_.endpoint, token);
    LAB_ASSIGN_OR_RETURN(const AccessToken fresh, tokens_.Token(options_.endpoint, stop));
    response = Send(target, fresh, stop);
  }
  const std::string step = "look up a service principal at " + options_.endpoint;
  if (!response) return std::move(response).error().With(step);
  if (response->status >= 300) return ErrorFrom(*response, clock_.Now()).With(step);
  auto body = json::Parse(response->body);
  if (!body) return ProtocolError("the directory's answer is no JSON").With(step);
  return *std::move(body);
}

Result<http::Response> GraphDirectory::Send(const std::string& target, const AccessToken& token,
                                            const std::stop_token& stop) {
  http::Request request{.method = http::Method::kGet, .url = options_.endpoint + target};
  request.headers.Set("Accept", "application/json");
  request.headers.Set("User-Agent", options_.user_agent);
  request.headers.Set("client-request-id", random_.Uuid());
  request.headers.Set("Authorization", "Bearer " + token.value.Reveal());
  return transport_.Send(request, {.timeout = options_.timeout, .stop = stop});
}

}  // namespace labgallery::azure
