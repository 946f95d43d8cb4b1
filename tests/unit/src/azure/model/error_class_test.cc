#include "src/azure/model/error_class.h"

#include <gtest/gtest.h>

namespace labgallery::azure {
namespace {

using enum ErrorClass;

Error Refusal(int status, std::string code, std::string message = "") {
  Error error;
  error.kind = status == 0     ? ErrorKind::kUnavailable
               : status == 404 ? ErrorKind::kNotFound
               : status == 429 ? ErrorKind::kThrottled
               : status >= 500 ? ErrorKind::kUnavailable
               : status == 409 ? ErrorKind::kConflict
               : status == 412 ? ErrorKind::kConflict
                               : ErrorKind::kInvalidInput;
  error.http_status = status;
  error.code = std::move(code);
  error.message = std::move(message);
  return error;
}

ErrorTable Plain() { return {{}, {{kPolicyDenied, "PolicyDenied"}}, "AzureError"}; }

struct Row {
  const char* name;
  int status;
  const char* code;
  const char* message;
  ErrorClass verdict;
  RetryMode retry;
};

class ArmCode : public ::testing::TestWithParam<Row> {};

TEST_P(ArmCode, HasItsClassAndRetry) {
  const Row& row = GetParam();
  const Error error = Refusal(row.status, row.code, row.message);
  EXPECT_EQ(Label(Plain().Classify(error)), Label(row.verdict));
  EXPECT_EQ(RetryFor(error, Plain()), row.retry);
  EXPECT_EQ(MetricLabelFor(error, Plain()), Label(row.verdict));
}

constexpr auto kSlow = RetryMode::kSlow;
constexpr auto kBackoff = RetryMode::kBackoff;

INSTANTIATE_TEST_SUITE_P(
    ErrorTable, ArmCode,
    ::testing::Values(
        Row{"InvalidParameter", 400, "InvalidParameter", "", kRefusedByService, kSlow},
        Row{"InvalidRequestContent", 400, "InvalidRequestContent", "", kRefusedByService, kSlow},
        Row{"UnknownCodeOf400", 400, "SomethingNew", "", kRefusedByService, kSlow},
        Row{"RegionNotOffered", 400, "LocationNotAvailableForResourceType", "", kRegionUnavailable,
            kSlow},
        Row{"ProviderNotRegistered", 409, "MissingSubscriptionRegistration", "", kProviderMissing,
            kSlow},
        Row{"BadToken", 401, "InvalidAuthenticationToken", "", kUnauthenticated, kSlow},
        Row{"NoRight", 403, "AuthorizationFailed", "", kForbidden, kSlow},
        Row{"NoRightOnWhatIsLinked", 403, "LinkedAuthorizationFailed", "", kForbidden, kSlow},
        Row{"Policy", 403, "RequestDisallowedByPolicy", "", kPolicyDenied, kSlow},
        Row{"SubscriptionUnknown", 404, "SubscriptionNotFound", "", kSubscriptionUnknown, kSlow},
        Row{"ResourceAbsent", 404, "ResourceNotFound", "", kAbsent, kBackoff},
        Row{"GroupAbsent", 404, "ResourceGroupNotFound", "", kResourceGroupMissing, kSlow},
        Row{"ParentAbsent", 404, "ParentResourceNotFound", "", kParentMissing, kBackoff},
        Row{"UnknownCodeOf404", 404, "SomethingNew", "", kAbsent, kBackoff},
        Row{"ChildrenExist", 409, "CannotDeleteResource", "", kChildrenExist, kBackoff},
        Row{"OtherOperation", 409, "AnotherOperationInProgress", "", kBusy, kBackoff},
        Row{"NotAllowedNow", 409, "OperationNotAllowed", "still updating", kBusy, kBackoff},
        Row{"NotAllowedByQuota", 409, "OperationNotAllowed", "exceeding the Quota limits",
            kQuotaExceeded, kSlow},
        Row{"Lock", 409, "ScopeLocked", "", kLocked, kSlow},
        Row{"CodeWithoutCase", 409, "scopelocked", "", kLocked, kSlow},
        Row{"Immutable", 409, "PropertyChangeNotAllowed", "", kImmutable, kSlow},
        Row{"UnknownCodeOf409", 409, "SomethingNew", "", kBusy, kBackoff},
        Row{"RoleExists", 409, "RoleAssignmentExists", "", kAlreadyExists, kSlow},
        Row{"PrincipalNotYetKnown", 400, "PrincipalNotFound", "", kDirectoryLag, kBackoff},
        Row{"LostRace", 412, "", "", kRaced, RetryMode::kNow},
        Row{"Throttled", 429, "SubscriptionRequestsThrottled", "", kThrottled, kBackoff},
        Row{"ThrottledWithoutCode", 429, "", "", kThrottled, kBackoff},
        Row{"ServerError", 500, "InternalServerError", "", kTransient, kBackoff},
        Row{"UnknownCodeOf503", 503, "SomethingNew", "", kTransient, kBackoff},
        Row{"NotImplemented", 501, "", "", kRefusedByService, kSlow},
        Row{"FailedOperation", 0, "SomethingNew", "", kTransient, kBackoff}),
    [](const auto& row) { return row.param.name; });

struct KindRow {
  const char* name;
  Error error;
  ErrorClass verdict;
  RetryMode retry;
};

class OwnError : public ::testing::TestWithParam<KindRow> {};

TEST_P(OwnError, IsClassifiedByItsKind) {
  EXPECT_EQ(Label(Plain().Classify(GetParam().error)), Label(GetParam().verdict));
  EXPECT_EQ(RetryFor(GetParam().error, Plain()), GetParam().retry);
}

Error Timeout() {
  Error error;
  error.kind = ErrorKind::kTimeout;
  return error;
}

INSTANTIATE_TEST_SUITE_P(
    ErrorTable, OwnError,
    ::testing::Values(KindRow{"OurValidationWaitsForTheSpec", InvalidInput("bad"), kSpecRefused,
                              RetryMode::kWaitForSpec},
                      KindRow{"ConnectionFailed", Unavailable("down"), kTransient,
                              RetryMode::kBackoff},
                      KindRow{"NoAnswer", Timeout(), kMaybeApplied, RetryMode::kBackoff},
                      KindRow{"Stopped", Cancelled(), kCancelled, RetryMode::kNow},
                      KindRow{"Nonsense", ProtocolError("x"), kUnintelligible, RetryMode::kBackoff},
                      KindRow{"Bug", InternalError("x"), kBug, RetryMode::kSlow}),
    [](const auto& row) { return row.param.name; });

TEST(ErrorTable, PutsTheRowsOfTheDomainFirst) {
  const ErrorTable table(
      {{.code = "ResourceNotFound", .substring = "source", .verdict = kSourceMissing},
       {.code = "X", .status = 409, .verdict = kLocked}},
      {}, "AzureError");
  EXPECT_EQ(table.Classify(Refusal(404, "ResourceNotFound", "The Source image")), kSourceMissing);
  EXPECT_EQ(table.Classify(Refusal(404, "ResourceNotFound", "other")), kAbsent);
  EXPECT_EQ(table.Classify(Refusal(409, "X")), kLocked);
  EXPECT_EQ(table.Classify(Refusal(400, "X")), kRefusedByService);
}

TEST(ErrorTable, TakesReasonsFromTheDomain) {
  const ErrorTable table({{.code = "X", .verdict = kPolicyDenied, .reason = "Special"}},
                         {{kPolicyDenied, "PolicyDenied"}}, "AzureError");
  EXPECT_EQ(ReasonFor(Refusal(403, "RequestDisallowedByPolicy"), table), "PolicyDenied");
  EXPECT_EQ(ReasonFor(Refusal(400, "X"), table), "Special");
  EXPECT_EQ(ReasonFor(Refusal(500, ""), table), "AzureError");
}

}  // namespace
}  // namespace labgallery::azure
