#include "src/http/model/proxy.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "src/base/text.h"

namespace labgallery::http {
namespace {

constexpr std::string_view kScheme = "http://";

Error NoProxy() {
  return InvalidInput(
      "the proxy must be http://[USER:PASSWORD@]HOST[:PORT]; https and socks5 are not supported");
}

std::optional<std::uint32_t> ParseIpv4(std::string_view text) {
  const auto pieces = Split(text, '.');
  if (pieces.size() != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (const std::string& piece : pieces) {
    std::uint32_t byte = 0;
    const char* const end = piece.data() + piece.size();
    const auto [stop, error] = std::from_chars(piece.data(), end, byte);
    if (error != std::errc() || stop != end || byte > 255) return std::nullopt;
    address = (address << 8U) | byte;
  }
  return address;
}

// "10.0.0.0/8". Networks of IPv6 match nothing, because no such host can be reached anyway.
bool IsInNetwork(std::string_view network, std::string_view host) {
  const auto slash = network.find('/');
  const auto base = ParseIpv4(network.substr(0, slash));
  const auto address = ParseIpv4(host);
  unsigned bits = 0;
  const std::string_view length = network.substr(slash + 1);
  const char* const end = length.data() + length.size();
  const auto [stop, error] = std::from_chars(length.data(), end, bits);
  if (!base || !address || error != std::errc() || stop != end || bits > 32) return false;
  if (bits == 0) return true;
  const unsigned shift = 32 - bits;
  return (*base >> shift) == (*address >> shift);
}

bool Matches(std::string_view entry, const Url& target) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string_view::npos) return IsInNetwork(entry, target.host);
  const auto colon = entry.find(':');
  if (colon != std::string_view::npos && entry.rfind(':') == colon) {
    if (entry.substr(colon + 1) != std::to_string(target.port)) return false;
    entry = entry.substr(0, colon);
  }
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  const std::string_view host = target.host;
  if (entry.starts_with(".")) return host.ends_with(entry);
  return host == entry || (!ParseIpv4(host) && host.ends_with("." + std::string(entry)));
}

bool IsExcepted(std::string_view list, const Url& target) {
  const std::vector<std::string> pieces = Split(list, ',');
  return std::any_of(pieces.begin(), pieces.end(), [&target](const std::string& piece) {
    const std::string entry = Lower(Trim(piece));
    return !entry.empty() && Matches(entry, target);
  });
}

Result<std::optional<Proxy>> Parsed(const Secret& text) {
  LAB_ASSIGN_OR_RETURN(Proxy proxy, ParseProxy(text.Reveal()));
  return std::optional(std::move(proxy));
}

}  // namespace

Result<Proxy> ParseProxy(std::string_view text) {
  if (text.find("://") == std::string_view::npos) {
    return ParseProxy(std::string(kScheme) + std::string(text));
  }
  if (!EqualsIgnoreCase(text.substr(0, kScheme.size()), kScheme)) return NoProxy();
  std::string_view rest = text.substr(kScheme.size());
  rest = rest.substr(0, rest.find_first_of("/?#"));
  Proxy proxy;
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const auto colon = user.find(':');
    proxy.user = Unescape(user.substr(0, colon));
    if (colon != std::string_view::npos) proxy.password = Secret(Unescape(user.substr(colon + 1)));
    rest.remove_prefix(at + 1);
  }
  const auto url = ParseUrl(std::string(kScheme) + std::string(rest));
  if (!url || url->host.find(':') != std::string::npos) return NoProxy();
  proxy.url = *url;
  return proxy;
}

Result<std::optional<Proxy>> ProxyFor(const ProxyRules& rules, const Url& target) {
  if (!rules.every.empty()) return Parsed(rules.every);
  const Secret& proxy = target.scheme == "https" ? rules.https : rules.http;
  if (proxy.empty() || IsLoopback(target) || IsExcepted(rules.except, target)) {
    return std::optional<Proxy>();
  }
  return Parsed(proxy);
}

}  // namespace labgallery::http
