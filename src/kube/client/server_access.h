// Everything that it takes to reach one API server, as a value: where it is, whom to trust, who we
// are. Made from a kubeconfig (kubeconfig.h) or from what a pod is given (in_cluster.h); the login
// is carried out by Credentials, the TLS options and the proxy by a transport.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/secret.h"
#include "src/http/model/tls_options.h"
#include "src/json/value.h"

namespace labgallery::kube {

/// A program that prints credentials (client-go credential plugins).
struct ExecPlugin {
  enum class Stdin { kNever, kIfAvailable, kAlways };

  std::string api_version;  // client.authentication.k8s.io/v1 or /v1beta1
  std::string command;      // a name to look for in PATH, or a path
  std::vector<std::string> arguments{};
  std::vector<std::pair<std::string, std::string>> environment{};  // beside the process's own
  std::string install_hint{};
  Stdin standard_input = Stdin::kIfAvailable;
  json::Value cluster{};  // what it is told about the cluster; null: nothing

  friend bool operator==(const ExecPlugin&, const ExecPlugin&) = default;
};

/// Whom to act as; the server asks whether the login may.
struct Impersonation {
  std::string user{};
  std::string uid{};
  std::vector<std::string> groups{};
  std::map<std::string, std::vector<std::string>> extra{};

  friend bool operator==(const Impersonation&, const Impersonation&) = default;
};

/// Client certificates are not here but among the TLS options.
struct Login {
  std::string token_file{};  // before `token`
  Secret token{};
  std::string user{};
  Secret password{};
  std::optional<ExecPlugin> exec{};  // where there is neither a token nor a user
  Impersonation impersonation{};

  friend bool operator==(const Login&, const Login&) = default;
};

struct ServerAccess {
  std::string server;  // scheme://host:port and, for a server behind another one, a path
  http::TlsOptions tls{};
  Secret proxy{};  // a URL; empty: as the environment says
  Login login{};
  std::string name_space{};  // the context's, or the pod's; may be empty
  std::string origin{};      // for people: 'context "a" of /b/c', "the service account of this pod"
};

}  // namespace labgallery::kube
