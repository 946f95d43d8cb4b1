// The kind Image: what is observed of one, its parts (definition, versions with their regions,
// retention), and what it reports. Joins the leaf logic of this folder with the rules' view of the
// world. Pure.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/domain/geography.h"
#include "controller/domain/image/region_plan.h"
#include "controller/domain/image/spec.h"
#include "controller/domain/image/versions.h"
#include "controller/domain/observation.h"
#include "controller/domain/prices.h"
#include "controller/domain/status.h"

namespace labgallery::domain::image {

/// The gallery that the image belongs to, as far as the cluster knows it.
struct GalleryInSight {
  azure::ResourceId id;  // empty: the object that galleryRef names is not there
  azure::Region location;
  bool ready = false;
  std::string problem;  // what is awaited, when not ready
};

/// A version of the definition as it was read; what its body does not say of regions is as status
/// remembers it.
struct VersionInSight {
  std::string name;
  json::Value body;
};

struct ImageObservation : Observation {
  GalleryInSight gallery;
  Seen definition;
  bool versions_read = false;
  std::vector<VersionInSight> versions;
  std::shared_ptr<const RegionCatalog> catalog;  // null: not read
  std::string catalog_problem;                   // why it could not be read
  const PriceTable* prices = nullptr;
  /// The gallery that the account or plan of spec.source.labTemplate has attached; empty: none.
  /// Read before it is asked to save.
  std::optional<std::string> template_gallery;
};

/// The definition's id; empty while the gallery is not known.
azure::ResourceId DefinitionId(const ImageSpec& spec, const GalleryInSight& gallery,
                               const std::string& object_name);

/// Where the definition and its versions live: the spec's location, otherwise the gallery's.
azure::Region SourceRegion(const ImageSpec& spec, const GalleryInSight& gallery,
                           const Seen& definition);

/// Every ARM id that the spec names.
std::vector<std::string> NamedIds(const ImageSpec& spec);

/// True if the catalog of regions is needed for a decision.
bool WantsCatalog(const ImageObservation& seen, const ImageSpec& spec);

/// What the object and its surroundings say before Azure is looked at: a situation without parts.
Situation Outline(const ImageObservation& seen);

Assessment Assess(const ImageObservation& seen);

}  // namespace labgallery::domain::image
