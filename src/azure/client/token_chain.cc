#include "src/azure/client/token_chain.h"

namespace labgallery::azure {

Result<AccessToken> TokenChain::Token(const std::string& audience, const std::stop_token& stop) {
  const std::size_t chosen = chosen_;
  if (chosen != kNone) return links_.at(chosen).source->Token(audience, stop);
  std::string report = "no way to log in to Azure was found";
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_.at(i);
    report += i == 0 ? ": " : "; ";
    report += link.name + ": ";
    if (!link.source) {
      report += link.why_not;
      continue;
    }
    auto token = link.source->Token(audience, stop);
    if (token) {
      chosen_ = i;
      return token;
    }
    const bool ends = !link.optional || token.error().kind == ErrorKind::kCancelled;
    if (ends) return std::move(token).error().With(link.name);
    report += token.error().ToString();
  }
  return NoToken(std::move(report));
}

}  // namespace labgallery::azure
