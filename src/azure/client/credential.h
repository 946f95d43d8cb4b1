// What identifies us to Azure, as values of variables, of a Secret or of flags, and the token
// source that this makes. The names are those of azure-identity, so that what is written about its
// variables holds here as well.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/azure/client/azure_cli_tokens.h"
#include "src/azure/client/cached_tokens.h"
#include "src/azure/client/managed_identity_tokens.h"
#include "src/azure/client/token_source.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/http/model/transport.h"

namespace labgallery::azure {

enum class CredentialKind {
  kDefault,  // the chain: environment, workload identity, managed identity, Azure CLI
  kEnvironment,
  kClientSecret,
  kClientCertificate,
  kWorkloadIdentity,
  kManagedIdentity,
  kAzureCli,
};

/// "DefaultAzureCredential", "EnvironmentCredential", ...
std::string_view Name(CredentialKind kind);
/// All of them, in the order above.
std::vector<std::string> CredentialNames();
/// In any case of the letters.
std::optional<CredentialKind> ParseCredentialKind(std::string_view name);

struct CredentialSettings {
  std::string tenant{};            // AZURE_TENANT_ID
  std::string client{};            // AZURE_CLIENT_ID
  Secret secret{};                 // AZURE_CLIENT_SECRET
  std::string certificate_file{};  // AZURE_CLIENT_CERTIFICATE_PATH
  Secret certificate{};            // the same as text: PEM, or PKCS#12 in Base64
  Secret certificate_password{};   // AZURE_CLIENT_CERTIFICATE_PASSWORD: refused
  std::string federated_file{};    // AZURE_FEDERATED_TOKEN_FILE
  ManagedIdentity identity{};      // without client_id, which `client` is
  std::string metadata_host{};     // AZURE_POD_IDENTITY_AUTHORITY_HOST; empty: kInstanceMetadata
  std::string chain{};             // AZURE_TOKEN_CREDENTIALS: prod, dev, or one of the names
};

/// Who gets to know of the logins of a credential; `secret` is the Secret's NAMESPACE/NAME, or
/// empty.
using FollowLogins = std::function<OnLogin(CredentialKind kind, const std::string& secret)>;

/// All of it outlives the sources that are made with it.
struct LoginWorld {
  http::HttpTransport& transport;
  http::HttpTransport& direct;  // without a proxy
  Clock& clock;
  Random& random;
  std::string authority;  // "https://login.microsoftonline.com"
  Programs programs{};
  FollowLogins follow{};  // may be empty
};

/// A source of that kind, without a cache. kInvalidInput names the variables that are missing, or
/// what cannot be used; a file is only read when a token is wanted.
Result<std::unique_ptr<TokenSource>> MakeTokenSource(CredentialKind kind,
                                                     const CredentialSettings& settings,
                                                     const LoginWorld& world);
/// The same with a cache.
Result<std::unique_ptr<TokenSource>> MakeCachedTokens(CredentialKind kind,
                                                      const CredentialSettings& settings,
                                                      const LoginWorld& world,
                                                      const std::string& secret);

}  // namespace labgallery::azure
