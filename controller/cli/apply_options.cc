#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/help_text.h"
#include "controller/cli/option_values.h"

namespace labgallery::cli {
namespace {

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

}  // namespace

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

}  // namespace labgallery::cli
