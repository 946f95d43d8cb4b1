#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/help_text.h"

namespace labgallery::cli {

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
        .add_option("--tls-dir", options.tls_dir,
                    "Serve HTTPS; the authority to trust is DIR/ca.pem, made there if it is not")
        ->type_name("DIR");
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

}  // namespace labgallery::cli
