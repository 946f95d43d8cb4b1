#include "controller/domain/errors.h"

#include <map>
#include <vector>

#include "src/base/time_text.h"

namespace labgallery::domain {
namespace {

using azure::ErrorClass;
using azure::ErrorRule;

// Messages are matched only where Azure has no code of its own for the case
// (troubleshooting-shared-images.md of MicrosoftDocs/azure-docs).
std::vector<ErrorRule> ProviderRules() {
  return {
      {.code = "GalleryImageNotFound", .verdict = ErrorClass::kSourceMissing},
      {.substring = "replication jobs failed", .verdict = ErrorClass::kRegionFailed},
      {.substring = "too many requests on source", .verdict = ErrorClass::kSourceBusy},
      {.substring = "source was not found", .verdict = ErrorClass::kSourceMissing},
      {.substring = "source image was not found", .verdict = ErrorClass::kSourceMissing},
      {.substring = "in the same region as", .verdict = ErrorClass::kSourceMissing},
      {.substring = "zrs storage account type", .verdict = ErrorClass::kRegionUnavailable},
      {.substring = "can not perform requested operation on nested resource",
       .verdict = ErrorClass::kParentMissing},
  };
}

std::map<ErrorClass, std::string> ReasonOfClass() {
  const std::map<ErrorClass, Reason> reasons{
      {ErrorClass::kSpecRefused, Reason::kInvalidSpec},
      {ErrorClass::kRefusedByService, Reason::kAzureError},
      {ErrorClass::kThrottled, Reason::kThrottled},
      {ErrorClass::kSourceBusy, Reason::kWaitingForSource},
      {ErrorClass::kUnauthenticated, Reason::kCredentialUnavailable},
      {ErrorClass::kForbidden, Reason::kPolicyDenied},
      {ErrorClass::kPolicyDenied, Reason::kPolicyDenied},
      {ErrorClass::kLocked, Reason::kResourceLocked},
      {ErrorClass::kQuotaExceeded, Reason::kQuotaExceeded},
      {ErrorClass::kProviderMissing, Reason::kWaitingForProvider},
      {ErrorClass::kRegionUnavailable, Reason::kRegionUnavailable},
      {ErrorClass::kResourceGroupMissing, Reason::kWaitingForResourceGroup},
      {ErrorClass::kParentMissing, Reason::kWaitingForGallery},
      {ErrorClass::kSourceMissing, Reason::kWaitingForSource},
      {ErrorClass::kDirectoryLag, Reason::kWaitingForRole},
      {ErrorClass::kImmutable, Reason::kInvalidSpec},
      {ErrorClass::kRegionFailed, Reason::kRegionFailed},
      {ErrorClass::kChildrenExist, Reason::kDeletionBlocked},
  };
  std::map<ErrorClass, std::string> names;
  for (const auto& [verdict, reason] : reasons) names.emplace(verdict, Name(reason));
  return names;
}

Reason ReasonNamed(std::string_view name) {
  for (const ReasonEntry& entry : domain::Reasons()) {
    if (entry.name == name) return entry.reason;
  }
  return Reason::kAzureError;
}

}  // namespace

const azure::ErrorTable& Errors() {
  static const azure::ErrorTable kTable(ProviderRules(), ReasonOfClass(),
                                        std::string(Name(Reason::kAzureError)));
  return kTable;
}

Verdict VerdictOf(const Error& error, const std::string& doing) {
  const Reason reason = ReasonNamed(azure::ReasonFor(error, Errors()));
  std::string message = doing + ": " + error.ToString();
  const std::string_view remedy = Entry(reason).remedy;
  if (StandingOf(reason) == Standing::kTrouble && reason != Reason::kAzureError) {
    message += ". " + std::string(remedy);
  }
  return {kube::ConditionStatus::kFalse, reason, std::move(message)};
}

bool IsPassing(const Error& error) {
  switch (Errors().Classify(error)) {
    case ErrorClass::kTransient:
    case ErrorClass::kMaybeApplied:
    case ErrorClass::kRaced:
    case ErrorClass::kBusy:
    case ErrorClass::kThrottled:
    case ErrorClass::kAlreadyExists:  // under another name: the next read finds it
    case ErrorClass::kCancelled:
    case ErrorClass::kUnintelligible:
      return true;
    default:
      return false;
  }
}

Wait WaitAfter(const Error& error) {
  if (error.retry_after) return {Wait::Kind::kAfter, *error.retry_after};
  switch (azure::RetryFor(error, Errors())) {
    case azure::RetryMode::kNow:
      return {.kind = Wait::Kind::kAtOnce};
    case azure::RetryMode::kBackoff:
      return {.kind = Wait::Kind::kBackoff};
    case azure::RetryMode::kSlow:
      return {.kind = Wait::Kind::kSlowly};
    case azure::RetryMode::kWaitForSpec:
      return {.kind = Wait::Kind::kChange};
  }
  return {.kind = Wait::Kind::kBackoff};
}

}  // namespace labgallery::domain
