#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/image/parts.h"
#include "src/base/time_text.h"

namespace labgallery::domain::image {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds(30);

ArmWrite Remove(const Frame& frame, std::string_view part, const std::string& version) {
  return {std::string(part),
          Verb::kDelete,
          frame.id.Child("versions", version),
          std::string(kGalleryVersion),
          {}};
}

bool IsLeaving(const VersionInSight& version) {
  return version.body.Text({"properties", "provisioningState"}) == "Deleting";
}

// What carries another object's tag is nobody else's to remove, `includeForeign` or not.
bool IsOfAnother(const Frame& frame, const VersionInSight& version) {
  return OwnershipOf(version.body, frame.seen.OwnTag()).owner == Owner::kOther;
}

}  // namespace

std::string ProtectedUntil(const VersionInSight& version, SystemTime now) {
  const json::Value* blocks =
      version.body.At({"properties", "safetyProfile", "blockDeletionBeforeEndOfLife"});
  if (blocks == nullptr || *blocks != json::Value(true)) return "";
  const auto end = version.body.Text({"properties", "publishingProfile", "endOfLifeDate"});
  const auto instant = ParseRfc3339(end);
  return instant && *instant > now ? std::string(end) : "";
}

Part RetentionPart(const Frame& frame, const std::vector<FoundVersion>& found,
                   const std::optional<std::string>& current) {
  Part part{.name = std::string(kRetentionPart)};
  part.serves = true;
  part.failure = frame.seen.Memory(part.name).failure;
  if (!frame.spec.retention || !frame.seen.versions_read) return part;
  for (const std::string& version : VersionsToRemove(*frame.spec.retention, current, found)) {
    const VersionInSight* sight = FindVersion(frame.seen, version);
    if (sight == nullptr || IsOfAnother(frame, *sight)) continue;
    if (!ProtectedUntil(*sight, frame.seen.now).empty()) continue;
    if (IsLeaving(*sight)) {
      part.moving = Moving{Reason::kDeleting, "retention removes version " + version, kLookAgain};
      continue;
    }
    part.differences.push_back({"versions." + version, "", version, false});
    if (part.writes.size() < kRemovalBatch)
      part.writes.push_back(Remove(frame, part.name, version));
  }
  return part;
}

Part RemovalPart(const Frame& frame) {
  Part part{.name = std::string(kVersionsPart)};
  part.present = !frame.seen.versions.empty();
  part.failure = frame.seen.Memory(part.name).failure;
  for (const VersionInSight& version : frame.seen.versions) {
    if (IsLeaving(version)) continue;
    if (part.removals.size() < kRemovalBatch)
      part.removals.push_back(Remove(frame, part.name, version.name));
  }
  const auto& running = frame.seen.Memory(part.name).running;
  if (part.present && part.removals.empty()) {
    part.moving =
        Moving{Reason::kDeleting,
               std::to_string(frame.seen.versions.size()) + " image versions are being deleted",
               running ? running->look_again : kLookAgain};
  }
  return part;
}

}  // namespace labgallery::domain::image
