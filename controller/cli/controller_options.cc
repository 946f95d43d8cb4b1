#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/help_text.h"
#include "controller/cli/option_values.h"

namespace labgallery::cli {

CLI::App& AddController(CLI::App& app, ControllerOptions& options) {
  CLI::App& command =
      *app.add_subcommand("controller", "Run the operator against a Kubernetes API until stopped");
  command.footer(kControllerFooter);
  AddKube(command, options);
  AddAzure(command, options.azure, true);
  auto* name_space =
      command.add_option("--namespace", options.name_space, "Only the objects of this namespace")
          ->type_name("NAME");
  MustBeName(*name_space, NameForm::kLabel);
  command.add_option("--workers", options.workers, "Objects that are worked on at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str()
      ->type_name("N");
  AddElection(command, options.election, *name_space);
  AddEndpoints(command, options.endpoints);
  AddFlags(command, options.flags);
  AddLog(command, options.log);
  return command;
}

}  // namespace labgallery::cli
