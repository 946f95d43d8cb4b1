#include "src/azure/model/error_class.h"

#include <array>
#include <utility>

#include "src/base/text.h"

namespace labgallery::azure {
namespace {

struct Verdict {
  ErrorClass verdict;
  RetryMode retry;
  std::string_view label;
};

// Every class once. Retries that only somebody else can make succeed go on, slowly, for ever: the
// condition says who has to do what, and nobody has to touch the object afterwards.
constexpr auto kVerdicts = std::to_array<Verdict>({
    {ErrorClass::kSpecRefused, RetryMode::kWaitForSpec, "spec_refused"},
    {ErrorClass::kRefusedByService, RetryMode::kSlow, "refused_by_service"},
    {ErrorClass::kTransient, RetryMode::kBackoff, "transient"},
    {ErrorClass::kMaybeApplied, RetryMode::kBackoff, "maybe_applied"},
    {ErrorClass::kRaced, RetryMode::kNow, "raced"},
    {ErrorClass::kBusy, RetryMode::kBackoff, "busy"},
    {ErrorClass::kThrottled, RetryMode::kBackoff, "throttled"},
    {ErrorClass::kSourceBusy, RetryMode::kBackoff, "source_busy"},
    {ErrorClass::kUnauthenticated, RetryMode::kSlow, "unauthenticated"},
    {ErrorClass::kForbidden, RetryMode::kSlow, "forbidden"},
    {ErrorClass::kSubscriptionUnknown, RetryMode::kSlow, "subscription_unknown"},
    {ErrorClass::kPolicyDenied, RetryMode::kSlow, "policy_denied"},
    {ErrorClass::kLocked, RetryMode::kSlow, "locked"},
    {ErrorClass::kQuotaExceeded, RetryMode::kSlow, "quota_exceeded"},
    {ErrorClass::kProviderMissing, RetryMode::kSlow, "provider_missing"},
    {ErrorClass::kRegionUnavailable, RetryMode::kSlow, "region_unavailable"},
    {ErrorClass::kResourceGroupMissing, RetryMode::kSlow, "resource_group_missing"},
    {ErrorClass::kParentMissing, RetryMode::kBackoff, "parent_missing"},
    {ErrorClass::kSourceMissing, RetryMode::kSlow, "source_missing"},
    {ErrorClass::kAbsent, RetryMode::kBackoff, "absent"},
    {ErrorClass::kChildrenExist, RetryMode::kBackoff, "children_exist"},
    {ErrorClass::kDirectoryLag, RetryMode::kBackoff, "directory_lag"},
    {ErrorClass::kAlreadyExists, RetryMode::kSlow, "already_exists"},
    {ErrorClass::kImmutable, RetryMode::kSlow, "immutable"},
    {ErrorClass::kRegionFailed, RetryMode::kBackoff, "region_failed"},
    {ErrorClass::kCancelled, RetryMode::kNow, "cancelled"},
    {ErrorClass::kUnintelligible, RetryMode::kBackoff, "unintelligible"},
    {ErrorClass::kBug, RetryMode::kSlow, "bug"},
});

const Verdict& Find(ErrorClass wanted) {
  for (const Verdict& one : kVerdicts) {
    if (one.verdict == wanted) return one;
  }
  return kVerdicts.back();
}

bool Applies(const ErrorRule& rule, const Error& error) {
  if (!rule.code.empty() && !EqualsIgnoreCase(rule.code, error.code)) return false;
  if (rule.status != 0 && rule.status != error.http_status) return false;
  return rule.substring.empty() ||
         Lower(error.message).find(Lower(rule.substring)) != std::string::npos;
}

// What remains when no code is known: HTTP's own meaning.
ErrorClass ByKind(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kInvalidInput:
      return error.http_status == 0 && error.code.empty() ? ErrorClass::kSpecRefused
                                                          : ErrorClass::kRefusedByService;
    case ErrorKind::kNotFound:
      return ErrorClass::kAbsent;
    case ErrorKind::kConflict:
      return error.http_status == 412 ? ErrorClass::kRaced : ErrorClass::kBusy;
    case ErrorKind::kUnauthenticated:
      return ErrorClass::kUnauthenticated;
    case ErrorKind::kForbidden:
      return ErrorClass::kForbidden;
    case ErrorKind::kThrottled:
      return ErrorClass::kThrottled;
    case ErrorKind::kUnavailable:
      return ErrorClass::kTransient;
    case ErrorKind::kTimeout:
      return ErrorClass::kMaybeApplied;
    case ErrorKind::kCancelled:
      return ErrorClass::kCancelled;
    case ErrorKind::kProtocol:
      return ErrorClass::kUnintelligible;
    case ErrorKind::kInternal:
      return ErrorClass::kBug;
  }
  return ErrorClass::kBug;
}

}  // namespace

ErrorTable::ErrorTable(std::vector<ErrorRule> rules, std::map<ErrorClass, std::string> reasons,
                       std::string other)
    : rules_(std::move(rules)), reasons_(std::move(reasons)), other_(std::move(other)) {}

const ErrorRule* ErrorTable::Match(const Error& error) const {
  for (const ErrorRule& rule : rules_) {
    if (Applies(rule, error)) return &rule;
  }
  return nullptr;
}

ErrorClass ErrorTable::Classify(const Error& error) const {
  const ErrorRule* rule = Match(error);
  return rule != nullptr ? rule->verdict : ByKind(error);
}

const std::string& ErrorTable::ReasonOf(ErrorClass verdict) const {
  const auto found = reasons_.find(verdict);
  return found != reasons_.end() ? found->second : other_;
}

RetryMode RetryFor(ErrorClass verdict) { return Find(verdict).retry; }

RetryMode RetryFor(const Error& error, const ErrorTable& table) {
  return RetryFor(table.Classify(error));
}

const std::string& ReasonFor(const Error& error, const ErrorTable& table) {
  const ErrorRule* rule = table.Match(error);
  if (rule != nullptr && !rule->reason.empty()) return rule->reason;
  return table.ReasonOf(table.Classify(error));
}

std::string_view Label(ErrorClass verdict) { return Find(verdict).label; }

std::string_view MetricLabelFor(const Error& error, const ErrorTable& table) {
  return Label(table.Classify(error));
}

}  // namespace labgallery::azure
