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

struct ArmRow {
  std::string_view code;
  int status = 0;
  std::string_view substring;
  ErrorClass verdict = ErrorClass::kTransient;
};

using enum ErrorClass;

// A code that ARM uses for two things has the row that names the text first.
constexpr auto kArmRows = std::to_array<ArmRow>({
    {.code = "OperationNotAllowed", .substring = "quota", .verdict = kQuotaExceeded},
    {.code = "OperationNotAllowed", .verdict = kBusy},
    {.code = "QuotaExceeded", .verdict = kQuotaExceeded},
    {.code = "ResourceQuotaExceeded", .verdict = kQuotaExceeded},
    {.code = "RoleAssignmentLimitExceeded", .verdict = kQuotaExceeded},

    {.code = "LocationNotAvailableForResourceType", .verdict = kRegionUnavailable},
    {.code = "RegionDoesNotAllowProvisioning", .verdict = kRegionUnavailable},
    {.code = "MissingRegistrationForLocation", .verdict = kRegionUnavailable},
    {.code = "NoRegisteredProviderFound", .verdict = kProviderMissing},
    {.code = "MissingSubscriptionRegistration", .verdict = kProviderMissing},
    {.code = "SubscriptionNotRegistered", .verdict = kProviderMissing},

    {.code = "InvalidAuthenticationToken", .verdict = kUnauthenticated},
    {.code = "InvalidAuthenticationTokenTenant", .verdict = kUnauthenticated},
    {.code = "ExpiredAuthenticationToken", .verdict = kUnauthenticated},
    {.code = "AuthenticationFailed", .verdict = kUnauthenticated},
    {.code = "AuthorizationFailed", .verdict = kForbidden},
    {.code = "LinkedAuthorizationFailed", .verdict = kForbidden},
    {.code = "LinkedAccessCheckFailed", .verdict = kForbidden},
    {.code = "RequestDisallowedByPolicy", .verdict = kPolicyDenied},
    {.code = "RequestDisallowedByAzure", .verdict = kPolicyDenied},
    {.code = "SubscriptionNotFound", .verdict = kSubscriptionUnknown},
    {.code = "InvalidSubscriptionId", .verdict = kSubscriptionUnknown},
    {.code = "DisallowedSubscription", .verdict = kSubscriptionUnknown},
    {.code = "SubscriptionIsDisabled", .verdict = kForbidden},
    {.code = "ReadOnlyDisabledSubscription", .verdict = kForbidden},

    {.code = "ResourceGroupNotFound", .verdict = kResourceGroupMissing},
    {.code = "ParentResourceNotFound", .verdict = kParentMissing},
    {.code = "ResourceNotFound", .verdict = kAbsent},

    {.code = "ScopeLocked", .verdict = kLocked},
    {.code = "ResourceGroupBeingDeleted", .verdict = kBusy},
    {.code = "AnotherOperationInProgress", .verdict = kBusy},
    {.code = "Conflict", .verdict = kBusy},
    {.code = "CannotDeleteResource", .verdict = kChildrenExist},
    {.code = "PropertyChangeNotAllowed", .verdict = kImmutable},
    {.code = "InvalidResourceLocation", .verdict = kImmutable},
    {.code = "PreconditionFailed", .verdict = kRaced},
    {.code = "RoleAssignmentExists", .verdict = kAlreadyExists},
    {.code = "RoleAssignmentUpdateNotPermitted", .verdict = kImmutable},
    {.code = "PrincipalNotFound", .verdict = kDirectoryLag},

    {.code = "TooManyRequests", .verdict = kThrottled},
    {.code = "SubscriptionRequestsThrottled", .verdict = kThrottled},
    {.code = "ResourceRequestsThrottled", .verdict = kThrottled},

    {.code = "InvalidParameter", .verdict = kRefusedByService},
    {.code = "InvalidRequestContent", .verdict = kRefusedByService},
    {.code = "InvalidRequestFormat", .verdict = kRefusedByService},
    {.code = "BadRequest", .verdict = kRefusedByService},
    {.code = "LocationRequired", .verdict = kRefusedByService},
    {.code = "InvalidResourceType", .verdict = kRefusedByService},
    {.code = "InternalServerError", .verdict = kTransient},
    {.code = "ServiceUnavailable", .verdict = kTransient},
    {.code = "OperationCanceled", .verdict = kTransient},
    {.status = 501, .verdict = kRefusedByService},
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

const ErrorRule* FirstOf(const std::vector<ErrorRule>& rules, const Error& error) {
  for (const ErrorRule& rule : rules) {
    if (Applies(rule, error)) return &rule;
  }
  return nullptr;
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

const std::vector<ErrorRule>& ArmErrorRules() {
  static const std::vector<ErrorRule> kRules = [] {
    std::vector<ErrorRule> rules;
    for (const ArmRow& row : kArmRows) {
      rules.push_back({std::string(row.code), row.status, std::string(row.substring), row.verdict});
    }
    return rules;
  }();
  return kRules;
}

ErrorTable::ErrorTable(std::vector<ErrorRule> rules, std::map<ErrorClass, std::string> reasons,
                       std::string other)
    : rules_(std::move(rules)), reasons_(std::move(reasons)), other_(std::move(other)) {}

const ErrorRule* ErrorTable::Match(const Error& error) const {
  const ErrorRule* own = FirstOf(rules_, error);
  return own != nullptr ? own : FirstOf(ArmErrorRules(), error);
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
