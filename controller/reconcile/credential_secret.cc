#include "controller/reconcile/credential_secret.h"

#include <optional>
#include <string>
#include <string_view>

#include "src/azure/client/token_source.h"
#include "src/base/base64.h"
#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

using azure::CredentialKind;
using azure::NoToken;

// The value of a key, without the line end that an editor or echo leaves; empty if there is none.
class Entries {
 public:
  explicit Entries(const json::Value& secret) : secret_(secret) {}

  std::string Text(std::string_view key) {
    const std::string_view encoded = secret_.Text({"data", key});
    const auto bytes = DecodeBase64(encoded);
    if (!bytes) broken_ = std::string(key);
    return std::string(Trim(bytes.value_or("")));
  }
  /// The bytes as they are.
  std::string Bytes(std::string_view key) const {
    return DecodeBase64(secret_.Text({"data", key})).value_or("");
  }
  const std::optional<std::string>& broken() const { return broken_; }

 private:
  const json::Value& secret_;
  std::optional<std::string> broken_;
};

Result<CredentialKind> KindOf(const azure::CredentialSettings& settings,
                              const std::string& auth_mode) {
  if (!settings.secret.empty()) return CredentialKind::kClientSecret;
  if (!settings.certificate.empty()) return CredentialKind::kClientCertificate;
  const std::string mode = Lower(auth_mode);
  if (mode.empty() || mode == "workloadidentity") return CredentialKind::kWorkloadIdentity;
  if (mode == "podidentity") return CredentialKind::kManagedIdentity;
  return NoToken("its AUTH_MODE is neither workloadidentity nor podidentity");
}

}  // namespace

Result<SecretCredential> ReadCredentialSecret(const json::Value& secret) {
  Entries entries(secret);
  SecretCredential read;
  read.secret = std::string(secret.Text({"metadata", "namespace"})) + "/" +
                std::string(secret.Text({"metadata", "name"}));
  azure::CredentialSettings& settings = read.settings;
  settings.tenant = entries.Text("AZURE_TENANT_ID");
  settings.client = entries.Text("AZURE_CLIENT_ID");
  settings.secret = Secret(entries.Text("AZURE_CLIENT_SECRET"));
  settings.certificate = Secret(entries.Bytes("AZURE_CLIENT_CERTIFICATE"));
  settings.certificate_password = Secret(entries.Text("AZURE_CLIENT_CERTIFICATE_PASSWORD"));
  const std::string auth_mode = entries.Text("AUTH_MODE");
  if (entries.broken()) return NoToken("its " + *entries.broken() + " is no Base64");
  LAB_ASSIGN_OR_RETURN(read.kind, KindOf(settings, auth_mode));
  if (read.kind == CredentialKind::kManagedIdentity) return read;
  std::vector<std::string> missing;
  if (settings.tenant.empty()) missing.emplace_back("AZURE_TENANT_ID");
  if (settings.client.empty()) missing.emplace_back("AZURE_CLIENT_ID");
  if (!missing.empty()) return NoToken("it has no " + Join(missing, " and no "));
  return read;
}

}  // namespace labgallery::reconcile
