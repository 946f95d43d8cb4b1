#include "controller/domain/shared_image_gallery/gallery.h"
#include "controller/domain/tagging.h"

namespace labgallery::domain::shared_image_gallery {

Result<GallerySpec> ReadSpec(const json::Value& spec, const std::string& object_name) {
  LAB_ASSIGN_OR_RETURN(Identity identity, ReadIdentity(spec, object_name, kGalleryName));
  GallerySpec gallery{.id = std::move(identity.id),
                      .location = std::move(identity.location),
                      .description = {},
                      .tags = SpecTags(spec),
                      .access = {}};
  if (const json::Value* description = spec.Find("description")) {
    if (const std::string* text = description->AsString()) gallery.description = *text;
  }
  const std::string_view mode = spec.Text({"access", "mode"});
  if (mode == "Grant") gallery.access = AccessMode::kGrant;
  if (mode == "External") gallery.access = AccessMode::kExternal;
  return gallery;
}

std::string_view Name(AccessMode mode) { return mode == AccessMode::kGrant ? "Grant" : "External"; }

AccessMode EffectiveAccess(const std::optional<AccessMode>& access, Origin origin) {
  if (access) return *access;
  return origin == Origin::kAdopted ? AccessMode::kExternal : AccessMode::kGrant;
}

}  // namespace labgallery::domain::shared_image_gallery
