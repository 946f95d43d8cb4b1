// As whom an object is worked on in Azure: what the object says, then what its namespace says; the
// operator's own credential otherwise.
#pragma once

#include <optional>
#include <string>

#include "controller/domain/policy.h"
#include "src/json/value.h"

namespace labgallery::domain {

/// A Secret in the object's own namespace, never in another.
struct CredentialChoice {
  std::string secret;
  std::string named_by;  // "spec.credentialsRef", or the annotation
  friend bool operator==(const CredentialChoice&, const CredentialChoice&) = default;
};

/// Nothing: the operator's own.
std::optional<CredentialChoice> ChooseCredential(const json::Value& spec,
                                                 const NamespaceView& name_space);

}  // namespace labgallery::domain
