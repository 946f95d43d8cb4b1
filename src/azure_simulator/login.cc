// Sources: the OpenID configuration and the errors of Microsoft's identity platform as
// AzureAD/microsoft-authentication-library-for-python expects them; the managed identity endpoint
// as MicrosoftDocs/azure-docs how-to-use-vm-token.md tells. azure-identity judges both.
#include "src/azure_simulator/login.h"

#include <algorithm>

#include "src/azure_simulator/world.h"
#include "src/base/base64.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::azure_simulator {
namespace {

constexpr std::int64_t kTokenSeconds = 3599;
constexpr std::string_view kAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::string_view kFederationAudience = "api://AzureADTokenExchange";

struct Refusal {
  std::string error;
  int code;  // of AADSTS; 0: none
  std::string description;
};

http::Response Refused(World& world, const Refusal& refusal) {
  const std::string trace = world.random.Uuid();
  const std::string correlation = world.random.Uuid();
  const std::string time = Rfc3339(world.now);
  json::Value body;
  body.Set("error", refusal.error);
  body.Set("error_description", "AADSTS" + std::to_string(refusal.code) + ": " +
                                    refusal.description + " Trace ID: " + trace +
                                    " Correlation ID: " + correlation + " Timestamp: " + time);
  body.Set("error_codes", json::Value::Array{json::Value(std::int64_t{refusal.code})});
  body.Set("timestamp", time);
  body.Set("trace_id", trace);
  body.Set("correlation_id", correlation);
  return Json(refusal.error == "invalid_client" ? 401 : 400, body);
}

std::string FieldOf(const Call& call, std::string_view name) {
  return http::QueryValue(call.request.body, name).value_or("");
}

/// One of the first two parts of a JSON web token; null if it is none.
json::Value PartOf(const std::string& token, std::size_t index) {
  const std::vector<std::string> parts = Split(token, '.');
  if (parts.size() != 3) return {};
  std::string text = parts[index];
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  const auto bytes = DecodeBase64(text);
  if (!bytes) return {};
  const auto value = json::Parse(*bytes);
  return value ? *value : json::Value();
}

/// The hexadecimal spelling of what a header's x5t says in base64url.
std::string Thumbprint(const std::string& token) {
  std::string text(PartOf(token, 0).Text({"x5t"}));
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : DecodeBase64(text).value_or("")) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return hex;
}

using Refusals = std::optional<Refusal>;

Refusals CheckSecret(const Login* login, const Call& call) {
  if (login == nullptr ||
      (!login->secret.empty() && login->secret == FieldOf(call, "client_secret")))
    return std::nullopt;
  return Refusal{"invalid_client", 7000215, "Invalid client secret provided."};
}

/// The application itself has signed, with its certificate.
Refusals CheckCertificate(const Login* login, const Call& call, const std::string& token) {
  const json::Value claims = PartOf(token, 1);
  const std::string url = call.base_url + call.path;
  if (claims.Text({"aud"}) != url) {
    return Refusal{"invalid_client", 700023,
                   "Client assertion audience claim does not match Realm issuer."};
  }
  const bool known = login == nullptr ||
                     (!login->thumbprint.empty() && Thumbprint(token) == Lower(login->thumbprint));
  if (known && !Thumbprint(token).empty()) return std::nullopt;
  return Refusal{
      "invalid_client", 700027,
      "The certificate with identifier used to sign the client assertion is not registered "
      "on application."};
}

/// Somebody else has, whom the application trusts.
Refusals CheckFederated(const Login* login, const std::string& token) {
  const json::Value claims = PartOf(token, 1);
  const json::Value* audience = claims.Find("aud");
  const auto is_ours = [](const json::Value& value) {
    return value.IsString() && *value.AsString() == kFederationAudience;
  };
  const bool meant = audience != nullptr &&
                     (is_ours(*audience) ||
                      (audience->IsArray() && std::ranges::any_of(*audience->AsArray(), is_ours)));
  if (!meant) {
    return Refusal{"invalid_request", 700212,
                   "No matching federated identity record found for presented assertion audience."};
  }
  const std::string subject(claims.Text({"sub"}));
  if (login == nullptr || (!login->subject.empty() && login->subject == subject))
    return std::nullopt;
  return Refusal{"invalid_client", 700213,
                 "No matching federated identity record found for presented assertion subject '" +
                     subject + "'."};
}

Refusals CheckAssertion(const Login* login, const Call& call, const std::string& client) {
  const std::string token = FieldOf(call, "client_assertion");
  const json::Value claims = PartOf(token, 1);
  if (FieldOf(call, "client_assertion_type") != kAssertionType || !claims.IsObject()) {
    return Refusal{"invalid_request", 50027, "JWT token is invalid or malformed."};
  }
  const bool own = EqualsIgnoreCase(claims.Text({"iss"}), client) &&
                   EqualsIgnoreCase(claims.Text({"sub"}), client);
  return own ? CheckCertificate(login, call, token) : CheckFederated(login, token);
}

Refusals CheckLogin(const World& world, const Call& call) {
  const std::string client = FieldOf(call, "client_id");
  if (FieldOf(call, "grant_type") != "client_credentials") {
    return Refusal{"unsupported_grant_type", 70003, "The grant type is not supported."};
  }
  if (client.empty()) {
    return Refusal{"invalid_request", 900144,
                   "The request body must contain the following parameter: 'client_id'."};
  }
  if (FieldOf(call, "scope").empty() && FieldOf(call, "resource").empty()) {
    return Refusal{"invalid_request", 900144,
                   "The request body must contain the following parameter: 'scope'."};
  }
  const Logins& logins = world.settings.logins;
  const auto found = logins.find(Lower(client));
  if (!logins.empty() && found == logins.end()) {
    return Refusal{"unauthorized_client", 700016,
                   "Application with identifier '" + client + "' was not found in the directory."};
  }
  const Login* login = logins.empty() ? nullptr : &found->second;
  if (!FieldOf(call, "client_secret").empty()) return CheckSecret(login, call);
  if (!FieldOf(call, "client_assertion").empty()) return CheckAssertion(login, call, client);
  return Refusal{"invalid_client", 7000218,
                 "The request body must contain the following parameter: 'client_assertion' or "
                 "'client_secret'."};
}

http::Response MachineRefused(const std::string& error, const std::string& description) {
  return Json(400, json::Value::Object{{"error", json::Value(error)},
                                       {"error_description", json::Value(description)}});
}

/// Null if there is no such way to log in.
std::string* WayNamed(std::string_view name, Login& login) {
  if (name == "secret") return &login.secret;
  if (name == "thumbprint") return &login.thumbprint;
  return name == "subject" ? &login.subject : nullptr;
}

}  // namespace

Outcome<Logins> ReadLogins(const json::Value& value) {
  Logins logins;
  const auto refused =
      InvalidParameter("logins", "logins takes secret, thumbprint and subject by client id");
  if (!value.IsObject()) return refused;
  for (const auto& [client, ways] : *value.AsObject()) {
    if (!ways.IsObject()) return refused;
    Login& login = logins[Lower(client)];
    for (const auto& [name, text] : *ways.AsObject()) {
      std::string* const member = WayNamed(name, login);
      if (member == nullptr || !text.IsString()) return refused;
      *member = *text.AsString();
    }
  }
  return logins;
}

json::Value ToJson(const Logins& logins) {
  json::Value shown = json::Value::Object();
  for (const auto& [client, login] : logins) {
    json::Value& ways = shown.Set(client, json::Value::Object());
    if (!login.secret.empty()) ways.Set("secret", login.secret);
    if (!login.thumbprint.empty()) ways.Set("thumbprint", login.thumbprint);
    if (!login.subject.empty()) ways.Set("subject", login.subject);
  }
  return shown;
}

Answer DiscoverInstance(World&, const Call& call) {
  const auto asked = http::ParseUrl(QueryOf(call, "authorization_endpoint"));
  const auto own = http::ParseUrl(call.base_url);
  // By host alone: MSAL leaves the port out.
  if (!asked || !own || asked->host != own->host) {
    return Json(
        400, json::Value::Object{
                 {"error", json::Value("invalid_instance")},
                 {"error_description", json::Value("AADSTS50049: Unknown or invalid instance.")}});
  }
  const std::string tenant = asked->path.substr(0, asked->path.find('/', 1));
  json::Value host;
  host.Set("preferred_network", own->host);
  host.Set("preferred_cache", own->host);
  host.Set("aliases", json::Value::Array{json::Value(own->host)});
  json::Value shown;
  shown.Set("tenant_discovery_endpoint",
            call.base_url + tenant + "/v2.0/.well-known/openid-configuration");
  shown.Set("api-version", "1.1");
  shown.Set("metadata", json::Value::Array{std::move(host)});
  return Json(200, shown);
}

Answer DescribeIssuer(World&, const Call& call) {
  const std::string tenant = call.base_url + "/" + call.params.front();
  json::Value shown;
  shown.Set("token_endpoint", tenant + "/oauth2/v2.0/token");
  shown.Set("token_endpoint_auth_methods_supported",
            json::Value::Array{json::Value("client_secret_post"), json::Value("private_key_jwt")});
  shown.Set("jwks_uri", tenant + "/discovery/v2.0/keys");
  shown.Set("issuer", tenant + "/v2.0");
  shown.Set("authorization_endpoint", tenant + "/oauth2/v2.0/authorize");
  shown.Set("response_types_supported", json::Value::Array{json::Value("code")});
  shown.Set("subject_types_supported", json::Value::Array{json::Value("pairwise")});
  shown.Set("id_token_signing_alg_values_supported", json::Value::Array{json::Value("RS256")});
  return Json(200, shown);
}

Answer ListSigningKeys(World&, const Call&) {
  // Its tokens are not signed: whoever checks them is the simulator itself.
  return Json(200, json::Value::Object{{"keys", json::Value(json::Value::Array())}});
}

Answer IssueToken(World& world, const Call& call) {
  if (const auto refusal = CheckLogin(world, call)) return Refused(world, *refusal);
  json::Value token;
  token.Set("token_type", "Bearer");
  token.Set("expires_in", kTokenSeconds);
  token.Set("ext_expires_in", kTokenSeconds);
  token.Set("access_token", "simulated." + world.random.Uuid());
  return Json(200, token);
}

Answer IssueMachineToken(World& world, const Call& call) {
  const auto header = call.request.headers.Get("Metadata");
  if (!header || !EqualsIgnoreCase(*header, "true")) {
    return MachineRefused("invalid_request", "Required metadata header not specified");
  }
  if (call.request.headers.Get("X-Forwarded-For")) {
    return MachineRefused("invalid_request", "The request was forwarded");
  }
  if (call.api_version.empty()) {
    return MachineRefused("bad_request_102", "Required api-version parameter not specified");
  }
  const std::string resource = QueryOf(call, "resource");
  if (resource.empty()) {
    return MachineRefused("invalid_resource", "Required audience parameter not specified");
  }
  const std::string client = QueryOf(call, "client_id");
  const Logins& logins = world.settings.logins;
  if (!client.empty() && !logins.empty() && !logins.contains(Lower(client))) {
    return MachineRefused("invalid_request", "Identity not found");
  }
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(world.now.time_since_epoch());
  json::Value token;  // every number is a text here
  token.Set("access_token", "simulated." + world.random.Uuid());
  token.Set("client_id", client);
  token.Set("expires_in", std::to_string(kTokenSeconds));
  token.Set("expires_on", std::to_string(now.count() + kTokenSeconds));
  token.Set("ext_expires_in", std::to_string(kTokenSeconds));
  token.Set("not_before", std::to_string(now.count()));
  token.Set("resource", resource);
  token.Set("token_type", "Bearer");
  return Json(200, token);
}

}  // namespace labgallery::azure_simulator
