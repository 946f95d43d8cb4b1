// Base64 (RFC 4648, padded) as Secret data is written.
#pragma once

#include <string>
#include <string_view>

namespace labgallery::embedded_kube {

std::string EncodeBase64(std::string_view bytes);
bool IsBase64(std::string_view text);

}  // namespace labgallery::embedded_kube
