// Role assignments of Lab Services on a gallery: which one is wanted, under which name, and whether
// Azure has it or something wider.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/azure/model/resource_id.h"
#include "src/base/clock.h"
#include "src/json/value.h"

namespace labgallery::domain {

struct WantedRole {
  azure::ResourceId scope;   // the gallery
  std::string principal_id;  // object id of the service principal in the tenant
  std::string role_id;       // GUID of the role definition

  friend bool operator==(const WantedRole&, const WantedRole&) = default;
};

/// The name of our own assignment: UUID v5 of "scope-principal-role" in lower case, under the
/// namespace that ARM's guid() uses, so that a repeated PUT meets itself.
std::string AssignmentName(const WantedRole& wanted);
azure::ResourceId AssignmentId(const WantedRole& wanted);
json::Value AssignmentBody(const WantedRole& wanted);

/// UUID version 5 (RFC 4122) of `name` under the namespace `name_space` (a UUID's text).
std::string UuidV5(const std::string& name_space, const std::string& name);

struct RoleSight {
  bool granted = false;             // the role or a wider one, here or inherited
  bool ours = false;                // by the assignment that carries our name
  std::optional<SystemTime> since;  // createdOn of ours, where Azure says it

  friend bool operator==(const RoleSight&, const RoleSight&) = default;
};
/// `assignments`: the list at the gallery, inherited ones included. Owner satisfies a wish for
/// Contributor.
RoleSight FindRole(const std::vector<json::Value>& assignments, const WantedRole& wanted);

}  // namespace labgallery::domain
