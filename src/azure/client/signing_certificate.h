// A certificate with its private key, as it is uploaded to an application: reads it and signs with
// it. The only file that knows OpenSSL here is the one behind this.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/result.h"

namespace labgallery::azure {

/// Thread-safe; cheap to copy.
class SigningCertificate {
 public:
  /// From PEM (certificate and unencrypted RSA key, in any order, others ignored) or from PKCS#12
  /// without a password. kInvalidInput says what is missing or cannot be used; nothing of `bytes`
  /// is in it.
  static Result<SigningCertificate> Read(std::string_view bytes);

  /// Raw digests of the certificate, by which Microsoft Entra finds it.
  const std::string& sha1() const;
  const std::string& sha256() const;

  /// The end of its validity (RFC 5280, notAfter).
  SystemTime not_after() const;

  /// The raw RS256 signature (PKCS #1 1.5 over SHA-256).
  Result<std::string> Sign(std::string_view text) const;

 private:
  struct Parts;
  explicit SigningCertificate(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const Parts> parts_;
};

}  // namespace labgallery::azure
