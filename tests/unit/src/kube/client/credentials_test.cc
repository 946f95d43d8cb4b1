#include "src/kube/client/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "src/base/time_text.h"
#include "src/json/parse.h"
#include "src/kube/client/in_cluster.h"

namespace labgallery::kube {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kV1 = "client.authentication.k8s.io/v1";

std::string Printed(const std::string& status, const std::string& version = kV1) {
  return R"({"apiVersion": ")" + version + R"(", "kind": "ExecCredential", "status": {)" + status +
         "}}";
}

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { std::filesystem::create_directories(folder_); }
  ~CredentialsTest() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name) const { return folder_ / name; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(File(name)) << text;
  }
  Credentials Make(Login login) { return {clock_, std::move(login), around_}; }

  // The Authorization of the next request, or the error.
  static std::string Header(Credentials& credentials) {
    http::Request request;
    const Status decorated = credentials.Decorate(request, {});
    if (!decorated) return decorated.error().ToString();
    return std::string(request.headers.Get("Authorization").value_or("none"));
  }
  static bool Reject(Credentials& credentials, const std::string& header) {
    http::Request request;
    request.headers.Set("Authorization", header);
    return credentials.Rejected(request);
  }

  LeapingClock clock_{*ParseRfc3339("2026-11-25T12:00:00Z")};
  Presence here_ = clock_.Enter();
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("labgallery-login-" + std::to_string(getpid()));
  std::vector<ChildCommand> runs_;
  Result<ChildOutcome> outcome_ = ChildOutcome{};
  ExecSurroundings around_{.environment = {"PATH=/bin", "N=old"},
                           .run = [this](const ChildCommand& command, const std::stop_token&) {
                             runs_.push_back(command);
                             return outcome_;
                           }};
  ExecPlugin plugin_{.api_version = kV1, .command = "get-token"};
};

using Credential = CredentialsTest;

TEST_F(Credential, OfAUserIsPutOnRequests) {
  Credentials none = Make({});
  EXPECT_EQ(Header(none), "none");
  Credentials token = Make({.token = Secret("t")});
  EXPECT_EQ(Header(token), "Bearer t");
  EXPECT_FALSE(Reject(token, "Bearer t")) << "there is no other";
  Credentials basic = Make({.user = "me", .password = Secret("p")});
  EXPECT_EQ(Header(basic), "Basic bWU6cA==");
}

TEST_F(Credential, ActsAsSomebodyElse) {
  Credentials credentials = Make({.impersonation = {.user = "you",
                                                    .uid = "1",
                                                    .groups = {"g", "h"},
                                                    .extra = {{"Acme.com/Scopes", {"a", "b"}}}}});
  http::Request request;
  ASSERT_TRUE(credentials.Decorate(request, {}));
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"Impersonate-User", "you"},
      {"Impersonate-Uid", "1"},
      {"Impersonate-Group", "g"},
      {"Impersonate-Group", "h"},
      {"Impersonate-Extra-acme.com%2Fscopes", "a"},
      {"Impersonate-Extra-acme.com%2Fscopes", "b"}};
  EXPECT_EQ(request.headers.fields(), wanted);
}

TEST_F(Credential, OfAFileIsReadAnewAfterAMinute) {
  Write("token", "one\n");
  Credentials credentials = Make({.token_file = File("token"), .token = Secret("other")});
  EXPECT_EQ(Header(credentials), "Bearer one");
  Write("token", "two\n");
  EXPECT_EQ(Header(credentials), "Bearer one");
  clock_.Advance(minutes(1));
  EXPECT_EQ(Header(credentials), "Bearer two");
}

TEST_F(Credential, OfAFileStaysWhileTheFileIsAway) {
  Write("token", "one");
  Credentials credentials = Make({.token_file = File("token")});
  EXPECT_EQ(Header(credentials), "Bearer one");
  std::filesystem::remove(File("token"));
  clock_.Advance(minutes(1));
  EXPECT_EQ(Header(credentials), "Bearer one");
  Write("token", "");
  clock_.Advance(minutes(1));
  EXPECT_EQ(Header(credentials), "Bearer one");
}

TEST_F(Credential, OfAFileThatWasNeverThereIsAnErrorUnlessThereIsAnother) {
  Credentials nothing = Make({.token_file = File("token")});
  EXPECT_THAT(Header(nothing), HasSubstr("the token file " + File("token") + " cannot be read"));
  Credentials another = Make({.token_file = File("token"), .token = Secret("t")});
  EXPECT_EQ(Header(another), "Bearer t");
  Write("token", " ");
  Credentials empty = Make({.token_file = File("token")});
  EXPECT_THAT(Header(empty), HasSubstr("is empty"));
}

TEST_F(Credential, OfAFileThatWasRejectedIsReadAgainAtOnce) {
  Write("token", "one");
  Credentials credentials = Make({.token_file = File("token")});
  EXPECT_EQ(Header(credentials), "Bearer one");
  EXPECT_FALSE(Reject(credentials, "Bearer one")) << "the file has nothing new";
  Write("token", "two");
  EXPECT_TRUE(Reject(credentials, "Bearer one"));
  EXPECT_EQ(Header(credentials), "Bearer two");
}

TEST_F(Credential, OfAPluginIsKeptUntilItExpires) {
  outcome_->output = Printed(R"("token": "one", "expirationTimestamp": "2026-11-25T12:10:00Z")");
  Credentials credentials = Make({.exec = plugin_});
  EXPECT_EQ(Header(credentials), "Bearer one");
  clock_.Advance(minutes(9));
  EXPECT_EQ(Header(credentials), "Bearer one");
  EXPECT_EQ(runs_.size(), 1U);
  clock_.Advance(minutes(1));
  outcome_->output = Printed(R"("token": "two")");
  EXPECT_EQ(Header(credentials), "Bearer two");
  clock_.Advance(minutes(10000));
  EXPECT_EQ(Header(credentials), "Bearer two");
  EXPECT_EQ(runs_.size(), 2U);
}

TEST_F(Credential, OfAPluginThatWasRejectedIsAskedForAgain) {
  outcome_->output = Printed(R"("token": "one")");
  Credentials credentials = Make({.exec = plugin_});
  EXPECT_EQ(Header(credentials), "Bearer one");
  EXPECT_TRUE(Reject(credentials, "Bearer one"));
  outcome_->output = Printed(R"("token": "two")");
  EXPECT_EQ(Header(credentials), "Bearer two");
  EXPECT_TRUE(Reject(credentials, "Bearer one")) << "of a request that was sent before";
  EXPECT_EQ(Header(credentials), "Bearer two");
  EXPECT_EQ(runs_.size(), 2U);
}

TEST_F(Credential, OfAPluginMayBeACertificate) {
  outcome_->output = Printed(R"("clientCertificateData": "CERT", "clientKeyData": "KEY")");
  Credentials credentials = Make({.exec = plugin_});
  EXPECT_EQ(credentials.identity(), nullptr);
  EXPECT_EQ(Header(credentials), "none");
  const auto identity = credentials.identity();
  ASSERT_NE(identity, nullptr);
  EXPECT_EQ(identity->certificate, "CERT");
  EXPECT_EQ(identity->key.Reveal(), "KEY");
  EXPECT_EQ(Header(credentials), "none");
  EXPECT_EQ(credentials.identity(), identity) << "the same object: connections go on";
  EXPECT_TRUE(credentials.Rejected({}));
  EXPECT_EQ(Header(credentials), "none");
  EXPECT_NE(credentials.identity(), identity);
}

TEST_F(Credential, OfAPluginIsNotAskedForWhereThereIsAToken) {
  Credentials credentials = Make({.token = Secret("t"), .exec = plugin_});
  EXPECT_EQ(Header(credentials), "Bearer t");
  EXPECT_FALSE(Reject(credentials, "Bearer t"));
  EXPECT_TRUE(runs_.empty());
}

TEST_F(Credential, OfAPluginIsAskedForOnceByManyThreads) {
  outcome_->output = Printed(R"("token": "one")");
  Credentials credentials = Make({.exec = plugin_});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { EXPECT_EQ(Header(credentials), "Bearer one"); });
    }
  }
  EXPECT_EQ(runs_.size(), 1U);
}

TEST_F(Credential, OfAPluginThatFailsIsAskedForAgainAfterAMoment) {
  outcome_->exit_status = 1;
  Credentials credentials = Make({.exec = plugin_});
  EXPECT_THAT(Header(credentials), HasSubstr("exit status 1"));
  EXPECT_THAT(Header(credentials), HasSubstr("exit status 1"));
  EXPECT_EQ(runs_.size(), 1U) << "told to whoever waited for it";
  clock_.Advance(std::chrono::seconds(1));
  outcome_ = ChildOutcome{.output = Printed(R"("token": "one")")};
  EXPECT_EQ(Header(credentials), "Bearer one");
}

TEST_F(Credential, OfAPluginIsAskedForAsTheProtocolSays) {
  plugin_.arguments = {"a"};
  plugin_.environment = {{"N", "new"}};
  plugin_.cluster = *json::Parse(R"({"server": "https://s"})");
  around_.terminal = true;
  outcome_->output = Printed(R"("token": "t")");
  Credentials credentials = Make({.exec = plugin_});
  ASSERT_EQ(Header(credentials), "Bearer t");
  EXPECT_EQ(runs_[0].program, "get-token");
  EXPECT_EQ(runs_[0].arguments, std::vector<std::string>{"a"});
  EXPECT_TRUE(runs_[0].pass_stdin);
  const std::vector<std::string> wanted{
      "PATH=/bin", "N=new",
      R"(KUBERNETES_EXEC_INFO={"apiVersion":"client.authentication.k8s.io/v1",)"
      R"("kind":"ExecCredential",)"
      R"("spec":{"cluster":{"server":"https://s"},"interactive":true}})"};
  EXPECT_EQ(runs_[0].environment, wanted);
}

TEST_F(Credential, OfAPluginIsAskedForWithoutAPersonWhereThereIsNone) {
  outcome_->output = Printed(R"("token": "t")");
  struct Row {
    ExecPlugin::Stdin mode;
    bool terminal;
    bool passed;
  };
  for (const Row& row : {Row{ExecPlugin::Stdin::kNever, true, false},
                         Row{ExecPlugin::Stdin::kIfAvailable, false, false},
                         Row{ExecPlugin::Stdin::kIfAvailable, true, true},
                         Row{ExecPlugin::Stdin::kAlways, true, true}}) {
    plugin_.standard_input = row.mode;
    around_.terminal = row.terminal;
    Credentials credentials = Make({.exec = plugin_});
    EXPECT_EQ(Header(credentials), "Bearer t");
    EXPECT_EQ(runs_.back().pass_stdin, row.passed);
    EXPECT_THAT(runs_.back().environment.back(),
                HasSubstr(row.passed ? R"("interactive":true)" : R"("interactive":false)"));
  }
  plugin_.standard_input = ExecPlugin::Stdin::kAlways;
  around_.terminal = false;
  Credentials credentials = Make({.exec = plugin_});
  EXPECT_THAT(Header(credentials), HasSubstr("standard input is no terminal"));
}

struct PluginErrorRow {
  const char* name;
  std::function<Result<ChildOutcome>()> outcome;
  const char* says;
};

class PluginErrors : public CredentialsTest, public testing::WithParamInterface<PluginErrorRow> {};

TEST_P(PluginErrors, NameThePluginAndNoSecret) {
  outcome_ = GetParam().outcome();
  plugin_.install_hint = "get it at example.org";
  Credentials credentials = Make({.exec = plugin_});
  http::Request request;
  const Status decorated = credentials.Decorate(request, {});
  ASSERT_FALSE(decorated);
  EXPECT_EQ(decorated.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_THAT(decorated.error().message, HasSubstr("the credential plugin get-token "));
  EXPECT_THAT(decorated.error().message, HasSubstr(GetParam().says));
  EXPECT_THAT(decorated.error().message, Not(HasSubstr("s3cret")));
}

Result<ChildOutcome> Output(const std::string& text) { return ChildOutcome{.output = text}; }

INSTANTIATE_TEST_SUITE_P(
    Rows, PluginErrors,
    testing::Values(
        PluginErrorRow{"NotThere", [] { return NotFound("there is no such program"); },
                       "there is no such program\nget it at example.org"},
        PluginErrorRow{"CannotBeStarted", [] { return Unavailable("Permission denied"); },
                       "cannot be run: Permission denied"},
        PluginErrorRow{"Fails",
                       []() -> Result<ChildOutcome> {
                         return ChildOutcome{3, R"({"token": "s3cret"})", "log in first\n"};
                       },
                       "failed with exit status 3: log in first"},
        PluginErrorRow{"PrintsNoJson", [] { return Output("token s3cret"); },
                       "something that is no ExecCredential"},
        PluginErrorRow{"PrintsAnotherKind", [] { return Output(R"({"kind": "s3cret"})"); },
                       "something that is no ExecCredential"},
        PluginErrorRow{"PrintsAnotherVersion",
                       [] {
                         return Output(Printed(R"("token": "s3cret")",
                                               "client.authentication.k8s.io/v1beta1"));
                       },
                       "of client.authentication.k8s.io/v1beta1, not of"},
        PluginErrorRow{"PrintsNothingUseful", [] { return Output(Printed("")); },
                       "without a token and a certificate"},
        PluginErrorRow{"PrintsHalfAnIdentity",
                       [] { return Output(Printed(R"("clientKeyData": "s3cret")")); },
                       "only one of clientCertificateData and clientKeyData"},
        PluginErrorRow{
            "PrintsNoTime",
            [] { return Output(Printed(R"("token": "s3cret", "expirationTimestamp": "soon")")); },
            "an expirationTimestamp that is no time"},
        PluginErrorRow{"PrintsANumberAsToken", [] { return Output(Printed(R"("token": 1)")); },
                       "that cannot be read"}),
    [](const auto& row) { return row.param.name; });

// A program's output, or what went wrong.
std::string Shell(const std::string& script, const ChildCommand& options = {}) {
  ChildCommand command = options;
  command.program = "sh";
  command.arguments = {"-c", script};
  const auto outcome = RunChild(command, {});
  if (!outcome) return outcome.error().ToString();
  return std::to_string(outcome->exit_status) + "|" + outcome->output + "|" + outcome->errors;
}

TEST(ChildProcess, GivesWhatAProgramPrints) {
  EXPECT_EQ(Shell("echo out; echo err >&2; exit 3"), "3|out\n|err\n");
  EXPECT_EQ(Shell("cat"), "0||") << "there is nothing to read";
  EXPECT_EQ(Shell("echo $A$HOME", {.environment = {"A=b"}}), "0|b\n|") << "and no other variables";
  EXPECT_EQ(Shell("kill -TERM $$"), "143||");
  EXPECT_THAT(Shell("head -c 2000000 /dev/zero"), HasSubstr("prints too much"));
}

TEST(ChildProcess, GetsNoFileOfOurs) {
  const int open = ::dup(STDOUT_FILENO);
  EXPECT_EQ(Shell("[ -e /proc/self/fd/" + std::to_string(open) + " ] && echo there || echo closed"),
            "0|closed\n|");
  ::close(open);
}

TEST(ChildProcess, IsKilledWhenItTakesTooLong) {
  EXPECT_THAT(Shell("exec sleep 100", {.timeout = std::chrono::milliseconds(50)}),
              HasSubstr("did not end"));
}

TEST(ChildProcess, IsKilledWhenItIsStopped) {
  std::stop_source stop;
  const std::jthread stopping([&] { stop.request_stop(); });
  const auto outcome = RunChild({.program = "sleep", .arguments = {"100"}}, stop.get_token());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kCancelled);
}

TEST(ChildProcess, ThatIsNotThereIsNotFound) {
  EXPECT_EQ(RunChild({.program = "labgallery-no-such-program"}, {}).error().kind,
            ErrorKind::kNotFound);
}

class ServiceAccount : public CredentialsTest {
 protected:
  InCluster Pod(const std::string& host = "10.0.0.1") const { return {host, "443", folder_}; }
};

TEST_F(ServiceAccount, IsWhatThePodIsGiven) {
  Write("token", "t");
  Write("ca.crt", "CA");
  Write("namespace", "labs\n");
  const auto access = AccessInCluster(Pod());
  ASSERT_TRUE(access) << access.error().ToString();
  EXPECT_EQ(access->server, "https://10.0.0.1:443");
  EXPECT_EQ(access->login, (Login{.token_file = File("token")}));
  EXPECT_EQ(access->tls.authority.file, File("ca.crt"));
  EXPECT_EQ(access->name_space, "labs");
}

TEST_F(ServiceAccount, IsReachedByNameWhereTheAddressIsIpv6) {
  Write("token", "t");
  EXPECT_EQ(AccessInCluster(Pod("fd00::1"))->server, "https://kubernetes.default.svc:443");
}

TEST_F(ServiceAccount, IsNotFoundOutsideOfAPod) {
  EXPECT_EQ(AccessInCluster(Pod()).error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(AccessInCluster(Pod()).error().message, HasSubstr(File("token")));
  Write("token", "t");
  EXPECT_EQ(AccessInCluster(Pod("")).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace labgallery::kube
