// Carries out a login: puts credentials on requests, keeps them fresh, and replaces them when the
// server refuses them. Tokens stay in here and on the requests.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/message.h"
#include "src/http/model/tls_options.h"
#include "src/kube/client/exec_plugin.h"
#include "src/kube/client/server_access.h"

namespace labgallery::kube {

/// Thread-safe; the clock must outlive it.
///
/// A token file is read anew once a minute, because projected tokens rotate; while it cannot be
/// read the last token is used. A plugin is run when its credentials are needed and have expired,
/// by one thread while the others wait for it; a failure is told to all of them.
class Credentials {
 public:
  Credentials(Clock& clock, Login login, ExecSurroundings around = {});

  /// Puts the login on the request. May block on the disk, and for as long as a plugin runs.
  /// kUnauthenticated if there is nothing to put on, with the file or plugin and what it said.
  Status Decorate(http::Request& request, const std::stop_token& stop);

  /// The server has answered 401 to this request: what was on it is not used again. True if it is
  /// worth asking once more.
  bool Rejected(const http::Request& request);

  /// The certificate that a plugin has supplied, or null; for TlsOptions::identity.
  std::shared_ptr<const http::ClientIdentity> identity() const;

 private:
  Result<Secret> TokenFromFile();
  Result<ExecCredential> FromPlugin(const ExecPlugin& plugin, const std::stop_token& stop);
  std::optional<Result<ExecCredential>> Known() const;

  Clock& clock_;
  const Login login_;
  const ExecSurroundings around_;
  std::mutex running_;  // held while a plugin runs; locked before mutex_
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  Secret file_token_;
  std::optional<SteadyTime> file_read_;  // nothing: to be read
  std::optional<ExecCredential> plugged_;
  std::optional<Error> failure_;  // of the plugin's last run
  SteadyTime failed_at_{};
};

}  // namespace labgallery::kube
