#include "src/azure/model/resource_id.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "src/base/text.h"

namespace labgallery::azure {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// The segments of a path, and where its last "providers/{namespace}" begins. "providers" counts
// only where a type can stand: a resource may well be named so.
struct Walk {
  std::vector<std::string_view> segments;
  std::size_t last_provider = kNone;
  std::size_t first_of_pair = 0;  // the type of the last pair; past the end if there is none
  bool complete = true;           // false: a type or namespace without what must follow it
  bool empty_provider = false;    // a namespace in the middle without a resource of its own

  std::size_t size() const { return segments.size(); }
  bool IsProviderItself() const { return last_provider != kNone && last_provider + 2 == size(); }
};

std::vector<std::string_view> SegmentsOf(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

Walk WalkThrough(std::string_view path) {
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  Walk walk{.segments = SegmentsOf(path)};
  for (std::size_t i = 0; i < walk.size(); i += 2) {
    if (EqualsIgnoreCase(walk.segments[i], "providers")) {
      if (walk.last_provider != kNone && walk.last_provider + 2 == i) walk.empty_provider = true;
      walk.last_provider = i;
    }
    walk.first_of_pair = i;
    if (i + 1 == walk.size()) walk.complete = false;
  }
  return walk;
}

std::string TypeOf(const Walk& walk) {
  if (walk.IsProviderItself()) return "Microsoft.Resources/providers";
  const bool in_provider = walk.last_provider != kNone && walk.last_provider + 1 < walk.size();
  std::string type =
      in_provider ? std::string(walk.segments[walk.last_provider + 1]) : "Microsoft.Resources";
  std::size_t first = in_provider ? walk.last_provider + 2 : 0;
  const bool is_group =
      !in_provider && walk.size() >= 3 && EqualsIgnoreCase(walk.segments[2], "resourceGroups");
  if (is_group) first = 2;  // ARM's name of the type leaves the subscription out
  for (std::size_t i = first; i < walk.size(); i += 2) type += "/" + std::string(walk.segments[i]);
  return type;
}

std::string_view Following(const Walk& walk, std::size_t at, std::string_view type) {
  if (walk.size() <= at + 1 || !EqualsIgnoreCase(walk.segments[at], type)) return {};
  return walk.segments[at + 1];
}

void RequireSegment(std::string_view text) {
  if (!ResourceId::IsSegment(text)) {
    throw std::invalid_argument("not a segment of a resource id: '" + std::string(text) + "'");
  }
}

Error NoId(std::string_view text, std::string_view why) {
  return InvalidInput("'" + CutUtf8(text, 300) + "' is no Azure resource id: " + std::string(why));
}

}  // namespace

ResourceId::ResourceId(std::string text) : text_(std::move(text)), key_(Lower(text_)) {}

bool ResourceId::IsSegment(std::string_view text) {
  if (text.empty() || text == "." || text == "..") return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\' || c == '?' || c == '#' || c == '%';
  });
}

Result<ResourceId> ResourceId::Parse(std::string_view text) {
  std::string_view path = text;
  if (path.empty() || path.front() != '/') return NoId(text, "it must begin with a slash");
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const Walk walk = WalkThrough(path);
  for (const std::string_view segment : walk.segments) {
    if (!IsSegment(segment))
      return NoId(text, "'" + std::string(segment) + "' cannot be part of one");
  }
  const bool rooted =
      !walk.segments.empty() && (EqualsIgnoreCase(walk.segments.front(), "subscriptions") ||
                                 EqualsIgnoreCase(walk.segments.front(), "providers"));
  if (!rooted) return NoId(text, "it must begin with /subscriptions/ or /providers/");
  if (!walk.complete) return NoId(text, "it ends in a type without a name");
  if (walk.empty_provider)
    return NoId(text, "a provider's namespace must be followed by a resource");
  return ResourceId(std::string(path));
}

ResourceId ResourceId::Subscription(std::string_view subscription) {
  RequireSegment(subscription);
  return ResourceId("/subscriptions/" + std::string(subscription));
}

ResourceId ResourceId::ResourceGroup(std::string_view subscription, std::string_view group) {
  return Subscription(subscription).Child("resourceGroups", group);
}

ResourceId ResourceId::Provider(std::string_view type, std::string_view name) const {
  const std::vector<std::string> pieces = Split(type, '/');
  if (pieces.size() != 2) throw std::invalid_argument("not a top-level type: " + std::string(type));
  RequireSegment(pieces[0]);
  RequireSegment(pieces[1]);
  RequireSegment(name);
  return ResourceId(text_ + "/providers/" + std::string(type) + "/" + std::string(name));
}

ResourceId ResourceId::Child(std::string_view type, std::string_view name) const {
  RequireSegment(type);
  RequireSegment(name);
  return ResourceId(text_ + "/" + std::string(type) + "/" + std::string(name));
}

std::string_view ResourceId::subscription() const {
  return Following(WalkThrough(text_), 0, "subscriptions");
}

std::string_view ResourceId::resource_group() const {
  return Following(WalkThrough(text_), 2, "resourceGroups");
}

std::string ResourceId::type() const { return empty() ? "" : TypeOf(WalkThrough(text_)); }

std::string_view ResourceId::name() const {
  return std::string_view(text_).substr(text_.rfind('/') + 1);
}

bool ResourceId::Is(std::string_view wanted) const { return EqualsIgnoreCase(type(), wanted); }

ResourceId ResourceId::Parent() const {
  if (empty()) return {};
  const Walk walk = WalkThrough(text_);
  std::size_t first_gone = walk.first_of_pair;
  if (walk.last_provider != kNone && first_gone == walk.last_provider + 2) {
    first_gone = walk.last_provider;  // the first pair below a namespace goes with it
  }
  if (first_gone == 0) return {};
  const auto length = walk.segments[first_gone].data() - text_.data() - 1;
  return ResourceId(text_.substr(0, static_cast<std::size_t>(length)));
}

bool ResourceId::Within(const ResourceId& scope) const {
  if (scope.empty() || !key_.starts_with(scope.key_)) return false;
  return key_.size() == scope.key_.size() || key_[scope.key_.size()] == '/';
}

std::string PathShape::Template() const { return collection ? type : type + "/{name}"; }

PathShape ShapeOf(std::string_view path) {
  path = path.substr(0, path.find('?'));
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const Walk walk = WalkThrough(path);
  return {.subscription = Lower(Following(walk, 0, "subscriptions")),
          .type = Lower(TypeOf(walk)),
          .collection = !walk.complete};
}

std::string RootOf(std::string_view path) {
  path = path.substr(0, path.find('?'));
  const Walk walk = WalkThrough(path);
  for (std::size_t i = 0; i + 3 < walk.size(); i += 2) {
    if (!EqualsIgnoreCase(walk.segments[i], "providers")) continue;
    const std::string_view name = walk.segments[i + 3];
    return Lower(path.substr(0, static_cast<std::size_t>(name.data() + name.size() - path.data())));
  }
  return {};
}

}  // namespace labgallery::azure
