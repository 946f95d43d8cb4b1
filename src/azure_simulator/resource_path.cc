#include "src/azure_simulator/resource_path.h"

#include <algorithm>
#include <vector>

#include "src/base/text.h"

namespace labgallery::azure_simulator {
namespace {

std::string JoinRange(const std::vector<std::string>& pieces, std::size_t end) {
  std::string text;
  for (std::size_t i = 0; i < end; ++i) text += "/" + pieces[i];
  return text;
}

/// The index of the last "providers" segment that is followed by a type, or the size.
std::size_t LastProviders(const std::vector<std::string>& lower) {
  for (std::size_t i = lower.size(); i-- > 0;) {
    if (lower[i] == "providers" && i + 3 < lower.size() && i % 2 == 0) return i;
  }
  return lower.size();
}

bool FillProviderPart(const std::vector<std::string>& lower, std::size_t at, ResourcePath& path) {
  const std::size_t rest = lower.size() - at - 2;
  if (rest % 2 != 0) return false;
  path.type = lower[at + 1];
  for (std::size_t i = at + 2; i < lower.size(); i += 2) path.type += "/" + lower[i];
  path.parent = JoinRange(lower, rest > 2 ? lower.size() - 2 : at);
  return true;
}

}  // namespace

std::optional<ResourcePath> ParseResourcePath(std::string_view id) {
  while (!id.empty() && id.back() == '/') id.remove_suffix(1);
  if (id.size() < 2 || id.front() != '/') return std::nullopt;
  ResourcePath path{.id = std::string(id), .key = Lower(id)};
  std::vector<std::string> lower = Split(std::string_view(path.key).substr(1), '/');
  if (std::any_of(lower.begin(), lower.end(), [](const auto& piece) { return piece.empty(); })) {
    return std::nullopt;
  }
  path.name = std::string(id.substr(id.rfind('/') + 1));
  if (lower.size() >= 2 && lower[0] == "subscriptions") path.subscription = lower[1];
  if (lower.size() >= 4 && lower[2] == "resourcegroups") {
    path.resource_group = Split(id.substr(1), '/')[3];
  }
  const std::size_t providers = LastProviders(lower);
  if (providers < lower.size()) {
    return FillProviderPart(lower, providers, path) ? std::optional(path) : std::nullopt;
  }
  if (lower.size() == 4 && !path.resource_group.empty()) {
    path.type = "microsoft.resources/resourcegroups";
    path.parent = JoinRange(lower, 2);
    return path;
  }
  if (lower.size() == 2 && !path.subscription.empty()) {
    path.type = "microsoft.resources/subscriptions";
    return path;
  }
  return std::nullopt;
}

std::size_t Depth(std::string_view id) {
  return static_cast<std::size_t>(std::count(id.begin(), id.end(), '/'));
}

std::size_t DepthOfType(std::string_view type) {
  if (type == "microsoft.resources/resourcegroups") return 4;
  return 6 + 2 * Depth(type);
}

}  // namespace labgallery::azure_simulator
