// `labgallery azure-simulator` and `labgallery kube-simulator`: one of the two servers behind a
// socket.
#pragma once

#include <ostream>
#include <stop_token>

#include "controller/cli/command_options.h"
#include "controller/cli/exit_code.h"

namespace labgallery::cli {

/// Serves until a stop is requested. Says on `out`, in one line, where it listens.
ExitCode RunSimulator(const SimulatorOptions& options, std::ostream& out, std::ostream& err,
                      const std::stop_token& stop);

}  // namespace labgallery::cli
