// The protocol of credential plugins (client.authentication.k8s.io, v1 and v1beta1): what they are
// told, and what they print. When one is run, and for how long its answer is good, is decided in
// credentials.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "src/base/child_process.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/tls_options.h"
#include "src/json/reader.h"
#include "src/kube/client/server_access.h"

namespace labgallery::kube {

/// The cluster's extension whose content is told to a plugin as "config".
inline constexpr std::string_view kExecExtension = "client.authentication.k8s.io/exec";

/// The "exec" of a user, without what it is told about the cluster. kInvalidInput for what no
/// plugin can be run with.
Result<ExecPlugin> ReadExecPlugin(const json::Reader& exec);

/// What a plugin has printed.
struct ExecCredential {
  Secret token{};
  std::shared_ptr<const http::ClientIdentity> identity{};
  std::optional<SystemTime> expires{};  // nothing: never
};

/// The surroundings of plugins.
struct ExecSurroundings {
  std::vector<std::string> environment{};  // "NAME=value", of this process
  bool terminal = false;                   // standard input is one, with a person at it
  std::function<Result<ChildOutcome>(const ChildCommand&, const std::stop_token&)> run = RunChild;
};

/// Runs it and reads what it prints. Blocks until the plugin ends, at most a minute.
/// kUnauthenticated, with the plugin's own words on standard error and the install hint, if it
/// cannot be run, fails, or prints anything else than credentials.
Result<ExecCredential> RunExecPlugin(const ExecPlugin& plugin, const ExecSurroundings& around,
                                     const std::stop_token& stop);

}  // namespace labgallery::kube
