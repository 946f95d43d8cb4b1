// Which proxy a request goes through, if any. Pure; the variables are read by controller/cli, a
// kubeconfig's proxy-url by src/kube/client.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/http/model/url.h"

namespace labgallery::http {

/// An HTTP proxy: https goes through it by CONNECT.
struct Proxy {
  Url url;
  std::string user;  // empty: no credentials
  Secret password;
};

/// "http://[user:password@]host[:port]", or "host:port" as the variables may hold it. kInvalidInput
/// for anything else, https and socks5 among it; its message repeats nothing of the text.
Result<Proxy> ParseProxy(std::string_view text);

/// As HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, or as a kubeconfig does, which knows no exceptions.
struct ProxyRules {
  Secret every{};  // for all targets, the machine itself among them
  Secret https{};
  Secret http{};
  /// Hosts that are reached directly, separated by commas: a name (with all below it), ".name"
  /// (only those below), an address, a network ("10.0.0.0/8"), each of the first three with ":port"
  /// if wanted, or "*".
  std::string except{};
};

/// The proxy for `target`; nothing: directly. By Go's rules (golang.org/x/net/http/httpproxy), so
/// that it agrees with kubectl: the machine itself is never reached through a variable's proxy.
Result<std::optional<Proxy>> ProxyFor(const ProxyRules& rules, const Url& target);

}  // namespace labgallery::http
