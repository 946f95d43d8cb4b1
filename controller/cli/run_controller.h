// `labgallery controller`: the operator against an API server, until it is stopped.
#pragma once

#include <ostream>
#include <stop_token>

#include "controller/cli/command_options.h"
#include "controller/cli/exit_code.h"

namespace labgallery::cli {

/// Blocks. Servers that do not answer yet are waited for; running passes are awaited when a stop is
/// requested, then the Lease is handed over. kFailed when the Lease was lost. Logs to standard
/// error.
ExitCode RunController(const ControllerOptions& options, std::ostream& err,
                       const std::stop_token& stop);

}  // namespace labgallery::cli
