// Microsoft Entra's token endpoint for applications (the client credentials flow of OAuth 2.0). Who
// proves what the application is, by a secret or by an assertion, is decided by the sources.
#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/base/secret.h"
#include "src/http/model/transport.h"

namespace labgallery::azure {

/// Who logs in, and where.
struct Application {
  std::string authority;  // "https://login.microsoftonline.com", without a slash at its end
  std::string tenant;     // an id or a domain; "adfs" for Active Directory Federation Services
  std::string client;     // the application's id
  friend bool operator==(const Application&, const Application&) = default;
};

/// One field of the form, and what must never be seen of it.
using ProofField = std::pair<std::string, Secret>;

/// The fields for a signed assertion.
std::vector<ProofField> AssertionProof(Secret assertion);

/// Thread-safe.
class TokenEndpoint {
 public:
  TokenEndpoint(http::HttpTransport& transport, Clock& clock, Application application);

  /// One POST. Errors as of LoginRefused, with the address and the client id; nothing of `proof` is
  /// in them. A redirect is an error: what proves who we are goes to no other address.
  Result<AccessToken> Ask(const std::string& audience, const std::vector<ProofField>& proof,
                          const std::stop_token& stop);

  const std::string& url() const { return url_; }
  const Application& application() const { return application_; }

 private:
  http::HttpTransport& transport_;
  Clock& clock_;
  const Application application_;
  const std::string url_;
};

}  // namespace labgallery::azure
