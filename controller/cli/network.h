// How this machine reaches others, for the transports that leave the process.
#pragma once

#include "src/http/client/socket_transport.h"
#include "src/http/model/proxy.h"
#include "src/http/model/tls_options.h"

namespace labgallery::cli {

/// What the environment says. Empty: OpenSSL's own places, and no proxy.
struct Network {
  http::SystemTrust trust{};  // SSL_CERT_FILE, SSL_CERT_DIR
  http::ProxyRules proxy{};   // HTTPS_PROXY, HTTP_PROXY, NO_PROXY
};

/// A transport that trusts whom the system trusts.
inline http::SocketTransportOptions TransportOptionsFor(const Network& network) {
  return {.tls = {.system = network.trust}, .proxy = network.proxy};
}

}  // namespace labgallery::cli
