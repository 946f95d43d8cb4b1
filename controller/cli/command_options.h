// What a user asked for on the command line, as values. options.h fills them in; the commands read
// them. All durations are as written; which clock they are of is said here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "controller/cli/network.h"
#include "controller/domain/policy.h"
#include "controller/reconcile/object_metrics.h"
#include "src/azure/client/credential.h"
#include "src/base/clock.h"
#include "src/kube/client/exec_plugin.h"
#include "src/kube/client/in_cluster.h"
#include "src/telemetry/log.h"

namespace labgallery::cli {

/// What the variables of the environment say about Azure; the names are azure-identity's.
struct AzureVariables {
  azure::CredentialSettings credential{};
  std::string authority{};  // AZURE_AUTHORITY_HOST
  azure::Programs programs{};
};

/// An ARM endpoint and how to log in to it. See azure_access.h.
/// A recording of what is said to Azure. See azure_wire.h.
struct WireOptions {
  std::string record{};  // directory to write one to
  std::string replay{};  // directory of one that answers instead of Azure
  bool without_principals = false;
};

struct AzureOptions {
  std::string endpoint;  // empty: the embedded simulator
  std::string token_file{};
  std::string installation{};
  std::string
      cloud{};  // that `endpoint` is ARM of, as it was written; empty: it is an endpoint only
  std::optional<azure::CredentialKind> credential{};  // nothing: the default where one is needed
  azure::ManagedIdentity identity{};
  bool plain_http = false;  // `endpoint` is a simulator on another machine, and told nothing secret
  WireOptions wire{};
  // Of the environment:
  AzureVariables variables{};
  Network network{};

  /// It is logged in to, rather than shown one token that somebody else has fetched.
  bool LogsIn() const {
    return wire.replay.empty() && token_file.empty() && (!cloud.empty() || credential.has_value());
  }
};

/// Where to look for an API server and a login. See kube_connection.h.
struct KubeOptions {
  std::string kubeconfig{};
  std::string context{};  // empty: the current one
  double qps = 0;         // requests a second; 0: no limit
  int burst = 0;          // 0: twice as many
  // Of the environment:
  std::string kubeconfig_list{};  // KUBECONFIG
  std::string home{};
  kube::InCluster pod{};
  kube::ExecSurroundings plugins{};
};

/// What `apply` and `controller` alike hand to the operator.
struct OperatorFlags {
  Duration sync_period = std::chrono::minutes(5);
  Duration role_settle = std::chrono::minutes(2);
  bool require_allowed_scopes = false;
  std::optional<domain::Deletion> default_deletion;
  std::optional<domain::Adoption> default_adoption;
  std::string lab_services_principal_id;
  std::string lab_plans_principal_id;
  bool register_providers = false;
  std::string prices_file;      // empty: the shipped table, and Azure's list where it can be had
  std::string currency{"USD"};  // of that list
};

enum class OutputFormat { kNone, kJson, kYaml };

struct ApplyOptions {
  std::vector<std::string> paths;
  AzureOptions azure;
  OperatorFlags flags;
  std::string kube_state;  // empty: memory only
  bool prune = false;
  std::optional<Duration>
      timeout;  // of the person's time; nothing: kEmbeddedTimeout or kPlainTimeout
  std::optional<double> time_scale;  // nothing: kEmbeddedScale in the embedded mode, otherwise 1
  OutputFormat output = OutputFormat::kNone;
  telemetry::LogOptions log{.level = telemetry::LogLevel::kError};

  bool embedded() const { return azure.endpoint.empty(); }
};

inline constexpr double kEmbeddedScale = 3600;
inline constexpr Duration kEmbeddedTimeout = std::chrono::minutes(5);
inline constexpr Duration kPlainTimeout = std::chrono::hours(1);

struct SimulatorOptions {
  enum class Which { kAzure, kKube };
  Which which = Which::kAzure;
  std::string listen;
  std::string state;                   // empty: memory only
  std::string tls_dir;                 // empty: plain HTTP
  double time_scale = kEmbeddedScale;  // of the cloud; the Kubernetes API keeps people's time
  telemetry::LogOptions log;
};

/// Which of several controllers is at work.
struct ElectionFlags {
  std::optional<bool> elect;  // nothing: unless the API server is a plain one on this machine
  std::string name_space;     // of the Lease; empty: the process's own
  std::string id = "labgallery";
  std::string shard;               // ends the Lease's name; empty: there is only one
  std::string namespace_selector;  // of its namespaces; empty: all
};

/// Where a controller tells how it is.
struct EndpointFlags {
  // HOST:PORT or kNoAddress; nothing, of these three: as EndpointSettingsFor says.
  std::optional<std::string> metrics;
  std::optional<std::string> health;
  std::optional<bool> metrics_secure;
  std::string certificate_folder;  // empty: a certificate is made
  std::string certificate_name = "tls.crt";
  std::string key_name = "tls.key";
  reconcile::PerObject per_object = reconcile::PerObject::kNotReady;
};
inline constexpr const char* kNoAddress = "0";
inline constexpr const char* kMetricsAddress = "127.0.0.1:8443";
inline constexpr const char* kPlainMetricsAddress = "127.0.0.1:8080";
inline constexpr const char* kHealthAddress = ":8081";

struct ControllerOptions {
  std::string kube_endpoint;  // empty: as `kube` says
  KubeOptions kube;
  AzureOptions azure;
  OperatorFlags flags;
  ElectionFlags election;
  EndpointFlags endpoints;
  std::string name_space;  // empty: all
  int workers = 4;
  telemetry::LogOptions log;
};

/// Of the installation only what concerns the API server, the namespace and the Lease.
struct CheckOptions {
  ControllerOptions installation;
  Duration timeout = std::chrono::seconds(30);  // for a leader
};

/// Something to print, and nothing else to do: --help, version, an option that is wrong.
struct Message {
  std::string text;
  bool is_error = false;
};

using Command =
    std::variant<Message, ApplyOptions, SimulatorOptions, ControllerOptions, CheckOptions>;

/// What the variables of the environment say, and what standard input is.
struct Environment {
  bool no_colour = false;      // NO_COLOR is set and not empty
  bool dumb_terminal = false;  // TERM is "dumb" or not set
  std::string kubeconfig{};
  std::string home{};
  kube::InCluster pod{};
  AzureVariables azure{};
  Network network{};
  std::vector<std::string> variables{};  // all of them, "NAME=value"
  bool terminal = false;                 // standard input is one
};

}  // namespace labgallery::cli
