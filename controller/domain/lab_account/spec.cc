#include <algorithm>
#include <set>

#include "controller/domain/lab_account/lab_account.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"
#include "src/json/reader.h"

namespace labgallery::domain::lab_account {
namespace {

constexpr std::string_view kService = "LabAccount";

Result<GalleryWish> ReadGallery(const json::Value& gallery) {
  GalleryWish wish;
  wish.attached = gallery.Text({"state"}) != "Detached";
  wish.ref_name = std::string(gallery.Text({"ref", "name"}));
  wish.detach_first = gallery.Text({"swap"}) == "DetachFirst";
  wish.detach_on_delete = gallery.Text({"onDelete"}) == "Detach";
  const std::string_view by_id = gallery.Text({"ref", "resourceId"});
  if (!by_id.empty()) {
    auto id = azure::ResourceId::Parse(by_id);
    if (!id) return InvalidInput("spec.gallery.ref.resourceId: " + id.error().message);
    if (!id->Is("Microsoft.Compute/galleries")) {
      return InvalidInput(
          "spec.gallery.ref.resourceId: must name a Microsoft.Compute/galleries, not a " +
          id->type());
    }
    wish.resource_id = *std::move(id);
  }
  if (wish.attached && wish.ref_name.empty() && wish.resource_id.empty()) {
    return InvalidInput("spec.gallery.ref: must name a gallery when state is Attached");
  }
  if (!wish.attached && gallery.Find("ref") != nullptr) {
    return InvalidInput("spec.gallery.ref: must not be set when state is Detached");
  }
  return wish;
}

Result<ImagesWish> ReadImages(const json::Value& images) {
  json::Problems problems;
  const json::Reader reader(images, problems, "spec.images");
  ImagesWish wish;
  const std::string otherwise = reader.StringOr("default", "Keep");
  if (otherwise == "Enabled") wish.otherwise = DefaultSwitch::kEnabled;
  if (otherwise == "Disabled") wish.otherwise = DefaultSwitch::kDisabled;
  for (const json::Reader& entry : reader.Items("overrides")) {
    const SwitchState state =
        entry.String("state") == "Disabled" ? SwitchState::kDisabled : SwitchState::kEnabled;
    wish.overrides.emplace(Lower(entry.String("definitionName")), state);
  }
  if (reader.Has("allowedOSStates")) wish.allowed_os_states = reader.Strings("allowedOSStates");
  LAB_RETURN_IF_ERROR(problems.ToStatus());
  return wish;
}

// The list may still hold images of a gallery that has just been detached.
bool IsOfAttached(const json::Value& image, const std::vector<Attachment>& attachments) {
  const std::string_view gallery = image.Text({"properties", "sharedGalleryId"});
  return gallery.empty() ||
         std::any_of(attachments.begin(), attachments.end(), [gallery](const Attachment& a) {
           return EqualsIgnoreCase(a.gallery.text(), gallery);
         });
}

}  // namespace

std::string_view Name(SwitchState state) {
  return state == SwitchState::kEnabled ? "Enabled" : "Disabled";
}

Result<LabAccountSpec> ReadSpec(const json::Value& spec, const std::string& object_name) {
  // The service decides what the id looks like, so another one would also be another resource.
  if (const std::string_view service = spec.Text({"service"}); service != kService) {
    return InvalidInput("spec.service: must be " + std::string(kService) + ", not '" +
                        std::string(service) + "'; it never changes");
  }
  LAB_ASSIGN_OR_RETURN(Identity identity, ReadIdentity(spec, object_name, kLabAccountName));
  LabAccountSpec account{.id = std::move(identity.id),
                         .location = std::move(identity.location),
                         .tags = SpecTags(spec),
                         .gallery = {},
                         .images = {}};
  if (const json::Value* gallery = spec.Find("gallery");
      gallery != nullptr && gallery->IsObject()) {
    LAB_ASSIGN_OR_RETURN(account.gallery, ReadGallery(*gallery));
  }
  if (const json::Value* images = spec.Find("images"); images != nullptr && images->IsObject()) {
    LAB_ASSIGN_OR_RETURN(account.images, ReadImages(*images));
  }
  return account;
}

std::vector<ImageSwitch> ReadSwitches(const LabAccountObservation& seen) {
  std::vector<ImageSwitch> images;
  std::set<std::string> known;
  const std::vector<Attachment> attachments = ReadAttachments(seen);
  for (const json::Value& body : seen.switches.value_or(std::vector<json::Value>())) {
    ImageSwitch image;
    image.name = std::string(body.Text({"name"}));
    if (!IsOfAttached(body, attachments) || !known.insert(Lower(image.name)).second) continue;
    image.definition_name = std::string(body.Text({"properties", "definitionName"}));
    if (image.definition_name.empty()) image.definition_name = image.name;
    std::string_view state = body.Text({"properties", "EnableState"});
    if (state.empty()) state = body.Text({"properties", "enableState"});
    image.state =
        EqualsIgnoreCase(state, "Disabled") ? SwitchState::kDisabled : SwitchState::kEnabled;
    const auto os_state = seen.os_states.find(Lower(image.definition_name));
    if (os_state != seen.os_states.end()) image.os_state = os_state->second;
    image.body = body;
    images.push_back(std::move(image));
  }
  return images;
}

std::optional<SwitchWish> WantedSwitch(const ImagesWish& wish, const ImageSwitch& image) {
  const auto override_state = wish.overrides.find(Lower(image.definition_name));
  std::optional<SwitchState> wanted;
  if (override_state != wish.overrides.end()) {
    wanted = override_state->second;
  } else if (wish.otherwise != DefaultSwitch::kKeep) {
    wanted =
        wish.otherwise == DefaultSwitch::kEnabled ? SwitchState::kEnabled : SwitchState::kDisabled;
  }
  if (!wanted) return std::nullopt;
  const bool allowed = image.os_state.empty() ||
                       std::find(wish.allowed_os_states.begin(), wish.allowed_os_states.end(),
                                 image.os_state) != wish.allowed_os_states.end();
  if (*wanted == SwitchState::kEnabled && !allowed) return SwitchWish{SwitchState::kDisabled, true};
  return SwitchWish{*wanted, false};
}

std::vector<Attachment> ReadAttachments(const LabAccountObservation& seen) {
  std::vector<Attachment> attachments;
  std::set<std::string> known;
  for (const json::Value& body : seen.attachments.value_or(std::vector<json::Value>())) {
    auto id = azure::ResourceId::Parse(body.Text({"properties", "galleryId"}));
    if (!id || !known.insert(id->key()).second) continue;
    Attachment attachment{.name = std::string(body.Text({"name"})), .gallery = *std::move(id)};
    attachment.moving = azure::PhaseOf(body) == azure::OperationPhase::kRunning;
    attachment.leaving =
        EqualsIgnoreCase(body.Text({"properties", "provisioningState"}), "Deleting");
    if (attachment.name.empty()) attachment.name = std::string(attachment.gallery.name());
    attachments.push_back(std::move(attachment));
  }
  return attachments;
}

}  // namespace labgallery::domain::lab_account
