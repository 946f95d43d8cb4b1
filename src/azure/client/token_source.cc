#include "src/azure/client/token_source.h"

#include <fstream>
#include <iterator>

#include "src/base/text.h"

namespace labgallery::azure {
namespace {

Error NoToken(std::string message) {
  Error error;
  error.kind = ErrorKind::kUnauthenticated;
  error.message = std::move(message);
  return error;
}

}  // namespace

Result<AccessToken> FixedTokenSource::Token(const std::string& /*audience*/,
                                            const std::stop_token& /*stop*/) {
  return token_;
}

// There is no other one.
void FixedTokenSource::Invalidate(const std::string& /*audience*/,
                                  const AccessToken& /*rejected*/) {}

Result<AccessToken> FileTokenSource::Token(const std::string& /*audience*/,
                                           const std::stop_token& /*stop*/) {
  std::ifstream in(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open()) return NoToken("the token file " + file_.string() + " cannot be read");
  std::string token(Trim(text));
  if (token.empty()) return NoToken("the token file " + file_.string() + " is empty");
  return AccessToken{Secret(std::move(token))};
}

// The file is read again anyway.
void FileTokenSource::Invalidate(const std::string& /*audience*/, const AccessToken& /*rejected*/) {
}

}  // namespace labgallery::azure
