// What manifests take for granted in Azure. The embedded simulator starts empty, so that a first
// `apply` of somebody's own files would wait for ever for a resource group that nobody makes.
#pragma once

#include <vector>

#include "controller/cli/input_story.h"
#include "controller/cli/manifest_input.h"

namespace labgallery::cli {

/// The resource groups that the objects lie in, and the managed images, virtual machines, snapshots
/// and disks that images are made from, each fitting the definition that uses it. For the embedded
/// simulator only, and only where no azure.json says what exists.
std::vector<Assumption> AssumedCloud(const std::vector<Manifest>& objects);

}  // namespace labgallery::cli
