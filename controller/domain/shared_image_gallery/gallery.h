// The kind SharedImageGallery: what is observed of one, its parts (gallery, role assignment), and
// what it reports. Pure; the rules decide what happens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/domain/cost.h"
#include "controller/domain/identity.h"
#include "controller/domain/observation.h"
#include "controller/domain/roles.h"
#include "controller/domain/status.h"

namespace labgallery::domain::shared_image_gallery {

/// A LabAccount object that names this gallery or has it attached.
struct AccountObject {
  kube::ObjectKey key;
  std::string account_id;  // as recorded or computed
  bool wants_us = false;   // spec.gallery attaches this gallery by name, and the object manages
  bool attached = false;   // its status says that Azure lists us
  bool keeps_attachment = false;  // it is being deleted and leaves the attachment
};

/// An account as Azure shows it.
struct AccountInAzure {
  std::string account_id;
  bool attached = false;
  bool let_go_by_us = false;  // its tags say that an object of this installation released it
};

/// An Image object of this gallery.
struct ImageObject {
  kube::ObjectKey key;
  bool ready = false;
  std::int64_t versions = 0;
  std::int64_t replicas = 0;
  std::optional<Cost> cost;
};

struct GalleryObservation : Observation {
  Seen gallery;
  std::vector<AccountObject> accounts;
  std::vector<ImageObject> images;
  std::optional<std::string> principal_id;  // of Lab Services in this tenant
  std::string principal_problem;            // why it is not known
  std::optional<RoleSight> role;            // nothing: not read
  // Read when it matters (deletion, removal of our role assignment):
  std::optional<std::vector<json::Value>> definitions;
  std::optional<std::vector<AccountInAzure>> azure_accounts;
};

enum class AccessMode { kGrant, kExternal };
std::string_view Name(AccessMode mode);

struct GallerySpec {
  azure::ResourceId id;
  azure::Region location;
  std::optional<std::string> description;
  Tags tags;
  std::optional<AccessMode> access;
};
/// kInvalidInput with field and remedy.
Result<GallerySpec> ReadSpec(const json::Value& spec, const std::string& object_name);

/// Grant for what we created, External for what was adopted, unless the spec says so.
AccessMode EffectiveAccess(const std::optional<AccessMode>& access, Origin origin);

Assessment Assess(const GalleryObservation& seen);

/// What `Assess` needs to know of the role: the one wanted, if an account in sight attaches the
/// gallery.
std::optional<WantedRole> RoleWanted(const GalleryObservation& seen, const azure::ResourceId& id);

}  // namespace labgallery::domain::shared_image_gallery
