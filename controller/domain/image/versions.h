// The versions of an image definition: their numbers, which one is current, which old ones go, and
// when one that is missing is made again. Decides from what was read; deleting and making are the
// plan's.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/domain/image/spec.h"

namespace labgallery::domain::image {

struct VersionNumber {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t patch = 0;
  friend auto operator<=>(const VersionNumber&, const VersionNumber&) = default;
};

/// "1.20.3"; nothing unless it is three decimal numbers of at most 2147483647.
std::optional<VersionNumber> ParseVersion(std::string_view text);

/// What is known of one version in Azure.
struct FoundVersion {
  std::string name;
  bool ours = false;                 // carries our owner tag
  bool succeeded = false;            // provisioningState
  bool replicating = false;          // provisioning still moves, or a region is still being filled
  bool ready = false;                // succeeded, and readyWhen is fulfilled
  bool exclude_from_latest = false;  // for the whole version
  friend bool operator==(const FoundVersion&, const FoundVersion&) = default;
};

/// Sorted by number, lowest first; names that are no version numbers come first of all.
std::vector<FoundVersion> ByNumber(std::vector<FoundVersion> versions);

/// spec.version, otherwise the highest that is ready and not excluded from latest. Nothing if none
/// is.
std::optional<std::string> CurrentVersion(const std::optional<std::string>& spec_version,
                                          const std::vector<FoundVersion>& versions);

/// The versions that retention removes, lowest number first. Counted are the current version and
/// then the newest that have Succeeded; what is older than the last one counted goes, if it is ours
/// or `include_foreign`, and is not being replicated. None unless the current version is there and
/// ready.
std::vector<std::string> VersionsToRemove(const Retention& retention,
                                          const std::optional<std::string>& current,
                                          const std::vector<FoundVersion>& versions);

enum class RecreateRequest {
  kNone,          // no annotation
  kHandled,       // its value was acted on before
  kOtherVersion,  // it names another version than the one in the spec, or none at all
  kRequested,
};

/// Reads the annotation labgallery.io/recreate-version: `<version>` or `<version>@<anything>`.
/// `handled` is the value that status says was acted on; another text after the @ makes a new
/// request.
RecreateRequest ReadRecreateRequest(const std::optional<std::string>& annotation,
                                    std::string_view handled, std::string_view version);

enum class VersionPresence {
  kPresent,
  kToMake,      // never seen finished: making it is what was asked for
  kMissing,     // was seen Succeeded and vanished: reported, not made again
  kToRecreate,  // was seen Succeeded and vanished, and making it again was asked for
};

/// What to think of spec.version. `seen_succeeded` is status.versionSeenSucceeded. Acting on
/// kToRecreate means one status that names the annotation's value as handled and forgets
/// seen_succeeded, and then the PUT: so a crash between the two leaves a version that is still to
/// be made.
VersionPresence PresenceOf(std::string_view version, bool exists, std::string_view seen_succeeded,
                           RecreateRequest request);

}  // namespace labgallery::domain::image
