#include "controller/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "controller/cli/help_text.h"
#include "controller/cli/option_groups.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

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
  controller.azure.variables = environment.azure;
  controller.kube.kubeconfig_list = environment.kubeconfig;
  controller.kube.home = environment.home;
  controller.kube.pod = environment.pod;
  controller.kube.plugins.environment = environment.variables;
  controller.kube.plugins.terminal = environment.terminal;
}

/// The option that has one value and was given more.
const CLI::Option* GivenTwice(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_items_expected_max() == 1 && option->count() > 1) return option;
    }
  }
  return nullptr;
}

/// With what to do about it where CLI11 only says what is wrong.
std::string ProblemOf(const CLI::App& app, const CLI::ParseError& error) {
  const auto kind = static_cast<CLI::ExitCodes>(error.get_exit_code());
  if (kind == CLI::ExitCodes::ExcludesError)
    return std::string(error.what()) + "; leave one of them out";
  const CLI::Option* twice = kind == CLI::ExitCodes::ArgumentMismatch ? GivenTwice(app) : nullptr;
  if (twice == nullptr) return error.what();
  return twice->get_name() + " is given " + std::to_string(twice->count()) + " times; give it once";
}

Message MessageOf(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = app.exit(error, out, err);
  if (status == 0) return {out.str(), false};
  return {"labgallery: " + ProblemOf(app, error) + "\nRun labgallery --help for what there is.\n",
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
  CheckOptions check;
  const CLI::App& check_command = AddCheck(app, check);
  app.add_subcommand("version", "Print the version");
  if (auto unknown = UnknownCommand(app, arguments)) return *std::move(unknown);
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return MessageOf(app, error);
  }
  apply.azure.network = environment.network;
  apply.azure.variables = environment.azure;
  TakeEnvironment(environment, controller);
  TakeEnvironment(environment, check.installation);
  if (apply_command.parsed()) return apply;
  if (azure_command.parsed()) return azure;
  if (kube_command.parsed()) return kube;
  if (controller_command.parsed()) return controller;
  if (check_command.parsed()) return check;
  return Message{"labgallery " LABGALLERY_VERSION "\n", false};
}

}  // namespace labgallery::cli
