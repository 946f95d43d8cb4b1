// A TLS server that tells what it saw of its clients, and a proxy that lets them through to it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/src/http/client/certificates.h"

namespace labgallery::http {

struct TlsServerOptions {
  Pem pem;
  std::string client_authority{};  // PEM; not empty: a certificate of this authority is required
  int highest_version = 0;         // 0: what OpenSSL has
};

/// Listens on a free port of the loopback and answers each request over each connection with what
/// it knows of the client: "name=<asked for> client=<common name>".
class TlsServer {
 public:
  explicit TlsServer(TlsServerOptions options);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  int port() const;
  /// "https://HOST:PORT/"
  std::string Url(const std::string& host) const;
  int requests() const;
  /// Handshakes that succeeded.
  int connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// An HTTP proxy on a free port that knows CONNECT: whatever host is asked for, it leads to that
/// port of this machine.
class TunnelProxy {
 public:
  explicit TunnelProxy(int status = 200);
  ~TunnelProxy();
  TunnelProxy(const TunnelProxy&) = delete;
  TunnelProxy& operator=(const TunnelProxy&) = delete;

  int port() const;
  /// The heads of the requests to the proxy itself.
  std::vector<std::string> heads() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace labgallery::http
