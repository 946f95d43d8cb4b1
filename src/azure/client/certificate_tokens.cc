#include "src/azure/client/certificate_tokens.h"

#include <algorithm>

#include "src/base/base64.h"
#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

constexpr std::chrono::minutes kLife{10};

// RFC 4648, section 5, without padding.
std::string Base64Url(std::string_view bytes) {
  std::string text = EncodeBase64(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::int64_t Epoch(SystemTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Result<Secret> ClientAssertion(const SigningCertificate& certificate, const std::string& client,
                               const std::string& url, const std::string& id, SystemTime now) {
  json::Value header;
  header.Set("alg", "RS256");
  header.Set("typ", "JWT");
  header.Set("x5t", Base64Url(certificate.sha1()));
  header.Set("x5t#S256", Base64Url(certificate.sha256()));
  json::Value claims;
  claims.Set("aud", url);
  claims.Set("iss", client);
  claims.Set("sub", client);
  claims.Set("jti", id);
  claims.Set("nbf", Epoch(now));
  claims.Set("exp", Epoch(now + kLife));
  const std::string text = Base64Url(json::Dump(header)) + "." + Base64Url(json::Dump(claims));
  LAB_ASSIGN_OR_RETURN(const std::string signature, certificate.Sign(text));
  return Secret(text + "." + Base64Url(signature));
}

Result<AccessToken> CertificateTokens::Token(const std::string& audience,
                                             const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(const Secret bytes, read_());
  const auto certificate = SigningCertificate::Read(bytes.Reveal());
  if (!certificate) return NoToken("the client certificate: " + certificate.error().message);
  LAB_ASSIGN_OR_RETURN(Secret assertion,
                       ClientAssertion(*certificate, endpoint_.application().client,
                                       endpoint_.url(), random_.Uuid(), clock_.Now()));
  LAB_ASSIGN_OR_RETURN(AccessToken token,
                       endpoint_.Ask(audience, AssertionProof(std::move(assertion)), stop));
  token.credential_ends = certificate->not_after();
  return token;
}

}  // namespace labgallery::azure
