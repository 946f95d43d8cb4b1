#include "src/azure/client/token_source.h"

#include <utility>

#include "src/base/file_text.h"
#include "src/base/text.h"

namespace labgallery::azure {

Error NoToken(std::string message) {
  Error error;
  error.kind = ErrorKind::kUnauthenticated;
  error.message = std::move(message);
  return error;
}

Result<AccessToken> FixedTokenSource::Token(const std::string& /*audience*/,
                                            const std::stop_token& /*stop*/) {
  return token_;
}

Result<AccessToken> FileTokenSource::Token(const std::string& /*audience*/,
                                           const std::stop_token& /*stop*/) {
  const auto text = ReadFileText(file_);
  if (!text) return NoToken("the token file " + file_.string() + " cannot be read");
  std::string token(Trim(*text));
  if (token.empty()) return NoToken("the token file " + file_.string() + " is empty");
  return AccessToken{Secret(std::move(token))};
}

}  // namespace labgallery::azure
