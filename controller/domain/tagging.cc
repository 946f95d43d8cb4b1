#include "controller/domain/tagging.h"

#include <algorithm>
#include <map>

#include "controller/domain/names.h"
#include "src/base/text.h"

namespace labgallery::domain {
namespace {

constexpr std::string_view kOwnPrefix = "labgallery-";
constexpr std::size_t kLongestKey = 512;  // Azure's limit for the name of a tag

template <typename AnyTags>
auto FindTag(AnyTags& tags, std::string_view key) {
  return std::find_if(tags.begin(), tags.end(),
                      [key](const auto& entry) { return EqualsIgnoreCase(entry.first, key); });
}

}  // namespace

Tags SpecTags(const json::Value& spec) {
  return TagsOf(spec);  // the same shape as in Azure
}

Tags DesiredTags(const Tags& wanted, const Tags& present, const Ownership& ownership,
                 const std::string& own_tag) {
  Tags tags = present;
  for (const auto& [key, value] : wanted) {
    // The spelling that Azure has stays: two spellings of one key would be refused.
    const auto found = FindTag(tags, key);
    if (found == tags.end()) {
      tags.emplace(key, value);
    } else {
      found->second = value;
    }
  }
  if (ownership.owner == Owner::kNobody)
    tags = WithOwner(std::move(tags), own_tag, Origin::kAdopted);
  return tags;
}

Tags NewTags(const Tags& wanted, const std::string& own_tag) {
  return WithOwner(wanted, own_tag, Origin::kCreated);
}

bool WantsMark(const Observation& seen, const Ownership& ownership) {
  return ownership.owner == Owner::kNobody &&
         ReadOwnPolicy(seen.spec).management == Management::kManage;
}

std::optional<Refusal> TagProblem(const json::Value& spec) {
  std::map<std::string, std::string> spellings;
  for (const auto& [key, value] : SpecTags(spec)) {
    const auto [same, is_new] = spellings.emplace(Lower(key), key);
    if (!is_new) {
      return Refusal{Reason::kInvalidSpec, "spec.tags: '" + same->second + "' and '" + key +
                                               "' are one tag to Azure, which does not tell "
                                               "capitals from small letters; leave one out"};
    }
    if (key.size() > kLongestKey) {
      return Refusal{Reason::kInvalidSpec, "spec.tags: a key has more than " +
                                               std::to_string(kLongestKey) + " characters"};
    }
    if (Lower(key).starts_with(kOwnPrefix)) {
      return Refusal{Reason::kInvalidSpec, "spec.tags: '" + key + "' begins with " +
                                               std::string(kOwnPrefix) +
                                               ", which is kept for the operator's own marks"};
    }
  }
  return std::nullopt;
}

std::vector<Difference> TagDifferences(const Tags& wanted, const Tags& present, bool wants_mark) {
  std::vector<Difference> differences;
  for (const auto& [key, value] : wanted) {
    const auto found = FindTag(present, key);
    if (found != present.end() && found->second == value) continue;
    differences.push_back({"tags." + key, value, found == present.end() ? "" : found->second,
                           found == present.end()});
  }
  if (wants_mark) {
    differences.push_back({"tags." + std::string(tag::kOwner), "this object", "", true});
  }
  return differences;
}

ArmWrite ReleaseTag(const std::string& part, const azure::ResourceId& id,
                    std::string_view api_version, const Tags& present, const std::string& own_tag) {
  json::Value body;
  body.Set("tags", ToJson(WithRelease(present, own_tag)));
  return {part, Verb::kPatch, id, std::string(api_version), std::move(body)};
}

}  // namespace labgallery::domain
