// References between the objects of a manifest: a gallery that is named must be in the input or in
// the API's state already, because nobody else will bring it.
#pragma once

#include <set>
#include <vector>

#include "controller/cli/manifest_check.h"
#include "controller/cli/manifest_input.h"

namespace labgallery::cli {

/// Appends an error for each reference that dangles. `places` are those of `objects`, in the same
/// order.
void CheckGalleryReferences(const std::vector<Manifest>& objects, const std::vector<Place>& places,
                            const std::set<kube::ObjectKey>& known_galleries,
                            std::vector<InputError>& errors);

}  // namespace labgallery::cli
