#include "controller/domain/tagging.h"

#include "controller/domain/names.h"

namespace labgallery::domain {

Tags SpecTags(const json::Value& spec) {
  return TagsOf(spec);  // the same shape as in Azure
}

Tags DesiredTags(const Tags& wanted, const Tags& present, const Ownership& ownership,
                 const std::string& own_tag) {
  Tags tags = present;
  for (const auto& [key, value] : wanted) tags.insert_or_assign(key, value);
  if (ownership.owner == Owner::kNobody)
    tags = WithOwner(std::move(tags), own_tag, Origin::kAdopted);
  return tags;
}

Tags NewTags(const Tags& wanted, const std::string& own_tag) {
  return WithOwner(wanted, own_tag, Origin::kCreated);
}

std::vector<Difference> TagDifferences(const Tags& wanted, const Tags& present,
                                       const Ownership& ownership) {
  std::vector<Difference> differences;
  for (const auto& [key, value] : wanted) {
    const auto found = present.find(key);
    if (found != present.end() && found->second == value) continue;
    differences.push_back({"tags." + key, value, found == present.end() ? "" : found->second,
                           found == present.end()});
  }
  if (ownership.owner == Owner::kNobody) {
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
