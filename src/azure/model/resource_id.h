// The name of anything in Azure Resource Manager: subscriptions, resource groups, resources with
// their children, and extension resources that hang on another id (role assignments). Everything
// that is compared, stored or put into a path is one of these; ARM itself ignores their casing and
// so do they.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace labgallery::azure {

class ResourceId {
 public:
  /// No resource: empty() is true, all parts are empty.
  ResourceId() = default;

  /// Reads an absolute id, as manifests and ARM's answers hold it (a closing slash is dropped).
  /// kInvalidInput, saying what is wrong, if it is none: a relative or incomplete path, a
  /// collection, a segment that is empty or holds what could lead elsewhere ("..", '%', '?', '#',
  /// '\', control bytes).
  static Result<ResourceId> Parse(std::string_view text);

  /// Builders. Precondition of all of them: every name satisfies IsSegment; std::invalid_argument
  /// if not.
  static ResourceId Subscription(std::string_view subscription);
  static ResourceId ResourceGroup(std::string_view subscription, std::string_view group);
  /// "{group}/providers/{provider}/{type}/{name}", for instance with type
  /// "Microsoft.Compute/galleries". On any other id this is an extension resource of it.
  ResourceId Provider(std::string_view type, std::string_view name) const;
  /// "{this}/{type}/{name}".
  ResourceId Child(std::string_view type, std::string_view name) const;

  /// What may stand between two slashes.
  static bool IsSegment(std::string_view text);

  bool empty() const { return text_.empty(); }
  /// As given, and as sent in paths.
  const std::string& text() const { return text_; }
  /// Lower case: equal exactly for equal ids; for maps and for guid().
  const std::string& key() const { return key_; }

  std::string_view subscription() const;    // empty above subscriptions
  std::string_view resource_group() const;  // empty outside of one
  /// "Microsoft.Compute/galleries/images"; "Microsoft.Resources/subscriptions" and
  /// ".../resourceGroups" for those. Casing as given.
  std::string type() const;
  std::string_view name() const;  // the last segment
  /// Compares type() without case.
  bool Is(std::string_view wanted) const;

  /// Without the last type and name: the parent resource, the resource group, the subscription; of
  /// an extension resource what it hangs on. Empty at the top.
  ResourceId Parent() const;
  /// True for `scope` itself and for everything below it.
  bool Within(const ResourceId& scope) const;

  friend bool operator==(const ResourceId& a, const ResourceId& b) { return a.key_ == b.key_; }
  friend std::strong_ordering operator<=>(const ResourceId& a, const ResourceId& b) {
    return a.key_ <=> b.key_;
  }

 private:
  explicit ResourceId(std::string text);
  std::string text_;
  std::string key_;
};

/// What a request path is about, for metrics and for Azure's throttling: never holds a name.
struct PathShape {
  std::string subscription;  // lower case, empty if there is none
  std::string type;          // lower case, "microsoft.compute/galleries/images"
  bool collection = false;   // the path ends in a type or an action instead of a name

  /// "microsoft.compute/galleries/images/{name}": bounded in number, so fit for a metric label.
  std::string Template() const;
  friend bool operator==(const PathShape&, const PathShape&) = default;
};

/// Of any path of ARM's, without query; never fails.
PathShape ShapeOf(std::string_view path);
/// The top-level resource that a path leads to or below ("/subscriptions/.../galleries/teaching"),
/// in lower case; of an extension resource what it hangs on; empty where there is none.
std::string RootOf(std::string_view path);

}  // namespace labgallery::azure

template <>
struct std::hash<labgallery::azure::ResourceId> {
  std::size_t operator()(const labgallery::azure::ResourceId& id) const noexcept {
    return std::hash<std::string>()(id.key());
  }
};
