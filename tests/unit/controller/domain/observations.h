// Builders for the tests of the kinds: an object as a user wrote it and Azure as it was read, each
// beginning with the usual case. Bodies are JSON texts, merged where a test wants them otherwise.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/image/image.h"
#include "controller/domain/lab_account/lab_account.h"
#include "controller/domain/shared_image_gallery/gallery.h"

namespace labgallery::domain {

/// A JSON text as a value; a broken one ends the test program.
json::Value J(std::string_view text);
/// `value` with `patch` merged into it (null removes).
json::Value With(json::Value value, std::string_view patch);

inline const std::string kScope = "/subscriptions/s1/resourceGroups/labs-rg";
inline const std::string kTeaching = kScope + "/providers/Microsoft.Compute/galleries/teaching";
inline const std::string kOldGallery = kScope + "/providers/Microsoft.Compute/galleries/old";
inline const std::string kAccount = kScope + "/providers/Microsoft.LabServices/labaccounts/cs";
inline const std::string kUbuntu = kTeaching + "/images/ubuntu";
inline const SystemTime kNoon{std::chrono::hours(24 * 20000 + 12)};

enum class Tagged { kNo, kCreated, kAdopted, kOther };
/// Sets the tags of our object `name` (or of another) beside those that are there.
json::Value Owned(json::Value body, std::string_view name, Tagged tagged);

/// What all observations begin with: namespace labs, generation 1, finalizer, recorded id.
void Begin(Observation& seen, std::string name, const std::string& id, std::string_view spec);
/// Status says Ready=True, or another condition.
void SayTrue(Observation& seen, std::string_view type);
/// The object is being deleted.
void Delete(Observation& seen);
/// What was sent for a part is still running.
void Remember(Observation& seen, std::string_view part, Verb verb);
/// The last attempt of a part failed.
void Fail(Observation& seen, std::string_view part, Reason reason = Reason::kPolicyDenied);

/// A lab account of ours, without a gallery.
lab_account::LabAccountObservation AnAccount(std::string_view spec_patch = "{}",
                                             Tagged tagged = Tagged::kCreated);
/// One row of the account's sharedGalleries.
json::Value Attached(const std::string& gallery, std::string_view state = "Succeeded");
/// An account of ours that has these galleries attached; `teaching` is the one it may want.
lab_account::LabAccountObservation AnAccountWith(const std::vector<std::string>& galleries,
                                                 std::string_view spec_patch);
/// One row of the account's sharedImages.
json::Value Switch(std::string_view name, std::string_view state,
                   std::string_view key = "EnableState");
/// The wanted gallery `teaching` by its object, ready.
lab_account::GalleryInSight TeachingInSight();

/// A gallery of ours, without images and accounts.
shared_image_gallery::GalleryObservation AGallery(std::string_view spec_patch = "{}",
                                                  Tagged tagged = Tagged::kCreated);

/// An image whose definition is in Azure, without versions. The regions a, b and c are one
/// geography; a is its own.
image::ImageObservation AnImage(std::string_view spec_patch = "{}",
                                Tagged tagged = Tagged::kCreated);
/// One region of a version: its name and what replicationStatus says of it.
struct InRegion {
  std::string name;
  std::string state = "Completed";
  int progress = 100;
};
/// A version as Azure shows it with $expand=ReplicationStatus.
image::VersionInSight AVersion(std::string name, const std::vector<InRegion>& regions,
                               Tagged tagged = Tagged::kCreated,
                               std::string_view state = "Succeeded");

/// What writes are about, a line each: "PUT galleries/teaching", with the gallery that is attached
/// or the switch that is set.
using Lines = std::vector<std::string>;
Lines LinesOf(const std::vector<ArmWrite>& writes);

/// The condition of that type, or an empty one.
kube::Condition ConditionOf(const Report& report, std::string_view type);

}  // namespace labgallery::domain
