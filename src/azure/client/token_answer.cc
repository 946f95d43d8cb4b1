#include "src/azure/client/token_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "src/azure/model/error.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/http/model/retry_after.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

constexpr std::size_t kMostWords = 600;  // of what a service says
constexpr std::size_t kShortestSecret = 4;

// What Microsoft Entra's codes mean for a person ("Microsoft Entra authentication & authorization
// error codes").
struct Advice {
  std::string_view code;
  std::string_view text;
};
constexpr std::array kAdvice{
    Advice{"AADSTS7000215", "Give the value of the client secret, not its id."},
    Advice{"AADSTS7000222", "The client secret has expired: make a new one."},
    Advice{"AADSTS7000112", "The application is disabled in its tenant: enable it."},
    Advice{"AADSTS700016",
           "The tenant does not know the application: check client id, tenant id and cloud."},
    Advice{"AADSTS700027",
           "Upload the certificate to the application, or give the one that is there."},
    Advice{"AADSTS700024", "The assertion is too old or too new: check the machine's clock."},
    Advice{"AADSTS700021", "The assertion's audience is another token endpoint: check the cloud."},
    Advice{"AADSTS70021",
           "No federated credential matches: compare issuer, subject and audience of the "
           "service account with the application's."},
    Advice{"AADSTS700211",
           "No federated credential has this issuer: compare it with the cluster's."},
    Advice{"AADSTS700212",
           "No federated credential has this audience: it should be api://AzureADTokenExchange."},
    Advice{"AADSTS700213",
           "No federated credential has this subject: it should be "
           "system:serviceaccount:NAMESPACE:NAME of the operator."},
    Advice{"AADSTS90002", "There is no such tenant: check tenant id and cloud."},
    Advice{"AADSTS900021", "The tenant id is no tenant id."},
    Advice{"AADSTS900023", "The tenant id is neither an id nor a domain."},
    Advice{"AADSTS500011", "The tenant does not know what the token is for: check the cloud."},
    Advice{"AADSTS53003", "A policy of conditional access forbids the login."},
    Advice{"AADSTS50034", "There is no such account in the tenant."},
};

// A whole number, as a number or as a text.
std::optional<std::int64_t> Whole(const json::Value* value) {
  if (value == nullptr) return std::nullopt;
  if (const std::int64_t* number = value->AsInteger()) return *number;
  const std::string* text = value->AsString();
  if (text == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::optional<Duration> Seconds(const json::Value* value) {
  const auto seconds = Whole(value);
  constexpr std::int64_t kYear = 366LL * 24 * 3600;
  if (!seconds || *seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(*seconds, kYear));
}

std::optional<Duration> Until(const json::Value* value, SystemTime now) {
  if (value == nullptr) return std::nullopt;
  std::optional<SystemTime> at;
  if (const auto seconds = Whole(value)) at = SystemTime(std::chrono::seconds(*seconds));
  if (!at && value->AsString() != nullptr) at = ParseRfc3339(*value->AsString());
  if (!at) return std::nullopt;
  return std::max(Duration(0), *at - now);
}

// The code in "AADSTS7000222: The provided client secret keys are expired."
std::string EntraCode(std::string_view description) {
  if (!description.starts_with("AADSTS")) return {};
  return std::string(description.substr(0, description.find_first_of(": ")));
}

// The first line, without the ids that follow on it in some answers.
std::string FirstWords(std::string_view description) {
  description = description.substr(0, description.find_first_of("\r\n"));
  description = description.substr(0, description.find(" Trace ID:"));
  return CutUtf8(Trim(description), kMostWords);
}

std::string AdviceFor(std::string_view code) {
  const auto* const found = std::find_if(kAdvice.begin(), kAdvice.end(),
                                         [&](const Advice& row) { return row.code == code; });
  return found == kAdvice.end() ? std::string() : " " + std::string(found->text);
}

std::string Without(std::string text, const std::vector<std::string_view>& secrets) {
  for (const std::string_view secret : secrets) {
    if (secret.size() < kShortestSecret) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
      text.replace(at, secret.size(), "[removed]");
  }
  return text;
}

ErrorKind KindOf(int status) {
  if (status == 429) return ErrorKind::kThrottled;
  if (status == 408 || status == 504) return ErrorKind::kTimeout;
  if (status >= 500) return ErrorKind::kUnavailable;
  return ErrorKind::kUnauthenticated;
}

}  // namespace

Result<AccessToken> ReadTokenAnswer(const std::string& body, SystemTime now) {
  const auto answer = json::Parse(body);
  std::string token = answer ? std::string(answer->Text({"access_token"})) : "";
  if (token.empty()) return ProtocolError("the answer holds no token");
  AccessToken read{.value = Secret(std::move(token))};
  read.life = Seconds(answer->Find("expires_in"));
  if (!read.life) read.life = Until(answer->Find("expires_on"), now);
  read.renew_after = Seconds(answer->Find("refresh_in"));
  return read;
}

Error LoginRefused(const http::Response& response, SystemTime now,
                   const std::vector<std::string_view>& secrets) {
  Error error;
  error.kind = KindOf(response.status);
  error.http_status = response.status;
  error.retry_after = http::RetryAfter(response.headers, now);
  const json::Value body = json::Parse(response.body).value_or(json::Value());
  const std::string_view description = body.Text({"error_description"});
  error.code = EntraCode(description);
  if (error.code.empty()) error.code = body.Text({"error"});
  error.code = Without(CutUtf8(error.code, 100), secrets);
  error.request_id = Without(CutUtf8(body.Text({"correlation_id"}), 100), secrets);
  if (error.request_id.empty()) error.request_id = RequestIdsOf(response.headers).request;
  const std::string words = FirstWords(description);
  error.message = words.empty() ? "answered " + std::to_string(response.status) : words;
  error.message = Without(std::move(error.message), secrets) + AdviceFor(error.code);
  return error;
}

}  // namespace labgallery::azure
