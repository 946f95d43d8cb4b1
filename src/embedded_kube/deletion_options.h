// metav1.DeleteOptions: from the body of a DELETE, or its query.
#pragma once

#include <string>

#include "src/embedded_kube/call.h"
#include "src/embedded_kube/refusal.h"
#include "src/json/value.h"

namespace labgallery::embedded_kube {

struct DeletionOptions {
  std::string uid;  // preconditions; empty: none
  std::string resource_version;
  bool dry_run = false;
};

/// A propagation policy is checked and has no effect: nothing here owns anything.
Outcome<DeletionOptions> ReadDeletionOptions(const Call& call);

/// A conflict unless the object is the one that the client meant.
Outcome<void> CheckPreconditions(const DeletionOptions& options, const Subject& subject,
                                 const json::Value& object);

}  // namespace labgallery::embedded_kube
