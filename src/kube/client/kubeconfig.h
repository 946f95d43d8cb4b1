// kubeconfig files to the way to a server, by client-go's rules (clientcmd): of several files the
// first that has an entry wins, and nothing is merged inside an entry; paths are relative to the
// file that holds them; a certificate or CA that is there as data wins over a file. Pure but for
// paths: the files have been read and parsed by the caller, for whom YAML is no secret.
#pragma once

#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"
#include "src/kube/client/server_access.h"

namespace labgallery::kube {

struct KubeconfigFile {
  std::string path;  // as it is shown, and what relative paths are relative to
  json::Value content;
};

/// The access of a context; of the current one if `context` is empty. kInvalidInput, with file,
/// context, user or cluster and what to do, for what is missing, mistyped, contradictory, or not
/// supported any more (auth-provider). Over plain HTTP the login is left out, as client-go does: it
/// would be readable on the way.
Result<ServerAccess> AccessFromKubeconfig(const std::vector<KubeconfigFile>& files,
                                          const std::string& context);

}  // namespace labgallery::kube
