// How a command ends with an error.
#pragma once

#include <ostream>

#include "controller/cli/exit_code.h"
#include "src/base/error.h"

namespace labgallery::cli {

/// kInvalidInput is the user's to correct, kCancelled was the user's wish, the rest are failures.
ExitCode CodeOf(const Error& error);

/// One line about it, and the code.
ExitCode Report(const Error& error, std::ostream& err);

}  // namespace labgallery::cli
