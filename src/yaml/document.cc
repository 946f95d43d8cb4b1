#include "src/yaml/document.h"

namespace labgallery::yaml {

Position Document::PositionOf(std::string_view path) const {
  while (!path.empty()) {
    if (const auto found = positions.find(path); found != positions.end()) return found->second;
    const auto cut = path.find_last_of(".[");
    path = cut == std::string_view::npos ? std::string_view() : path.substr(0, cut);
  }
  const auto root = positions.find(path);
  return root == positions.end() ? Position{} : root->second;
}

std::string MemberPath(std::string_view path, std::string_view name) {
  if (path.empty()) return std::string(name);
  return std::string(path).append(".").append(name);
}

std::string ItemPath(std::string_view path, std::size_t index) {
  return std::string(path).append("[").append(std::to_string(index)).append("]");
}

std::string KeyTwice(std::string_view key, const Position& first) {
  return "the key \"" + std::string(key) + "\" stands here twice, first at line " +
         std::to_string(first.line) + ", column " + std::to_string(first.column);
}

}  // namespace labgallery::yaml
