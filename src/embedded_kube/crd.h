// CustomResourceDefinitions: from the object to the resource that it asks for.
#pragma once

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/embedded_kube/resource.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

/// The resource of the definition's storage version, which is the one that is served.
/// kInvalidInput, naming the field, if the definition is not one that the API server would take.
Result<Resource> ResourceFromCrd(const json::Value& crd);

/// Fills in what the server adds to an accepted definition: default names, and the status that says
/// that it is established.
void CompleteCrd(json::Value& crd, SystemTime now);

}  // namespace labgallery::embedded_kube
