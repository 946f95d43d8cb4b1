// The way to the API server of the cluster in whose pod this process runs: what the kubelet puts
// into every pod with a service account.
#pragma once

#include <string>

#include "src/base/result.h"
#include "src/kube/client/server_access.h"

namespace labgallery::kube {

struct InCluster {
  std::string host;  // KUBERNETES_SERVICE_HOST
  std::string port;  // KUBERNETES_SERVICE_PORT
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};

/// The access of the pod's service account, its token read anew as it rotates, and its namespace.
/// kNotFound, with what is missing, outside of a pod and in one without a service account. Where
/// the service has an IPv6 address its name is used instead, which is in the server's certificate
/// too.
Result<ServerAccess> AccessInCluster(const InCluster& pod);

}  // namespace labgallery::kube
