#include "src/azure/client/managed_identity_tokens.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "src/azure/client/token_answer.h"
#include "src/http/model/url.h"

namespace labgallery::azure {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTimeout{10000};
constexpr milliseconds kProbeTimeout{1000};
// Between tries; Azure's advice for clients of this service ("How to use managed identities for
// Azure resources on an Azure VM to acquire an access token").
constexpr std::array<seconds, 4> kPauses{seconds(2), seconds(6), seconds(14), seconds(30)};

// 404 and 410: the service is being updated.
bool MayPass(const Error& error) {
  if (error.kind == ErrorKind::kCancelled) return false;
  const int status = error.http_status;
  return status == 0 || status == 404 || status == 410 || status == 429 || status >= 500;
}

}  // namespace

Result<AccessToken> ManagedIdentityTokens::Token(const std::string& audience,
                                                 const std::stop_token& stop) {
  if (options_.probe && !answered_) {
    auto token = AskOnce(audience, kProbeTimeout, stop);
    answered_ = token.has_value();
    return token;
  }
  auto token = AskOnce(audience, kTimeout, stop);
  for (const seconds pause : kPauses) {
    if (token || !MayPass(token.error())) break;
    const Duration wait = std::max<Duration>(pause, token.error().retry_after.value_or(seconds(0)));
    if (wait > kPauses.back()) break;
    if (!clock_.Sleep(wait, stop)) return Cancelled();
    token = AskOnce(audience, kTimeout, stop);
  }
  return token;
}

Result<AccessToken> ManagedIdentityTokens::AskOnce(const std::string& audience,
                                                   milliseconds timeout,
                                                   const std::stop_token& stop) {
  std::vector<std::pair<std::string, std::string>> query{{"api-version", "2018-02-01"},
                                                         {"resource", audience}};
  const ManagedIdentity& identity = options_.identity;
  if (!identity.client_id.empty()) query.emplace_back("client_id", identity.client_id);
  if (!identity.object_id.empty()) query.emplace_back("object_id", identity.object_id);
  if (!identity.resource_id.empty()) query.emplace_back("msi_res_id", identity.resource_id);
  http::Request request{
      .method = http::Method::kGet,
      .url = options_.host + "/metadata/identity/oauth2/token?" + http::BuildQuery(query)};
  request.headers.Set("Metadata", "true");
  const std::string step = "ask " + options_.host + " for the machine's identity";
  auto response = direct_.Send(request, {.timeout = timeout, .stop = stop});
  if (!response) {
    Error error = std::move(response).error();
    if (error.kind == ErrorKind::kTimeout) error.kind = ErrorKind::kUnavailable;
    return std::move(error).With(step);
  }
  if (response->status != 200) {
    Error error = LoginRefused(*response, clock_.Now(), {});
    if (response->status == 404 || response->status == 410) error.kind = ErrorKind::kUnavailable;
    if (response->status == 400) {
      error.message +=
          "; assign the identity to the machine, or name the one that is, with "
          "AZURE_CLIENT_ID";
    }
    return std::move(error).With(step);
  }
  auto token = ReadTokenAnswer(response->body, clock_.Now());
  if (!token) return std::move(token).error().With(step);
  return token;
}

}  // namespace labgallery::azure
