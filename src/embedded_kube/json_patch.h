// RFC 6902: a list of operations on a value.
#pragma once

#include "src/embedded_kube/refusal.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

/// Applies all operations or, with a refusal, leaves `target` in a state to be thrown away. A list
/// that is no patch is a bad request; one that does not fit the target, a failed test above all, is
/// PatchRejected.
Outcome<void> ApplyJsonPatch(json::Value& target, const json::Value& operations);

}  // namespace labgallery::embedded_kube
