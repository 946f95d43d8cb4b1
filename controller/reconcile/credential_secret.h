// What a Secret says about a credential. The keys are those of Azure Service Operator, so that one
// Secret serves both.
#pragma once

#include <string>

#include "src/azure/client/credential.h"
#include "src/base/result.h"
#include "src/json/value.h"

namespace labgallery::reconcile {

struct SecretCredential {
  std::string secret{};  // NAMESPACE/NAME of the Secret
  azure::CredentialKind kind = azure::CredentialKind::kClientSecret;
  azure::CredentialSettings settings{};
};

/// AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET, or AZURE_CLIENT_CERTIFICATE (PEM,
/// or PKCS#12 as its bytes or in Base64), or neither and AUTH_MODE workloadidentity (default) or
/// podidentity. kUnauthenticated says what is missing or wrong; no value is in it.
Result<SecretCredential> ReadCredentialSecret(const json::Value& secret);

}  // namespace labgallery::reconcile
