// Policies that are inherited: the object's own field, then its namespace's annotation, then the
// operator's flag, then what follows from how the Azure resource came about.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"

namespace labgallery::domain {

enum class Management { kManage, kObserve };
enum class Deletion { kDelete, kRetain };
enum class Adoption { kIfIdentical, kAlways, kNever };
enum class Source { kObject, kNamespace, kOperator, kBuiltIn };

std::string_view Name(Deletion deletion);
std::string_view Name(Adoption adoption);
std::string_view Name(Source source);
std::optional<Deletion> ParseDeletion(std::string_view text);
std::optional<Adoption> ParseAdoption(std::string_view text);

/// A value and who decided it.
template <typename T>
struct Effective {
  T value;
  Source source;
  friend bool operator==(const Effective&, const Effective&) = default;
};

/// What an object itself says; absent fields are inherited.
struct OwnPolicy {
  Management management = Management::kManage;
  std::optional<Deletion> deletion;
  std::optional<Adoption> adoption;
  friend bool operator==(const OwnPolicy&, const OwnPolicy&) = default;
};

/// The object's namespace, as far as it matters here.
struct NamespaceView {
  std::map<std::string, std::string> annotations;
  bool terminating = false;
  friend bool operator==(const NamespaceView&, const NamespaceView&) = default;
};

/// The operator's flags that have a meaning for data.
struct OperatorSettings {
  std::string installation;
  std::optional<Deletion> default_deletion;
  std::optional<Adoption> default_adoption;
  bool require_allowed_scopes = false;
  bool register_providers = false;  // --register-providers
  Duration sync_period = std::chrono::minutes(5);
  Duration role_settle = std::chrono::minutes(2);
  Duration region_check_period = std::chrono::hours(6);
  Duration stall_after = std::chrono::hours(12);
  friend bool operator==(const OperatorSettings&, const OperatorSettings&) = default;
};

/// How the Azure resource came about; kUnknown while nothing of it exists.
enum class Origin { kUnknown, kCreated, kAdopted };

/// `retain_unless_own` = Azure keeps the resource unless the object's own field says otherwise (lab
/// accounts, and everything adopted): a namespace or flag cannot make such a thing be deleted.
Effective<Deletion> EffectiveDeletion(const OwnPolicy& own, const NamespaceView& name_space,
                                      const OperatorSettings& settings, bool retain_unless_own);
Effective<Adoption> EffectiveAdoption(const OwnPolicy& own, const NamespaceView& name_space,
                                      const OperatorSettings& settings);

/// Why `resource_ids` may not all be named in that namespace, or nothing. An annotation is a list
/// "<subscription>[/<resourceGroup>],...", compared without case.
std::optional<std::string> ScopeProblem(const std::vector<std::string>& resource_ids,
                                        const NamespaceView& name_space,
                                        const OperatorSettings& settings);

}  // namespace labgallery::domain
