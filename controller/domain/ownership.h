// Who owns an Azure resource. Ownership lives in Azure, in two tags; status is only a cache of
// them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/domain/policy.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::domain {

using Tags = std::map<std::string, std::string>;

/// "<installation>/<namespace>/<name>", at most Azure's 256 characters: a longer one has its tail
/// replaced by a hash of the whole.
std::string OwnerTag(const std::string& installation, const kube::ObjectKey& key);

/// The tags of a resource body. Tag names compare without case in Azure: ours are found in any
/// spelling.
Tags TagsOf(const json::Value& body);

enum class Owner {
  kNobody,  // no owner tag
  kUs,
  kOther,  // another object, namespace or installation
};

struct Ownership {
  Owner owner = Owner::kNobody;
  Origin origin = Origin::kUnknown;  // without a mark it counts as adopted
  std::string tag;                   // the owner tag found, or empty
  std::string released;              // who let it go, or empty

  friend bool operator==(const Ownership&, const Ownership&) = default;
};
Ownership OwnershipOf(const json::Value& body, const std::string& own_tag);

/// True if an object of that installation let the resource go.
bool WasLetGoBy(const json::Value& body, const std::string& installation);

/// `present` with our owner tag and the origin mark.
Tags WithOwner(Tags present, const std::string& own_tag, Origin origin);
/// `present` with our owner tag turned into the released mark.
Tags WithRelease(Tags present, const std::string& own_tag);
json::Value ToJson(const Tags& tags);

/// Another object that names the same Azure resource.
struct Rival {
  kube::ObjectKey key;
  SystemTime created;
  friend bool operator==(const Rival&, const Rival&) = default;
};
/// The rival that wins over `self` while the resource has no tag: created earlier, then by name.
std::optional<Rival> OlderRival(const Rival& self, const std::vector<Rival>& rivals);

/// What a person reads when the resource is another's.
std::string ClaimMessage(const std::string& resource_id, const std::string& owner_tag,
                         const std::string& installation);

}  // namespace labgallery::domain
