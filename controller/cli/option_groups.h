// The command line's options in groups, one function and one file each; options.cc makes commands
// of them. What is read goes into the values of command_options.h, which have to outlive the
// parsing.
#pragma once

#include "controller/cli/command_options.h"

namespace CLI {  // CLI11's; NOLINT(readability-identifier-naming)
class App;
class Option;
}  // namespace CLI

namespace labgallery::cli {

/// The commands. What is returned lives in `app`.
CLI::App& AddApply(CLI::App& app, ApplyOptions& options);
CLI::App& AddController(CLI::App& app, ControllerOptions& options);
CLI::App& AddCheck(CLI::App& app, CheckOptions& options);
CLI::App& AddSimulator(CLI::App& app, SimulatorOptions& options, SimulatorOptions::Which which);

/// Groups of options that commands share. `required`: an endpoint has to be named.
void AddAzure(CLI::App& command, AzureOptions& azure, bool required);
void AddFlags(CLI::App& command, OperatorFlags& flags);
void AddLog(CLI::App& command, telemetry::LogOptions& log);
void AddKube(CLI::App& command, ControllerOptions& options);
/// `only_namespace` is the option that leaves nothing to share with other shards.
void AddElection(CLI::App& command, ElectionFlags& election, CLI::Option& only_namespace);
void AddEndpoints(CLI::App& command, EndpointFlags& endpoints);

}  // namespace labgallery::cli
