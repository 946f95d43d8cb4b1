// The program: what must come first in the process, one boundary for exceptions, and the choice of
// the command.

#include <malloc.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "controller/cli/apply.h"
#include "controller/cli/check.h"
#include "controller/cli/options.h"
#include "controller/cli/run_controller.h"
#include "controller/cli/serve.h"
#include "controller/cli/stop_signals.h"
#include "controller/cli/terminal.h"
#include "src/http/client/socket_transport.h"

namespace labgallery::cli {
namespace {

Result<std::string> ReadStandardInput() {
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

ExitCode Run(const Message& message, const Environment&, const std::stop_token&) {
  (message.is_error ? std::cerr : std::cout) << message.text;
  return message.is_error ? ExitCode::kBadInput : ExitCode::kOk;
}

ExitCode Run(const ApplyOptions& options, const Environment& environment,
             const std::stop_token& stop) {
  const bool to_error = options.output != OutputFormat::kNone;
  const int descriptor = to_error ? STDERR_FILENO : STDOUT_FILENO;
  const double scale = options.time_scale.value_or(options.embedded() ? kEmbeddedScale : 1.0);
  RealClock clock(scale);
  SeededRandom random(EntropySeed());
  return RunApply(options,
                  {.clock = clock,
                   .time_scale = scale,
                   .random = random,
                   .out = std::cout,
                   .progress = to_error ? std::cerr : std::cout,
                   .errors = std::cerr,
                   .display = {.live = IsTerminal(descriptor) && !environment.dumb_terminal,
                               .colour = !environment.no_colour,
                               .size = [descriptor] { return SizeOf(descriptor); }},
                   .read_stdin = ReadStandardInput},
                  stop);
}

ExitCode Run(const SimulatorOptions& options, const Environment&, const std::stop_token& stop) {
  return RunSimulator(options, std::cout, std::cerr, stop);
}

ExitCode Run(const ControllerOptions& options, const Environment&, const std::stop_token& stop) {
  return RunController(options, std::cerr, stop);
}

ExitCode Run(const CheckOptions& options, const Environment&, const std::stop_token& stop) {
  return RunCheck(options, std::cout, std::cerr, stop);
}

ExitCode Main(const std::vector<std::string>& arguments) {
  const StopSignals signals;
  const Environment environment = ReadEnvironment();
  http::TrustNobodyByDefault();
  return std::visit([&](const auto& command) { return Run(command, environment, signals.token()); },
                    ParseCommandLine(arguments, environment));
}

}  // namespace
}  // namespace labgallery::cli

int main(int argc, char** argv) {
  // An arena a thread keeps the peak of each: two cost nothing that can be measured, and a quarter
  // less memory with 1,000 Images.
  mallopt(M_ARENA_MAX, 2);
  try {
    return static_cast<int>(labgallery::cli::Main({argv + 1, argv + argc}));
  } catch (const std::exception& error) {
    std::cerr << "labgallery: bug: " << error.what() << "\n";
    return static_cast<int>(labgallery::cli::ExitCode::kFailed);
  }
}
