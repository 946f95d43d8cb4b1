// Lab accounts: the gallery is a child of the account, and Azure switches new images on
// (Azure/azure-rest-api-specs ML.json; Azure/azure-devtestlab Az.LabServices.psm1;
// how-to-attach-detach-shared-image-gallery.md of MicrosoftDocs/azure-docs).

#include "controller/domain/arm.h"
#include "controller/domain/lab_account/parts.h"
#include "src/base/text.h"

namespace labgallery::domain::lab_account {
namespace {

// CRUD and gallery attachment live in two versions.
constexpr std::string_view kAccountVersion = "2018-10-15";
constexpr std::string_view kGalleriesVersion = "2019-01-01-preview";

// The child of the account is called like the gallery.
ArmWrite AttachmentWrite(Verb verb, const LabAccountSpec& spec, std::string_view name,
                         json::Value body) {
  return {std::string(kAttachmentPart), verb, spec.id.Child("sharedGalleries", name),
          std::string(kGalleriesVersion), std::move(body)};
}

ArmWrite Attach(const LabAccountSpec& spec, const azure::ResourceId& gallery) {
  json::Value body;
  body.Set("properties", {}).Set("galleryId", gallery.text());
  return AttachmentWrite(Verb::kPut, spec, gallery.name(), std::move(body));
}

std::vector<ArmWrite> Detach(const LabAccountSpec& spec, const LabAccountObservation&,
                             const std::vector<Attachment>& leaving) {
  std::vector<ArmWrite> writes;
  for (const Attachment& attachment : leaving)
    writes.push_back(AttachmentWrite(Verb::kDelete, spec, attachment.name, {}));
  return writes;
}

std::optional<ImageSwitch> ReadSwitch(const json::Value& row) {
  ImageSwitch image;
  image.name = std::string(row.Text({"name"}));
  image.gallery = std::string(row.Text({"properties", "sharedGalleryId"}));
  image.definition_name = std::string(row.Text({"properties", "definitionName"}));
  if (image.definition_name.empty()) image.definition_name = image.name;
  // Both spellings were seen.
  std::string_view state = row.Text({"properties", "EnableState"});
  if (state.empty()) state = row.Text({"properties", "enableState"});
  image.state =
      EqualsIgnoreCase(state, "Disabled") ? SwitchState::kDisabled : SwitchState::kEnabled;
  image.body = row;
  return image;
}

// The switch as it was read, with the new state in the spelling that the service itself used.
ArmWrite SetSwitch(const LabAccountSpec& spec, const ImageSwitch& image, SwitchState state) {
  json::Value body = image.body;
  if (body.Find("properties") == nullptr) body.Set("properties", {});
  json::Value& properties = *body.Find("properties");
  properties.Set(properties.Find("enableState") != nullptr ? "enableState" : "EnableState",
                 Name(state));
  properties.Remove("provisioningState");
  return {std::string(kSwitchesPart), Verb::kPut, spec.id.Child("sharedImages", image.name),
          std::string(kGalleriesVersion), std::move(body)};
}

}  // namespace

const Service kLabAccounts{
    .name = "LabAccount",
    .ids = kLabAccountName,
    .version = kAccountVersion,
    .gallery_version = kGalleriesVersion,
    .attachments = "sharedGalleries",
    .images = "sharedImages",
    .application = "1a14be2a-e903-4cec-99cf-b2e209259a0f",
    .role_id = kContributorRole,
    .role_name = "Contributor",
    .role_part = "role assignment",
    .waits_for_role = false,
    .replaces = false,
    .tags_by_put = false,
    .way_out =
        "Since 2024-07-15 Azure makes no new lab accounts: name one that exists, which is "
        "then adopted, or use service LabPlan",
    .new_properties = [](const LabAccountSpec&) { return json::Value(); },
    .attach = &Attach,
    .detach = &Detach,
    .read_switch = &ReadSwitch,
    .set_switch = &SetSwitch,
};

}  // namespace labgallery::domain::lab_account
