#include "controller/cli/kube_connection.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include "controller/cli/manifest_files.h"
#include "controller/cli/network.h"
#include "src/base/text.h"
#include "src/http/model/url.h"
#include "src/kube/client/in_cluster.h"
#include "src/kube/client/kubeconfig.h"
#include "src/yaml/parse.h"

namespace labgallery::cli {
namespace {

Result<kube::ServerAccess> PlainServer(const std::string& endpoint) {
  const auto url = http::ParseUrl(endpoint);
  if (url && url->scheme == "http" && http::IsLoopback(*url) && url->path == "/") {
    return kube::ServerAccess{.server = url->origin(), .origin = "--kube-endpoint"};
  }
  return InvalidInput("--kube-endpoint " + endpoint +
                      " must be http://HOST[:PORT] on this machine: there is no login here");
}

Result<kube::KubeconfigFile> ReadKubeconfig(const std::string& path) {
  auto text = ReadTextFile(path);
  if (!text) return std::move(text).error().With("the kubeconfig " + path);
  yaml::Parsed parsed = yaml::ParseYaml(*text);
  if (!parsed.problems.empty()) {
    const yaml::Problem& problem = parsed.problems.front();
    return InvalidInput("the kubeconfig " + path + ", line " +
                        std::to_string(problem.position.line) + ": " + problem.reason);
  }
  if (parsed.documents.empty()) return kube::KubeconfigFile{path, json::Value::Object{}};
  return kube::KubeconfigFile{path, std::move(parsed.documents.front().value)};
}

Result<kube::ServerAccess> ByKubeconfigs(const std::vector<std::string>& paths,
                                         const std::string& context) {
  std::vector<kube::KubeconfigFile> files;
  for (const std::string& path : paths) {
    LAB_ASSIGN_OR_RETURN(kube::KubeconfigFile file, ReadKubeconfig(path));
    files.push_back(std::move(file));
  }
  return kube::AccessFromKubeconfig(files, context);
}

// The files of a list that are there; kubectl takes no notice of the others either.
Result<kube::ServerAccess> ByList(const std::string& list, const std::string& context) {
  std::vector<std::string> paths;
  for (const std::string& path : Split(list, ':')) {
    const bool known = std::find(paths.begin(), paths.end(), path) != paths.end();
    if (!path.empty() && !known && std::filesystem::exists(path)) paths.push_back(path);
  }
  if (!paths.empty()) return ByKubeconfigs(paths, context);
  return InvalidInput("none of the files of KUBECONFIG (" + list +
                      ") is there: correct it, or unset it to look elsewhere");
}

}  // namespace

Result<kube::ServerAccess> FindKubeServer(const ControllerOptions& options) {
  const KubeOptions& kube = options.kube;
  if (!options.kube_endpoint.empty()) return PlainServer(options.kube_endpoint);
  if (!kube.kubeconfig.empty()) return ByKubeconfigs({kube.kubeconfig}, kube.context);
  if (!kube.kubeconfig_list.empty()) return ByList(kube.kubeconfig_list, kube.context);
  auto in_cluster = kube::AccessInCluster(kube.pod);
  if (in_cluster && kube.context.empty()) return in_cluster;
  const std::string file = kube.home + "/.kube/config";
  if (!kube.home.empty() && std::filesystem::exists(file)) {
    return ByKubeconfigs({file}, kube.context);
  }
  return InvalidInput(
      "no Kubernetes API server to work for: there is no --kubeconfig and no --kube-endpoint, "
      "KUBECONFIG is not set, this is no pod with a service account (" +
      (in_cluster ? "it is, but --context asks for a kubeconfig" : in_cluster.error().message) +
      "), and there is no " + file);
}

Error Explained(Error error, const kube::ServerAccess& server) {
  const bool unknown = error.kind == ErrorKind::kUnauthenticated;
  const bool forbidden = error.kind == ErrorKind::kForbidden;
  const kube::Login& login = server.login;
  const bool by_password = login.token_file.empty() && login.token.empty() && !login.user.empty();
  if (by_password && (unknown || forbidden)) {
    // A proxy before it may know them; the server itself takes whoever comes so for a stranger.
    error.message +=
        "; Kubernetes knows no username and password any more: give the user of that context a "
        "token, a client certificate or an exec plugin";
  } else if (unknown) {
    error.message += "; log in anew, or correct the user";
  } else if (forbidden) {
    error.message += "; allow it, or name the installation with --installation";
  }
  return std::move(error).With(server.origin);
}

KubeConnection::KubeConnection(Clock& clock, const ControllerOptions& options,
                               kube::ServerAccess server)
    : server_(std::move(server)),
      credentials_(clock, server_.login, options.kube.plugins),
      transport_(TransportOptions(options)),
      lease_transport_(TransportOptions(options)) {
  const double rate = options.kube.qps;
  if (rate <= 0) return;
  const int burst = options.kube.burst;
  limit_.emplace(clock, rate, burst > 0 ? burst : static_cast<int>(std::ceil(2 * rate)));
}

http::SocketTransportOptions KubeConnection::TransportOptions(
    const ControllerOptions& options) const {
  http::SocketTransportOptions transport = TransportOptionsFor(options.azure.network);
  const std::optional<http::SystemTrust> system = transport.tls.system;
  transport.tls = server_.tls;
  transport.tls.system = system;
  if (server_.login.exec) {
    transport.tls.identity = [this] { return credentials_.identity(); };
  }
  if (!server_.proxy.empty()) transport.proxy = {.every = server_.proxy};
  // Each of our writes says what it changes: a resourceVersion, a test, or a name.
  transport.keep_for_writes = std::chrono::minutes(1);
  return transport;
}

KubeAccess KubeConnection::access() {
  return {.transport = transport_,
          .watch_transport = transport_,
          .lease_transport = lease_transport_,
          .origin = server_.server,
          .credentials = &credentials_,
          .limit = limit_ ? &*limit_ : nullptr};
}

}  // namespace labgallery::cli
