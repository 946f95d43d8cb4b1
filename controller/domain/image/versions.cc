#include "controller/domain/image/versions.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "src/base/text.h"

namespace labgallery::domain::image {
namespace {

std::optional<std::uint32_t> ParsePart(std::string_view text) {
  std::uint32_t part = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (part > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max()))
    return std::nullopt;
  return part;
}

bool HasLowerNumber(const FoundVersion& a, const FoundVersion& b) {
  const auto left = ParseVersion(a.name);
  const auto right = ParseVersion(b.name);
  return left == right ? a.name < b.name : left < right;  // no number is less than any
}

}  // namespace

std::optional<VersionNumber> ParseVersion(std::string_view text) {
  const std::vector<std::string> parts = Split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto major = ParsePart(parts[0]);
  const auto minor = ParsePart(parts[1]);
  const auto patch = ParsePart(parts[2]);
  if (!major || !minor || !patch) return std::nullopt;
  return VersionNumber{*major, *minor, *patch};
}

std::vector<FoundVersion> ByNumber(std::vector<FoundVersion> versions) {
  std::ranges::sort(versions, HasLowerNumber);
  return versions;
}

std::optional<std::string> CurrentVersion(const std::optional<std::string>& spec_version,
                                          const std::vector<FoundVersion>& versions) {
  if (spec_version) return spec_version;
  std::optional<std::string> current;
  for (const FoundVersion& version : ByNumber(versions)) {
    if (version.succeeded && version.ready && !version.exclude_from_latest) current = version.name;
  }
  return current;
}

std::vector<std::string> VersionsToRemove(const Retention& retention,
                                          const std::optional<std::string>& current,
                                          const std::vector<FoundVersion>& versions) {
  std::vector<std::string> removed;
  if (!current) return removed;
  const auto found = std::ranges::find(versions, *current, &FoundVersion::name);
  if (found == versions.end() || !found->ready) return removed;
  std::int64_t counted = 1;  // the current one, whatever its number
  std::vector<FoundVersion> newest_first = ByNumber(versions);
  std::ranges::reverse(newest_first);
  for (const FoundVersion& version : newest_first) {
    if (version.name == *current) continue;
    if (counted < retention.keep_versions) {
      if (version.succeeded) ++counted;
      continue;
    }
    const bool may_go = version.ours || retention.include_foreign;
    if (may_go && !version.replicating) removed.push_back(version.name);
  }
  std::ranges::reverse(removed);
  return removed;
}

RecreateRequest ReadRecreateRequest(const std::optional<std::string>& annotation,
                                    std::string_view handled, std::string_view version) {
  if (!annotation || annotation->empty()) return RecreateRequest::kNone;
  if (*annotation == handled) return RecreateRequest::kHandled;
  const std::string_view text = *annotation;
  return text.substr(0, text.find('@')) == version ? RecreateRequest::kRequested
                                                   : RecreateRequest::kOtherVersion;
}

VersionPresence PresenceOf(std::string_view version, bool exists, std::string_view seen_succeeded,
                           RecreateRequest request) {
  if (exists) return VersionPresence::kPresent;
  if (seen_succeeded != version) return VersionPresence::kToMake;
  return request == RecreateRequest::kRequested ? VersionPresence::kToRecreate
                                                : VersionPresence::kMissing;
}

}  // namespace labgallery::domain::image
