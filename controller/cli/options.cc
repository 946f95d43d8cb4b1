#include "controller/cli/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "controller/cli/duration_text.h"
#include "controller/cli/help_text.h"
#include "controller/cli/terminal.h"
#include "src/base/text.h"
#include "src/kube/model/label_selector.h"

namespace labgallery::cli {
namespace {

/// Takes any option's text as a duration.
CLI::Option* AddDuration(CLI::App& command, const std::string& name, const std::string& text,
                         std::function<void(Duration)> take) {
  return command
      .add_option_function<std::string>(
          name,
          [name, take = std::move(take)](const std::string& value) {
            const auto duration = ParseDuration(value);
            if (!duration) {
              throw CLI::ValidationError(name,
                                         "'" + value + "' is no duration, like 90s, 5m or 1h30m");
            }
            take(*duration);
          },
          text)
      ->type_name("DURATION");
}

/// One of the words, spelled in any case.
template <typename T>
void AddChoice(CLI::App& command, const std::string& name, const std::map<std::string, T>& choices,
               const std::string& text, std::function<void(T)> take) {
  std::vector<std::string> words;
  for (const auto& [word, value] : choices) words.push_back(word);
  command
      .add_option_function<std::string>(
          name,
          [choices, take = std::move(take)](const std::string& word) { take(choices.at(word)); },
          text)
      ->transform(CLI::IsMember(words, CLI::ignore_case))
      ->type_name(CLI::detail::join(words, "|"));
}

void AddLog(CLI::App& command, telemetry::LogOptions& log) {
  using telemetry::LogFormat;
  using telemetry::LogLevel;
  AddChoice<LogLevel>(command, "--log-level",
                      {{"debug", LogLevel::kDebug},
                       {"info", LogLevel::kInfo},
                       {"warning", LogLevel::kWarning},
                       {"error", LogLevel::kError}},
                      "What is logged to standard error",
                      [&log](LogLevel level) { log.level = level; });
  AddChoice<LogFormat>(command, "--log-format",
                       {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}, "How it is logged",
                       [&log](LogFormat format) { log.format = format; });
}

void AddAzure(CLI::App& command, AzureOptions& azure, bool required) {
  command
      .add_option("--azure-endpoint", azure.endpoint,
                  required ? "Origin of an ARM endpoint"
                           : "Origin of an ARM endpoint, instead of the embedded simulator")
      ->type_name("URL")
      ->required(required);
  command
      .add_option("--azure-token-file", azure.token_file,
                  "File with the bearer token, read anew for each request; required unless the "
                  "endpoint is on this machine")
      ->type_name("FILE");
  command
      .add_option("--installation", azure.installation,
                  required ? "Name in the owner tags; default: the uid of the namespace kube-system"
                           : "Name in the owner tags; required unless the endpoint is on this "
                             "machine, 'standalone' there")
      ->type_name("NAME");
}

void AddFlags(CLI::App& command, OperatorFlags& flags) {
  AddDuration(command, "--sync-period", "How often settled objects are looked at (5m)",
              [&flags](Duration d) { flags.sync_period = d; });
  AddDuration(command, "--role-settle",
              "How old a role assignment of ours must be before a swap relies on it (2m)",
              [&flags](Duration d) { flags.role_settle = d; });
  command.add_flag("--require-allowed-scopes", flags.require_allowed_scopes,
                   "Refuse objects whose namespace has no annotation "
                   "labgallery.io/allowed-scopes");
  AddChoice<domain::Deletion>(
      command, "--default-deletion-policy",
      {{"Delete", domain::Deletion::kDelete}, {"Retain", domain::Deletion::kRetain}},
      "Where neither object nor namespace says one",
      [&flags](domain::Deletion value) { flags.default_deletion = value; });
  AddChoice<domain::Adoption>(command, "--default-adoption",
                              {{"IfIdentical", domain::Adoption::kIfIdentical},
                               {"Always", domain::Adoption::kAlways},
                               {"Never", domain::Adoption::kNever}},
                              "Where neither object nor namespace says one",
                              [&flags](domain::Adoption value) { flags.default_adoption = value; });
  command
      .add_option("--lab-services-principal-id", flags.lab_services_principal_id,
                  "Object id of Lab Services' service principal, which gets the role on galleries; "
                  "default: looked up in the endpoint's directory")
      ->type_name("ID");
  command.add_option("--prices", flags.prices_file, "Price table instead of the shipped one")
      ->type_name("FILE");
}

void AddState(CLI::App& command, ApplyOptions& options) {
  auto* state = command
                    .add_option("--kube-state", options.kube_state,
                                "Keep the objects (and the simulated cloud, if it is embedded) in "
                                "this file; default: memory only")
                    ->type_name("FILE");
  command.add_flag("--prune", options.prune, "Delete objects of the state that left the files")
      ->needs(state);
}

void AddPace(CLI::App& command, ApplyOptions& options) {
  AddDuration(command, "--timeout",
              "Give up after this time, as you experience it (5m in the embedded mode, else 1h)",
              [&options](Duration d) { options.timeout = d; });
  command
      .add_option_function<double>(
          "--time-scale", [&options](double scale) { options.time_scale = scale; },
          "How many times as fast the clock runs (3600 in the embedded mode, else 1)")
      ->check(CLI::Range(0.001, 1e6))
      ->type_name("N");
}

CLI::App& AddApply(CLI::App& app, ApplyOptions& options) {
  CLI::App& command = *app.add_subcommand(
      "apply", "Apply manifests and stay until every object is Ready and nothing is left to do");
  command.footer(kApplyFooter);
  command
      .add_option("-f,--filename", options.paths,
                  "File, directory (with all below it) or - for standard input; may be repeated. "
                  "A directory with folders 1, 2, ... is a story: they are applied one after the "
                  "other, and azure.json says what exists before")
      ->type_name("PATH")
      ->required();
  AddAzure(command, options.azure, false);
  AddState(command, options);
  AddPace(command, options);
  AddChoice<OutputFormat>(
      command, "-o,--output", {{"json", OutputFormat::kJson}, {"yaml", OutputFormat::kYaml}},
      "Print the final objects as one List on stdout; progress goes to stderr then",
      [&options](OutputFormat format) { options.output = format; });
  AddFlags(command, options.flags);
  AddLog(command, options.log);
  return command;
}

CLI::App& AddSimulator(CLI::App& app, SimulatorOptions& options, SimulatorOptions::Which which) {
  const bool azure = which == SimulatorOptions::Which::kAzure;
  CLI::App& command =
      azure ? *app.add_subcommand("azure-simulator",
                                  "Serve a simulated Azure Resource Manager over HTTP")
            : *app.add_subcommand("kube-simulator", "Serve the embedded Kubernetes API over HTTP");
  command.footer(azure ? kAzureFooter : kKubeFooter);
  options.which = which;
  command.add_option("--listen", options.listen, "Where to listen; port 0 lets the system choose")
      ->type_name("HOST:PORT")
      ->required();
  command.add_option("--state", options.state, "Keep the state in this file; default: memory only")
      ->type_name("FILE");
  if (azure) {
    command
        .add_option("--time-scale", options.time_scale,
                    "How many times as fast its time runs: with 3600 an hour takes a second")
        ->check(CLI::Range(0.001, 1e6))
        ->capture_default_str()
        ->type_name("N");
  }
  AddLog(command, options.log);
  return command;
}

void AddElection(CLI::App& command, ElectionFlags& election) {
  command
      .add_flag_function(
          "--leader-elect", [&election](std::int64_t given) { election.elect = given > 0; },
          "Work only while holding the Lease, so that of several controllers one works; default: "
          "true, but false with --kube-endpoint; --leader-elect=false turns it off")
      ->type_name("");
  command
      .add_option("--leader-election-namespace", election.name_space,
                  "Namespace of the Lease; default: the pod's or the context's, else 'default'")
      ->type_name("NAME");
  command.add_option("--leader-election-id", election.id, "Name of the Lease")
      ->capture_default_str()
      ->type_name("NAME");
}

void AddKube(CLI::App& command, ControllerOptions& options) {
  auto* endpoint = command
                       .add_option("--kube-endpoint", options.kube_endpoint,
                                   "Origin of a Kubernetes API on this machine, by plain HTTP and "
                                   "without a login, instead of a cluster")
                       ->type_name("URL");
  command
      .add_option("--kubeconfig", options.kube.kubeconfig,
                  "The cluster; default: the files of KUBECONFIG, else the service account of this "
                  "pod, else ~/.kube/config")
      ->type_name("FILE")
      ->excludes(endpoint);
  command
      .add_option("--context", options.kube.context,
                  "Context of the kubeconfig; default: its current-context")
      ->type_name("NAME")
      ->excludes(endpoint);
  auto* rate = command
                   .add_option("--kube-api-qps", options.kube.qps,
                               "Most requests a second to the Kubernetes API, watches and the "
                               "Lease excepted; default: no limit of our own")
                   ->check(CLI::PositiveNumber)
                   ->type_name("N");
  command
      .add_option("--kube-api-burst", options.kube.burst,
                  "Most of them at once; default: twice --kube-api-qps")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->needs(rate);
}

void AddEndpoints(CLI::App& command, EndpointFlags& endpoints) {
  using reconcile::PerObject;
  command
      .add_option("--metrics-bind-address", endpoints.metrics,
                  "Where to serve /metrics, without a login; 0: nowhere; default: 127.0.0.1:8080, "
                  "but 0 with --kube-endpoint")
      ->type_name("HOST:PORT");
  command
      .add_option("--health-probe-bind-address", endpoints.health,
                  "Where to serve /livez and /readyz; 0: nowhere; default: :8081, but 0 with "
                  "--kube-endpoint")
      ->type_name("HOST:PORT");
  AddChoice<PerObject>(
      command, "--metrics-per-object",
      {{"NotReady", PerObject::kNotReady}, {"All", PerObject::kAll}, {"None", PerObject::kNone}},
      "Which objects have metrics of their own (NotReady)",
      [&endpoints](PerObject value) { endpoints.per_object = value; });
}

void AddShard(CLI::App& command, ElectionFlags& election) {
  auto* shard = command
                    .add_option("--shard", election.shard,
                                "Name of this part of the work, with a Lease of its own: "
                                "ID-NAME; default: there is one part")
                    ->type_name("NAME");
  auto* selector =
      command
          .add_option("--namespace-selector", election.namespace_selector,
                      "Labels of the namespaces whose objects this shard works on, as in kubectl "
                      "get namespaces -l")
          ->check([](const std::string& text) {
            const auto parsed = kube::ParseLabelSelector(text);
            return parsed ? std::string() : parsed.error().message;
          })
          ->type_name("SELECTOR");
  shard->needs(selector);
  selector->needs(shard);
}

CLI::App& AddController(CLI::App& app, ControllerOptions& options) {
  CLI::App& command =
      *app.add_subcommand("controller", "Run the operator against a Kubernetes API until stopped");
  command.footer(kControllerFooter);
  AddKube(command, options);
  AddAzure(command, options.azure, true);
  command.add_option("--namespace", options.name_space, "Only the objects of this namespace")
      ->type_name("NAME");
  command.add_option("--workers", options.workers, "Objects that are worked on at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->type_name("N");
  AddElection(command, options.election);
  AddShard(command, options.election);
  AddEndpoints(command, options.endpoints);
  AddFlags(command, options.flags);
  AddLog(command, options.log);
  return command;
}

/// CLI11 would only say that a command is missing.
std::optional<Message> UnknownCommand(const CLI::App& app,
                                      const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with("-")) return std::nullopt;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands(nullptr)) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), arguments.front()) != known.end()) return std::nullopt;
  const std::string near = Nearest(arguments.front(), known);
  return Message{"labgallery: there is no command '" + arguments.front() + "'" +
                     (near.empty() ? "" : "; did you mean '" + near + "'?") +
                     "\nRun labgallery --help for what there is.\n",
                 true};
}

void TakeEnvironment(const Environment& environment, ControllerOptions& controller) {
  controller.azure.network = environment.network;
  controller.kube.kubeconfig_list = environment.kubeconfig;
  controller.kube.home = environment.home;
  controller.kube.pod = environment.pod;
  controller.kube.plugins.environment = environment.variables;
  controller.kube.plugins.terminal = environment.terminal;
}

/// Empty where it is not set.
std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string EitherVariable(const char* name, const char* other) {
  const std::string value = Variable(name);
  return value.empty() ? Variable(other) : value;
}

Message MessageOf(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = app.exit(error, out, err);
  if (status == 0) return {out.str(), false};
  return {
      "labgallery: " + std::string(error.what()) + "\nRun labgallery --help for what there is.\n",
      true};
}

}  // namespace

Command ParseCommandLine(const std::vector<std::string>& arguments,
                         const Environment& environment) {
  CLI::App app{kAbout, "labgallery"};
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough(false);
  ApplyOptions apply;
  SimulatorOptions azure;
  SimulatorOptions kube;
  ControllerOptions controller;
  const CLI::App& apply_command = AddApply(app, apply);
  const CLI::App& azure_command = AddSimulator(app, azure, SimulatorOptions::Which::kAzure);
  const CLI::App& kube_command = AddSimulator(app, kube, SimulatorOptions::Which::kKube);
  const CLI::App& controller_command = AddController(app, controller);
  app.add_subcommand("version", "Print the version");
  if (auto unknown = UnknownCommand(app, arguments)) return *std::move(unknown);
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return MessageOf(app, error);
  }
  apply.azure.network = environment.network;
  TakeEnvironment(environment, controller);
  if (apply_command.parsed()) return apply;
  if (azure_command.parsed()) return azure;
  if (kube_command.parsed()) return kube;
  if (controller_command.parsed()) return controller;
  return Message{"labgallery " LABGALLERY_VERSION "\n", false};
}

Environment ReadEnvironment() {
  const std::string terminal = Variable("TERM");
  Environment environment{
      .no_colour = !Variable("NO_COLOR").empty(),
      .dumb_terminal = terminal.empty() || terminal == "dumb",
      .kubeconfig = Variable("KUBECONFIG"),
      .home = Variable("HOME"),
      .pod = {.host = Variable("KUBERNETES_SERVICE_HOST"),
              .port = Variable("KUBERNETES_SERVICE_PORT")},
      .network = {.trust = {.file = Variable("SSL_CERT_FILE"),
                            .directory = Variable("SSL_CERT_DIR")},
                  .proxy = {.https = Secret(EitherVariable("HTTPS_PROXY", "https_proxy")),
                            .http = Secret(EitherVariable("HTTP_PROXY", "http_proxy")),
                            .except = EitherVariable("NO_PROXY", "no_proxy")}},
      .terminal = IsTerminal(STDIN_FILENO)};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.variables.emplace_back(*variable);
  }
  return environment;
}

}  // namespace labgallery::cli
