// The kind LabAccount: what is observed of one, its parts (account, attachment with swap, image
// switches), and what it reports. Pure; the rules decide what happens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/domain/identity.h"
#include "controller/domain/lab_account/service.h"
#include "controller/domain/observation.h"
#include "controller/domain/roles.h"
#include "controller/domain/status.h"

namespace labgallery::domain::lab_account {

enum class SwitchState { kEnabled, kDisabled };
enum class DefaultSwitch { kEnabled, kDisabled, kKeep };
std::string_view Name(SwitchState state);

struct GalleryWish {
  bool attached = true;
  std::string ref_name;           // a SharedImageGallery object, or empty
  azure::ResourceId resource_id;  // a gallery by id, or empty
  bool detach_first = false;      // swap: DetachFirst
  bool detach_on_delete = false;  // onDelete: Detach

  friend bool operator==(const GalleryWish&, const GalleryWish&) = default;
};

struct ImagesWish {
  DefaultSwitch otherwise = DefaultSwitch::kKeep;
  std::map<std::string, SwitchState> overrides;  // by definition name
  std::vector<std::string> allowed_os_states{"Generalized"};

  friend bool operator==(const ImagesWish&, const ImagesWish&) = default;
};

struct LabAccountSpec {
  const Service* service = &kLabAccounts;
  azure::ResourceId id;
  azure::Region location;
  Tags tags;
  std::optional<GalleryWish> gallery;  // nothing: not managed
  std::optional<ImagesWish> images;    // nothing: not managed
};
/// kInvalidInput with field and remedy.
Result<LabAccountSpec> ReadSpec(const json::Value& spec, const std::string& object_name);

/// The gallery that the spec wants attached, as far as it is known.
struct GalleryInSight {
  azure::ResourceId id;      // empty: the object that `ref` names is not there
  bool ready = false;        // Azure says Succeeded
  std::string problem;       // what it waits for, when not ready
  bool by_object = false;    // named by ref
  bool grants_role = false;  // an object here will make the role assignment
};

struct LabAccountObservation : Observation {
  Seen account;
  std::optional<std::vector<json::Value>> attachments;  // as rows of sharedGalleries
  std::optional<std::vector<json::Value>> switches;     // the account's list of images
  std::optional<std::vector<json::Value>> labs;         // read before a deletion
  GalleryInSight gallery;
  std::optional<RoleSight> role;  // nothing: not read
  std::string principal_problem;  // why it could not be: whom it would have is not known
  std::map<std::string, std::string>
      os_states;  // of the attached gallery's definitions, by lower-case name
  std::map<std::string, std::int64_t>
      versions;  // of its Image objects, by lower-case definition name
};

/// An image of the attached gallery, as the account lists it.
struct ImageSwitch {
  std::string name;     // of the resource below the account
  std::string gallery;  // its id, where the account says
  std::string definition_name;
  SwitchState state = SwitchState::kEnabled;
  std::string os_state;  // empty where it is not known
  json::Value body;      // as read, to be sent back whole

  friend bool operator==(const ImageSwitch&, const ImageSwitch&) = default;
};
/// Those of attached galleries. Lists may hold an entry twice.
std::vector<ImageSwitch> ReadSwitches(const LabAccountObservation& seen);

/// What a switch should be, or nothing where it is left as it is.
struct SwitchWish {
  SwitchState state = SwitchState::kEnabled;
  bool forbidden = false;  // its OS state is not allowed, so it is disabled against the wish
};
std::optional<SwitchWish> WantedSwitch(const ImagesWish& wish, const ImageSwitch& image);

/// The gallery ids of the attachments, without repetition, with whether Azure is removing them.
struct Attachment {
  std::string name;
  azure::ResourceId gallery;
  bool moving = false;
  bool leaving = false;
  bool failed = false;  // listed, and Azure says that it did not come about
};
std::vector<Attachment> ReadAttachments(const LabAccountObservation& seen);

Assessment Assess(const LabAccountObservation& seen);

}  // namespace labgallery::domain::lab_account
