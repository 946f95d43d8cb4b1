// An application that logs in with a certificate: it signs a statement of who it is for each login.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "src/azure/client/signing_certificate.h"
#include "src/azure/client/token_endpoint.h"
#include "src/base/random.h"

namespace labgallery::azure {

/// The signed statement (RFC 7523) for the token endpoint at `url`, good for ten minutes from
/// `now`.
Result<Secret> ClientAssertion(const SigningCertificate& certificate, const std::string& client,
                               const std::string& url, const std::string& id, SystemTime now);

/// Thread-safe.
class CertificateTokens final : public LoginSource {
 public:
  /// `read` gives the certificate with its key, PEM or PKCS#12, for every login: it may be
  /// exchanged while the process runs.
  using Read = std::function<Result<Secret>()>;
  CertificateTokens(TokenEndpoint endpoint, Clock& clock, Random& random, Read read)
      : endpoint_(std::move(endpoint)), clock_(clock), random_(random), read_(std::move(read)) {}

  Result<AccessToken> Token(const std::string& audience, const std::stop_token& stop) override;

 private:
  TokenEndpoint endpoint_;
  Clock& clock_;
  Random& random_;
  const Read read_;
};

}  // namespace labgallery::azure
