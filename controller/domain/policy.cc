#include "controller/domain/policy.h"

#include <algorithm>
#include <utility>

#include "controller/domain/names.h"
#include "src/base/text.h"

namespace labgallery::domain {
namespace {

template <typename T>
std::optional<T> FromAnnotation(const NamespaceView& name_space, std::string_view key,
                                std::optional<T> (*parse)(std::string_view)) {
  const auto found = name_space.annotations.find(std::string(key));
  if (found == name_space.annotations.end()) return std::nullopt;
  return parse(found->second);
}

// The lower-cased subscription and resource group of an ARM id.
std::pair<std::string, std::string> ScopeOf(std::string_view resource_id) {
  const std::vector<std::string> pieces = Split(Lower(resource_id), '/');
  std::pair<std::string, std::string> scope;
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    if (pieces[i] == "subscriptions" && scope.first.empty()) scope.first = pieces[i + 1];
    if (pieces[i] == "resourcegroups" && scope.second.empty()) scope.second = pieces[i + 1];
  }
  return scope;
}

bool Allows(std::string_view entry, const std::pair<std::string, std::string>& scope) {
  const std::string lower = Lower(Trim(entry));
  const auto slash = lower.find('/');
  if (lower.substr(0, slash) != scope.first) return false;
  return slash == std::string::npos || lower.substr(slash + 1) == scope.second;
}

}  // namespace

std::string_view Name(Deletion deletion) {
  return deletion == Deletion::kDelete ? "Delete" : "Retain";
}

std::string_view Name(Adoption adoption) {
  switch (adoption) {
    case Adoption::kIfIdentical:
      return "IfIdentical";
    case Adoption::kAlways:
      return "Always";
    case Adoption::kNever:
      return "Never";
  }
  return "";
}

std::string_view Name(Source source) {
  switch (source) {
    case Source::kObject:
      return "Object";
    case Source::kNamespace:
      return "Namespace";
    case Source::kOperator:
      return "Operator";
    case Source::kBuiltIn:
      return "Default";
  }
  return "";
}

std::optional<Deletion> ParseDeletion(std::string_view text) {
  if (text == "Delete") return Deletion::kDelete;
  if (text == "Retain") return Deletion::kRetain;
  return std::nullopt;
}

std::optional<Adoption> ParseAdoption(std::string_view text) {
  if (text == "IfIdentical") return Adoption::kIfIdentical;
  if (text == "Always") return Adoption::kAlways;
  if (text == "Never") return Adoption::kNever;
  return std::nullopt;
}

Effective<Deletion> EffectiveDeletion(const OwnPolicy& own, const NamespaceView& name_space,
                                      const OperatorSettings& settings, bool retain_unless_own) {
  if (own.deletion) return {*own.deletion, Source::kObject};
  const auto inherited =
      FromAnnotation(name_space, annotation::kDefaultDeletionPolicy, &ParseDeletion);
  if (inherited && (!retain_unless_own || *inherited != Deletion::kDelete)) {
    return {*inherited, Source::kNamespace};
  }
  const auto flag = settings.default_deletion;
  if (flag && (!retain_unless_own || *flag != Deletion::kDelete)) return {*flag, Source::kOperator};
  return {retain_unless_own ? Deletion::kRetain : Deletion::kDelete, Source::kBuiltIn};
}

Effective<Adoption> EffectiveAdoption(const OwnPolicy& own, const NamespaceView& name_space,
                                      const OperatorSettings& settings) {
  if (own.adoption) return {*own.adoption, Source::kObject};
  if (const auto inherited =
          FromAnnotation(name_space, annotation::kDefaultAdoption, &ParseAdoption)) {
    return {*inherited, Source::kNamespace};
  }
  if (settings.default_adoption) return {*settings.default_adoption, Source::kOperator};
  return {Adoption::kIfIdentical, Source::kBuiltIn};
}

std::optional<std::string> ScopeProblem(const std::vector<std::string>& resource_ids,
                                        const NamespaceView& name_space,
                                        const OperatorSettings& settings) {
  const auto allowed = name_space.annotations.find(std::string(annotation::kAllowedScopes));
  if (allowed == name_space.annotations.end()) {
    if (!settings.require_allowed_scopes) return std::nullopt;
    return "the namespace has no annotation labgallery.io/allowed-scopes, and the operator "
           "requires one";
  }
  const std::vector<std::string> entries = Split(allowed->second, ',');
  for (const std::string& id : resource_ids) {
    const auto scope = ScopeOf(id);
    const bool inside = std::any_of(entries.begin(), entries.end(),
                                    [&](const std::string& entry) { return Allows(entry, scope); });
    if (!inside) {
      return id + " lies outside what the namespace's labgallery.io/allowed-scopes allows (" +
             allowed->second + ")";
    }
  }
  return std::nullopt;
}

}  // namespace labgallery::domain
