#include "src/kube/client/in_cluster.h"

#include <filesystem>

#include "src/base/file_text.h"
#include "src/base/text.h"
#include "src/kube/client/exec_plugin.h"

namespace labgallery::kube {

Result<ServerAccess> AccessInCluster(const InCluster& pod) {
  if (pod.host.empty() || pod.port.empty()) {
    return NotFound("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
  }
  const std::string token_file = pod.folder + "/token";
  if (!std::filesystem::exists(token_file)) return NotFound("there is no " + token_file);
  const bool by_name = pod.host.find(':') != std::string::npos;
  ServerAccess access{
      .server = "https://" + (by_name ? "kubernetes.default.svc" : pod.host) + ":" + pod.port,
      .origin = "the service account of this pod"};
  access.login.token_file = token_file;
  // Without it the server's certificate may still be of an authority that the system knows.
  const std::string authority = pod.folder + "/ca.crt";
  if (std::filesystem::exists(authority)) access.tls.authority.file = authority;
  access.name_space = Trim(ReadFileText(pod.folder + "/namespace").value_or(""));
  return access;
}

}  // namespace labgallery::kube
