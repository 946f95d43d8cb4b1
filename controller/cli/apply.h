// `labgallery apply`: manifests in, a settled world and a table out.
#pragma once

#include <functional>
#include <ostream>
#include <stop_token>
#include <string>

#include "controller/cli/command_options.h"
#include "controller/cli/display.h"
#include "controller/cli/exit_code.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"

namespace labgallery::cli {

/// The person and the machine around the run.
struct ApplySurroundings {
  Clock& clock;
  double time_scale = 1;  // of that clock
  Random& random;
  std::ostream& out;       // the final objects, where they are asked for
  std::ostream& progress;  // how it goes, and the table; may be `out` where they are not
  std::ostream& errors;    // what is wrong with the input, and failures
  DisplayOptions display;
  std::function<Result<std::string>()> read_stdin;
};

/// Blocks until the world is settled, cannot be, or a stop is requested. The clock must know the
/// calling thread.
ExitCode RunApply(const ApplyOptions& options, const ApplySurroundings& around,
                  const std::stop_token& stop);

}  // namespace labgallery::cli
