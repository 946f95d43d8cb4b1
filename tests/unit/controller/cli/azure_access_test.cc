#include "controller/cli/azure_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace labgallery::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

AzureOptions At(std::string endpoint, std::string token_file = {}, std::string installation = {}) {
  return {.endpoint = std::move(endpoint),
          .token_file = std::move(token_file),
          .installation = std::move(installation)};
}

AzureOptions InCloud(std::string endpoint) {
  AzureOptions options = At(std::move(endpoint), "", "i");
  options.cloud = options.endpoint;
  options.credential = azure::CredentialKind::kClientSecret;
  options.variables.credential = {
      .tenant = "tenant-1", .client = "client-1", .secret = Secret("hunter2")};
  return options;
}

TEST(AzureAccess, NeedsNeitherTokenNorNameOnThisMachine) {
  for (const char* endpoint :
       {"http://127.0.0.1:8090", "http://localhost:8090/", "https://127.1.2.3"}) {
    auto access = ChooseAzureAccess(At(endpoint), Naming::kUser);
    ASSERT_TRUE(access) << access.error().ToString();
    EXPECT_TRUE(access->tokens->Token(access->audience, {}));
    EXPECT_EQ(access->installation, "");
  }
}

TEST(AzureAccess, KeepsTheOriginAlone) {
  EXPECT_EQ(ChooseAzureAccess(At("HTTP://Localhost:8090/"), Naming::kUser)->endpoint,
            "http://localhost:8090");
}

TEST(AzureAccess, TakesTokenAndNameThatAreGiven) {
  const auto access =
      ChooseAzureAccess(At("https://management.azure.com", "/no/such/file", "prod"), Naming::kUser);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->installation, "prod");
  EXPECT_FALSE(access->tokens->Token(access->audience, {})) << "the file is read for each request";
}

TEST(AzureAccess, NamesAllThatARemoteEndpointLacks) {
  struct Row {
    AzureOptions options;
    Naming naming;
    std::vector<std::string> missing;
    std::vector<std::string> there;
  };
  const std::string token = "--azure-token-file";
  const std::vector<Row> rows{
      {At("https://a.example"), Naming::kUser, {token, "--installation"}, {"https"}},
      {At("https://a.example", "t"), Naming::kUser, {"--installation"}, {token}},
      {At("https://a.example", "", "i"), Naming::kUser, {token}, {"--installation"}},
      {At("http://a.example", "t", "i"), Naming::kUser, {"https"}, {token}},
      {At("http://a.example", "t"), Naming::kCluster, {"https"}, {token, "--installation"}},
      {InCloud("http://a.example"), Naming::kUser, {"https"}, {token, "--installation"}},
  };
  for (const Row& row : rows) {
    const auto access = ChooseAzureAccess(row.options, row.naming);
    ASSERT_FALSE(access);
    EXPECT_EQ(access.error().kind, ErrorKind::kInvalidInput);
    const std::string text = access.error().message.substr(access.error().message.find("missing:"));
    for (const std::string& name : row.missing) EXPECT_THAT(text, HasSubstr(name));
    for (const std::string& name : row.there) EXPECT_THAT(text, Not(HasSubstr(name)));
  }
}

TEST(AzureAccess, TellsASimulatorOnAnotherMachineNothingSecret) {
  AzureOptions plain = At("http://simulator.labs.svc:8090");
  plain.plain_http = true;
  const auto access = ChooseAzureAccess(plain, Naming::kCluster);
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_TRUE(access->tokens->Token(access->audience, {})) << "a made-up one";

  AzureOptions with_token = plain;
  with_token.token_file = "t";
  AzureOptions with_login = InCloud("http://a.example");
  with_login.plain_http = true;
  AzureOptions encrypted = At("https://a.example");
  encrypted.plain_http = true;
  for (const AzureOptions& options : {with_token, with_login, encrypted}) {
    const auto refused = ChooseAzureAccess(options, Naming::kCluster);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("--azure-plain-http"));
  }
}

TEST(AzureAccess, LetsTheClusterNameAnInstallationInACloud) {
  AzureOptions options = InCloud("https://management.azure.com");
  options.installation = "";
  EXPECT_TRUE(ChooseAzureAccess(options, Naming::kCluster));
}

TEST(AzureAccess, RefusesWhatIsNoOrigin) {
  for (const char* endpoint : {"127.0.0.1:8090", "ftp://localhost", "http://localhost/tenant",
                               "http://user:secret@localhost", "http://localhost?x=1"}) {
    const auto access = ChooseAzureAccess(At(endpoint), Naming::kUser);
    ASSERT_FALSE(access) << endpoint;
    EXPECT_EQ(access.error().kind, ErrorKind::kInvalidInput);
  }
}

// A cloud that describes itself with `answer`, gives tokens, and remembers what it was asked.
class LearnedCloud final : public http::HttpTransport {
 public:
  LearnedCloud(const AzureOptions& options, http::Response answer, int busy = 0,
               Duration patience = {})
      : answer_(std::move(answer)), busy_(busy) {
    auto chosen = ChooseAzureAccess(options, Naming::kUser);
    if (!chosen) {
      status = chosen.error();
      return;
    }
    access = *std::move(chosen);
    status = LearnCloud(access, options,
                        {.transport = *this,
                         .direct = *this,
                         .clock = clock_,
                         .random = random_,
                         .patience = patience},
                        {});
  }

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    asked.push_back(request);
    timeout = options.timeout;
    if (busy_-- > 0) return http::Response{.status = 429, .headers = {{"Retry-After", "7"}}};
    if (request.url.find("/metadata/endpoints") != std::string::npos) return answer_;
    return http::JsonResponse(200, R"({"access_token":"t","expires_in":3600})");
  }
  Result<http::StreamResponse> Open(const http::Request&, const http::CallOptions&) override {
    return Unavailable("no streams here");
  }

  Duration waited() const { return clock_.SteadyNow() - SteadyTime{}; }

  std::vector<http::Request> asked;
  std::chrono::milliseconds timeout{};  // of the last request
  AzureAccess access;
  Status status;

 private:
  const http::Response answer_;
  int busy_;  // so many requests are told to come again
  LeapingClock clock_{SystemTime{}};
  SeededRandom random_{1};
};

std::string Cloud(const std::string& graph, const std::string& login = "https://login.example/") {
  return R"({"authentication": {"loginEndpoint": ")" + login +
         R"(", "audiences": ["https://a/"]}, "microsoftGraphResourceId": ")" + graph + "\"}";
}

TEST(AzureAccess, UsesAudienceAndDirectoryOfTheEndpointsCloud) {
  const LearnedCloud cloud(At("http://localhost:1"),
                           http::JsonResponse(200, Cloud("http://localhost:1/")));
  ASSERT_TRUE(cloud.status) << cloud.status.error().ToString();
  EXPECT_EQ(cloud.access.audience, "https://a/");
  EXPECT_EQ(cloud.access.graph, "http://localhost:1");
  EXPECT_EQ(cloud.access.login, "https://login.example");
}

TEST(AzureAccess, ShowsItsTokenToNoOtherOrigin) {
  const LearnedCloud cloud(At("http://localhost:1"),
                           http::JsonResponse(200, Cloud("https://graph.example/")));
  EXPECT_EQ(cloud.access.graph, "");
}

TEST(AzureAccess, ShowsItsTokenToNoOtherOriginOfACloudEither) {
  AzureOptions options = InCloud("https://arm.example");
  options.credential = std::nullopt;
  options.token_file = "/no/such/file";
  const LearnedCloud cloud(options, http::JsonResponse(200, Cloud("https://graph.example")));
  ASSERT_TRUE(cloud.status) << cloud.status.error().ToString();
  EXPECT_EQ(cloud.access.graph, "");
  EXPECT_EQ(cloud.access.audience, "https://a/");
}

TEST(AzureAccess, IsItsOwnAudienceWhereTheCloudIsNotDescribed) {
  const LearnedCloud cloud(At("http://localhost:1"), http::JsonResponse(404, "{}"));
  ASSERT_TRUE(cloud.status);
  EXPECT_EQ(cloud.access.audience, "http://localhost:1/");
  EXPECT_EQ(cloud.access.graph, "");
  EXPECT_EQ(cloud.access.login, "");
}

TEST(AzureAccess, FailsWhereTheEndpointFails) {
  EXPECT_FALSE(LearnedCloud(At("http://localhost:1"), http::JsonResponse(503, "{}")).status);
}

TEST(AzureAccess, WaitsForACloudThatAsksForPatienceAsLongAsItMay) {
  using std::chrono::seconds;
  const auto described = http::JsonResponse(200, Cloud("https://graph.example"));
  const LearnedCloud patient(InCloud("https://arm.example"), described, 2, seconds(15));
  ASSERT_TRUE(patient.status) << patient.status.error().ToString();
  EXPECT_EQ(patient.asked.size(), 3U);
  EXPECT_EQ(patient.waited(), seconds(14));
  EXPECT_EQ(patient.timeout, seconds(15)) << "for one that says nothing";
  const LearnedCloud hurried(InCloud("https://arm.example"), described, 2, seconds(10));
  EXPECT_EQ(hurried.status.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(hurried.asked.size(), 2U);
  EXPECT_EQ(hurried.waited(), seconds(7)) << "no wait that leads to nothing";
  const LearnedCloud once(InCloud("https://arm.example"), described, 1);
  EXPECT_EQ(once.asked.size(), 1U);
  EXPECT_EQ(once.timeout, seconds(30));
}

TEST(AzureAccess, LogsInWhereTheCloudSays) {
  LearnedCloud cloud(InCloud("https://arm.example"),
                     http::JsonResponse(200, Cloud("https://graph.example")));
  ASSERT_TRUE(cloud.status) << cloud.status.error().ToString();
  EXPECT_EQ(cloud.access.graph, "https://graph.example");
  EXPECT_EQ(cloud.asked.size(), 1U) << "nobody logs in before a token is wanted";
  ASSERT_TRUE(cloud.access.tokens->Token(cloud.access.audience, {}));
  ASSERT_TRUE(cloud.access.tokens->Token(cloud.access.audience, {}));
  ASSERT_EQ(cloud.asked.size(), 2U) << "the token is kept";
  EXPECT_EQ(cloud.asked.back().url, "https://login.example/tenant-1/oauth2/v2.0/token");
}

TEST(AzureAccess, LogsInWhereTheVariableSaysBeforeAllElse) {
  AzureOptions options = InCloud("https://arm.example");
  options.variables.authority = "https://other.example/";
  LearnedCloud cloud(options, http::JsonResponse(200, Cloud("https://graph.example")));
  ASSERT_TRUE(cloud.access.tokens->Token(cloud.access.audience, {}));
  EXPECT_EQ(cloud.asked.back().url, "https://other.example/tenant-1/oauth2/v2.0/token");
}

TEST(AzureAccess, KnowsTheThreeCloudsThatDoNotDescribeThemselves) {
  const std::map<std::string, std::pair<std::string, std::string>> rows{
      {"https://management.azure.com",
       {"https://login.microsoftonline.com", "https://graph.microsoft.com"}},
      {"https://management.usgovcloudapi.net",
       {"https://login.microsoftonline.us", "https://graph.microsoft.us"}},
      {"https://management.chinacloudapi.cn",
       {"https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"}}};
  for (const auto& [endpoint, told] : rows) {
    const LearnedCloud cloud(InCloud(endpoint), http::JsonResponse(404, "{}"));
    ASSERT_TRUE(cloud.status) << cloud.status.error().ToString();
    EXPECT_EQ(cloud.access.login, told.first);
    EXPECT_EQ(cloud.access.graph, told.second);
    EXPECT_EQ(cloud.access.audience, endpoint + "/");
  }
}

TEST(AzureAccess, SendsNoSecretToWhereverItCouldBeOverheard) {
  struct Row {
    std::string told;
    std::string variable;
    const char* said;
  };
  const std::vector<Row> rows{{"http://login.example", "", "https"},
                              {"nowhere", "", "no address"},
                              {"https://login.example", "http://other.example", "https"},
                              {"https://login.example", "other.example", "AZURE_AUTHORITY_HOST"}};
  for (const Row& row : rows) {
    AzureOptions options = InCloud("https://arm.example");
    options.variables.authority = row.variable;
    const LearnedCloud cloud(options, http::JsonResponse(200, Cloud("", row.told)));
    ASSERT_FALSE(cloud.status) << row.told << " " << row.variable;
    EXPECT_EQ(cloud.status.error().kind, ErrorKind::kInvalidInput);
    EXPECT_THAT(cloud.status.error().message, HasSubstr(row.said));
  }
}

TEST(AzureAccess, LogsInNowhereByPlainHttp) {
  AzureOptions options = At("http://simulator.example", "", "i");
  options.plain_http = true;
  const LearnedCloud cloud(
      options, http::JsonResponse(200, Cloud("http://simulator.example", "http://login.example")));
  ASSERT_TRUE(cloud.status) << cloud.status.error().ToString();
  EXPECT_EQ(cloud.access.login, "");
  EXPECT_FALSE(cloud.access.logins) << "a Secret's credential would be sent there";
  EXPECT_EQ(cloud.access.graph, "http://simulator.example");
}

TEST(AzureAccess, NeedsSomewhereToLogIn) {
  const LearnedCloud cloud(InCloud("https://arm.example"), http::JsonResponse(404, "{}"));
  ASSERT_FALSE(cloud.status);
  EXPECT_THAT(cloud.status.error().message, HasSubstr("AZURE_AUTHORITY_HOST"));
}

TEST(AzureAccess, NamesTheVariablesThatALoginLacks) {
  AzureOptions options = InCloud("https://management.azure.com");
  options.variables.credential.client = "";
  const LearnedCloud cloud(options, http::JsonResponse(404, "{}"));
  ASSERT_FALSE(cloud.status);
  EXPECT_EQ(cloud.status.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(cloud.status.error().message, HasSubstr("AZURE_CLIENT_ID"));
  EXPECT_THAT(cloud.status.error().message, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace labgallery::cli
