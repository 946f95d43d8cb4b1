// What a server shows to clients over TLS: a certificate of an authority of its own, both made in a
// folder, so that its clients can be told whom to trust; or one that nobody has issued. When which
// is used, and what happens to those that others issue, is in tls_context.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/base/secret.h"

using SSL_CTX = struct ssl_ctx_st;

namespace labgallery::http {

struct TlsIdentity {
  std::string chain;  // PEM: the server's own certificate, then those up to the authority
  Secret key;         // PEM, not encrypted
};

/// The file in the folder that clients trust.
inline constexpr const char* kAuthorityFile = "ca.pem";

/// An identity for `names` (host names and addresses), issued by the authority in `folder`:
/// "ca.pem" and "ca-key.pem". Makes the folder and the authority, valid for ten years, where there
/// are none, and uses those that are there, so that clients keep trusting them; the identity itself
/// is new each time, for a year, and is in "server.pem" and "server-key.pem". Keys can be read by
/// their owner only. kInvalidInput, with the file, for half an authority, for what is not PEM or
/// does not fit together, and for what cannot be written. Blocks on the disk.
Result<TlsIdentity> IssueIdentity(const std::string& folder, const std::vector<std::string>& names,
                                  SystemTime now);

/// An identity for `names` that nobody has issued, for a year: whoever asks has to be told to trust
/// this very certificate, or anybody. Nothing is kept. kInvalidInput for names that no certificate
/// can hold.
Result<TlsIdentity> MakeOwnIdentity(const std::vector<std::string>& names, SystemTime now);

/// What the connections of a server share: TLS 1.2 and later. kInvalidInput if `identity` is no key
/// with its certificate.
Result<std::shared_ptr<SSL_CTX>> MakeServerContext(const TlsIdentity& identity);

}  // namespace labgallery::http
