// Lab plans: a property names the gallery, Azure leaves new images off, and the list of images also
// has the Marketplace's (Azure/azure-rest-api-specs Labservices.Management 2023-06-07;
// how-to-attach-detach-shared-image-gallery.md of MicrosoftDocs/azure-docs, 2023).

#include "controller/domain/arm.h"
#include "controller/domain/lab_account/parts.h"
#include "src/base/text.h"

namespace labgallery::domain::lab_account {
namespace {

constexpr std::string_view kPlanVersion = "2023-06-07";
constexpr const char* kGalleryProperty = "sharedGalleryId";

ArmWrite PlanWrite(Verb verb, const LabAccountSpec& spec, json::Value body) {
  return {std::string(kAttachmentPart), verb, spec.id, std::string(kPlanVersion), std::move(body)};
}

ArmWrite Attach(const LabAccountSpec& spec, const azure::ResourceId& gallery) {
  json::Value body;
  body.Set("properties", {}).Set(kGalleryProperty, gallery.text());
  return PlanWrite(Verb::kPatch, spec, std::move(body));
}

// No source tells how the gallery is taken off. A PUT of the plan without it is the first way; if
// Azure took that and still names a gallery, a PATCH that says null is the other.
std::vector<ArmWrite> Detach(const LabAccountSpec& spec, const LabAccountObservation& seen,
                             const std::vector<Attachment>& leaving) {
  if (leaving.empty()) return {};
  json::Value body;
  const bool by_put = seen.Memory(std::string(kAttachmentPart)).accepted % 2 == 0;
  if (by_put) body = WholeAccount(seen.account.body);
  if (body.Find("properties") == nullptr) body.Set("properties", {});
  body.Find("properties")->Set(kGalleryProperty, json::Value());
  return {PlanWrite(by_put ? Verb::kPut : Verb::kPatch, spec, std::move(body))};
}

std::optional<ImageSwitch> ReadSwitch(const json::Value& row) {
  // Here the property names the definition; Marketplace images have none.
  const auto definition = azure::ResourceId::Parse(row.Text({"properties", kGalleryProperty}));
  if (!definition || !definition->Is("Microsoft.Compute/galleries/images")) return std::nullopt;
  ImageSwitch image;
  image.name = std::string(row.Text({"name"}));
  image.gallery = definition->Parent().text();
  image.definition_name = std::string(definition->name());
  image.state = EqualsIgnoreCase(row.Text({"properties", "enabledState"}), "Enabled")
                    ? SwitchState::kEnabled
                    : SwitchState::kDisabled;
  image.os_state = std::string(row.Text({"properties", "osState"}));
  image.body = row;
  return image;
}

ArmWrite SetSwitch(const LabAccountSpec& spec, const ImageSwitch& image, SwitchState state) {
  json::Value body;
  body.Set("properties", {}).Set("enabledState", Name(state));
  return {std::string(kSwitchesPart), Verb::kPatch, spec.id.Child("images", image.name),
          std::string(kPlanVersion), std::move(body)};
}

// A plan that no region is allowed for has no labs; the portal fills this in, the API does not
// (create-and-configure-labs-admin.md of MicrosoftDocs/azure-docs).
json::Value NewProperties(const LabAccountSpec& spec) {
  json::Value properties;
  properties.Set("allowedRegions", json::Value::Array()).Push(spec.location.name());
  return properties;
}

}  // namespace

const Service kLabPlans{
    .name = "LabPlan",
    .ids = kLabPlanName,
    .version = kPlanVersion,
    .gallery_version = kPlanVersion,
    .attachments = "",
    .images = "images",
    .application = "c7bb12bf-0b39-4f7f-9171-f418ff39b76a",
    .role_id = kOwnerRole,
    .role_name = "Owner",
    .role_part = "role assignment for lab plans",
    .waits_for_role = true,
    .replaces = true,
    .tags_by_put = true,
    .way_out = "",
    .new_properties = &NewProperties,
    .attach = &Attach,
    .detach = &Detach,
    .read_switch = &ReadSwitch,
    .set_switch = &SetSwitch,
};

}  // namespace labgallery::domain::lab_account
