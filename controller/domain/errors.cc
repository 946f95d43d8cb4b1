#include "controller/domain/errors.h"

#include <map>
#include <string_view>
#include <vector>

#include "controller/domain/error_rows.h"

namespace labgallery::domain {
namespace {

using azure::ErrorClass;
using azure::ErrorRule;

std::vector<ErrorRule> Rules() {
  std::vector<ErrorRule> rules;
  for (const ErrorRow& row : ErrorRows()) {
    rules.push_back({.code = std::string(row.code),
                     .status = row.status,
                     .substring = std::string(row.text),
                     .verdict = row.verdict,
                     .reason = std::string(row.reason ? Name(*row.reason) : ""),
                     .remedy = std::string(row.remedy)});
  }
  return rules;
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

// Of what Azure says without a code there is nothing to say that its words do not say.
std::string_view RemedyOf(const Error& error, Reason reason) {
  const ErrorRule* rule = Errors().Match(error);
  if (rule != nullptr && !rule->remedy.empty()) return rule->remedy;
  return reason == Reason::kAzureError ? std::string_view() : Entry(reason).remedy;
}

}  // namespace

const azure::ErrorTable& Errors() {
  static const azure::ErrorTable kTable(Rules(), ReasonOfClass(),
                                        std::string(Name(Reason::kAzureError)));
  return kTable;
}

Reason ReasonOf(ErrorClass verdict) { return ReasonNamed(Errors().ReasonOf(verdict)); }

Verdict VerdictOf(const Error& error, const std::string& doing) {
  const Reason reason = ReasonNamed(azure::ReasonFor(error, Errors()));
  std::string message = doing + ": " + error.ToString();
  if (const std::string_view remedy = RemedyOf(error, reason); !remedy.empty())
    message += ". " + std::string(remedy);
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
