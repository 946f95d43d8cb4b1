// Who gets a token, who does not, and in whose words. azure-identity judges the same in
// tests/conformance.
#include <gtest/gtest.h>

#include <algorithm>

#include "src/base/base64.h"
#include "src/http/model/url.h"
#include "tests/unit/src/azure_simulator/cloud.h"

namespace labgallery::azure_simulator {
namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kOrigin = "http://login.example.org:8443";
constexpr const char* kTokenUrl = "http://login.example.org:8443/t/oauth2/v2.0/token";
constexpr const char* kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

std::string Base64Url(std::string_view bytes) {
  std::string text = EncodeBase64(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

/// A JSON web token; its x5t are the bytes ff fe fd.
std::string Token(std::string_view claims) {
  return Base64Url(R"({"alg": "RS256", "x5t": "__79"})") + "." + Base64Url(claims) + ".c2ln";
}

std::string Signed(const std::string& audience) {
  return Token(R"({"iss": "app", "sub": "app", "aud": ")" + audience + "\"}");
}

std::string Projected(const std::string& audience, const std::string& subject) {
  return Token(R"({"iss": "https://cluster", "sub": ")" + subject + R"(", "aud": [")" + audience +
               "\"]}");
}

Seen Login(Cloud& cloud, const Form& more) {
  Form form{{"client_id", "app"}, {"scope", "https://arm/.default"}};
  form.emplace_back("grant_type", "client_credentials");
  for (const auto& [name, value] : more) {
    std::erase_if(form, [&name](const auto& field) { return field.first == name; });
    if (!value.empty()) form.emplace_back(name, value);
  }
  return cloud.Raw({http::Method::kPost, kTokenUrl, {}, http::BuildQuery(form)});
}

Form Assertion(std::string token) {
  return {{"client_assertion_type", kAssertionType}, {"client_assertion", std::move(token)}};
}

struct Row {
  const char* name;
  Form form;
  const char* error;  // empty: a token
  int code;
};

class LoginRows : public ::testing::TestWithParam<Row> {};

TEST_P(LoginRows, AreAnsweredAsEntraWould) {
  Cloud cloud;
  cloud.Set(R"({"logins": {"APP": {"secret": "s", "thumbprint": "FFFEFD", "subject": "sa"}}})");
  const Seen seen = Login(cloud, GetParam().form);
  const std::string error = GetParam().error;
  EXPECT_EQ(seen.body.Text({"error"}), error);
  EXPECT_EQ(seen.status, error.empty() ? 200 : error == "invalid_client" ? 401 : 400);
  EXPECT_EQ(seen.body.Text({"access_token"}).empty(), !error.empty());
  if (error.empty()) return;
  const std::string code = std::to_string(GetParam().code);
  EXPECT_TRUE(seen.body.Text({"error_description"}).starts_with("AADSTS" + code + ": "));
  EXPECT_EQ(*seen.body.Find("error_codes")->AsArray()->front().AsInteger(), GetParam().code);
}

const std::string kExchange = "api://AzureADTokenExchange";

INSTANTIATE_TEST_SUITE_P(
    All, LoginRows,
    ::testing::Values(
        Row{"ItsSecret", {{"client_secret", "s"}}, "", 0},
        Row{"AnotherSecret", {{"client_secret", "x"}}, "invalid_client", 7000215},
        Row{"AnotherApplication",
            {{"client_id", "b"}, {"client_secret", "s"}},
            "unauthorized_client",
            700016},
        Row{"NoApplication",
            {{"client_id", ""}, {"client_secret", "s"}},
            "invalid_request",
            900144},
        Row{"NoScope", {{"scope", ""}, {"client_secret", "s"}}, "invalid_request", 900144},
        Row{"AnotherGrant",
            {{"grant_type", "password"}, {"client_secret", "s"}},
            "unsupported_grant_type",
            70003},
        Row{"NothingToShow", {}, "invalid_client", 7000218},
        Row{"ItsCertificate", Assertion(Signed(kTokenUrl)), "", 0},
        Row{"ForAnotherAudience", Assertion(Signed("https://other")), "invalid_client", 700023},
        Row{"ItsServiceAccount", Assertion(Projected(kExchange, "sa")), "", 0},
        Row{"AnotherServiceAccount", Assertion(Projected(kExchange, "sb")), "invalid_client",
            700213},
        Row{"ATokenForSomethingElse", Assertion(Projected("cluster", "sa")), "invalid_request",
            700212},
        Row{"NoTokenAtAll", Assertion("x"), "invalid_request", 50027},
        Row{"NoType", {{"client_assertion", Signed(kTokenUrl)}}, "invalid_request", 50027}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Login, OfACertificateThatIsNotRegisteredIsRefused) {
  Cloud cloud;
  cloud.Set(R"({"logins": {"app": {"thumbprint": "00"}}})");
  EXPECT_EQ(Login(cloud, Assertion(Signed(kTokenUrl))).body.Text({"error"}), "invalid_client");
}

TEST(Login, InAWayThatIsNotSetUpIsRefused) {
  Cloud cloud;
  cloud.Set(R"({"logins": {"app": {}}})");
  for (const Form& form : {Form{{"client_secret", "s"}}, Assertion(Signed(kTokenUrl)),
                           Assertion(Projected(kExchange, "sa"))}) {
    EXPECT_EQ(Login(cloud, form).status, 401);
  }
}

TEST(Login, IsOpenToEverybodyUntilSettingsSayOtherwise) {
  Cloud cloud;
  for (const Form& form : {Form{{"client_secret", "any"}}, Assertion(Signed(kTokenUrl)),
                           Assertion(Projected(kExchange, "any"))}) {
    EXPECT_EQ(Login(cloud, form).status, 200);
  }
}

TEST(Discovery, LeadsFromAHostToItsTokens) {
  Cloud cloud;
  const std::string host = std::string(kOrigin) +
                           "/common/discovery/instance?api-version=1.1&authorization_endpoint=" +
                           "https://login.example.org/t/oauth2/v2.0/authorize";
  const Seen found = cloud.Raw({http::Method::kGet, host, {}, ""});
  const std::string next(found.body.Text({"tenant_discovery_endpoint"}));
  EXPECT_EQ(next, std::string(kOrigin) + "/t/v2.0/.well-known/openid-configuration");
  const Seen issuer = cloud.Raw({http::Method::kGet, next, {}, ""});
  EXPECT_EQ(issuer.body.Text({"token_endpoint"}), kTokenUrl);
  EXPECT_EQ(issuer.body.Text({"issuer"}), std::string(kOrigin) + "/t/v2.0");
  const std::string keys(issuer.body.Text({"jwks_uri"}));
  EXPECT_EQ(cloud.Raw({http::Method::kGet, keys, {}, ""}).status, 200);
}

TEST(Discovery, KnowsNoOtherHost) {
  Cloud cloud;
  const Seen seen = cloud.Raw({http::Method::kGet,
                               std::string(kOrigin) + "/common/discovery/instance"
                                                      "?authorization_endpoint=https://other/t",
                               {},
                               ""});
  EXPECT_EQ(seen.body.Text({"error"}), "invalid_instance");
}

struct MachineRow {
  const char* name;
  const char* query;
  http::Headers headers;
  const char* error;  // empty: a token
};

class MachineRows : public ::testing::TestWithParam<MachineRow> {};

TEST_P(MachineRows, AreAnsweredAsTheMachinesEndpointWould) {
  Cloud cloud;
  cloud.Set(R"({"logins": {"app": {}}})");
  const Seen seen = cloud.Raw({http::Method::kGet,
                               "/metadata/identity/oauth2/token" + std::string(GetParam().query),
                               GetParam().headers, ""});
  const std::string error = GetParam().error;
  EXPECT_EQ(seen.status, error.empty() ? 200 : 400);
  EXPECT_EQ(seen.body.Text({"error"}), error);
  if (!error.empty()) return;
  EXPECT_EQ(seen.body.Text({"expires_in"}), "3599");  // a text
  EXPECT_EQ(seen.body.Text({"resource"}), "https://arm/");
}

const http::Headers kMetadata{{"Metadata", "true"}};

INSTANTIATE_TEST_SUITE_P(
    All, MachineRows,
    ::testing::Values(
        MachineRow{"ItsOwn", "?api-version=2018-02-01&resource=https://arm/", kMetadata, ""},
        MachineRow{"AssignedByUsers", "?api-version=2018-02-01&resource=https://arm/&client_id=app",
                   kMetadata, ""},
        MachineRow{"OfAnother", "?api-version=2018-02-01&resource=https://arm/&client_id=b",
                   kMetadata, "invalid_request"},
        MachineRow{
            "NoHeader", "?api-version=2018-02-01&resource=https://arm/", {}, "invalid_request"},
        MachineRow{"Forwarded",
                   "?api-version=2018-02-01&resource=https://arm/",
                   {{"Metadata", "true"}, {"X-Forwarded-For", "10.0.0.1"}},
                   "invalid_request"},
        MachineRow{"NoVersion", "?resource=https://arm/", kMetadata, "bad_request_102"},
        MachineRow{"NoResource", "?api-version=2018-02-01", kMetadata, "invalid_resource"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Subscriptions, AreThoseOfTheSettingsOrThoseInUse) {
  Cloud cloud;
  cloud.Seed(kGroup, R"({"location": "westeurope"})");
  const Seen used = cloud.Get("/subscriptions");
  ASSERT_EQ(used.count(), 1U);
  const json::Value& first = used.body.Find("value")->AsArray()->front();
  EXPECT_EQ(first.Text({"id"}), kSubscription);
  const Seen tenants = cloud.Get("/tenants");
  EXPECT_EQ(first.Text({"tenantId"}),
            tenants.body.Find("value")->AsArray()->front().Text({"tenantId"}));
  cloud.Set(R"({"subscriptions": ["a", "b"]})");
  EXPECT_EQ(cloud.Get("/subscriptions").count(), 2U);
}

}  // namespace
}  // namespace labgallery::azure_simulator
