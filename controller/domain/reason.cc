#include "controller/domain/reason.h"

#include <array>
#include <cstddef>

namespace labgallery::domain {
namespace {

using enum Reason;
using enum Standing;

constexpr std::array<ReasonEntry, 31> kTable{{
    {kReconciled, "Reconciled", kGood, "Azure is as the spec describes it.", "Nothing to do."},
    {kCreating, "Creating", kProgress, "Something is being created in Azure.",
     "Wait; the message says since when."},
    {kUpdating, "Updating", kProgress, "Azure is being changed to what the spec asks.", "Wait."},
    {kDeleting, "Deleting", kProgress, "What the object made in Azure is being removed.", "Wait."},
    {kReplicating, "Replicating", kProgress, "An image version is being copied to its regions.",
     "Wait; status.regions shows the progress of each."},
    {kWaitingForGallery, "WaitingForGallery", kProgress,
     "The gallery is not there or not ready yet.",
     "Apply the SharedImageGallery that the reference names, or look at its conditions."},
    {kWaitingForSource, "WaitingForSource", kProgress,
     "What the image is made from is not there or busy.",
     "Check the id in spec.source and that it lies in the same region as the image."},
    {kWaitingForResourceGroup, "WaitingForResourceGroup", kProgress,
     "The resource group does not exist.",
     "Create the resource group; it is not managed by this operator."},
    {kWaitingForProvider, "WaitingForProvider", kProgress,
     "The subscription or tenant does not know the resource provider yet.",
     "Register the resource provider in the subscription."},
    {kWaitingForRole, "WaitingForRole", kProgress,
     "Lab Services has not got its role on the gallery yet, or not for long enough.",
     "Wait, or assign the role that the message names."},
    {kWaitingForDetach, "WaitingForDetach", kProgress,
     "Azure still lists a gallery whose detachment was asked for.", "Wait."},
    {kPaused, "Paused", kProgress, "The object is paused by an annotation.",
     "Remove the annotation labgallery.io/paused to go on."},
    {kObserving, "Observing", kGood, "The object is only watched (managementPolicy Observe).",
     "Set managementPolicy to Manage to have Azure changed."},
    {kInvalidSpec, "InvalidSpec", kTrouble, "The spec asks for something that cannot be.",
     "Change the field that the message names."},
    {kIdentityChanged, "IdentityChanged", kTrouble,
     "The spec names another Azure resource than the one this object made.",
     "Change it back, or delete the object and create a new one."},
    {kScopeNotAllowed, "ScopeNotAllowed", kTrouble,
     "The spec names something outside the scopes that its namespace allows.",
     "Ask the administrator to extend labgallery.io/allowed-scopes on the namespace."},
    {kAzureResourceClaimed, "AzureResourceClaimed", kTrouble,
     "The Azure resource belongs to another object, namespace or installation.",
     "Remove the other object first, or use the --installation that owns it."},
    {kAdoptionRefused, "AdoptionRefused", kTrouble,
     "The Azure resource exists and adopting it would change it, or adoption is switched off.",
     "Look at status.difference, then change the spec or, where the message offers it, set "
     "spec.adoption to Always."},
    {kSwapRefused, "SwapRefused", kTrouble,
     "Another gallery is attached and spec.gallery.swap is DetachFirst.",
     "Set spec.gallery.state to Detached first, wait, then attach the new gallery."},
    {kDeletionBlocked, "DeletionBlocked", kTrouble, "Something is in the way of the deletion.",
     "Look at status.inventory; remove what it lists or set deletionPolicy to Retain."},
    {kReleasing, "Releasing", kProgress,
     "The object lets its Azure resource go without deleting it.", "Wait."},
    {kCredentialUnavailable, "CredentialUnavailable", kTrouble,
     "There is no usable Azure credential.", "Repair the credential that the message names."},
    {kResourceLocked, "ResourceLocked", kTrouble, "A lock in Azure forbids the change.",
     "Remove the lock, or leave the resource as it is."},
    {kRegionUnavailable, "RegionUnavailable", kTrouble,
     "A region is not offered to this subscription.",
     "Exclude the region or ask Azure for access to it."},
    {kRegionFailed, "RegionFailed", kTrouble,
     "Replication to a region failed and was not repaired.",
     "Look at status.regions; exclude the region or wait for the next day's attempts."},
    {kReplicationStalled, "ReplicationStalled", kTrouble, "Replication makes no progress.",
     "Look at status.regions and at Azure's service health."},
    {kVersionMissing, "VersionMissing", kTrouble, "An image version that was there has vanished.",
     "Annotate the object with labgallery.io/recreate-version to have it made again."},
    {kPolicyDenied, "PolicyDenied", kTrouble,
     "An Azure policy or a missing right forbids the call.",
     "Grant the action that the message names, or ask for an exemption."},
    {kQuotaExceeded, "QuotaExceeded", kTrouble, "A limit of the subscription is reached.",
     "Remove what is not needed or ask Azure for a higher limit."},
    {kThrottled, "Throttled", kGood, "Azure asked to come back later.", "Wait."},
    {kAzureError, "AzureError", kTrouble, "Azure refused or failed; the message has its words.",
     "Read the message; the operator tries again by itself."},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].reason) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "the table follows the enumeration");

}  // namespace

std::span<const ReasonEntry> Reasons() { return kTable; }
const ReasonEntry& Entry(Reason reason) { return kTable[static_cast<std::size_t>(reason)]; }
std::string_view Name(Reason reason) { return Entry(reason).name; }
Standing StandingOf(Reason reason) { return Entry(reason).standing; }

Standing StandingOf(std::string_view name) {
  for (const ReasonEntry& entry : kTable) {
    if (entry.name == name) return entry.standing;
  }
  return kTrouble;
}

}  // namespace labgallery::domain
