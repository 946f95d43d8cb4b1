#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"

namespace labgallery::cli {

void AddKube(CLI::App& command, ControllerOptions& options) {
  auto* endpoint = command
                       .add_option("--kube-endpoint", options.kube_endpoint,
                                   "Origin of a Kubernetes API on this machine, by plain HTTP and "
                                   "without a login, instead of a cluster")
                       ->type_name("URL");
  command
      .add_option("--kubeconfig", options.kube.kubeconfig,
                  "The cluster; default: the files of KUBECONFIG, else the service account of this "
                  "pod, else ~/.kube/config")
      ->type_name("FILE")
      ->excludes(endpoint);
  command
      .add_option("--context", options.kube.context,
                  "Context of the kubeconfig; default: its current-context")
      ->type_name("NAME")
      ->excludes(endpoint);
  auto* rate = command
                   .add_option("--kube-api-qps", options.kube.qps,
                               "Most requests a second to the Kubernetes API, watches and the "
                               "Lease excepted; default: no limit of our own")
                   ->type_name("N");
  MustBePositive(*rate);
  auto* burst = command
                    .add_option("--kube-api-burst", options.kube.burst,
                                "Most of them at once; default: twice --kube-api-qps")
                    ->type_name("N")
                    ->needs(rate);
  MustBePositive(*burst);
}

}  // namespace labgallery::cli
