// All that `apply` reads before it writes anything: the manifests of each moment, and what a story
// assumes to exist in the simulated Azure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "controller/cli/input_error.h"
#include "controller/cli/input_story.h"
#include "controller/cli/manifest_input.h"
#include "controller/cli/manifest_kinds.h"

namespace labgallery::cli {

struct ApplyInput {
  std::vector<Manifests> steps;  // one unless the input is a story with several moments
  std::vector<Assumption> assumptions;
  std::vector<InputError> errors;  // of everything; when there are any, nothing may be written
};

struct ApplyInputOptions {
  std::function<Result<std::string>()> read_stdin;
  KnownObjects known = {};
};

/// Reads what -f names. A directory with numbered steps has to be the only one. Blocks on the disk.
ApplyInput ReadApplyInput(const std::vector<std::string>& paths,
                          const std::vector<ManifestKind>& kinds, const ApplyInputOptions& options);

}  // namespace labgallery::cli
