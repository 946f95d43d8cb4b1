#include "src/embedded_kube/selection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/base/text.h"
#include "src/kube/model/names.h"

namespace labgallery::embedded_kube {
namespace {

Refusal Unparsable(std::string_view text) {
  return BadRequest("unable to parse requirement: \"" + std::string(text) + "\"");
}

bool IsLegal(const Requirement& requirement) {
  return kube::IsQualifiedName(requirement.key) &&
         std::all_of(requirement.values.begin(), requirement.values.end(), kube::IsLabelValue);
}

Outcome<std::vector<Requirement>> ParseFieldSelector(const Resource& resource,
                                                     std::string_view text) {
  std::vector<Requirement> requirements;
  for (const std::string& piece : Split(text, ',')) {
    if (Trim(piece).empty()) continue;
    auto requirement = kube::ParseEquality(piece);
    if (!requirement)
      return Refuse(BadRequest("invalid selector: '" + piece + "'; can't understand it"));
    const auto& known = resource.selectable_fields;
    const std::string& key = requirement->key;
    if (key != "metadata.name" && key != "metadata.namespace" &&
        std::find(known.begin(), known.end(), key) == known.end()) {
      return Refuse(BadRequest("field label not supported: " + key));
    }
    requirements.push_back(*std::move(requirement));
  }
  return requirements;
}

const std::string* Field(const StoredObject& object, const std::string& name) {
  if (name == "metadata.name") return &object.key.name;
  if (name == "metadata.namespace") return &object.key.name_space;
  const auto found = object.fields.find(name);
  return found == object.fields.end() ? nullptr : &found->second;
}

}  // namespace

Outcome<std::vector<Requirement>> ParseLabelSelector(std::string_view text) {
  auto parsed = kube::ParseLabelSelector(text);
  if (!parsed) return Refuse(BadRequest(parsed.error().message));
  if (!std::all_of(parsed->begin(), parsed->end(), IsLegal)) return Refuse(Unparsable(text));
  return *std::move(parsed);
}

Outcome<Selection> Selection::Of(const Call& call) {
  Selection selection{.name_space = call.key.name_space, .labels = {}, .fields = {}};
  EMK_ASSIGN_OR_REFUSE(selection.labels, ParseLabelSelector(call.query.Get("labelSelector")));
  EMK_ASSIGN_OR_REFUSE(selection.fields,
                       ParseFieldSelector(*call.resource, call.query.Get("fieldSelector")));
  return selection;
}

bool Selection::Matches(const StoredObject& object) const {
  if (!name_space.empty() && object.key.name_space != name_space) return false;
  const bool labelled =
      std::all_of(labels.begin(), labels.end(), [&](const Requirement& requirement) {
        const auto found = object.labels.find(requirement.key);
        return Holds(requirement, found == object.labels.end() ? nullptr : &found->second);
      });
  return labelled && std::all_of(fields.begin(), fields.end(), [&](const Requirement& requirement) {
           return Holds(requirement, Field(object, requirement.key));
         });
}

}  // namespace labgallery::embedded_kube
