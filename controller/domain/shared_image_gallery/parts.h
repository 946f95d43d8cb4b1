// The parts of a gallery and when its role assignment is wanted or over.
#pragma once

#include <string_view>

#include "controller/domain/shared_image_gallery/gallery.h"
#include "src/azure/model/operation.h"

namespace labgallery::domain::shared_image_gallery {

inline constexpr std::string_view kGalleryPart = "gallery";

Part GalleryPart(const GallerySpec& spec, const GalleryObservation& seen,
                 const Ownership& ownership);
Part RolePart(const GallerySpec& spec, const GalleryObservation& seen, const Ownership& ownership,
              const ServiceRole& role);

/// Who grants the role: as the spec says, or as the gallery came about.
AccessMode AccessOf(const GalleryObservation& seen, const GallerySpec& spec,
                    const Ownership& ownership);
/// An account in sight attaches the gallery, and granting is this operator's task.
bool RoleIsAsked(const GalleryObservation& seen, const GallerySpec& spec,
                 const Ownership& ownership, const lab_account::Service& service);
/// Our assignment serves nobody any more: Azure shows no account that still attaches the gallery.
bool RoleIsOver(const GalleryObservation& seen, const ServiceRole& role);

}  // namespace labgallery::domain::shared_image_gallery
