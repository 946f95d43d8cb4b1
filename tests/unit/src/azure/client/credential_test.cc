// Which way to log in is taken, and what is said where none can be: managed identity, the Azure
// CLI, the chain.
#include "src/azure/client/credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/text.h"
#include "src/http/model/url.h"
#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::azure {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kArm = "https://management.azure.com";
constexpr const char* kToken = R"({"access_token":"t-1","expires_in":"3599"})";
const SystemTime kNow(seconds(1'700'000'000));

class CredentialTest : public ::testing::Test {
 protected:
  Result<AccessToken> Token(CredentialKind kind) {
    LoginWorld world{.transport = transport_,
                     .direct = metadata_,
                     .clock = clock_,
                     .random = random_,
                     .authority = "https://login.microsoftonline.com",
                     .programs = {.environment = {"PATH=/bin"},
                                  .run = [this](const ChildCommand& command,
                                                const std::stop_token&) -> Result<ChildOutcome> {
                                    commands_.push_back(command);
                                    return az_;
                                  }}};
    LAB_ASSIGN_OR_RETURN(source_, MakeTokenSource(kind, settings_, world));
    return source_->Token(kArm, {});
  }
  std::string Query(std::size_t request, std::string_view name) const {
    const auto url = http::ParseUrl(metadata_.sent.at(request).url);
    return http::QueryValue(url->query, name).value_or("");
  }

  LeapingClock clock_{kNow};
  SeededRandom random_{1};
  ScriptedTransport transport_;
  ScriptedTransport metadata_;
  CredentialSettings settings_;
  Result<ChildOutcome> az_ = NotFound("none");
  std::vector<ChildCommand> commands_;
  std::unique_ptr<TokenSource> source_;
};

TEST_F(CredentialTest, AsksTheMetadataServiceAsAzureDescribes) {
  metadata_.Answer(200, kToken);
  const auto token = Token(CredentialKind::kManagedIdentity);
  ASSERT_TRUE(token) << token.error().ToString();
  EXPECT_EQ(token->value.Reveal(), "t-1");
  const http::Request& sent = metadata_.sent.at(0);
  EXPECT_EQ(sent.headers.Get("Metadata"), "true");
  EXPECT_TRUE(sent.url.starts_with("http://169.254.169.254/metadata/identity/oauth2/token?"));
  EXPECT_EQ(Query(0, "api-version"), "2018-02-01");
  EXPECT_EQ(Query(0, "resource"), kArm) << "an audience, no scope";
  EXPECT_EQ(Query(0, "client_id"), "");
}

TEST_F(CredentialTest, NamesOneOfSeveralIdentities) {
  struct Row {
    std::string client;
    ManagedIdentity identity;
    const char* parameter;
    std::string value;
  };
  const std::vector<Row> rows{{"c-1", {}, "client_id", "c-1"},
                              {"c-1", {.object_id = "o-1"}, "object_id", "o-1"},
                              {"", {.resource_id = "/sub/x y"}, "msi_res_id", "/sub/x y"}};
  for (const Row& row : rows) {
    settings_.client = row.client;
    settings_.identity = row.identity;
    metadata_.Answer(200, kToken);
    ASSERT_TRUE(Token(CredentialKind::kManagedIdentity));
    EXPECT_EQ(Query(metadata_.sent.size() - 1, row.parameter), row.value);
    EXPECT_EQ(Query(metadata_.sent.size() - 1, "client_id"),
              row.parameter == std::string("client_id") ? "c-1" : "");
  }
}

TEST_F(CredentialTest, WaitsForAMetadataServiceThatIsNotReady) {
  for (const int status : {404, 410, 429, 500}) metadata_.Answer(status, "{}");
  metadata_.Answer(200, kToken);
  const SteadyTime before = clock_.SteadyNow();
  ASSERT_TRUE(Token(CredentialKind::kManagedIdentity));
  EXPECT_EQ(metadata_.sent.size(), 5U);
  EXPECT_EQ(clock_.SteadyNow() - before, seconds(2 + 6 + 14 + 30));
}

TEST_F(CredentialTest, GivesUpOnTheMetadataServiceAfterFiveTries) {
  for (int i = 0; i < 5; ++i) metadata_.Fail(Unavailable("no route"));
  const auto token = Token(CredentialKind::kManagedIdentity);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(metadata_.sent.size(), 5U);
}

TEST_F(CredentialTest, TakesTheMetadataServicesRefusalAsFinal) {
  metadata_.Answer(400, R"({"error":"invalid_request","error_description":"Identity not found"})");
  const auto token = Token(CredentialKind::kManagedIdentity);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_THAT(token.error().message,
              AllOf(HasSubstr("Identity not found"), HasSubstr("AZURE_CLIENT_ID")));
  EXPECT_EQ(metadata_.sent.size(), 1U);
}

TEST_F(CredentialTest, AsksTheCliForAToken) {
  settings_.tenant = "tenant-1";
  az_ = ChildOutcome{.output =
                         R"({"accessToken":"t-2","expires_on":1700000600,"tokenType":"Bearer"})"};
  const auto token = Token(CredentialKind::kAzureCli);
  ASSERT_TRUE(token) << token.error().ToString();
  EXPECT_EQ(token->value.Reveal(), "t-2");
  EXPECT_EQ(token->life, seconds(600));
  EXPECT_EQ(commands_.at(0).program, "az");
  EXPECT_THAT(commands_.at(0).arguments,
              ElementsAre("account", "get-access-token", "--output", "json", "--resource", kArm,
                          "--tenant", "tenant-1"));
  EXPECT_THAT(commands_.at(0).environment, ElementsAre("PATH=/bin"));
}

TEST_F(CredentialTest, DoesNotTrustTheCliWithLocalTime) {
  az_ = ChildOutcome{.output = R"({"accessToken":"t","expiresOn":"2023-11-14 22:13:20.000000"})"};
  const auto token = Token(CredentialKind::kAzureCli);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->life, std::nullopt);
}

TEST_F(CredentialTest, SaysWhatTheCliSays) {
  struct Row {
    Result<ChildOutcome> outcome;
    const char* said;
  };
  const std::vector<Row> rows{
      {NotFound("x"), "there is no program az"},
      {Unavailable("broken"), "broken"},
      {ChildOutcome{.exit_status = 1,
                    .output = "hunter2",
                    .errors = "ERROR: Please run 'az login' to setup account.\nmore"},
       "Please run 'az login'"},
      {ChildOutcome{.output = "hunter2"}, "printed no token"},
      {ChildOutcome{.output = R"({"accesstoken":"hunter2"})"}, "printed no token"}};
  for (const Row& row : rows) {
    az_ = row.outcome;
    const auto token = Token(CredentialKind::kAzureCli);
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::kUnauthenticated);
    EXPECT_THAT(token.error().message,
                AllOf(HasSubstr(row.said), Not(HasSubstr("hunter2")), Not(HasSubstr("more"))));
  }
}

TEST_F(CredentialTest, ReportsOfEveryWayWhyItWasNotTaken) {
  metadata_.Fail(Unavailable("no route to host"));
  const auto token = Token(CredentialKind::kDefault);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::kUnauthenticated);
  const std::vector<std::string> told = Split(token.error().message, ';');
  ASSERT_EQ(told.size(), 4U) << token.error().message;
  EXPECT_THAT(told[0], AllOf(HasSubstr("EnvironmentCredential"), HasSubstr("AZURE_CLIENT_SECRET")));
  EXPECT_THAT(told[1], AllOf(HasSubstr("WorkloadIdentityCredential"), HasSubstr("AZURE_TENANT_ID"),
                             HasSubstr("AZURE_FEDERATED_TOKEN_FILE")));
  EXPECT_THAT(told[2],
              AllOf(HasSubstr("ManagedIdentityCredential"), HasSubstr("no route to host")));
  EXPECT_THAT(told[3], AllOf(HasSubstr("AzureCliCredential"), HasSubstr("no program az")));
  EXPECT_EQ(metadata_.sent.size(), 1U) << "a probe is not repeated";
}

TEST_F(CredentialTest, StaysWithTheWayThatGaveAToken) {
  metadata_.Fail(Unavailable("no route to host"));
  az_ = ChildOutcome{.output = R"({"accessToken":"t-2"})"};
  ASSERT_TRUE(Token(CredentialKind::kDefault));
  ASSERT_TRUE(source_->Token(kArm, {}));
  EXPECT_EQ(metadata_.sent.size(), 1U);
  EXPECT_EQ(commands_.size(), 2U);
}

TEST_F(CredentialTest, EndsTheChainWhereSomethingThatIsConfiguredFails) {
  settings_ = {.tenant = "t", .client = "c", .secret = Secret("hunter2")};
  transport_.Answer(401, R"({"error":"invalid_client"})");
  const auto token = Token(CredentialKind::kDefault);
  ASSERT_FALSE(token);
  EXPECT_THAT(token.error().ToString(), HasSubstr("EnvironmentCredential"));
  EXPECT_THAT(token.error().ToString(), Not(HasSubstr("hunter2")));
  EXPECT_TRUE(metadata_.sent.empty());
  EXPECT_TRUE(commands_.empty());
}

TEST_F(CredentialTest, NarrowsTheChainAsTheVariableSays) {
  settings_.chain = "dev";
  EXPECT_THAT(Token(CredentialKind::kDefault).error().message,
              AllOf(HasSubstr("AzureCli"), Not(HasSubstr("ManagedIdentity"))));
  settings_.chain = "PROD";
  metadata_.Fail(Unavailable("x"));
  EXPECT_THAT(Token(CredentialKind::kDefault).error().message,
              AllOf(HasSubstr("ManagedIdentity"), Not(HasSubstr("AzureCli"))));
  settings_.chain = "azureclicredential";
  EXPECT_THAT(Token(CredentialKind::kDefault).error().message, HasSubstr("no program az"));
  settings_.chain = "nonsense";
  EXPECT_EQ(Token(CredentialKind::kDefault).error().kind, ErrorKind::kInvalidInput);
}

struct MissingRow {
  const char* name;
  CredentialKind kind;
  CredentialSettings settings;
  std::vector<std::string> said;
};
void PrintTo(const MissingRow& row, std::ostream* out) { *out << row.name; }
class MissingSettings : public CredentialTest, public ::testing::WithParamInterface<MissingRow> {};

TEST_P(MissingSettings, AreNamed) {
  settings_ = GetParam().settings;
  const auto token = Token(GetParam().kind);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::kInvalidInput);
  for (const std::string& said : GetParam().said)
    EXPECT_THAT(token.error().message, HasSubstr(said));
  EXPECT_THAT(token.error().message, Not(HasSubstr("hunter2")));
}

const CredentialSettings kIds{.tenant = "t", .client = "c"};

INSTANTIATE_TEST_SUITE_P(
    Kinds, MissingSettings,
    ::testing::Values(
        MissingRow{"NoSecret", CredentialKind::kClientSecret, kIds, {"AZURE_CLIENT_SECRET"}},
        MissingRow{"NoIds",
                   CredentialKind::kClientSecret,
                   {.secret = Secret("hunter2")},
                   {"AZURE_TENANT_ID", "AZURE_CLIENT_ID"}},
        MissingRow{"NoCertificate",
                   CredentialKind::kClientCertificate,
                   kIds,
                   {"AZURE_CLIENT_CERTIFICATE_PATH"}},
        MissingRow{"ACertificatesPassword",
                   CredentialKind::kClientCertificate,
                   {.tenant = "t",
                    .client = "c",
                    .certificate_file = "f",
                    .certificate_password = Secret("hunter2")},
                   {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "without"}},
        MissingRow{"NoFederatedFile",
                   CredentialKind::kWorkloadIdentity,
                   kIds,
                   {"AZURE_FEDERATED_TOKEN_FILE"}},
        MissingRow{"NothingInTheEnvironment",
                   CredentialKind::kEnvironment,
                   {},
                   {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH"}},
        MissingRow{"ATenantThatIsAPath",
                   CredentialKind::kClientSecret,
                   {.tenant = "a/../b", .client = "c", .secret = Secret("hunter2")},
                   {"AZURE_TENANT_ID"}},
        MissingRow{"AClientThatIsNone",
                   CredentialKind::kClientSecret,
                   {.tenant = "t", .client = "c\nd", .secret = Secret("hunter2")},
                   {"AZURE_CLIENT_ID"}}),
    [](const auto& tested) { return tested.param.name; });

TEST(CredentialKind, IsReadInAnyCase) {
  for (const std::string& name : CredentialNames()) {
    const auto kind = ParseCredentialKind(Lower(name));
    ASSERT_TRUE(kind) << name;
    EXPECT_EQ(Name(*kind), name);
  }
  EXPECT_FALSE(ParseCredentialKind("Credential"));
}

}  // namespace
}  // namespace labgallery::azure
