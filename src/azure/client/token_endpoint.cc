#include "src/azure/client/token_endpoint.h"

#include "src/azure/client/token_answer.h"
#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::azure {
namespace {

constexpr std::string_view kJwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::chrono::milliseconds kTimeout{30000};

std::string UrlOf(const Application& application) {
  const bool federation_services = EqualsIgnoreCase(application.tenant, "adfs");
  return application.authority + "/" + http::Escape(application.tenant) +
         (federation_services ? "/oauth2/token" : "/oauth2/v2.0/token");
}

}  // namespace

std::vector<ProofField> AssertionProof(Secret assertion) {
  return {{"client_assertion_type", Secret(std::string(kJwtBearer))},
          {"client_assertion", std::move(assertion)}};
}

TokenEndpoint::TokenEndpoint(http::HttpTransport& transport, Clock& clock, Application application)
    : transport_(transport),
      clock_(clock),
      application_(std::move(application)),
      url_(UrlOf(application_)) {}

Result<AccessToken> TokenEndpoint::Ask(const std::string& audience,
                                       const std::vector<ProofField>& proof,
                                       const std::stop_token& stop) {
  std::vector<std::pair<std::string, std::string>> form{{"grant_type", "client_credentials"},
                                                        {"client_id", application_.client},
                                                        {"scope", audience + "/.default"}};
  std::vector<std::string_view> secrets;
  for (const auto& [name, value] : proof) {
    form.emplace_back(name, value.Reveal());
    secrets.push_back(value.Reveal());
  }
  http::Request request{.method = http::Method::kPost, .url = url_};
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.Set("Accept", "application/json");
  request.body = http::BuildQuery(form);
  const std::string step = "log in at " + url_ + " as " + application_.client;
  auto response = transport_.Send(request, {.timeout = kTimeout, .stop = stop});
  if (!response) {
    Error error = std::move(response).error();
    // A login can be repeated: whether it has arrived does not matter.
    if (error.kind == ErrorKind::kTimeout) error.kind = ErrorKind::kUnavailable;
    return std::move(error).With(step);
  }
  if (response->status != 200) return LoginRefused(*response, clock_.Now(), secrets).With(step);
  auto token = ReadTokenAnswer(response->body, clock_.Now());
  if (!token) return std::move(token).error().With(step);
  return token;
}

}  // namespace labgallery::azure
