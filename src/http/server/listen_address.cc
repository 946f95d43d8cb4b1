#include "src/http/server/listen_address.h"

#include <algorithm>
#include <charconv>

namespace labgallery::http {

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto refused = [&] {
    return InvalidInput("not HOST:PORT to listen on: " + std::string(text));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refused();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress address;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return refused();
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refused();
  }
  address.host = host.empty() ? "0.0.0.0" : std::string(host);
  return address;
}

std::vector<std::string> NamesFor(const ListenAddress& address) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const bool every_address = address.host == "0.0.0.0" || address.host == "::";
  const bool known = std::find(names.begin(), names.end(), address.host) != names.end();
  if (!every_address && !known) names.push_back(address.host);
  return names;
}

}  // namespace labgallery::http
