// Every way to log in against its own wire: the happy path, rotation, each documented refusal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "src/azure/client/client_secret_tokens.h"
#include "src/azure/client/token_answer.h"
#include "src/azure/client/workload_identity_tokens.h"
#include "src/http/model/url.h"
#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::azure {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kArm = "https://management.azure.com";
constexpr const char* kToken = R"({"token_type":"Bearer","expires_in":3599,"access_token":"t-1"})";
const Application kApplication{"https://login.microsoftonline.com", "tenant-1", "client-1"};
const SystemTime kNow(seconds(1'700'000'000));

std::string FieldOf(const http::Request& request, std::string_view name) {
  return http::QueryValue(request.body, name).value_or("");
}

class LoginTest : public ::testing::Test {
 protected:
  TokenEndpoint Endpoint(Application application = kApplication) {
    return {transport_, clock_, std::move(application)};
  }
  LeapingClock clock_{kNow};
  ScriptedTransport transport_;
};

TEST_F(LoginTest, SendsASecretAsAForm) {
  transport_.Answer(200, kToken);
  ClientSecretTokens tokens(Endpoint(), Secret("s3&cr=t+ %"));
  const auto token = tokens.Token(kArm, {});
  ASSERT_TRUE(token) << token.error().ToString();
  EXPECT_EQ(token->value.Reveal(), "t-1");
  EXPECT_EQ(token->life, seconds(3599));
  const http::Request& sent = transport_.sent.at(0);
  EXPECT_EQ(sent.method, http::Method::kPost);
  EXPECT_EQ(sent.url, "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token");
  EXPECT_EQ(sent.headers.Get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(FieldOf(sent, "grant_type"), "client_credentials");
  EXPECT_EQ(FieldOf(sent, "client_id"), "client-1");
  EXPECT_EQ(FieldOf(sent, "client_secret"), "s3&cr=t+ %");
  EXPECT_EQ(FieldOf(sent, "scope"), "https://management.azure.com/.default");
}

TEST_F(LoginTest, KnowsTheOtherPathOfFederationServices) {
  EXPECT_EQ(Endpoint({"https://adfs.example", "adfs", "c"}).url(),
            "https://adfs.example/adfs/oauth2/token");
}

class ServiceAccountFile {
 public:
  explicit ServiceAccountFile(const std::string& content) { Write(content); }
  ~ServiceAccountFile() { std::filesystem::remove(path); }
  void Write(const std::string& content) const { std::ofstream(path) << content; }
  const std::string path = testing::TempDir() + "labgallery-federated-" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LoginTest, ExchangesTheServiceAccountsTokenAsItIsNow) {
  const ServiceAccountFile file("projected-1\n");
  WorkloadIdentityTokens tokens(Endpoint(), file.path);
  transport_.Answer(200, kToken);
  ASSERT_TRUE(tokens.Token(kArm, {}));
  EXPECT_EQ(FieldOf(transport_.sent.at(0), "client_assertion"), "projected-1");
  EXPECT_EQ(FieldOf(transport_.sent.at(0), "client_assertion_type"),
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  EXPECT_EQ(FieldOf(transport_.sent.at(0), "client_secret"), "");
  file.Write("projected-2");
  transport_.Answer(200, kToken);
  ASSERT_TRUE(tokens.Token(kArm, {}));
  EXPECT_EQ(FieldOf(transport_.sent.at(1), "client_assertion"), "projected-2");
}

TEST_F(LoginTest, NamesTheFileThatHoldsNoToken) {
  const ServiceAccountFile file(" \n");
  for (const std::string& path : {file.path, std::string("/no/such/file")}) {
    const auto token = WorkloadIdentityTokens(Endpoint(), path).Token(kArm, {});
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::kUnauthenticated);
    EXPECT_THAT(token.error().message, HasSubstr(path));
  }
  EXPECT_TRUE(transport_.sent.empty());
}

struct AnswerRow {
  const char* name;
  std::string body;
  std::optional<Duration> life;
  std::optional<Duration> renew_after;
};
void PrintTo(const AnswerRow& row, std::ostream* out) { *out << row.name; }
class TokenAnswer : public ::testing::TestWithParam<AnswerRow> {};

TEST_P(TokenAnswer, IsReadInEveryDialect) {
  const auto token = ReadTokenAnswer(GetParam().body, kNow);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value.Reveal(), "t");
  EXPECT_EQ(token->life, GetParam().life);
  EXPECT_EQ(token->renew_after, GetParam().renew_after);
}

INSTANTIATE_TEST_SUITE_P(
    Dialects, TokenAnswer,
    ::testing::Values(
        AnswerRow{"Entra", R"({"access_token":"t","expires_in":3599,"refresh_in":1800})",
                  seconds(3599), seconds(1800)},
        AnswerRow{"NumbersAsTexts", R"({"access_token":"t","expires_in":"3599"})", seconds(3599),
                  std::nullopt},
        AnswerRow{"InstantAsText", R"({"access_token":"t","expires_on":"1700000060"})", seconds(60),
                  std::nullopt},
        AnswerRow{"InstantAsNumber", R"({"access_token":"t","expires_on":1700000060})", seconds(60),
                  std::nullopt},
        AnswerRow{"InstantAsDate", R"({"access_token":"t","expires_on":"2023-11-14T22:14:20Z"})",
                  seconds(60), std::nullopt},
        AnswerRow{"InThePast", R"({"access_token":"t","expires_on":1600000000})", seconds(0),
                  std::nullopt},
        AnswerRow{"WithoutALife", R"({"access_token":"t"})", std::nullopt, std::nullopt},
        AnswerRow{"Nonsense", R"({"access_token":"t","expires_in":"soon"})", std::nullopt,
                  std::nullopt}),
    [](const auto& tested) { return tested.param.name; });

TEST(TokenAnswer, ShowsNothingOfWhatItCannotRead) {
  for (const char* body : {"eyJ0b2tlbg.hunter2", R"({"token":"hunter2"})", ""}) {
    const auto token = ReadTokenAnswer(body, kNow);
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::kProtocol);
    EXPECT_THAT(token.error().ToString(), Not(HasSubstr("hunter2")));
  }
}

struct RefusalRow {
  const char* name;
  int status;
  std::string body;
  ErrorKind kind;
  std::string code;
  std::string said;
};
void PrintTo(const RefusalRow& row, std::ostream* out) { *out << row.name; }
class LoginRefusal : public LoginTest, public ::testing::WithParamInterface<RefusalRow> {};

TEST_P(LoginRefusal, SaysWhyAndWhatToDo) {
  transport_.Answer(GetParam().status, GetParam().body);
  ClientSecretTokens tokens(Endpoint(), Secret("hunter2"));
  const auto token = tokens.Token(kArm, {});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, GetParam().kind);
  EXPECT_EQ(token.error().code, GetParam().code);
  const std::string text = token.error().ToString();
  EXPECT_THAT(text, HasSubstr(GetParam().said));
  EXPECT_THAT(text, HasSubstr("login.microsoftonline.com/tenant-1"));
  EXPECT_THAT(text, HasSubstr("client-1"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, Not(HasSubstr("Trace ID")));
}

std::string Said(const std::string& error, const std::string& description) {
  return R"({"error":")" + error + R"(","error_description":")" + description +
         R"( Trace ID: 1 Correlation ID: 2 Timestamp: 3","correlation_id":"c-1"})";
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, LoginRefusal,
    ::testing::Values(
        RefusalRow{"WrongSecret", 401,
                   Said("invalid_client", "AADSTS7000215: Invalid client secret provided."),
                   ErrorKind::kUnauthenticated, "AADSTS7000215", "not its id"},
        RefusalRow{"ExpiredSecret", 401,
                   Said("invalid_client",
                        "AADSTS7000222: The provided client secret keys for app "
                        "'client-1' are expired."),
                   ErrorKind::kUnauthenticated, "AADSTS7000222", "make a new one"},
        RefusalRow{"UnknownApplication", 400,
                   Said("unauthorized_client", "AADSTS700016: Application was not found."),
                   ErrorKind::kUnauthenticated, "AADSTS700016", "client id, tenant id and cloud"},
        RefusalRow{"UnknownTenant", 400,
                   Said("invalid_request", "AADSTS90002: Tenant 'tenant-1' not found."),
                   ErrorKind::kUnauthenticated, "AADSTS90002", "There is no such tenant"},
        RefusalRow{"WrongSubject", 401,
                   Said("invalid_client", "AADSTS700213: No matching federated identity record."),
                   ErrorKind::kUnauthenticated, "AADSTS700213", "system:serviceaccount"},
        RefusalRow{"WrongIssuer", 401,
                   Said("invalid_client", "AADSTS700211: No matching federated identity record."),
                   ErrorKind::kUnauthenticated, "AADSTS700211", "issuer"},
        RefusalRow{"OldAssertion", 401,
                   Said("invalid_client",
                        "AADSTS700024: Client assertion is not within its valid "
                        "time range."),
                   ErrorKind::kUnauthenticated, "AADSTS700024", "clock"},
        RefusalRow{"WrongAudience", 400,
                   Said("invalid_resource", "AADSTS500011: The resource principal was not found."),
                   ErrorKind::kUnauthenticated, "AADSTS500011", "check the cloud"},
        RefusalRow{"UnknownCode", 400, Said("invalid_grant", "AADSTS1: Something else."),
                   ErrorKind::kUnauthenticated, "AADSTS1", "Something else."},
        RefusalRow{"NoCode", 400, Said("invalid_grant", "Plain words"), ErrorKind::kUnauthenticated,
                   "invalid_grant", "Plain words"},
        RefusalRow{"EchoOfTheSecret", 401,
                   Said("invalid_client", "The secret hunter2 of hunter2 is wrong"),
                   ErrorKind::kUnauthenticated, "invalid_client", "The secret [removed] of"},
        RefusalRow{"Page", 403, "<html>hunter2</html>", ErrorKind::kUnauthenticated, "",
                   "answered 403"},
        RefusalRow{"Redirect", 302, "", ErrorKind::kUnauthenticated, "", "answered 302"},
        RefusalRow{"TooMany", 429, "{}", ErrorKind::kThrottled, "", "answered 429"},
        RefusalRow{"Outage", 503, "", ErrorKind::kUnavailable, "", "answered 503"},
        RefusalRow{"Gateway", 504, "", ErrorKind::kTimeout, "", "answered 504"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(LoginTest, TellsWhenToComeBack) {
  transport_.Answer(429, "{}", {{"Retry-After", "17"}});
  EXPECT_EQ(ClientSecretTokens(Endpoint(), Secret("x")).Token(kArm, {}).error().retry_after,
            seconds(17));
}

TEST_F(LoginTest, CountsSilenceAsNoLogin) {
  Error silence;
  silence.kind = ErrorKind::kTimeout;
  transport_.Fail(silence);
  EXPECT_EQ(ClientSecretTokens(Endpoint(), Secret("x")).Token(kArm, {}).error().kind,
            ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace labgallery::azure
