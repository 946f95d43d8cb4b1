#include "controller/cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename T>
T Parsed(const std::vector<std::string>& arguments) {
  const Command command = ParseCommandLine(arguments);
  const T* options = std::get_if<T>(&command);
  if (options != nullptr) return *options;
  const auto* message = std::get_if<Message>(&command);
  ADD_FAILURE() << (message == nullptr ? "another command" : message->text);
  return T{};
}

std::string ErrorOf(const std::vector<std::string>& arguments) {
  const Command command = ParseCommandLine(arguments);
  const auto* message = std::get_if<Message>(&command);
  return message != nullptr && message->is_error ? message->text : "no error";
}

TEST(Options, OfApplyAreEmbeddedAndInMemoryByDefault) {
  const auto options = Parsed<ApplyOptions>({"apply", "-f", "dir"});
  EXPECT_THAT(options.paths, ElementsAre("dir"));
  EXPECT_TRUE(options.embedded());
  EXPECT_EQ(options.kube_state, "");
  EXPECT_FALSE(options.prune);
  EXPECT_EQ(options.timeout, std::nullopt);
  EXPECT_EQ(options.time_scale, std::nullopt);
  EXPECT_EQ(options.output, OutputFormat::kNone);
  EXPECT_EQ(options.flags.sync_period, std::chrono::minutes(5));
  EXPECT_EQ(options.flags.role_settle, std::chrono::minutes(2));
  EXPECT_EQ(options.log.level, telemetry::LogLevel::kError);
}

TEST(Options, OfApplyTakeSeveralPathsAndStandardInput) {
  EXPECT_THAT(Parsed<ApplyOptions>({"apply", "-f", "a", "-f", "-", "--filename", "b"}).paths,
              ElementsAre("a", "-", "b"));
}

TEST(Options, OfApplyAreTakenAsWritten) {
  const auto options = Parsed<ApplyOptions>({"apply",
                                             "-f",
                                             "dir",
                                             "--azure-endpoint",
                                             "http://127.0.0.1:1",
                                             "--azure-token-file",
                                             "t",
                                             "--installation",
                                             "here",
                                             "--record",
                                             "r",
                                             "--currency",
                                             "eur",
                                             "--record-without-principals",
                                             "--kube-state",
                                             "s",
                                             "--prune",
                                             "--timeout",
                                             "90s",
                                             "--time-scale",
                                             "60",
                                             "-o",
                                             "YAML",
                                             "--log-level",
                                             "debug",
                                             "--log-format",
                                             "json"});
  EXPECT_FALSE(options.embedded());
  EXPECT_EQ(options.azure.endpoint, "http://127.0.0.1:1");
  EXPECT_EQ(options.azure.token_file, "t");
  EXPECT_EQ(options.azure.installation, "here");
  EXPECT_EQ(options.azure.wire.record, "r");
  EXPECT_EQ(options.flags.currency, "EUR");
  EXPECT_TRUE(options.azure.wire.without_principals);
  EXPECT_EQ(options.kube_state, "s");
  EXPECT_TRUE(options.prune);
  EXPECT_EQ(options.timeout, std::optional<Duration>(std::chrono::seconds(90)));
  EXPECT_EQ(options.time_scale, 60);
  EXPECT_EQ(options.output, OutputFormat::kYaml);
  EXPECT_EQ(options.log.level, telemetry::LogLevel::kDebug);
  EXPECT_EQ(options.log.format, telemetry::LogFormat::kJson);
}

TEST(Options, OfTheOperatorAreTheSameForApplyAndController) {
  const std::vector<std::string> flags{"--sync-period",
                                       "10m",
                                       "--role-settle",
                                       "0",
                                       "--require-allowed-scopes",
                                       "--register-providers",
                                       "--default-deletion-policy",
                                       "retain",
                                       "--default-adoption",
                                       "Always",
                                       "--lab-services-principal-id",
                                       "11111111-0000-0000-0000-000000000001",
                                       "--lab-plans-principal-id",
                                       "22222222-0000-0000-0000-000000000001",
                                       "--prices",
                                       "prices.json"};
  std::vector<std::string> apply{"apply", "-f", "dir"};
  std::vector<std::string> controller{"controller", "--kube-endpoint", "http://localhost:1",
                                      "--azure-endpoint", "http://localhost:2"};
  apply.insert(apply.end(), flags.begin(), flags.end());
  controller.insert(controller.end(), flags.begin(), flags.end());
  for (const OperatorFlags& taken :
       {Parsed<ApplyOptions>(apply).flags, Parsed<ControllerOptions>(controller).flags}) {
    EXPECT_EQ(taken.sync_period, std::chrono::minutes(10));
    EXPECT_EQ(taken.role_settle, Duration(0));
    EXPECT_TRUE(taken.require_allowed_scopes);
    EXPECT_TRUE(taken.register_providers);
    EXPECT_EQ(taken.default_deletion, domain::Deletion::kRetain);
    EXPECT_EQ(taken.default_adoption, domain::Adoption::kAlways);
    EXPECT_EQ(taken.lab_services_principal_id, "11111111-0000-0000-0000-000000000001");
    EXPECT_EQ(taken.lab_plans_principal_id, "22222222-0000-0000-0000-000000000001");
    EXPECT_EQ(taken.prices_file, "prices.json");
  }
}

TEST(Options, OfTheSimulatorsSayWhichOne) {
  const auto azure =
      Parsed<SimulatorOptions>({"azure-simulator", "--listen", "127.0.0.1:0", "--state", "f",
                                "--time-scale", "2", "--tls-dir", "d"});
  EXPECT_EQ(azure.which, SimulatorOptions::Which::kAzure);
  EXPECT_EQ(azure.listen, "127.0.0.1:0");
  EXPECT_EQ(azure.state, "f");
  EXPECT_EQ(azure.time_scale, 2);
  EXPECT_EQ(azure.tls_dir, "d");
  const auto kube = Parsed<SimulatorOptions>({"kube-simulator", "--listen", "[::1]:1"});
  EXPECT_EQ(kube.which, SimulatorOptions::Which::kKube);
}

ElectionFlags ElectionOf(std::vector<std::string> more) {
  std::vector<std::string> arguments{"controller", "--kube-endpoint", "k", "--azure-endpoint", "a"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Parsed<ControllerOptions>(arguments).election;
}

TEST(Options, OfAShardComeTogether) {
  const auto election = ElectionOf({"--shard", "red", "--namespace-selector", "team=red,!old"});
  EXPECT_EQ(election.shard, "red");
  EXPECT_EQ(election.namespace_selector, "team=red,!old");
  const std::vector<std::string> controller{"controller", "--kube-endpoint", "k",
                                            "--azure-endpoint", "a"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), controller.begin(), controller.end());
    return ErrorOf(more);
  };
  EXPECT_THAT(with({"--shard", "red"}), HasSubstr("--namespace-selector"));
  EXPECT_THAT(with({"--namespace-selector", "a=b"}), HasSubstr("--shard"));
  EXPECT_THAT(with({"--shard", "red", "--namespace-selector", "a=b c"}), HasSubstr("a=b c"));
}

TEST(Options, OfAManagedIdentityGoWithTheCredentialsThatLookAtIt) {
  for (const char* credential : {"DefaultAzureCredential", "ManagedIdentityCredential"}) {
    const auto options =
        Parsed<ControllerOptions>({"controller", "--cloud", "public", "--azure-managed-identity",
                                   "client-id=x", "--azure-credential", credential});
    EXPECT_EQ(options.azure.identity.client_id, "x");
  }
}

TEST(Options, OfTheElectionAreLeftToTheWayItRunsUnlessGiven) {
  EXPECT_EQ(ElectionOf({}).elect, std::nullopt);
  EXPECT_EQ(ElectionOf({}).id, "labgallery");
  EXPECT_EQ(ElectionOf({}).name_space, "");
  EXPECT_EQ(ElectionOf({"--leader-elect"}).elect, true);
  EXPECT_EQ(ElectionOf({"--leader-elect=true"}).elect, true);
  EXPECT_EQ(ElectionOf({"--leader-elect=false"}).elect, false);
  EXPECT_EQ(ElectionOf({"--leader-election-id", "x"}).id, "x");
  EXPECT_EQ(ElectionOf({"--leader-election-namespace", "ns"}).name_space, "ns");
}

TEST(Options, OfTheEndpointsAreLeftToTheWayItRunsUnlessGiven) {
  const auto parse = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"controller", "--azure-endpoint", "http://127.0.0.1:1"});
    return std::get<ControllerOptions>(ParseCommandLine(arguments, {})).endpoints;
  };
  EXPECT_FALSE(parse({}).metrics);
  EXPECT_FALSE(parse({}).health);
  EXPECT_EQ(parse({}).per_object, reconcile::PerObject::kNotReady);
  EXPECT_EQ(parse({"--metrics-bind-address", ":9090"}).metrics, ":9090");
  EXPECT_EQ(parse({"--health-probe-bind-address", "0"}).health, "0");
  EXPECT_FALSE(parse({}).metrics_secure);
  EXPECT_EQ(parse({"--metrics-secure"}).metrics_secure, true);
  EXPECT_EQ(parse({"--metrics-secure=true"}).metrics_secure, true);
  EXPECT_EQ(parse({"--metrics-secure=false"}).metrics_secure, false);
  EXPECT_EQ(parse({"--metrics-cert-path", "d"}).certificate_folder, "d");
  EXPECT_EQ(parse({"--metrics-cert-path", "d"}).certificate_name, "tls.crt");
  EXPECT_EQ(parse({"--metrics-cert-path", "d", "--metrics-cert-name", "n"}).certificate_name, "n");
  EXPECT_EQ(parse({"--metrics-cert-path", "d", "--metrics-cert-key", "k"}).key_name, "k");
  EXPECT_EQ(parse({"--metrics-per-object", "All"}).per_object, reconcile::PerObject::kAll);
  EXPECT_EQ(parse({"--metrics-per-object", "none"}).per_object, reconcile::PerObject::kNone);
}

TEST(Options, OfTheControllerAreTakenAsWritten) {
  const auto options = Parsed<ControllerOptions>(
      {"controller", "--kube-endpoint", "http://localhost:1", "--azure-endpoint",
       "http://localhost:2", "--namespace", "labs", "--workers", "8"});
  EXPECT_EQ(options.kube_endpoint, "http://localhost:1");
  EXPECT_EQ(options.azure.endpoint, "http://localhost:2");
  EXPECT_EQ(options.name_space, "labs");
  EXPECT_EQ(options.workers, 8);
}

TEST(Options, OfTheClusterAreTakenAsWritten) {
  const auto options = Parsed<ControllerOptions>(
      {"controller", "--azure-endpoint", "a", "--kubeconfig", "f", "--context", "c",
       "--kube-api-qps", "2.5", "--kube-api-burst", "7"});
  EXPECT_EQ(options.kube_endpoint, "");
  EXPECT_EQ(options.kube.kubeconfig, "f");
  EXPECT_EQ(options.kube.context, "c");
  EXPECT_EQ(options.kube.qps, 2.5);
  EXPECT_EQ(options.kube.burst, 7);
}

struct CloudRow {
  std::string text;
  std::string endpoint;
};

TEST(Options, TakeACloudByNameOrAddress) {
  const std::vector<CloudRow> rows{{"public", "https://management.azure.com"},
                                   {"USGovernment", "https://management.usgovcloudapi.net"},
                                   {"china", "https://management.chinacloudapi.cn"},
                                   {"https://arm.example", "https://arm.example"}};
  for (const CloudRow& row : rows) {
    const auto command = ParseCommandLine({"apply", "-f", "d", "--cloud", row.text});
    const AzureOptions& azure = std::get<ApplyOptions>(command).azure;
    EXPECT_EQ(azure.endpoint, row.endpoint);
    EXPECT_TRUE(azure.LogsIn());
    EXPECT_EQ(azure.credential, std::nullopt);
  }
}

TEST(Options, TakeACredentialAndAnIdentity) {
  const auto command = ParseCommandLine({"controller", "--cloud", "public", "--azure-credential",
                                         "managedidentitycredential", "--azure-managed-identity",
                                         "resource-id=/subscriptions/s"});
  const AzureOptions& azure = std::get<ControllerOptions>(command).azure;
  EXPECT_EQ(azure.credential, azure::CredentialKind::kManagedIdentity);
  EXPECT_EQ(azure.identity, azure::ManagedIdentity{.resource_id = "/subscriptions/s"});
}

TEST(Options, TakeWhatTheEnvironmentSays) {
  const Environment environment{.kubeconfig = "a:b",
                                .home = "/home/me",
                                .pod = {.host = "10.0.0.1", .port = "443"},
                                .network = {.trust = {.file = "ca"}, .proxy = {.except = "x"}},
                                .variables = {"A=b"},
                                .terminal = true};
  const auto command = ParseCommandLine({"controller", "--azure-endpoint", "a"}, environment);
  const auto& controller = std::get<ControllerOptions>(command);
  EXPECT_EQ(controller.kube.kubeconfig_list, "a:b");
  EXPECT_EQ(controller.kube.home, "/home/me");
  EXPECT_EQ(controller.kube.pod.host + ":" + controller.kube.pod.port, "10.0.0.1:443");
  EXPECT_EQ(controller.kube.plugins.environment, std::vector<std::string>{"A=b"});
  EXPECT_TRUE(controller.kube.plugins.terminal);
  EXPECT_EQ(controller.kube.qps, 0) << "no limit unless it is asked for";
  EXPECT_EQ(controller.azure.network.trust.file, "ca");
  const auto apply = ParseCommandLine({"apply", "-f", "d"}, environment);
  EXPECT_EQ(std::get<ApplyOptions>(apply).azure.network.proxy.except, "x");
}

TEST(Options, HelpIsNoErrorAndHasExamples) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"apply", "--help"},
                                                    {"azure-simulator", "--help"},
                                                    {"kube-simulator", "--help"},
                                                    {"controller", "--help"}}) {
    const auto message = Parsed<Message>(arguments);
    EXPECT_FALSE(message.is_error);
    EXPECT_THAT(message.text, HasSubstr("Examples:")) << arguments.front();
  }
}

TEST(Options, HelpListsTheExitStatuses) {
  const auto text = Parsed<Message>({"--help"}).text;
  for (const char* status : {"  0  ", "  1  ", "  2  ", "  3  ", "  4  ", "  130  "})
    EXPECT_THAT(text, HasSubstr(status));
}

TEST(Options, VersionIsPrinted) {
  EXPECT_THAT(Parsed<Message>({"version"}).text, testing::StartsWith("labgallery "));
}

struct Wrong {
  const char* name;
  std::vector<std::string> arguments;
  const char* said;
};

class WrongOptions : public testing::TestWithParam<Wrong> {};

TEST_P(WrongOptions, AreRefusedWithTheReason) {
  EXPECT_THAT(ErrorOf(GetParam().arguments), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongOptions,
    testing::Values(
        Wrong{"NoCommand", {}, "subcommand is required"},
        Wrong{"UnknownCommand", {"aply"}, "no command 'aply'; did you mean 'apply'?"},
        Wrong{"NoFile", {"apply"}, "--filename is required"},
        Wrong{"UnknownOption", {"apply", "-f", "d", "--colour"}, "--colour"},
        Wrong{"PruneWithoutState", {"apply", "-f", "d", "--prune"}, "--kube-state"},
        Wrong{"NoDuration", {"apply", "-f", "d", "--timeout", "90"}, "is no duration"},
        Wrong{"UnknownFormat", {"apply", "-f", "d", "-o", "xml"}, "xml"},
        Wrong{"TimeThatStandsStill", {"apply", "-f", "d", "--time-scale", "0"}, "--time-scale"},
        Wrong{"NoAddress", {"azure-simulator"}, "--listen is required"},
        Wrong{"KubeTimeIsPeoplesTime",
              {"kube-simulator", "--listen", "a:1", "--time-scale", "2"},
              "--time-scale"},
        Wrong{"ClusterAndEndpoint",
              {"controller", "--azure-endpoint", "a", "--kube-endpoint", "k", "--kubeconfig", "f"},
              "--kube-endpoint excludes --kubeconfig"},
        Wrong{"BurstWithoutARate",
              {"controller", "--azure-endpoint", "a", "--kube-api-burst", "1"},
              "--kube-api-burst requires --kube-api-qps"},
        Wrong{"NoRate",
              {"controller", "--azure-endpoint", "a", "--kube-api-qps", "0"},
              "--kube-api-qps: '0' is no number above 0"},
        Wrong{"ARateThatIsNoNumber",
              {"controller", "--azure-endpoint", "a", "--kube-api-qps", "nan"},
              "--kube-api-qps: 'nan' is no number above 0"},
        Wrong{"ABurstOfNothing",
              {"controller", "--azure-endpoint", "a", "--kube-api-qps", "1", "--kube-api-burst",
               "-1"},
              "--kube-api-burst: '-1' is no number above 0"},
        Wrong{"LooksWithoutAPause",
              {"controller", "--azure-endpoint", "a", "--sync-period", "0s"},
              "--sync-period: must be at least 1s"},
        Wrong{"ANamespaceThatCannotBe",
              {"controller", "--azure-endpoint", "a", "--namespace", "Foo Bar"},
              "--namespace: 'Foo Bar' must be at most 63 small letters, digits and dashes"},
        Wrong{"ALeaseInANamespaceThatCannotBe",
              {"check", "--leader-election-namespace", "a.b"},
              "--leader-election-namespace: 'a.b' must be"},
        Wrong{"ALeaseThatCannotBe",
              {"controller", "--azure-endpoint", "a", "--leader-election-id", "lab/gallery"},
              "--leader-election-id: 'lab/gallery' must be"},
        Wrong{"ALeaseWithDotsInARow",
              {"controller", "--azure-endpoint", "a", "--leader-election-id", "lab..gallery"},
              "--leader-election-id: 'lab..gallery' must be"},
        Wrong{"AShardThatNoLeaseCanBeNamedAfter",
              {"controller", "--azure-endpoint", "a", "--shard", "A_1", "--namespace-selector",
               "a=b"},
              "--shard: 'A_1' must be"},
        Wrong{"AnInstallationThatReadsAsANamespace",
              {"controller", "--azure-endpoint", "a", "--installation", "prod/labs"},
              "--installation: 'prod/labs' must be at most 63 letters"},
        Wrong{"ControllerWithoutAzure",
              {"controller", "--kube-endpoint", "http://localhost:1"},
              "--cloud or --azure-endpoint is required"},
        Wrong{"CloudAndEndpoint",
              {"controller", "--cloud", "public", "--azure-endpoint", "a"},
              "--azure-endpoint excludes --cloud; leave one of them out"},
        Wrong{"GivenTwice",
              {"controller", "--cloud", "public", "--namespace", "a", "--namespace=b"},
              "--namespace is given 2 times; give it once"},
        Wrong{"GivenThreeTimesByBothNames",
              {"apply", "-f", "d", "-o", "json", "--output", "yaml", "-o", "json"},
              "--output is given 3 times; give it once"},
        Wrong{"NoValue",
              {"controller", "--cloud", "public", "--namespace"},
              "--namespace: 1 required NAME missing"},
        Wrong{"UnknownCloud", {"controller", "--cloud", "germany"}, "public, usgovernment, china"},
        Wrong{"UnknownCredential",
              {"controller", "--cloud", "public", "--azure-credential", "Password"},
              "--azure-credential"},
        Wrong{"TokenAndLogin",
              {"controller", "--azure-endpoint", "a", "--azure-token-file", "f",
               "--azure-credential", "AzureCliCredential"},
              "excludes"},
        Wrong{"NoCurrency",
              {"controller", "--azure-endpoint", "a", "--currency", "euro"},
              "'euro' is not three letters"},
        Wrong{"RecordAndReplay",
              {"controller", "--azure-endpoint", "a", "--record", "r", "--replay", "r"},
              "excludes"},
        Wrong{"PrincipalsWithoutRecording",
              {"controller", "--azure-endpoint", "a", "--record-without-principals"},
              "requires"},
        Wrong{"AnIdentityThatTheCredentialDoesNotLookAt",
              {"controller", "--cloud", "public", "--azure-managed-identity", "client-id=x",
               "--azure-credential", "clientsecretcredential"},
              "--azure-managed-identity: --azure-credential ClientSecretCredential does not look "
              "at it; give --azure-credential ManagedIdentityCredential, or leave one of them out"},
        Wrong{"AnIdentityThatTheCredentialOfApplyDoesNotLookAt",
              {"apply", "-f", "d", "--cloud", "public", "--azure-credential",
               "WorkloadIdentityCredential", "--azure-managed-identity", "client-id=x"},
              "--azure-credential WorkloadIdentityCredential does not look at it"},
        Wrong{"ShardsOfOneNamespace",
              {"controller", "--cloud", "public", "--namespace", "labs", "--shard", "a",
               "--namespace-selector", "team=a"},
              "--namespace excludes --shard; leave one of them out"},
        Wrong{"ALookTooShortToSeeALeader",
              {"check", "--timeout", "0s"},
              "--timeout: must be at least 3s: a leader shows itself only every 2s"},
        Wrong{"ACheckOfShardsOfOneNamespace",
              {"check", "--namespace", "labs", "--shard", "a", "--namespace-selector", "team=a"},
              "--namespace excludes --shard; leave one of them out"},
        Wrong{"NoIdentity",
              {"controller", "--cloud", "public", "--azure-managed-identity", "name=x"},
              "client-id=ID"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::cli
