// Whom a client trusts and who it is, as values: what a kubeconfig or a flag says, on its way to
// the transport. Files are named here and read by the transport, because they are exchanged while
// the process runs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "src/base/secret.h"

namespace labgallery::http {

/// PEM text, or the file that holds it. The text wins where both are set.
struct PemSource {
  Secret text{};
  std::string file{};

  bool empty() const { return text.empty() && file.empty(); }
};

/// A certificate (its chain behind it) and its key, both PEM.
struct ClientIdentity {
  std::string certificate;
  Secret key;
};

/// Where a system keeps the authorities that it trusts. Empty: where OpenSSL was built to look.
struct SystemTrust {
  std::string file{};
  std::string directory{};
};

struct TlsOptions {
  /// Trusted instead of the system's authorities.
  PemSource authority{};
  /// Read once and shared by all connections. Nothing: each connection lets OpenSSL find the
  /// system's for itself, at 40 ms and 1 MB each.
  std::optional<SystemTrust> system{};
  PemSource certificate{};
  PemSource key{};
  /// The identity at this moment, instead of `certificate` and `key`; null: none. Another pointer
  /// means another identity. Called for each request; must not block.
  std::function<std::shared_ptr<const ClientIdentity>()> identity{};
  /// Asked for and checked instead of the host of the URL.
  std::string server_name{};
  /// The server's certificate is not checked at all.
  bool insecure = false;
};

}  // namespace labgallery::http
