// Who this process is among several controllers, and which Lease decides which of them works.
#pragma once

#include <optional>
#include <string>

#include "controller/cli/command_options.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/runtime/elector.h"

namespace labgallery::cli {

/// "HOSTNAME_UUID": a process that is started again on the same host is another one.
std::string ProcessIdentity(Random& random);

/// The Lease to work by; nothing if nobody is elected. It is in `own_namespace`, the one of the
/// login to the API server, or in "default" where that has none, unless the options name another.
std::optional<runtime::LeaseOptions> LeaseFor(const ControllerOptions& options,
                                              const std::string& identity,
                                              const std::string& own_namespace);

}  // namespace labgallery::cli
