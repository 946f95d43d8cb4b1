// Whether a cloud is already as manifests want it, found out by letting an operator work on them
// with its hands tied: it reads, and the first write it would send is the answer. So a story that
// has been played is not played again from its beginning, which would undo its end.
#pragma once

#include <stop_token>

#include "controller/cli/cloud.h"
#include "controller/cli/command_options.h"
#include "controller/cli/manifest_input.h"
#include "controller/cli/manifest_kinds.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"

namespace labgallery::cli {

struct Rehearsal {
  Clock& clock;
  Random& random;
  Cloud& cloud;
  const OperatorFlags& flags;
  const std::vector<ManifestKind>& kinds;
  Duration pace{};               // between two looks at everything
  SteadyTime deadline = kNever;  // then the answer is no
};

/// True if every object would be Ready and nothing would be written to Azure. Nothing is: neither
/// there nor to any state. Blocks; the clock must know the calling thread.
Result<bool> NothingWouldBeWritten(const Rehearsal& rehearsal, const Manifests& manifests,
                                   const std::stop_token& stop);

}  // namespace labgallery::cli
