// "127.0.0.1:8080" taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace labgallery::http {

struct ListenAddress {
  std::string host;  // an address or a name; an IPv6 address without its brackets
  std::uint16_t port = 0;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// HOST:PORT with an IPv6 address in brackets; ":PORT" is every address of the machine.
/// kInvalidInput otherwise. Port 0 lets the system choose.
Result<ListenAddress> ParseListenAddress(std::string_view text);

/// The names by which who listens there is asked for, as far as the address tells them: those of
/// this machine, and the host unless it stands for every address.
std::vector<std::string> NamesFor(const ListenAddress& address);

}  // namespace labgallery::http
