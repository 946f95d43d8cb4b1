#include "src/embedded_kube/selection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/base/text.h"
#include "src/embedded_kube/metadata.h"

namespace labgallery::embedded_kube {
namespace {

using Operator = Requirement::Operator;

Refusal Unparsable(std::string_view text) {
  return BadRequest("unable to parse requirement: \"" + std::string(text) + "\"");
}

// Cuts at commas that are outside parentheses.
std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> pieces(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

// "key in (a,b)" and "key notin (a,b)"; nothing if it is neither.
std::optional<Requirement> ParseSet(std::string_view piece) {
  const auto open = piece.find('(');
  if (open == std::string_view::npos || piece.back() != ')') return std::nullopt;
  const std::string_view head = Trim(piece.substr(0, open));
  const auto blank = head.find_last_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view word = head.substr(blank + 1);
  if (word != "in" && word != "notin") return std::nullopt;
  Requirement requirement{.key = std::string(Trim(head.substr(0, blank))),
                          .op = word == "in" ? Operator::kIn : Operator::kNotIn,
                          .values = {}};
  for (const std::string& value : Split(piece.substr(open + 1, piece.size() - open - 2), ',')) {
    requirement.values.emplace_back(Trim(value));
  }
  return requirement;
}

// "key=value", "key==value", "key!=value"; nothing if there is no equals sign.
std::optional<Requirement> ParseEquality(std::string_view piece) {
  const auto equals = piece.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const bool negated = equals > 0 && piece[equals - 1] == '!';
  const bool doubled = equals + 1 < piece.size() && piece[equals + 1] == '=';
  return Requirement{.key = std::string(Trim(piece.substr(0, negated ? equals - 1 : equals))),
                     .op = negated ? Operator::kNotIn : Operator::kIn,
                     .values = {std::string(Trim(piece.substr(equals + (doubled ? 2 : 1))))}};
}

Requirement ParseExistence(std::string_view piece) {
  const bool negated = !piece.empty() && piece.front() == '!';
  return {.key = std::string(Trim(negated ? piece.substr(1) : piece)),
          .op = negated ? Operator::kDoesNotExist : Operator::kExists,
          .values = {}};
}

bool IsLegal(const Requirement& requirement) {
  return IsQualifiedName(requirement.key) &&
         std::all_of(requirement.values.begin(), requirement.values.end(), IsLabelValue);
}

Outcome<std::vector<Requirement>> ParseFieldSelector(const Resource& resource,
                                                     std::string_view text) {
  std::vector<Requirement> requirements;
  for (const std::string& piece : Split(text, ',')) {
    if (Trim(piece).empty()) continue;
    auto requirement = ParseEquality(piece);
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

bool Holds(const Requirement& requirement, const std::string* value) {
  const auto& values = requirement.values;
  const bool listed =
      value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  switch (requirement.op) {
    case Operator::kIn:
      return listed;
    case Operator::kNotIn:
      return !listed;
    case Operator::kExists:
      return value != nullptr;
    case Operator::kDoesNotExist:
      return value == nullptr;
  }
  return false;
}

const std::string* Field(const StoredObject& object, const std::string& name) {
  if (name == "metadata.name") return &object.key.name;
  if (name == "metadata.namespace") return &object.key.name_space;
  const auto found = object.fields.find(name);
  return found == object.fields.end() ? nullptr : &found->second;
}

}  // namespace

Outcome<std::vector<Requirement>> ParseLabelSelector(std::string_view text) {
  std::vector<Requirement> requirements;
  if (Trim(text).empty()) return requirements;
  for (const std::string& whole : Pieces(text)) {
    const std::string_view piece = Trim(whole);
    if (piece.empty()) return Refuse(Unparsable(text));
    auto requirement = ParseSet(piece);
    if (!requirement) requirement = ParseEquality(piece);
    if (!requirement) requirement = ParseExistence(piece);
    if (!IsLegal(*requirement)) return Refuse(Unparsable(piece));
    requirements.push_back(*std::move(requirement));
  }
  return requirements;
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
