#include "src/azure/client/workload_identity_tokens.h"

#include "src/base/file_text.h"
#include "src/base/text.h"

namespace labgallery::azure {

Result<AccessToken> WorkloadIdentityTokens::Token(const std::string& audience,
                                                  const std::stop_token& stop) {
  const auto text = ReadFileText(file_);
  if (!text) return NoToken("the service account's token " + file_ + " cannot be read");
  std::string assertion(Trim(*text));
  if (assertion.empty()) return NoToken("the service account's token " + file_ + " is empty");
  return endpoint_.Ask(audience, AssertionProof(Secret(std::move(assertion))), stop);
}

}  // namespace labgallery::azure
