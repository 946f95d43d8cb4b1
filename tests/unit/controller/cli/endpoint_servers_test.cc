#include "controller/cli/endpoint_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "src/http/client/socket_transport.h"
#include "src/http/server/tls_identity.h"

namespace labgallery::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

const char* const kPlainServer = "http://127.0.0.1:1";

struct Row {
  const char* name;
  ControllerOptions options;
  const char* metrics;
  bool secure;
  const char* health;
};

class EndpointSettingsTable : public testing::TestWithParam<Row> {};

TEST_P(EndpointSettingsTable, ExposeNothingByAccident) {
  const EndpointSettings settings = EndpointSettingsFor(GetParam().options);
  EXPECT_EQ(settings.metrics, GetParam().metrics);
  EXPECT_EQ(settings.secure, GetParam().secure);
  EXPECT_EQ(settings.health, GetParam().health);
}

INSTANTIATE_TEST_SUITE_P(
    All, EndpointSettingsTable,
    testing::Values(
        Row{"ForACluster", {}, "127.0.0.1:8443", true, ":8081"},
        Row{"ForAClusterInPlain",
            {.endpoints = {.metrics_secure = false}},
            "127.0.0.1:8080",
            false,
            ":8081"},
        Row{"ForAClusterOnLoopback",
            {.endpoints = {.metrics = "127.0.0.1:1"}},
            "127.0.0.1:1",
            true,
            ":8081"},
        Row{"ForAPlainServer", {.kube_endpoint = kPlainServer}, "0", true, "0"},
        Row{"ForAPlainServerOnLoopback",
            {.kube_endpoint = kPlainServer, .endpoints = {.metrics = "[::1]:1", .health = ":2"}},
            "[::1]:1",
            false,
            ":2"},
        Row{"ForAPlainServerEverywhere",
            {.kube_endpoint = kPlainServer, .endpoints = {.metrics = ":1"}},
            ":1",
            true,
            "0"},
        Row{"ForAPlainServerWithACertificate",
            {.kube_endpoint = kPlainServer,
             .endpoints = {.metrics = "127.0.0.1:1", .certificate_folder = "d"}},
            "127.0.0.1:1",
            true,
            "0"},
        Row{"AsGiven",
            {.endpoints = {.metrics = ":1", .health = ":2", .metrics_secure = false}},
            ":1",
            false,
            ":2"},
        Row{"SwitchedOff", {.endpoints = {.metrics = "0", .health = "0"}}, "0", true, "0"}),
    [](const auto& row) { return row.param.name; });

TEST(EndpointSettings, NameTheFilesOfTheCertificate) {
  const EndpointSettings usual =
      EndpointSettingsFor({.endpoints = {.certificate_folder = "/certs"}});
  EXPECT_EQ(usual.certificate, "/certs/tls.crt");
  EXPECT_EQ(usual.key, "/certs/tls.key");
  const EndpointSettings own = EndpointSettingsFor(
      {.endpoints = {.certificate_folder = "/certs", .certificate_name = "a", .key_name = "b"}});
  EXPECT_EQ(own.certificate, "/certs/a");
  EXPECT_EQ(own.key, "/certs/b");
}

/// An API server behind no socket: it knows two tokens, of which one may get /metrics.
http::Reply Cluster(const http::Request& request) {
  const auto holds = [&request](const char* text) {
    return request.body.find(text) != std::string::npos;
  };
  if (request.url.ends_with("/tokenreviews")) {
    const bool known = holds("right") || holds("wrong");
    return http::JsonResponse(
        201, known ? std::string(R"({"status":{"authenticated":true,"user":{"username":")") +
                         (holds("right") ? "ann" : "bob") + R"("}}})"
                   : R"({"status":{}})");
  }
  return http::JsonResponse(
      201, holds("ann") ? R"({"status":{"allowed":true}})" : R"({"status":{"allowed":false}})");
}

class EndpointServersTest : public testing::Test {
 protected:
  EndpointServersTest()
      : folder_(fs::temp_directory_path() / ("labgallery-endpoints-" + std::to_string(getpid()))) {}
  ~EndpointServersTest() override { fs::remove_all(folder_); }

  Result<std::unique_ptr<EndpointServers>> Start(const EndpointSettings& settings) {
    return EndpointServers::Start({clock_, log_, {cluster_, cluster_, cluster_, "http://api"}},
                                  settings, {});
  }
  /// With a certificate of an authority in the folder.
  EndpointSettings Secure() {
    EXPECT_TRUE(http::IssueIdentity(folder_.string(), {"localhost"}, clock_.Now()));
    return {.metrics = "127.0.0.1:0",
            .health = "0",
            .certificate = (folder_ / "server.pem").string(),
            .key = (folder_ / "server-key.pem").string()};
  }
  int Scrape(const EndpointServers& servers, const std::string& token) {
    http::SocketTransport transport(
        {.tls = {.authority = {.file = (folder_ / http::kAuthorityFile).string()}}});
    http::Request request{.url = "https://localhost:" + std::to_string(servers.metrics_port()) +
                                 "/metrics"};
    if (!token.empty()) request.headers.Set("Authorization", "Bearer " + token);
    const auto answer = transport.Send(request, {});
    EXPECT_TRUE(answer) << answer.error().ToString();
    if (answer && answer->status == 200) {
      EXPECT_THAT(answer->body, HasSubstr("labgallery_build_info"));
    }
    return answer ? answer->status : 0;
  }

  RealClock clock_;
  std::ostringstream said_;
  const telemetry::Logger log_{clock_, {}, said_};
  http::InProcessTransport cluster_{Cluster};
  const fs::path folder_;
};

TEST_F(EndpointServersTest, ListenWhereTheyAreTold) {
  const auto none = Start({.metrics = "0", .health = "0"});
  ASSERT_TRUE(none);
  EXPECT_EQ((*none)->metrics_port(), 0);
  EXPECT_EQ((*none)->health_port(), 0);
  const auto both = Start({.metrics = "127.0.0.1:0", .health = "127.0.0.1:0", .secure = false});
  ASSERT_TRUE(both);
  EXPECT_GT((*both)->metrics_port(), 0);
  EXPECT_GT((*both)->health_port(), 0);
  const std::string taken = "127.0.0.1:" + std::to_string((*both)->health_port());
  const auto again = Start({.metrics = taken, .health = "0"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(again.error().ToString(), HasSubstr("--metrics-bind-address " + taken));
}

TEST_F(EndpointServersTest, ShowMetricsToWhoeverTheClusterKnowsAndAllows) {
  const auto servers = Start(Secure());
  ASSERT_TRUE(servers) << servers.error().ToString();
  EXPECT_EQ(Scrape(**servers, "right"), 200);
  EXPECT_EQ(Scrape(**servers, "wrong"), 403);
  EXPECT_EQ(Scrape(**servers, "unknown"), 401);
  EXPECT_EQ(Scrape(**servers, ""), 401);
}

TEST_F(EndpointServersTest, TellWhatHappensToTheCertificate) {
  const auto servers = Start(Secure());
  ASSERT_TRUE(servers) << servers.error().ToString();
  EXPECT_THAT(said_.str(), Not(HasSubstr("certificate")));
  Secure();
  EXPECT_EQ(Scrape(**servers, "right"), 200);
  (*servers)->Stop();
  EXPECT_THAT(said_.str(), HasSubstr("Serves metrics with the certificate that was exchanged"));
}

TEST_F(EndpointServersTest, SayThatNobodyHasIssuedTheirCertificate) {
  const auto servers = Start({.metrics = "127.0.0.1:0", .health = "0"});
  ASSERT_TRUE(servers);
  EXPECT_THAT(said_.str(), HasSubstr("Made a certificate for metrics that nobody has issued"));
}

TEST_F(EndpointServersTest, DoNotStartWithACertificateThatIsNoUse) {
  EndpointSettings missing = Secure();
  missing.key += "-of-nobody";
  const auto without = Start(missing);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().ToString(), HasSubstr(missing.key));
  EndpointSettings unused = Secure();
  unused.secure = false;
  const auto plain = Start(unused);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(plain.error().ToString(), HasSubstr("--metrics-cert-path"));
}

}  // namespace
}  // namespace labgallery::cli
