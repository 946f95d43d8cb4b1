// References between the objects of a manifest: a gallery or a Secret that is named must be in the
// input or in the API's state already, because nobody else will bring it.
#pragma once

#include <set>
#include <vector>

#include "controller/cli/manifest_check.h"
#include "controller/cli/manifest_input.h"

namespace labgallery::cli {

/// Appends an error for each reference that dangles. `places` are those of the objects, in the same
/// order.
void CheckDangling(const Manifests& manifests, const std::vector<Place>& places,
                   const KnownObjects& known, std::vector<InputError>& errors);

}  // namespace labgallery::cli
