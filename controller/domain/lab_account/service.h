// The two generations of Lab Services, each as one description of all in which they differ: ids,
// api-versions, how a gallery is attached, how images are switched, which identity gets which role.
// Everything else is the same code for both.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/identity.h"
#include "controller/domain/plan.h"

namespace labgallery::domain::lab_account {

struct Attachment;
struct ImageSwitch;
struct LabAccountObservation;
struct LabAccountSpec;
enum class SwitchState;

struct Service {
  std::string_view name;             // of spec.service
  const NameRule& ids;               // its noun, type and names
  std::string_view version;          // api-version of the account itself
  std::string_view gallery_version;  // of attachments and image switches
  /// The collection of attachments below the account; empty: the account itself names its gallery.
  std::string_view attachments;
  std::string_view images;  // the collection of image switches below the account

  std::string_view application;  // whose service principal gets the role on the gallery
  std::string_view role_id;
  std::string_view role_name;
  std::string_view role_part;  // under which the gallery's assignment is remembered
  /// True: without the role nothing is attached. False: Azure may add it at attach, so that is
  /// tried.
  bool waits_for_role;
  bool replaces;     // attaching takes the place of what is attached
  bool tags_by_put;  // a PATCH takes no tags

  std::string_view way_out;  // where Azure refuses to make another one; may be empty

  json::Value (*new_properties)(const LabAccountSpec&);  // of an account that is being made
  ArmWrite (*attach)(const LabAccountSpec&, const azure::ResourceId& gallery);
  std::vector<ArmWrite> (*detach)(const LabAccountSpec&, const LabAccountObservation&,
                                  const std::vector<Attachment>& leaving);
  /// A row of the list of images as a switch; nothing for what is no image of the gallery. Knows
  /// osState only where the row has it.
  std::optional<ImageSwitch> (*read_switch)(const json::Value& row);
  ArmWrite (*set_switch)(const LabAccountSpec&, const ImageSwitch&, SwitchState);
};

extern const Service kLabAccounts;
extern const Service kLabPlans;
std::span<const Service* const> Services();

/// By spec.service; null for a name that is none.
const Service* ServiceNamed(std::string_view name);
/// That of an object; lab accounts where the spec says nothing acceptable.
const Service& ServiceOf(const json::Value& spec);
/// By what a resource's id says; null for ids of anything else.
const Service* ServiceOfId(const azure::ResourceId& id);

/// The rows of the account's attachments in the shape of a sharedGalleries list, for a service
/// whose accounts name their gallery themselves.
std::vector<json::Value> AttachmentRows(const json::Value& account);
/// Where the labs of an account are listed, and whether one that is listed there belongs to it.
std::string LabsPath(const Service& service, const azure::ResourceId& account);
bool IsLabOf(const Service& service, const json::Value& lab, const azure::ResourceId& account);
/// What a PUT of the account sends back: all of it but what Azure sets.
json::Value WholeAccount(json::Value account);

/// The account with these tags instead of its own: nothing else on it changes.
ArmWrite WriteTags(const LabAccountSpec& spec, const LabAccountObservation& seen, json::Value tags);

}  // namespace labgallery::domain::lab_account
