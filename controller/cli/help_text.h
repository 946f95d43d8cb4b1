// What --help says beside the options: the exit statuses and examples.
#pragma once

namespace labgallery::cli {

inline constexpr const char* kAbout =
    "LabGallery: shared image galleries of Azure Lab Services, from manifests.";

inline constexpr const char* kFooter = R"(Exit status:
  0    all objects are Ready and nothing is left to do (apply); stopped as asked (servers)
  1    a server cannot be reached, a file cannot be used, or a bug
  2    bad options or bad manifests; nothing was written
  3    apply: not everything is Ready within --timeout, or it never will be
  4    apply: Azure or a policy refuses, see the table
  130  interrupted

Examples:
  labgallery apply -f manifests/samples/full
  labgallery azure-simulator --listen 127.0.0.1:8090
  labgallery COMMAND --help)";

inline constexpr const char* kApplyFooter = R"(Examples:
  labgallery apply -f DIR                       everything in this process, nothing leaves it
  labgallery apply -f a.yaml -f DIR -o json     the final objects on stdout, progress on stderr
  labgallery apply -f - < objects.yaml
  labgallery apply -f DIR --kube-state FILE --prune
  labgallery apply -f DIR --azure-endpoint http://127.0.0.1:8090
  labgallery apply -f DIR --cloud public --installation NAME
  labgallery apply -f DIR --cloud public --installation NAME --azure-credential AzureCliCredential)";

inline constexpr const char* kAzureFooter = R"(Examples:
  labgallery azure-simulator --listen 127.0.0.1:8090
  labgallery azure-simulator --listen 127.0.0.1:8090 --state cloud.db --time-scale 60
  labgallery azure-simulator --listen 127.0.0.1:8443 --tls-dir tls
  curl http://127.0.0.1:8090/simulator/state
  curl 'http://127.0.0.1:8090/simulator/requests?writes=true')";

inline constexpr const char* kKubeFooter = R"(Examples:
  labgallery kube-simulator --listen 127.0.0.1:8091
  labgallery kube-simulator --listen 127.0.0.1:8091 --state objects.db
  kubectl --server http://127.0.0.1:8091 get labgallery -A)";

inline constexpr const char* kControllerFooter = R"(Examples:
  labgallery controller --kubeconfig FILE --context NAME --azure-endpoint http://127.0.0.1:8090
  labgallery controller --kube-endpoint http://127.0.0.1:8091 --azure-endpoint http://127.0.0.1:8090
  labgallery controller --cloud public --azure-credential WorkloadIdentityCredential)";

inline constexpr const char* kCheckFooter = R"(Examples:
  labgallery check --leader-election-namespace labgallery-system
  labgallery check --kubeconfig FILE --context NAME --leader-election-namespace labgallery-system --timeout 2m)";

}  // namespace labgallery::cli
