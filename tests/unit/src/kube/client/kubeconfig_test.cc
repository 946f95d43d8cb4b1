#include "src/kube/client/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "src/base/base64.h"
#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

KubeconfigFile File(const std::string& path, const std::string& text) {
  auto content = json::Parse(text);
  EXPECT_TRUE(content) << content.error().message << "\n" << text;
  return {path, content ? *std::move(content) : json::Value()};
}

// One file with the context "c", the cluster "k" and the user "u".
KubeconfigFile Simple(const std::string& user, const std::string& cluster = "",
                      const std::string& server = "https://s:6443") {
  return File("/etc/kube/config",
              R"({"current-context": "c",
                  "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
                  "clusters": [{"name": "k", "cluster": {"server": ")" +
                  server + R"(")" + cluster + R"(}}],
                  "users": [{"name": "u", "user": {)" +
                  user + "}}]}");
}

Result<ServerAccess> Access(const std::string& user, const std::string& cluster = "") {
  return AccessFromKubeconfig({Simple(user, cluster)}, "");
}

// Every credential that a user may have.
struct LoginRow {
  const char* name;
  std::string user;
  Login login;
};

class KubeconfigLogins : public testing::TestWithParam<LoginRow> {};

TEST_P(KubeconfigLogins, AreRead) {
  const auto access = Access(GetParam().user);
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->login, GetParam().login);
}

ExecPlugin Plugin(const std::string& command) {
  return {.api_version = "client.authentication.k8s.io/v1",
          .command = command,
          .standard_input = ExecPlugin::Stdin::kNever};
}

Login WithExec(ExecPlugin plugin) { return {.exec = std::move(plugin)}; }

constexpr const char* kV1 =
    R"("apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never")";

INSTANTIATE_TEST_SUITE_P(
    Rows, KubeconfigLogins,
    testing::Values(
        LoginRow{"Nothing", "", {}}, LoginRow{"Token", R"("token": "t")", {.token = Secret("t")}},
        LoginRow{"TokenFile", R"("tokenFile": "/t/token")", {.token_file = "/t/token"}},
        LoginRow{
            "TokenFileBesideTheFile", R"("tokenFile": "../token")", {.token_file = "/etc/token"}},
        LoginRow{"BothTokens",
                 R"("token": "t", "tokenFile": "/t/token")",
                 {.token_file = "/t/token", .token = Secret("t")}},
        LoginRow{"Password",
                 R"("username": "me", "password": "p")",
                 {.user = "me", .password = Secret("p")}},
        LoginRow{"Impersonation",
                 R"("token": "t", "as": "you", "as-uid": "1", "as-groups": ["g", "h"],
                    "as-user-extra": {"scopes": ["a", "b"]})",
                 {.token = Secret("t"),
                  .impersonation = {.user = "you",
                                    .uid = "1",
                                    .groups = {"g", "h"},
                                    .extra = {{"scopes", {"a", "b"}}}}}},
        LoginRow{"PluginFromThePath",
                 std::string(R"("exec": {"command": "get-token", )") + kV1 + "}",
                 WithExec(Plugin("get-token"))},
        LoginRow{"PluginBesideTheFile",
                 std::string(R"("exec": {"command": "./bin/get-token", )") + kV1 + "}",
                 WithExec(Plugin("/etc/kube/bin/get-token"))},
        LoginRow{"PluginWithEverything",
                 R"("exec": {"apiVersion": "client.authentication.k8s.io/v1beta1",
                    "command": "/bin/x", "args": ["a", "-b"], "installHint": "get it",
                    "env": [{"name": "N", "value": "v"}, {"name": "E", "value": ""}],
                    "interactiveMode": "Always"})",
                 WithExec({.api_version = "client.authentication.k8s.io/v1beta1",
                           .command = "/bin/x",
                           .arguments = {"a", "-b"},
                           .environment = {{"N", "v"}, {"E", ""}},
                           .install_hint = "get it",
                           .standard_input = ExecPlugin::Stdin::kAlways})},
        LoginRow{"PluginOfTheBetaNeedsNoMode",
                 R"("exec": {"apiVersion": "client.authentication.k8s.io/v1beta1",
                    "command": "x"})",
                 WithExec({.api_version = "client.authentication.k8s.io/v1beta1",
                           .command = "x",
                           .standard_input = ExecPlugin::Stdin::kIfAvailable})},
        LoginRow{
            "PluginThatIsToldAboutTheCluster",
            std::string(R"("exec": {"command": "x", "provideClusterInfo": true, )") + kV1 + "}",
            [] {
              ExecPlugin plugin = Plugin("x");
              plugin.cluster = *json::Parse(R"({"server": "https://s:6443"})");
              return WithExec(plugin);
            }()}),
    [](const auto& row) { return row.param.name; });

// Whatever makes a file useless, and what is said about it.
struct ErrorRow {
  const char* name;
  KubeconfigFile file;
  std::vector<const char*> says;
};

class KubeconfigErrors : public testing::TestWithParam<ErrorRow> {};

TEST_P(KubeconfigErrors, NameFileEntryAndRemedy) {
  const auto access = AccessFromKubeconfig({GetParam().file}, "");
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().kind, ErrorKind::kInvalidInput);
  for (const char* text : GetParam().says) EXPECT_THAT(access.error().ToString(), HasSubstr(text));
  EXPECT_THAT(access.error().ToString(), HasSubstr(GetParam().file.path));
  EXPECT_THAT(access.error().ToString(), Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, KubeconfigErrors,
    testing::Values(
        ErrorRow{"NoCurrentContext",
                 File("/k", R"({"contexts": [{"name": "a"}, {"name": "b"}]})"),
                 {"no current-context", "--context", "a, b"}},
        ErrorRow{"Empty", File("/k", "{}"), {"no current-context", "there is none"}},
        ErrorRow{"NoSuchContext",
                 File("/k", R"({"current-context": "x", "contexts": [{"name": "a"}]})"),
                 {"no context \"x\"", "there are: a"}},
        ErrorRow{"NoSuchCluster",
                 File("/k", R"({"current-context": "a",
                                "contexts": [{"name": "a", "context": {"cluster": "z"}}],
                                "clusters": [{"name": "k", "cluster": {}}]})"),
                 {"context \"a\"", "no cluster \"z\"", "there are: k"}},
        ErrorRow{"NoSuchUser",
                 File("/k", R"({"current-context": "a",
                        "contexts": [{"name": "a", "context": {"cluster": "k", "user": "z"}}],
                        "clusters": [{"name": "k", "cluster": {"server": "https://s"}}]})"),
                 {"context \"a\"", "no user \"z\""}},
        ErrorRow{"NoServer", Simple("", "", ""), {"cluster \"k\"", "server must be"}},
        ErrorRow{"AServerThatIsNoUrl", Simple("", "", "s:6443"), {"server must be", "s:6443"}},
        ErrorRow{"AServerWithALogin", Simple("", "", "https://me:secret@s"), {"server must be"}},
        ErrorRow{"AuthorityThatIsNoBase64",
                 Simple("", R"(, "certificate-authority-data": "?")"),
                 {"cluster \"k\"", "certificate-authority-data is not Base64"}},
        ErrorRow{"AuthorityOfTheInsecure",
                 Simple("", R"(, "certificate-authority": "ca.crt",
                                 "insecure-skip-tls-verify": true)"),
                 {"contradicts", "remove one"}},
        ErrorRow{"AProxyThatIsNone",
                 Simple("", R"(, "proxy-url": "socks5://me:secret@p:1")"),
                 {"proxy-url", "socks5 are not supported"}},
        ErrorRow{"AFieldOfAnotherType",
                 Simple("", R"(, "insecure-skip-tls-verify": "yes")"),
                 {"cluster \"k\"", "insecure-skip-tls-verify", "boolean"}},
        ErrorRow{"TwoLogins",
                 Simple(R"("token": "secret", "username": "me")"),
                 {"user \"u\"", "remove one"}},
        ErrorRow{"ACertificateWithoutAKey",
                 Simple(R"("client-certificate": "c.crt")"),
                 {"client-certificate needs client-key"}},
        ErrorRow{"AKeyWithoutACertificate",
                 Simple(R"("client-key": "c.key")"),
                 {"client-key needs client-certificate"}},
        ErrorRow{"AuthProvider",
                 Simple(R"("auth-provider": {"name": "gcp"})"),
                 {"auth-provider is not supported", "exec plugin"}},
        ErrorRow{"GroupsWithoutAUser", Simple(R"("as-groups": ["g"])"), {"need as"}},
        ErrorRow{"PluginOfAnUnknownVersion",
                 Simple(R"("exec": {"apiVersion": "client.authentication.k8s.io/v1alpha1",
                                    "command": "x"})"),
                 {"user \"u\"", "exec: apiVersion must be", "v1alpha1"}},
        ErrorRow{"PluginWithoutACommand",
                 Simple(std::string(R"("exec": {)") + kV1 + "}"),
                 {"command is missing"}},
        ErrorRow{"PluginWithoutAMode",
                 Simple(R"("exec": {"apiVersion": "client.authentication.k8s.io/v1",
                                    "command": "x"})"),
                 {"interactiveMode must be"}}),
    [](const auto& row) { return row.param.name; });

TEST(Kubeconfig, DescribesTheServer) {
  const auto access = Access("", R"(, "tls-server-name": "kube", "proxy-url": "http://p:3128",
                      "certificate-authority": "pki/ca.crt")");
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->server, "https://s:6443");
  EXPECT_EQ(access->tls.server_name, "kube");
  EXPECT_EQ(access->tls.authority.file, "/etc/kube/pki/ca.crt");
  EXPECT_EQ(access->proxy.Reveal(), "http://p:3128");
  EXPECT_FALSE(access->tls.insecure);
  EXPECT_EQ(access->origin, "context \"c\" of /etc/kube/config");
}

TEST(Kubeconfig, KeepsThePathOfAServerBehindAnotherOne) {
  const auto access = AccessFromKubeconfig({Simple("", "", "https://s/k8s/clusters/c-1/")}, "");
  EXPECT_EQ(access->server, "https://s/k8s/clusters/c-1");
}

TEST(Kubeconfig, PrefersDataToFiles) {
  const auto access =
      Access(R"("client-certificate": "c.crt", "client-certificate-data": ")" +
                 EncodeBase64("CERT") + R"(", "client-key": "c.key")",
             R"(, "certificate-authority": "ca.crt", "certificate-authority-data": ")" +
                 EncodeBase64("CA") + R"(")");
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->tls.authority.text.Reveal(), "CA");
  EXPECT_EQ(access->tls.certificate.text.Reveal(), "CERT");
  EXPECT_EQ(access->tls.key.file, "/etc/kube/c.key");
}

TEST(Kubeconfig, LeavesTheLoginOutOverPlainHttp) {
  const auto access = AccessFromKubeconfig({Simple(R"("token": "t")", "", "http://s:8001")}, "");
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->login, Login{});
}

TEST(Kubeconfig, TellsAPluginAboutTheClusterWithWhatIsInFiles) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("labgallery-kubeconfig-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "ca.crt") << "CA";
  KubeconfigFile file =
      Simple(std::string(R"("exec": {"command": "x", "provideClusterInfo": true, )") + kV1 + "}",
             R"(, "certificate-authority": "ca.crt", "tls-server-name": "kube", "extensions": [
           {"name": "other", "extension": {}},
           {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}])");
  file.path = folder / "config";
  const auto access = AccessFromKubeconfig({file}, "");
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(json::Dump(access->login.exec->cluster),
            R"({"certificate-authority-data":"Q0E=","config":{"audience":"a"},)"
            R"("server":"https://s:6443","tls-server-name":"kube"})");
}

class MergedKubeconfigs : public testing::Test {
 protected:
  Result<ServerAccess> Access(const std::string& context = "") const {
    return AccessFromKubeconfig({first_, second_}, context);
  }

  const KubeconfigFile first_ = File("/a/one", R"({
      "current-context": "x",
      "contexts": [{"name": "x", "context": {"cluster": "k", "user": "u", "namespace": "n"}}],
      "users": [{"name": "u", "user": {"tokenFile": "mine"}}]})");
  const KubeconfigFile second_ = File("/b/two", R"({
      "current-context": "y",
      "contexts": [{"name": "x", "context": {"cluster": "other", "user": "other"}},
                   {"name": "y", "context": {"cluster": "k", "user": "u"}}],
      "clusters": [{"name": "k", "cluster": {"server": "https://s",
                                             "certificate-authority": "ca.crt"}}],
      "users": [{"name": "u", "user": {"token": "theirs", "as": "you"}}]})");
};

TEST_F(MergedKubeconfigs, TakeTheFirstOfEachName) {
  const auto access = Access();
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->name_space, "n");
  EXPECT_EQ(access->server, "https://s");
  EXPECT_EQ(access->login, (Login{.token_file = "/a/mine"})) << "nothing of the second entry";
  EXPECT_EQ(access->tls.authority.file, "/b/ca.crt") << "relative to the file that says it";
}

TEST_F(MergedKubeconfigs, TakeAnotherContextWhenItIsNamed) {
  const auto access = Access("y");
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->name_space, "");
  EXPECT_EQ(access->origin, "context \"y\" of /b/two");
}

TEST_F(MergedKubeconfigs, TakeTheFirstCurrentContextThatIsSet) {
  const auto access =
      AccessFromKubeconfig({File("/c", R"({"current-context": ""})"), second_}, "y");
  EXPECT_TRUE(access);
  EXPECT_EQ(AccessFromKubeconfig({File("/c", "{}"), second_}, "")->origin,
            "context \"y\" of /b/two");
}

TEST_F(MergedKubeconfigs, NameAllFilesThatWereSearched) {
  EXPECT_THAT(Access("z").error().message, HasSubstr("/a/one, /b/two; there are: x, y"));
}

}  // namespace
}  // namespace labgallery::kube
