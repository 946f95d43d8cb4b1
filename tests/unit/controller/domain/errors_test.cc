#include "controller/domain/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "controller/domain/error_rows.h"

namespace labgallery::domain {
namespace {

using Kind = Wait::Kind;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using enum azure::ErrorClass;
using Reason::kAzureError;
using Reason::kCredentialUnavailable;
using Reason::kDeletionBlocked;
using Reason::kInvalidSpec;
using Reason::kResourceLocked;
using Reason::kWaitingForGallery;
using Reason::kWaitingForProvider;
using Reason::kWaitingForResourceGroup;
using Reason::kWaitingForRole;
using Reason::kWaitingForSource;

struct Row {
  const char* name;
  Error error;
  azure::ErrorClass verdict;
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

// What is told in words, under a code that says nothing.
Row Said(const char* name, const char* words, azure::ErrorClass verdict, Reason reason,
         Kind retry = Kind::kSlowly, bool passing = false) {
  return {name, Coded(400, "InvalidParameter", words), verdict, reason, retry, passing};
}

Row C(int status, const char* code, azure::ErrorClass verdict, Reason reason,
      Kind retry = Kind::kSlowly, bool passing = false) {
  return {code, Coded(status, code), verdict, reason, retry, passing};
}

constexpr Kind kBackoff = Kind::kBackoff;

const std::vector<Row>& InWords() {
  static const std::vector<Row> kRows{
      Said("ReplicationJobsFailed", "Gallery replication jobs failed in one or more regions: a",
           kRegionFailed, Reason::kRegionFailed, kBackoff),
      Said("SourceInUse", "Too many requests on source '/x'. Please reduce the number", kSourceBusy,
           kWaitingForSource, kBackoff),
      Said("SourceNotFound", "Source was not found: /x. Please make sure the source exists.",
           kSourceMissing, kWaitingForSource),
      Said("SourceImageNotFound", "The source image was not found.", kSourceMissing,
           kWaitingForSource),
      Said("SourceIsNotThere", "Source /x is not found. Please check source exists, and is there",
           kSourceMissing, kWaitingForSource),
      Said("SourceElsewhere", "The source must be in the same region as the version.",
           kSourceMissing, kWaitingForSource),
      Said("NoZrs", "ZRS storage account type is not supported in this region.",
           azure::ErrorClass::kRegionUnavailable, Reason::kRegionUnavailable),
      Said("NestedParentMissing",
           "Can not perform requested operation on nested resource. Parent resource g not found.",
           kParentMissing, kWaitingForGallery, kBackoff),
      Said("NestedResourcesExist", "Can not delete resource before nested resources are deleted.",
           kChildrenExist, kDeletionBlocked, kBackoff),
      Said("OtherLocation", "The resource g already exists in location x in resource group y.",
           kImmutable, kInvalidSpec),
      Said("IdentifierTaken",
           "Gallery image: a identified by (publisher:p, offer:o, sku:s) already exists. Choose a "
           "different publisher, offer, sku combination.",
           kImmutable, kInvalidSpec),
      Said("DefinitionChanged", "Changing property 'galleryImage.properties.osType' is not allowed",
           kImmutable, kInvalidSpec),
      Said("VersionSourceChanged",
           "Changing property 'galleryImageVersion.properties.storageProfile.osDiskImage.source.id'"
           " is not allowed.",
           kImmutable, kInvalidSpec),
      Said("DisksChanged",
           "Adding new Data Disks or changing the LUN of a Data Disk in an existing Image is not "
           "allowed.",
           kImmutable, kInvalidSpec),
      Said("OtherState",
           "Cannot create Gallery Image Version from: /x since the OS State in the parent gallery "
           "image ('Specialized') is not 'Generalized'.",
           kRefusedByService, kInvalidSpec),
      Said("OtherGeneration",
           "The resource with id '/x' has a different Hypervisor generation ['V1'] than the parent",
           kRefusedByService, kInvalidSpec),
      Said("OtherOs", "The resource with id '/x' has a different OS type ['Linux'] than the parent",
           kRefusedByService, kInvalidSpec),
      Said("EphemeralDisk", "Source virtual machine /x cannot contain an ephemeral OS disk.",
           kRefusedByService, kInvalidSpec),
      Said("BadName", "The entity name 'g' is invalid according to its validation rule: ^x$.",
           kRefusedByService, kInvalidSpec),
      Said("BadEndOfName", "The provided resource name g. has these invalid trailing characters: .",
           kRefusedByService, kInvalidSpec),
      Said("BadGalleryName", "Gallery name is invalid. Allowed characters are English",
           kRefusedByService, kInvalidSpec),
      Said("BadVersionName", "The image version name is invalid. The image version name should",
           kRefusedByService, kInvalidSpec),
      Said("BadIdentifier", "Asset name galleryImage.properties.identifier.sku is not valid.",
           kRefusedByService, kInvalidSpec),
      Said("ReplicasOutOfRange",
           "The value 0 of parameter regionalReplicaCount is out of range. The value must be "
           "between 1 and 100, inclusive.",
           kRefusedByService, kInvalidSpec),
      Said("EndOfLifeInThePast", "EndOfLifeDate must be set to a future date.", kRefusedByService,
           kInvalidSpec),
      Said("GalleryNameInOtherGroup",
           "The gallery name 'g' is not unique within the subscription 's'. Please pick another.",
           kImmutable, kInvalidSpec),
      Said("SourceInOtherReplication",
           "The source image '/x' is being used by another replication currently.", kSourceBusy,
           kWaitingForSource, kBackoff),
      Said("RegionsNotCompleted",
           "Replication to all the target regions not completed. The replication job has not "
           "completed at region: 'x'.",
           kRegionFailed, Reason::kRegionFailed, kBackoff),
      Said("RegionTwice", "Duplicate regions are not allowed in target publishing regions.", kBug,
           kAzureError),
      Said("SourceRegionMissing",
           "Gallery image version publishing profile regions x must contain the location of image "
           "version y",
           kBug, kAzureError),
      Row{"RightToAssignRoles",
          Coded(403, "AuthorizationFailed",
                "no authorization to perform action "
                "'Microsoft.Authorization/roleAssignments/write' over scope '/x'"),
          kForbidden, Reason::kPolicyDenied, Kind::kSlowly},
      Row{"QuotaInWords", Coded(409, "OperationNotAllowed", "exceeds the quota of 10"),
          azure::ErrorClass::kQuotaExceeded, Reason::kQuotaExceeded, Kind::kSlowly},
      Row{"NewAccountsRefused", Coded(400, "OperationNotAllowed", "no new lab accounts"),
          kRefusedByService, kAzureError, Kind::kSlowly},
      Row{"ComputeCountsRequests", Coded(429, "OperationNotAllowed", "too many requests"),
          azure::ErrorClass::kThrottled, Reason::kThrottled, kBackoff, true},
      Row{"QuotaOfRequests", Coded(429, "OperationNotAllowed", "quota"),
          azure::ErrorClass::kThrottled, Reason::kThrottled, kBackoff, true}};
  return kRows;
}

const std::vector<Row>& WithACode() {
  constexpr auto kUnavailable = azure::ErrorClass::kRegionUnavailable;
  constexpr auto kNoRegion = Reason::kRegionUnavailable;
  constexpr auto kQuota = azure::ErrorClass::kQuotaExceeded;
  constexpr auto kDenied = azure::ErrorClass::kPolicyDenied;
  constexpr auto kTooMany = azure::ErrorClass::kThrottled;
  constexpr auto kLater = Reason::kThrottled;
  static const std::vector<Row> kRows{
      C(404, "GalleryImageNotFound", kSourceMissing, kWaitingForSource),
      C(409, "OperationNotAllowed", kBusy, kAzureError, kBackoff, true),
      C(409, "OperationNotAllowedOnVMImageAsVMsBeingProvisioned", kBusy, kAzureError, kBackoff,
        true),
      C(409, "QuotaExceeded", kQuota, Reason::kQuotaExceeded),
      C(409, "ResourceQuotaExceeded", kQuota, Reason::kQuotaExceeded),
      C(400, "RoleAssignmentLimitExceeded", kQuota, Reason::kQuotaExceeded),
      C(429, "TooManyRequests", kTooMany, kLater, kBackoff, true),
      C(429, "SubscriptionRequestsThrottled", kTooMany, kLater, kBackoff, true),
      C(429, "ResourceRequestsThrottled", kTooMany, kLater, kBackoff, true),
      C(429, "RateLimiting", kTooMany, kLater, kBackoff, true),
      C(400, "LocationNotAvailableForResourceType", kUnavailable, kNoRegion),
      C(409, "RegionDoesNotAllowProvisioning", kUnavailable, kNoRegion),
      C(409, "MissingRegistrationForLocation", kUnavailable, kNoRegion),
      C(409, "SkuNotAvailable", kUnavailable, kNoRegion),
      C(400, "NoRegisteredProviderFound", kProviderMissing, kWaitingForProvider),
      C(409, "MissingSubscriptionRegistration", kProviderMissing, kWaitingForProvider),
      C(409, "SubscriptionNotRegistered", kProviderMissing, kWaitingForProvider),
      C(409, "InvalidSubscriptionRegistrationState", kProviderMissing, kWaitingForProvider),
      C(401, "InvalidAuthenticationToken", kUnauthenticated, kCredentialUnavailable),
      C(401, "InvalidAuthenticationTokenTenant", kUnauthenticated, kCredentialUnavailable),
      C(401, "ExpiredAuthenticationToken", kUnauthenticated, kCredentialUnavailable),
      C(401, "AuthenticationFailed", kUnauthenticated, kCredentialUnavailable),
      C(403, "AuthorizationFailed", kForbidden, Reason::kPolicyDenied),
      C(403, "LinkedAuthorizationFailed", kForbidden, Reason::kPolicyDenied),
      C(403, "LinkedAccessCheckFailed", kForbidden, Reason::kPolicyDenied),
      C(403, "RequestDisallowedByPolicy", kDenied, Reason::kPolicyDenied),
      C(403, "RequestDisallowedByAzure", kDenied, Reason::kPolicyDenied),
      C(404, "SubscriptionNotFound", kSubscriptionUnknown, kAzureError),
      C(400, "InvalidSubscriptionId", kSubscriptionUnknown, kAzureError),
      C(403, "DisallowedSubscription", kSubscriptionUnknown, kAzureError),
      C(403, "SubscriptionIsDisabled", kForbidden, kAzureError),
      C(409, "ReadOnlyDisabledSubscription", kForbidden, kAzureError),
      C(400, "PrincipalNotFound", kDirectoryLag, kWaitingForRole, kBackoff),
      C(404, "ResourceGroupNotFound", kResourceGroupMissing, kWaitingForResourceGroup),
      C(404, "ParentResourceNotFound", kParentMissing, kWaitingForGallery, kBackoff),
      C(404, "ResourceNotFound", kAbsent, kAzureError, kBackoff),
      C(400, "InvalidResourceReference", kSourceMissing, kWaitingForSource),
      C(400, "LinkedInvalidPropertyId", kRefusedByService, kInvalidSpec),
      C(409, "CannotDeleteResource", kChildrenExist, kDeletionBlocked, kBackoff),
      C(409, "RoleAssignmentExists", kAlreadyExists, kAzureError, Kind::kSlowly, true),
      C(400, "RoleAssignmentUpdateNotPermitted", kImmutable, kInvalidSpec),
      C(409, "ScopeLocked", kLocked, kResourceLocked),
      C(409, "ResourceGroupBeingDeleted", kBusy, kAzureError, kBackoff, true),
      C(409, "AnotherOperationInProgress", kBusy, kAzureError, kBackoff, true),
      C(409, "Conflict", kBusy, kAzureError, kBackoff, true),
      C(409, "PropertyChangeNotAllowed", kImmutable, kInvalidSpec),
      C(409, "InvalidResourceLocation", kImmutable, kInvalidSpec),
      C(412, "PreconditionFailed", kRaced, kAzureError, Kind::kAtOnce, true),
      C(400, "InvalidParameter", kRefusedByService, kAzureError),
      C(400, "InvalidRequestContent", kRefusedByService, kAzureError),
      C(400, "InvalidRequestFormat", kRefusedByService, kAzureError),
      C(400, "BadRequest", kRefusedByService, kAzureError),
      C(400, "LocationRequired", kRefusedByService, kAzureError),
      C(400, "ReservedResourceName", kRefusedByService, kInvalidSpec),
      C(404, "InvalidResourceNamespace", kRefusedByService, kAzureError),
      C(400, "InvalidResourceType", kRefusedByService, kAzureError),
      C(500, "InternalServerError", kTransient, kAzureError, kBackoff, true),
      C(503, "ServiceUnavailable", kTransient, kAzureError, kBackoff, true),
      C(200, "OperationCanceled", kTransient, kAzureError, kBackoff, true),
      Row{"NotImplemented501", Plain(ErrorKind::kUnavailable, 501), kRefusedByService, kAzureError,
          Kind::kSlowly}};
  return kRows;
}

class WhatAzureSays : public testing::TestWithParam<Row> {};

TEST_P(WhatAzureSays, HasItsClassReasonAndRetry) {
  const Row& row = GetParam();
  EXPECT_EQ(azure::MetricLabelFor(row.error, Errors()), azure::Label(row.verdict));
  EXPECT_EQ(Name(VerdictOf(row.error, "try").reason), Name(row.reason));
  EXPECT_EQ(WaitAfter(row.error).kind, row.retry);
  EXPECT_EQ(IsPassing(row.error), row.passing);
}

constexpr auto kNameOfRow = [](const auto& test) { return test.param.name; };
INSTANTIATE_TEST_SUITE_P(InWords, WhatAzureSays, testing::ValuesIn(InWords()), kNameOfRow);
INSTANTIATE_TEST_SUITE_P(WithACode, WhatAzureSays, testing::ValuesIn(WithACode()), kNameOfRow);
INSTANTIATE_TEST_SUITE_P(
    WithoutACode, WhatAzureSays,
    testing::Values(
        Row{"OurOwnRefusal", InvalidInput("spec"), kSpecRefused, kInvalidSpec, Kind::kChange},
        Row{"BadRequest400", Plain(ErrorKind::kInvalidInput, 400), kRefusedByService, kAzureError,
            Kind::kSlowly},
        Row{"NotFound", Plain(ErrorKind::kNotFound, 404), kAbsent, kAzureError, kBackoff},
        Row{"PreconditionFailed412", Plain(ErrorKind::kConflict, 412), kRaced, kAzureError,
            Kind::kAtOnce, true},
        Row{"Conflict409", Plain(ErrorKind::kConflict, 409), kBusy, kAzureError, kBackoff, true},
        Row{"Unauthenticated", Plain(ErrorKind::kUnauthenticated, 401), kUnauthenticated,
            kCredentialUnavailable, Kind::kSlowly},
        Row{"Forbidden", Plain(ErrorKind::kForbidden, 403), kForbidden, Reason::kPolicyDenied,
            Kind::kSlowly},
        Row{"Throttled", Plain(ErrorKind::kThrottled, 429), azure::ErrorClass::kThrottled,
            Reason::kThrottled, kBackoff, true},
        Row{"Unavailable", Plain(ErrorKind::kUnavailable, 503), kTransient, kAzureError, kBackoff,
            true},
        Row{"Timeout", Plain(ErrorKind::kTimeout), kMaybeApplied, kAzureError, kBackoff, true},
        Row{"Cancelled", Plain(ErrorKind::kCancelled), kCancelled, kAzureError, Kind::kAtOnce,
            true},
        Row{"Unintelligible", Plain(ErrorKind::kProtocol), kUnintelligible, kAzureError, kBackoff,
            true},
        Row{"ABug", Plain(ErrorKind::kInternal), kBug, kAzureError, Kind::kSlowly}),
    kNameOfRow);

// Each row decides a case above, so that none is without a test and none hides another.
TEST(ErrorRows, DecideEachAtLeastOneOfTheseCases) {
  std::set<std::string> decided;
  const auto name = [](std::string_view code, int status, std::string_view text) {
    return std::string(code) + "|" + std::to_string(status) + "|" + std::string(text);
  };
  for (const std::vector<Row>* cases : {&InWords(), &WithACode()}) {
    for (const Row& one : *cases) {
      const azure::ErrorRule* rule = Errors().Match(one.error);
      ASSERT_NE(rule, nullptr) << one.name;
      EXPECT_TRUE(decided.insert(name(rule->code, rule->status, rule->substring)).second ||
                  one.error.http_status == 429)
          << one.name;
    }
  }
  for (const ErrorRow& row : ErrorRows())
    EXPECT_TRUE(decided.contains(name(row.code, row.status, row.text))) << row.code << row.text;
}

TEST(ErrorRows, SayWhatToDoWhereverSomebodyHasTo) {
  for (const ErrorRow& row : ErrorRows()) {
    const Reason reason = row.reason.value_or(ReasonOf(row.verdict));
    const bool needs_somebody = azure::RetryFor(row.verdict) == azure::RetryMode::kSlow &&
                                row.verdict != kAlreadyExists && reason == kAzureError;
    EXPECT_TRUE(!needs_somebody || !row.remedy.empty()) << row.code << row.text;
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
            "request 11-22). Remove the lock, or leave the resource as it is.");
}

TEST(AVerdict, FallsBackToTheRemedyOfItsReason) {
  EXPECT_THAT(VerdictOf(Coded(404, "ResourceGroupNotFound"), "put").message,
              HasSubstr(Entry(kWaitingForResourceGroup).remedy));
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
