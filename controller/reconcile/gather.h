// Collects the world around one object into one observation and has the domain assess it. What is
// read depends on the kind; nothing is decided here.
#pragma once

#include "controller/domain/shared_image_gallery/gallery.h"
#include "controller/domain/status.h"
#include "controller/reconcile/pass.h"

namespace labgallery::reconcile {

/// The fields of an observation that all kinds share.
void FillObservation(domain::Observation& seen, const StoredObject& object, Pass& pass);

Result<domain::Assessment> LookAtGallery(const StoredObject& object, Pass& pass);
Result<domain::Assessment> LookAtImage(const StoredObject& object, Pass& pass);
Result<domain::Assessment> LookAtLabAccount(const StoredObject& object, Pass& pass);

/// How ready the gallery object is for what depends on it.
struct GalleryReadiness {
  azure::ResourceId id;  // empty: its spec names nothing acceptable
  azure::Region location;
  bool ready = false;
  std::string problem;  // what is awaited
};
GalleryReadiness ReadinessOf(const StoredObject& gallery);

/// What the object manages, where its spec was edited to name something else than that.
std::optional<azure::ResourceId> ManagedInstead(const StoredObject& object,
                                                const azure::ResourceId& named);

/// Whether the subscription can have the resource in the region; nothing where that cannot be read:
/// then Azure's answer to the attempt has to tell.
std::optional<domain::Offer> ReadOffer(Pass& pass, const azure::ResourceId& id,
                                       const azure::Region& region);

/// Who a generation of Lab Services is in this tenant, and its role on a gallery. Without an
/// identity the reason is in `principal_problem`.
Result<domain::shared_image_gallery::ServiceRole> ReadRole(
    Pass& pass, const azure::ResourceId& gallery, const domain::lab_account::Service& service);

}  // namespace labgallery::reconcile
