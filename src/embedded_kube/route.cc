#include "src/embedded_kube/route.h"

#include <span>
#include <utility>
#include <vector>

#include "src/base/text.h"
#include "src/http/model/url.h"

namespace labgallery::embedded_kube {
namespace {

using Pieces = std::span<const std::string>;

// name, and name/subresource.
bool ReadName(Pieces pieces, Route& route) {
  if (!pieces.empty()) route.key.name = pieces[0];
  if (pieces.size() > 1) route.subresource = pieces[1];
  return pieces.size() <= 2;
}

// Behind group and version: plural[/name[/sub]] or namespaces/ns/plural[/name[/sub]].
std::optional<Route> ReadResource(const Catalog& catalog, const std::string& group,
                                  const std::string& version, Pieces pieces) {
  Route route;
  const bool in_namespace = pieces.size() > 2 && pieces[0] == "namespaces";
  if (in_namespace) {
    route.resource = catalog.Find(group, version, pieces[2]);
    if (route.resource != nullptr) {
      route.key.name_space = pieces[1];
      const bool fits = route.resource->type.namespaced && ReadName(pieces.subspan(3), route);
      return fits ? std::optional(route) : std::nullopt;
    }
  }
  if (pieces.empty()) return std::nullopt;
  route.resource = catalog.Find(group, version, pieces[0]);
  if (route.resource == nullptr || !ReadName(pieces.subspan(1), route)) return std::nullopt;
  // Over all namespaces there are collections only.
  if (route.resource->type.namespaced && !route.key.name.empty()) return std::nullopt;
  return route;
}

}  // namespace

std::optional<Route> FindRoute(const Catalog& catalog, std::string_view path) {
  std::vector<std::string> pieces;
  for (const std::string& piece : Split(path.substr(path.empty() ? 0 : 1), '/')) {
    pieces.push_back(http::Unescape(piece));
    if (pieces.back().empty()) return std::nullopt;
  }
  const Pieces all(pieces);
  std::optional<Route> route;
  if (pieces.size() > 2 && pieces[0] == "api")
    route = ReadResource(catalog, "", pieces[1], all.subspan(2));
  if (pieces.size() > 3 && pieces[0] == "apis") {
    route = ReadResource(catalog, pieces[1], pieces[2], all.subspan(3));
  }
  if (!route) return std::nullopt;
  const bool known =
      route->subresource.empty() || (route->subresource == "status" && route->resource->has_status);
  return known ? route : std::nullopt;
}

}  // namespace labgallery::embedded_kube
