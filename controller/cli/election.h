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

/// Where the Lease is, or would be: in `own_namespace`, the one of the login to the API server, or
/// in "default" where that has none, unless the options name another.
std::string HomeFor(const ControllerOptions& options, const std::string& own_namespace);

/// The Lease to work by, there; nothing if nobody is elected.
std::optional<runtime::LeaseOptions> LeaseFor(const ControllerOptions& options,
                                              const std::string& identity,
                                              const std::string& own_namespace);

}  // namespace labgallery::cli
