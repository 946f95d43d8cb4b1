#include "controller/domain/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace labgallery::domain {
namespace {

using enum Reason;
using Kind = Wait::Kind;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Row {
  const char* name;
  Error error;
  Reason reason;
  Kind retry;
  bool passing = false;
};

Error Coded(int status, const char* code, const char* message = "Azure's words") {
  return {.kind = ErrorKind::kConflict,
          .message = message,
          .code = code,
          .target = {},
          .http_status = status,
          .request_id = {},
          .retry_after = {},
          .context = {}};
}

Error Plain(ErrorKind kind, int status = 0) {
  return {.kind = kind,
          .message = "no code",
          .code = {},
          .target = {},
          .http_status = status,
          .request_id = {},
          .retry_after = {},
          .context = {}};
}

Row C(const char* code, Reason reason, Kind retry, bool passing = false) {
  return {code, Coded(409, code), reason, retry, passing};
}

class WhatAzureSays : public testing::TestWithParam<Row> {};

TEST_P(WhatAzureSays, HasAReasonAndARetry) {
  const Row& row = GetParam();
  EXPECT_EQ(Name(VerdictOf(row.error, "try").reason), Name(row.reason));
  EXPECT_EQ(WaitAfter(row.error).kind, row.retry);
  EXPECT_EQ(IsPassing(row.error), row.passing);
}

INSTANTIATE_TEST_SUITE_P(
    OfProviders, WhatAzureSays,
    testing::Values(
        C("GalleryImageNotFound", kWaitingForSource, Kind::kSlowly),
        C("RoleAssignmentExists", kAzureError, Kind::kSlowly, true),
        C("RoleAssignmentUpdateNotPermitted", kInvalidSpec, Kind::kSlowly),
        C("PrincipalNotFound", kWaitingForRole, Kind::kBackoff),
        C("RoleAssignmentLimitExceeded", kQuotaExceeded, Kind::kSlowly),
        C("PropertyChangeNotAllowed", kInvalidSpec, Kind::kSlowly),
        Row{"ReplicationJobsFailed",
            Coded(409, "Conflict", "One or more replication jobs failed in regions: a"),
            kRegionFailed, Kind::kBackoff},
        Row{"SourceInUse", Coded(409, "Conflict", "Too many requests on source disk"),
            kWaitingForSource, Kind::kBackoff},
        Row{"SourceMissing", Coded(400, "InvalidParameter", "The source was not found."),
            kWaitingForSource, Kind::kSlowly},
        Row{"SourceImageMissing", Coded(404, "", "The source image was not found."),
            kWaitingForSource, Kind::kSlowly},
        Row{"NoZrs", Coded(409, "Conflict", "ZRS storage account type is not supported here"),
            kRegionUnavailable, Kind::kSlowly},
        Row{"NestedParentMissing",
            Coded(404, "", "Can not perform requested operation on nested resource. Parent gone"),
            kWaitingForGallery, Kind::kBackoff}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfResourceManager, WhatAzureSays,
    testing::Values(Row{"QuotaInWords",
                        Coded(409, "OperationNotAllowed", "exceeds the quota of 10"),
                        kQuotaExceeded, Kind::kSlowly},
                    C("OperationNotAllowed", kAzureError, Kind::kBackoff, true),
                    C("QuotaExceeded", kQuotaExceeded, Kind::kSlowly),
                    C("ResourceQuotaExceeded", kQuotaExceeded, Kind::kSlowly),
                    C("LocationNotAvailableForResourceType", kRegionUnavailable, Kind::kSlowly),
                    C("RegionDoesNotAllowProvisioning", kRegionUnavailable, Kind::kSlowly),
                    C("MissingRegistrationForLocation", kRegionUnavailable, Kind::kSlowly),
                    C("NoRegisteredProviderFound", kWaitingForProvider, Kind::kSlowly),
                    C("MissingSubscriptionRegistration", kWaitingForProvider, Kind::kSlowly),
                    C("SubscriptionNotRegistered", kWaitingForProvider, Kind::kSlowly),
                    C("InvalidAuthenticationToken", kCredentialUnavailable, Kind::kSlowly),
                    C("InvalidAuthenticationTokenTenant", kCredentialUnavailable, Kind::kSlowly),
                    C("ExpiredAuthenticationToken", kCredentialUnavailable, Kind::kSlowly),
                    C("AuthenticationFailed", kCredentialUnavailable, Kind::kSlowly),
                    C("AuthorizationFailed", kPolicyDenied, Kind::kSlowly),
                    C("LinkedAuthorizationFailed", kPolicyDenied, Kind::kSlowly),
                    C("LinkedAccessCheckFailed", kPolicyDenied, Kind::kSlowly),
                    C("RequestDisallowedByPolicy", kPolicyDenied, Kind::kSlowly),
                    C("RequestDisallowedByAzure", kPolicyDenied, Kind::kSlowly),
                    C("SubscriptionNotFound", kAzureError, Kind::kSlowly),
                    C("InvalidSubscriptionId", kAzureError, Kind::kSlowly),
                    C("DisallowedSubscription", kAzureError, Kind::kSlowly),
                    C("SubscriptionIsDisabled", kPolicyDenied, Kind::kSlowly),
                    C("ReadOnlyDisabledSubscription", kPolicyDenied, Kind::kSlowly),
                    C("ResourceGroupNotFound", kWaitingForResourceGroup, Kind::kSlowly),
                    C("ParentResourceNotFound", kWaitingForGallery, Kind::kBackoff),
                    C("ResourceNotFound", kAzureError, Kind::kBackoff),
                    C("ScopeLocked", kResourceLocked, Kind::kSlowly),
                    C("ResourceGroupBeingDeleted", kAzureError, Kind::kBackoff, true),
                    C("AnotherOperationInProgress", kAzureError, Kind::kBackoff, true),
                    C("Conflict", kAzureError, Kind::kBackoff, true),
                    C("CannotDeleteResource", kDeletionBlocked, Kind::kBackoff),
                    C("InvalidResourceLocation", kInvalidSpec, Kind::kSlowly),
                    C("PreconditionFailed", kAzureError, Kind::kAtOnce, true),
                    C("TooManyRequests", kThrottled, Kind::kBackoff, true),
                    C("SubscriptionRequestsThrottled", kThrottled, Kind::kBackoff, true),
                    C("ResourceRequestsThrottled", kThrottled, Kind::kBackoff, true),
                    C("InvalidParameter", kAzureError, Kind::kSlowly),
                    C("InvalidRequestContent", kAzureError, Kind::kSlowly),
                    C("InvalidRequestFormat", kAzureError, Kind::kSlowly),
                    C("BadRequest", kAzureError, Kind::kSlowly),
                    C("LocationRequired", kAzureError, Kind::kSlowly),
                    C("InvalidResourceType", kAzureError, Kind::kSlowly),
                    C("InternalServerError", kAzureError, Kind::kBackoff, true),
                    C("ServiceUnavailable", kAzureError, Kind::kBackoff, true),
                    C("OperationCanceled", kAzureError, Kind::kBackoff, true)),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WithoutACode, WhatAzureSays,
    testing::Values(
        Row{"OurOwnRefusal", InvalidInput("spec"), kInvalidSpec, Kind::kChange},
        Row{"BadRequest400", Plain(ErrorKind::kInvalidInput, 400), kAzureError, Kind::kSlowly},
        Row{"NotFound", Plain(ErrorKind::kNotFound, 404), kAzureError, Kind::kBackoff},
        Row{"PreconditionFailed412", Plain(ErrorKind::kConflict, 412), kAzureError, Kind::kAtOnce,
            true},
        Row{"Conflict409", Plain(ErrorKind::kConflict, 409), kAzureError, Kind::kBackoff, true},
        Row{"Unauthenticated", Plain(ErrorKind::kUnauthenticated, 401), kCredentialUnavailable,
            Kind::kSlowly},
        Row{"Forbidden", Plain(ErrorKind::kForbidden, 403), kPolicyDenied, Kind::kSlowly},
        Row{"Throttled", Plain(ErrorKind::kThrottled, 429), kThrottled, Kind::kBackoff, true},
        Row{"Unavailable", Plain(ErrorKind::kUnavailable, 503), kAzureError, Kind::kBackoff, true},
        Row{"Timeout", Plain(ErrorKind::kTimeout), kAzureError, Kind::kBackoff, true},
        Row{"Cancelled", Plain(ErrorKind::kCancelled), kAzureError, Kind::kAtOnce, true},
        Row{"Unintelligible", Plain(ErrorKind::kProtocol), kAzureError, Kind::kBackoff, true},
        Row{"ABug", Plain(ErrorKind::kInternal), kAzureError, Kind::kSlowly}),
    [](const auto& test) { return test.param.name; });

// A code that Azure's table gains must get a row above.
TEST(Errors, AreAllInTheseTables) {
  std::vector<std::string> known;
  const auto* unit = testing::UnitTest::GetInstance();
  for (int i = 0; i < unit->total_test_suite_count(); ++i) {
    const auto* suite = unit->GetTestSuite(i);
    for (int j = 0; j < suite->total_test_count(); ++j)
      known.emplace_back(suite->GetTestInfo(j)->name());
  }
  for (const azure::ErrorRule& rule : azure::ArmErrorRules()) {
    if (rule.code.empty()) continue;
    EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&](const std::string& name) {
      return name == "HasAReasonAndARetry/" + rule.code;
    })) << rule.code;
  }
}

TEST(AVerdict, HasCodeTargetAndCorrelation) {
  Error error = Coded(409, "ScopeLocked", "a lock is there");
  error.target = "galleries/teaching";
  error.request_id = "11-22";
  const Verdict verdict = VerdictOf(error, "put the gallery");
  EXPECT_EQ(verdict.ready, kube::ConditionStatus::kFalse);
  EXPECT_EQ(verdict.message,
            "put the gallery: a lock is there (code ScopeLocked, target galleries/teaching, "
            "request 11-22). " +
                std::string(Entry(kResourceLocked).remedy));
}

TEST(AVerdict, GivesNoAdviceWhereThereIsNone) {
  EXPECT_THAT(VerdictOf(Coded(500, "InternalServerError"), "put").message,
              AllOf(HasSubstr("Azure's words"), Not(HasSubstr("tries again"))));
}

TEST(TheWait, IsWhatAzureAskedFor) {
  Error error = Coded(429, "TooManyRequests");
  error.retry_after = std::chrono::milliseconds(1500);
  EXPECT_EQ(WaitAfter(error), (Wait{Kind::kAfter, std::chrono::milliseconds(1500)}));
}

}  // namespace
}  // namespace labgallery::domain
