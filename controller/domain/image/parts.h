// The parts of an image, in order of making: the definition, each managed version with its regions,
// and what retention removes. Deletion goes backwards: versions, then the definition.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/image/image.h"

namespace labgallery::domain::image {

inline constexpr std::string_view kDefinitionPart = "image definition";
inline constexpr std::string_view kSavePart = "saved image";
inline constexpr std::string_view kRetentionPart = "retention";
inline constexpr std::string_view kVersionsPart = "image versions";  // while they are being deleted
std::string VersionPart(std::string_view version);

/// How many deletions one pass sends.
inline constexpr std::size_t kRemovalBatch = 10;

/// What all parts of one image need.
struct Frame {
  const ImageObservation& seen;
  const ImageSpec& spec;
  azure::ResourceId id;  // of the definition
  azure::Region source;
  Ownership ownership;  // of the definition
  DesiredTargets targets;
  std::string targets_problem;  // why they are not known
};

/// A managed version: the part, and what was found out about its regions.
struct VersionAssessment {
  Part part;
  std::string version;
  bool present = false;
  bool ours = false;
  RegionPlan plan;
  RegionHistory history;  // as status should show it once `plan` was sent
  RegionHistory as_is;    // and until then
  RegionCounts counts;
  bool enough = false;             // readyWhen is fulfilled and the body matches
  std::optional<Refusal> missing;  // VersionMissing
  bool recreate = false;           // the request to make it again has to be recorded first
};

/// What Lab Services is asked to save, and what status has to say of it.
struct SaveAssessment {
  Part part;
  json::Value saved;   // status.savedImage as it stands; null: nothing
  json::Value record;  // and as it has to be recorded before anything else is done; null: nothing
};
SaveAssessment AssessSave(const Frame& frame);

Part DefinitionPart(const Frame& frame);
VersionAssessment AssessVersion(const Frame& frame, const std::string& version);
Part RetentionPart(const Frame& frame, const std::vector<FoundVersion>& found,
                   const std::optional<std::string>& current);
/// Until when Azure refuses to remove a version, as it was asked to
/// (`safetyProfile.blockDeletionBeforeEndOfLife`); empty if it does not.
std::string ProtectedUntil(const VersionInSight& version, SystemTime now);
/// Everything below the definition that is to go, for a deletion.
Part RemovalPart(const Frame& frame);

const VersionInSight* FindVersion(const ImageObservation& seen, std::string_view name);

}  // namespace labgallery::domain::image
