// `labgallery check`: whether an installation works, seen with the rights that it has itself. For
// `helm test`, and for people who have a kubeconfig.
#pragma once

#include <ostream>
#include <stop_token>

#include "controller/cli/command_options.h"
#include "controller/cli/exit_code.h"

namespace labgallery::cli {

/// Blocks, `options.timeout` at most. One line on `out` for each thing that is as it should be:
/// the API server serves the three kinds, and a controller keeps renewing the Lease. kFailed with
/// one line on `err` for the first that is not; nothing is written anywhere else.
ExitCode RunCheck(const CheckOptions& options, std::ostream& out, std::ostream& err,
                  const std::stop_token& stop);

}  // namespace labgallery::cli
