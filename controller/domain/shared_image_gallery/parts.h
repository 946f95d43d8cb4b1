// The parts of a gallery and when its role assignment is wanted or over.
#pragma once

#include <string_view>

#include "controller/domain/shared_image_gallery/gallery.h"
#include "src/azure/model/operation.h"

namespace labgallery::domain::shared_image_gallery {

inline constexpr std::string_view kGalleryPart = "gallery";
inline constexpr std::string_view kRolePart = "role assignment";

Part GalleryPart(const GallerySpec& spec, const GalleryObservation& seen,
                 const Ownership& ownership);
Part RolePart(const GallerySpec& spec, const GalleryObservation& seen, const Ownership& ownership);

/// Who grants the role: as the spec says, or as the gallery came about.
AccessMode AccessOf(const GalleryObservation& seen, const GallerySpec& spec,
                    const Ownership& ownership);
/// An account in sight attaches the gallery, and granting is this operator's task.
bool RoleIsAsked(const GalleryObservation& seen, const GallerySpec& spec,
                 const Ownership& ownership);
/// Our assignment serves nobody any more: Azure shows no account that still attaches the gallery.
bool RoleIsOver(const GalleryObservation& seen);

}  // namespace labgallery::domain::shared_image_gallery
