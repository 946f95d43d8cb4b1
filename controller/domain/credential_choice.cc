#include "controller/domain/credential_choice.h"

#include "controller/domain/names.h"
#include "src/base/text.h"

namespace labgallery::domain {

std::optional<CredentialChoice> ChooseCredential(const json::Value& spec,
                                                 const NamespaceView& name_space) {
  const std::string_view own = spec.Text({"credentialsRef", "name"});
  if (!own.empty()) return CredentialChoice{std::string(own), "spec.credentialsRef"};
  const auto annotation = name_space.annotations.find(std::string(annotation::kCredentials));
  if (annotation == name_space.annotations.end()) return std::nullopt;
  return CredentialChoice{std::string(Trim(annotation->second)),
                          "the namespace's annotation " + std::string(annotation::kCredentials)};
}

}  // namespace labgallery::domain
