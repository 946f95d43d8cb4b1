// From a request's path to what it addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/embedded_kube/catalog.h"
#include "src/kube/model/object.h"

namespace labgallery::embedded_kube {

struct Route {
  ResourcePtr resource;
  kube::ObjectKey key;
  std::string subresource;
};

/// Nothing for a path that addresses no resource served here, or a part of one that does not exist.
std::optional<Route> FindRoute(const Catalog& catalog, std::string_view path);

}  // namespace labgallery::embedded_kube
