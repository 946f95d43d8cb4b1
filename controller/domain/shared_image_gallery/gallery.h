// The kind SharedImageGallery: what is observed of one, its parts (gallery, role assignment), and
// what it reports. Pure; the rules decide what happens.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/domain/cost.h"
#include "controller/domain/identity.h"
#include "controller/domain/lab_account/service.h"
#include "controller/domain/observation.h"
#include "controller/domain/roles.h"
#include "controller/domain/status.h"

namespace labgallery::domain::shared_image_gallery {

/// A LabAccount object that names this gallery or has it attached.
struct AccountObject {
  kube::ObjectKey key;
  const lab_account::Service* service = &lab_account::kLabAccounts;
  std::string account_id;  // as recorded or computed
  bool wants_us = false;   // spec.gallery attaches this gallery by name, and the object manages
  bool attached = false;   // its status says that Azure lists us
  bool deleting = false;
  bool keeps_attachment = false;  // it is being deleted and leaves the attachment
};

/// An account as Azure shows it.
struct AccountInAzure {
  std::string account_id;
  bool attached = false;
  bool let_go_by_us = false;  // its tags say that an object of this installation released it
  const lab_account::Service* service = &lab_account::kLabAccounts;
};

/// The identity of one generation of Lab Services and its role on the gallery.
struct ServiceRole {
  const lab_account::Service* service = &lab_account::kLabAccounts;
  std::optional<std::string> principal_id;  // of its service principal in this tenant
  std::string principal_problem;            // why it is not known
  std::optional<RoleSight> role;            // nothing: not read
};

/// An Image object of this gallery.
struct ImageObject {
  kube::ObjectKey key;
  std::string definition;  // its name in Azure
  bool ready = false;
  bool deleting = false;
  std::int64_t versions = 0;
  std::int64_t replicas = 0;
  std::optional<Cost> cost;
};

struct GalleryObservation : Observation {
  Seen gallery;
  std::vector<AccountObject> accounts;
  std::vector<ImageObject> images;
  std::vector<ServiceRole> roles;  // of the generations for which there is or was a role to give
  std::optional<std::set<std::string>> listed;  // lower-case names of all definitions in Azure
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

/// The assignment that gives a generation its role; nothing while its identity is not known.
std::optional<WantedRole> RoleWanted(const ServiceRole& role, const azure::ResourceId& id);
/// True if an account object of the generation attaches the gallery.
bool IsWantedBy(const GalleryObservation& seen, const lab_account::Service& service);

}  // namespace labgallery::domain::shared_image_gallery
