#include "controller/cli/kube_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "src/http/server/server.h"

namespace labgallery::cli {
namespace {

using testing::HasSubstr;

std::string Kubeconfig(const std::string& name, const std::string& server = "https://cluster") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: " + name +
         "\n"
         "contexts:\n"
         "- name: " +
         name + "\n  context: {cluster: " + name + ", user: " + name + ", namespace: ns-" + name +
         "}\n"
         "clusters:\n"
         "- name: " +
         name + "\n  cluster: {server: '" + server +
         "'}\n"
         "users:\n"
         "- name: " +
         name + "\n  user: {token: \"t-" + name + "\"}\n";
}

class KubeConnectionTest : public testing::Test {
 protected:
  KubeConnectionTest() {
    std::filesystem::create_directories(folder_ / "home" / ".kube");
    options_.kube.home = folder_ / "home";
    options_.kube.pod = {"10.0.0.1", "443", folder_ / "serviceaccount"};
  }
  ~KubeConnectionTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  // Where it was found, or the error.
  std::string Origin() const {
    const auto server = FindKubeServer(options_);
    return server ? server->origin : server.error().ToString();
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("labgallery-kube-" + std::to_string(getpid()));
  ControllerOptions options_;
};

using KubeServer = KubeConnectionTest;

TEST_F(KubeServer, IsLookedForInTheOrderOfControllerRuntime) {
  EXPECT_THAT(Origin(), HasSubstr("no Kubernetes API server to work for"));
  Write("home/.kube/config", Kubeconfig("home"));
  EXPECT_THAT(Origin(), HasSubstr("context \"home\""));
  Write("serviceaccount/token", "t");
  EXPECT_EQ(Origin(), "the service account of this pod");
  const std::string missing = folder_ / "missing";
  const std::string list = Write("list", Kubeconfig("list"));
  options_.kube.kubeconfig_list = missing + "::" + list + ":" + list;
  EXPECT_THAT(Origin(), HasSubstr("context \"list\""));
  options_.kube.kubeconfig = Write("flag", Kubeconfig("flag"));
  EXPECT_THAT(Origin(), HasSubstr("context \"flag\""));
  options_.kube_endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(Origin(), "--kube-endpoint");
}

TEST_F(KubeServer, OfAContextIsNotThatOfThePod) {
  Write("serviceaccount/token", "t");
  Write("home/.kube/config", Kubeconfig("home"));
  options_.kube.context = "home";
  EXPECT_THAT(Origin(), HasSubstr("context \"home\""));
}

TEST_F(KubeServer, IsMergedFromAListOfFiles) {
  options_.kube.kubeconfig_list =
      Write("one", Kubeconfig("one")) + ":" + Write("two", Kubeconfig("two"));
  options_.kube.context = "two";
  const auto server = FindKubeServer(options_);
  ASSERT_TRUE(server) << server.error().ToString();
  EXPECT_EQ(server->name_space, "ns-two");
  EXPECT_EQ(server->login.token.Reveal(), "t-two");
}

TEST_F(KubeServer, IsNotGuessedWhenWhatWasNamedIsMissing) {
  Write("home/.kube/config", Kubeconfig("home"));
  options_.kube.kubeconfig_list = folder_ / "missing";
  EXPECT_THAT(Origin(), HasSubstr("none of the files of KUBECONFIG"));
  options_.kube.kubeconfig = folder_ / "missing";
  EXPECT_THAT(Origin(), HasSubstr((folder_ / "missing").string()));
}

TEST_F(KubeServer, IsNotFoundInAFileThatCannotBeRead) {
  options_.kube.kubeconfig = Write("broken", "contexts: [");
  EXPECT_THAT(Origin(), HasSubstr("the kubeconfig " + options_.kube.kubeconfig + ", line "));
  options_.kube.kubeconfig = Write("empty", "");
  EXPECT_THAT(Origin(), HasSubstr("no current-context is set in"));
  options_.kube.kubeconfig = folder_;
  EXPECT_THAT(Origin(), HasSubstr("is a directory, not a file"));
  options_.kube.kubeconfig = folder_ / std::string(5000, 'x');  // longer than a name can be
  EXPECT_THAT(Origin(), HasSubstr("cannot be opened"));
}

TEST_F(KubeServer, WithoutALoginIsOnThisMachine) {
  for (const char* endpoint : {"https://127.0.0.1:1", "http://cluster:1", "http://127.0.0.1/x"}) {
    options_.kube_endpoint = endpoint;
    EXPECT_THAT(Origin(), HasSubstr("must be http://HOST[:PORT] on this machine")) << endpoint;
  }
}

class KubeConnections : public KubeConnectionTest {
 protected:
  // What a client of the connection sends, as a server sees it.
  http::Request Sent(const kube::ServerAccess& access,
                     kube::ClientOptions (*options)(const KubeAccess&)) {
    http::Request seen;
    const auto server = http::Server::Start("127.0.0.1:0", [&seen](const http::Request& request) {
      seen = request;
      return http::Reply(http::Response{200, {}, "{}"});
    });
    kube::ServerAccess local = access;
    local.server = "http://127.0.0.1:" + std::to_string((*server)->port()) + local.server;
    KubeConnection connection(clock_, options_, local);
    const KubeAccess kube = connection.access();
    kube::Client client(kube.transport, kube.watch_transport, clock_, options(kube));
    EXPECT_TRUE(client.Get({"", "v1", "Node", "nodes", false}, {"", "n"}, {}));
    return seen;
  }

  RealClock clock_;
};

TEST_F(KubeConnections, CarryTheLogin) {
  const kube::ServerAccess access{.server = "/prefix", .login = {.token = Secret("t")}};
  const http::Request seen = Sent(access, ClientOptionsFor);
  EXPECT_EQ(seen.url, "/prefix/api/v1/nodes/n");
  EXPECT_EQ(seen.headers.Get("Authorization"), "Bearer t");
}

TEST_F(KubeConnections, RunPlugins) {
  options_.kube.plugins.run = [](const ChildCommand&, const std::stop_token&) {
    return ChildOutcome{
        0, R"({"apiVersion": "v", "kind": "ExecCredential", "status": {"token": "p"}})", ""};
  };
  const kube::ServerAccess access{
      .login = {.exec = kube::ExecPlugin{.api_version = "v", .command = "x"}}};
  EXPECT_EQ(Sent(access, ClientOptionsFor).headers.Get("Authorization"), "Bearer p");
}

TEST_F(KubeConnections, GoThroughTheProxyOfTheCluster) {
  std::string asked;
  const auto proxy = http::Server::Start("127.0.0.1:0", [&asked](const http::Request& request) {
    asked = request.url;
    return http::Reply(http::Response{200, {}, "{}"});
  });
  kube::ServerAccess access{.server = "http://cluster"};
  access.proxy = Secret("http://127.0.0.1:" + std::to_string((*proxy)->port()));
  KubeConnection connection(clock_, options_, access);
  EXPECT_TRUE(connection.access().transport.Send(
      {http::Method::kGet, "http://cluster/version", {}, ""}, {}));
  EXPECT_THAT(asked, HasSubstr("/version"));
}

TEST_F(KubeConnections, LimitAllButTheLease) {
  options_.kube.qps = 0.5;
  KubeConnection connection(clock_, options_, {});
  const KubeAccess access = connection.access();
  EXPECT_FALSE(ClientOptionsFor(access).await_turn);
  const auto await = LimitedClientOptionsFor(access).await_turn;
  ASSERT_TRUE(await);
  EXPECT_TRUE(await({})) << "twice the rate, rounded up, at once";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(await(stop.get_token()));
  EXPECT_NE(&access.lease_transport, &access.transport);
}

TEST_F(KubeConnections, HaveNoLimitUnlessItIsAskedFor) {
  KubeConnection connection(clock_, options_, {});
  EXPECT_FALSE(LimitedClientOptionsFor(connection.access()).await_turn);
}

TEST(ARefusedLogin, ByUsernameIsToldThatNobodyKnowsIt) {
  struct Row {
    ErrorKind kind;
    kube::Login login;
    bool told;
  };
  const kube::Login by_password{.user = "me", .password = Secret("secret")};
  for (const Row& row : {Row{ErrorKind::kUnauthenticated, by_password, true},
                         Row{ErrorKind::kForbidden, by_password, true},
                         Row{ErrorKind::kUnavailable, by_password, false},
                         Row{ErrorKind::kForbidden, {.token = Secret("secret")}, false}}) {
    Error error;
    error.kind = row.kind;
    error.message = "no";
    const std::string text =
        Explained(error,
                  {.server = "https://s", .login = row.login, .origin = "context \"c\" of /k"})
            .ToString();
    EXPECT_THAT(text, HasSubstr("context \"c\" of /k"));
    EXPECT_EQ(text.find("no username and password") != std::string::npos, row.told) << text;
    EXPECT_THAT(text, testing::Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace labgallery::cli
