// What the server says about itself: versions, groups, resources (in both forms that clients know),
// OpenAPI documents, health.
#pragma once

#include <optional>
#include <string_view>

#include "src/embedded_kube/catalog.h"
#include "src/http/model/message.h"

namespace labgallery::embedded_kube {

/// The answer to a GET of one of those paths; nothing for any other path.
std::optional<http::Response> Discover(const Catalog& catalog, const http::Request& request,
                                       std::string_view path);

}  // namespace labgallery::embedded_kube
