// Collects the world around one object into one observation and has the domain assess it. What is
// read depends on the kind; nothing is decided here.
#pragma once

#include "controller/domain/roles.h"
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

/// The role of Lab Services on a gallery; nothing if its identity is not known, with the reason in
/// `problem`.
Result<std::optional<domain::RoleSight>> ReadRole(Pass& pass, const azure::ResourceId& gallery,
                                                  std::string& principal, std::string& problem);

}  // namespace labgallery::reconcile
