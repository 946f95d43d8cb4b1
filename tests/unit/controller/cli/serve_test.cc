// The servers and the controller as commands: what they say, and how they end.
#include "controller/cli/serve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "controller/cli/run_controller.h"
#include "src/http/server/server.h"
#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Ended {
  ExitCode code;
  std::string out;
  std::string err;
};

Ended Serve(const SimulatorOptions& options) {
  std::stop_source stop;
  stop.request_stop();
  std::ostringstream out;
  std::ostringstream err;
  const ExitCode code = RunSimulator(options, out, err, stop.get_token());
  return {code, out.str(), err.str()};
}

TEST(Simulators, SayWhereTheyListenAndEndWhenTheyAreStopped) {
  const Ended azure = Serve({.listen = "127.0.0.1:0"});
  EXPECT_EQ(azure.code, ExitCode::kOk) << azure.err;
  EXPECT_THAT(azure.out, StartsWith("Azure simulator at http://127.0.0.1:"));
  EXPECT_THAT(azure.out, HasSubstr(", in memory"));
  const Ended kube = Serve({.which = SimulatorOptions::Which::kKube, .listen = "127.0.0.1:0"});
  EXPECT_EQ(kube.code, ExitCode::kOk) << kube.err;
  EXPECT_THAT(kube.out, StartsWith("Kubernetes API at http://127.0.0.1:"));
}

TEST(Simulators, KeepTheirStateInAFile) {
  const Folder folder;
  for (const auto which : {SimulatorOptions::Which::kAzure, SimulatorOptions::Which::kKube}) {
    const std::string file =
        folder.path() + (which == SimulatorOptions::Which::kAzure ? "/azure" : "/kube");
    const Ended ended = Serve({.which = which, .listen = "127.0.0.1:0", .state = file});
    EXPECT_EQ(ended.code, ExitCode::kOk) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("kept in " + file));
    EXPECT_TRUE(std::filesystem::exists(file));
  }
}

TEST(Simulators, SayWhatIsWrongWithAnAddressOrAFile) {
  EXPECT_EQ(Serve({.listen = "nonsense"}).code, ExitCode::kBadInput);
  const Ended no_folder = Serve({.listen = "127.0.0.1:0", .state = "/no/such/folder/file"});
  EXPECT_EQ(no_folder.code, ExitCode::kFailed);
  EXPECT_THAT(no_folder.err, HasSubstr("/no/such/folder/file"));
}

Ended Control(ControllerOptions options, bool stopped = true) {
  std::stop_source stop;
  if (stopped) stop.request_stop();
  options.log.level = telemetry::LogLevel::kError;
  std::ostringstream err;
  const ExitCode code = RunController(options, err, stop.get_token());
  return {code, "", err.str()};
}

TEST(Controller, TakesPlainHttpOnThisMachineOnly) {
  for (const char* endpoint :
       {"http://kubernetes.example", "https://127.0.0.1:6443", "127.0.0.1:8080"}) {
    ControllerOptions options;
    options.kube_endpoint = endpoint;
    options.azure.endpoint = "http://127.0.0.1:1";
    const Ended ended = Control(options);
    EXPECT_EQ(ended.code, ExitCode::kBadInput);
    EXPECT_THAT(ended.err, HasSubstr("--kube-endpoint"));
  }
}

TEST(Controller, SaysWithWhichLoginTheClusterRefusesIt) {
  struct Row {
    int status;
    const char* remedy;
  };
  for (const Row& row : {Row{401, "log in anew, or correct the user"},
                         Row{403, "name the installation with --installation"}}) {
    const auto server = http::Server::Start("127.0.0.1:0", [&row](const http::Request&) {
      return http::Reply(http::Response{
          row.status,
          {},
          R"({"kind": "Status", "code": )" + std::to_string(row.status) + R"(, "message": "no"})"});
    });
    ControllerOptions options;
    options.kube_endpoint = "http://127.0.0.1:" + std::to_string((*server)->port());
    options.azure.endpoint = "http://127.0.0.1:1";
    const Ended ended = Control(options, false);
    EXPECT_EQ(ended.code, ExitCode::kFailed);
    EXPECT_THAT(ended.err, HasSubstr("--kube-endpoint: GET "));
    EXPECT_THAT(ended.err, HasSubstr(row.remedy));
  }
}

TEST(Controller, EndsWellWhenItIsStoppedWhileItWaitsForItsServers) {
  ControllerOptions options;
  options.kube_endpoint = "http://127.0.0.1:1";
  options.azure.endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(Control(options).code, ExitCode::kOk);
}

}  // namespace
}  // namespace labgallery::cli
