// Base64 (RFC 4648, padded), as the data of Secrets and kubeconfigs is written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labgallery {

std::string EncodeBase64(std::string_view bytes);

/// The bytes, or nothing if it is not Base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace labgallery
