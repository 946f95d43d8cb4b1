// A Kubernetes API and the ways to it, as what is put together gets it: sockets with a login, or a
// server of this process.
#pragma once

#include <string>

#include "src/http/model/transport.h"
#include "src/kube/client/client.h"
#include "src/kube/client/credentials.h"
#include "src/kube/client/rate_limit.h"

namespace labgallery::cli {

/// What it refers to outlives all clients. One transport may be used for everything.
struct KubeAccess {
  http::HttpTransport& transport;
  http::HttpTransport& watch_transport;
  http::HttpTransport& lease_transport;
  std::string origin;                        // with the path of a server behind another one
  kube::Credentials* credentials = nullptr;  // null: the server wants none
  kube::RateLimit* limit = nullptr;          // null: none; never for a Lease
};

/// The options that every client of this API begins with: where it is, and the login.
kube::ClientOptions ClientOptionsFor(const KubeAccess& access);

/// The same with the limit, for clients that do the operator's work.
kube::ClientOptions LimitedClientOptionsFor(const KubeAccess& access);

}  // namespace labgallery::cli
