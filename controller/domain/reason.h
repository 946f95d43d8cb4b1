// The reasons of conditions: one table with what each means and what a person can do, from which
// docs/reasons.md is generated. A reason is also how a decision names itself.
#pragma once

#include <span>
#include <string_view>

namespace labgallery::domain {

enum class Reason {
  kReconciled,
  kCreating,
  kUpdating,
  kDeleting,
  kReplicating,
  kWaitingForGallery,
  kWaitingForSource,
  kWaitingForResourceGroup,
  kWaitingForProvider,
  kWaitingForRole,
  kWaitingForDetach,
  kPaused,
  kObserving,
  kInvalidSpec,
  kIdentityChanged,
  kScopeNotAllowed,
  kAzureResourceClaimed,
  kAdoptionRefused,
  kSwapRefused,
  kDeletionBlocked,
  kReleasing,
  kCredentialUnavailable,
  kResourceLocked,
  kRegionUnavailable,
  kRegionFailed,
  kReplicationStalled,
  kVersionMissing,
  kPolicyDenied,
  kQuotaExceeded,
  kThrottled,
  kAzureError,
};

/// What a reason says about the way to Ready.
enum class Standing {
  kGood,      // as wished
  kProgress,  // on its way without anybody's help
  kTrouble,   // somebody should look
};

struct ReasonEntry {
  Reason reason;
  std::string_view name;
  Standing standing;
  std::string_view meaning;
  std::string_view remedy;
};

/// All reasons, in the order of the enumeration.
std::span<const ReasonEntry> Reasons();
const ReasonEntry& Entry(Reason reason);
std::string_view Name(Reason reason);
Standing StandingOf(Reason reason);
/// The standing of a reason that is only known by its name; kTrouble for an unknown one.
Standing StandingOf(std::string_view name);

}  // namespace labgallery::domain
