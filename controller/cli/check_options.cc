#include <CLI/CLI.hpp>

#include "controller/cli/help_text.h"
#include "controller/cli/option_groups.h"
#include "controller/cli/option_values.h"

namespace labgallery::cli {

CLI::App& AddCheck(CLI::App& app, CheckOptions& options) {
  CLI::App& command = *app.add_subcommand("check",
                                          "Say whether an installation works: its kinds are "
                                          "served, and a controller leads; ends with 1 if not");
  command.footer(kCheckFooter);
  AddKube(command, options.installation);
  auto* name_space = command
                         .add_option("--namespace", options.installation.name_space,
                                     "The only namespace that the controllers work in")
                         ->type_name("NAME");
  AddElection(command, options.installation.election, *name_space);
  AddDuration(command, "--timeout", "How long to wait for a leader (30s)", [&options](Duration d) {
    // A shorter look would miss the renewal of a healthy leader, and say that there is none.
    if (d < std::chrono::seconds(3)) {
      throw CLI::ValidationError("--timeout",
                                 "must be at least 3s: a leader shows itself only every 2s");
    }
    options.timeout = d;
  });
  return command;
}

}  // namespace labgallery::cli
