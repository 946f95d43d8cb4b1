// Keeps the Secrets by which objects are cleaned up in Azure, while their namespace is being
// deleted: the namespace's end deletes everything in it in no order, and an object whose credential
// is gone could not be cleaned up any more. A Secret that is deleted otherwise goes at once.
//
//   namespace ends --> finalizer on every Secret that an object there uses (Kubernetes waits five
//   seconds before it deletes the contents) --> last object gone --> finalizer taken off
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "src/kube/client/client.h"
#include "src/runtime/store.h"
#include "src/telemetry/log.h"

namespace labgallery::reconcile {

/// Used by one thread.
class SecretKeeper {
 public:
  struct Parts {
    kube::Client& kube;
    const runtime::Store& store;  // in which all objects are
    const telemetry::Logger& log;
    /// Whether this operator is at work in a namespace.
    std::function<bool(const std::string& name_space)> handles;
  };
  explicit SecretKeeper(Parts parts) : parts_(std::move(parts)) {}

  /// One look at the namespaces that are being deleted; no request where there are none. What fails
  /// is logged, and succeeds in a later look.
  void Look(const std::stop_token& stop);

 private:
  Status LookAt(const std::string& name_space, const std::stop_token& stop);

  const Parts parts_;
};

}  // namespace labgallery::reconcile
