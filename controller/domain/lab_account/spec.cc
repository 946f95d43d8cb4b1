#include <algorithm>
#include <set>

#include "controller/domain/lab_account/lab_account.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"
#include "src/json/reader.h"

namespace labgallery::domain::lab_account {
namespace {

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
    if (!wish.overrides.emplace(Lower(entry.String("definitionName")), state).second) {
      entry.Problem(
          "definitionName",
          "another entry names this image; Azure does not tell capitals from small letters");
    }
  }
  if (reader.Has("allowedOSStates")) wish.allowed_os_states = reader.Strings("allowedOSStates");
  LAB_RETURN_IF_ERROR(problems.ToStatus());
  return wish;
}

// The list may still hold images of a gallery that has just been detached.
bool IsOfAttached(const ImageSwitch& image, const std::vector<Attachment>& attachments) {
  return image.gallery.empty() ||
         std::any_of(attachments.begin(), attachments.end(), [&](const Attachment& a) {
           return EqualsIgnoreCase(a.gallery.text(), image.gallery);
         });
}

// The service decides what the id looks like, so another one would also be another resource.
Result<const Service*> ReadService(const json::Value& spec) {
  const std::string_view name = spec.Text({"service"});
  if (const Service* service = ServiceNamed(name)) return service;
  std::vector<std::string> known;
  for (const Service* service : Services()) known.emplace_back(service->name);
  return InvalidInput("spec.service: must be " + Join(known, " or ") + ", not '" +
                      std::string(name) + "'; it never changes");
}

}  // namespace

std::string_view Name(SwitchState state) {
  return state == SwitchState::kEnabled ? "Enabled" : "Disabled";
}

Result<LabAccountSpec> ReadSpec(const json::Value& spec, const std::string& object_name) {
  LAB_ASSIGN_OR_RETURN(const Service* service, ReadService(spec));
  LAB_ASSIGN_OR_RETURN(Identity identity, ReadIdentity(spec, object_name, service->ids));
  LabAccountSpec account{.service = service,
                         .id = std::move(identity.id),
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
  const Service& service = ServiceOf(seen.spec);
  const std::vector<Attachment> attachments = ReadAttachments(seen);
  for (const json::Value& body : seen.switches.value_or(std::vector<json::Value>())) {
    std::optional<ImageSwitch> image = service.read_switch(body);
    if (!image || !IsOfAttached(*image, attachments)) continue;
    if (!known.insert(Lower(image->name)).second) continue;
    const auto os_state = seen.os_states.find(Lower(image->definition_name));
    if (os_state != seen.os_states.end()) image->os_state = os_state->second;
    images.push_back(*std::move(image));
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
    const azure::OperationPhase phase = azure::PhaseOf(body);
    attachment.moving = phase == azure::OperationPhase::kRunning;
    attachment.failed = phase == azure::OperationPhase::kFailed;
    attachment.leaving =
        EqualsIgnoreCase(body.Text({"properties", "provisioningState"}), "Deleting");
    if (attachment.name.empty()) attachment.name = std::string(attachment.gallery.name());
    attachments.push_back(std::move(attachment));
  }
  return attachments;
}

}  // namespace labgallery::domain::lab_account
