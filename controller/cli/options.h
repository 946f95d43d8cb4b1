// The command line and the environment, turned into values. The only place that reads either.
#pragma once

#include <string>
#include <vector>

#include "controller/cli/command_options.h"

namespace labgallery::cli {

/// What the arguments (without the program's own name) ask for, with what the environment adds.
/// Help, the version and whatever is wrong with them come back as a Message.
Command ParseCommandLine(const std::vector<std::string>& arguments,
                         const Environment& environment = {});

Environment ReadEnvironment();

}  // namespace labgallery::cli
