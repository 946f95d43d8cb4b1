#include "src/azure/model/error.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::azure {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

http::Response Refusal(int status, std::string body, http::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

std::string Envelope(const std::string& code) {
  return R"({"error":{"code":")" + code + R"(","message":"told"}})";
}

struct KindRow {
  const char* name;
  int status;
  std::string code;
  ErrorKind want;
};

class StatusAndCode : public ::testing::TestWithParam<KindRow> {};

TEST_P(StatusAndCode, GiveTheKind) {
  const KindRow& row = GetParam();
  const Error error = ErrorFrom(Refusal(row.status, Envelope(row.code)), {});
  EXPECT_EQ(error.kind, row.want);
  EXPECT_EQ(error.code, row.code);
  EXPECT_EQ(error.http_status, row.status);
}

INSTANTIATE_TEST_SUITE_P(
    ArmError, StatusAndCode,
    ::testing::Values(
        KindRow{"BadRequest", 400, "InvalidParameter", ErrorKind::kInvalidInput},
        KindRow{"Unauthorized", 401, "ExpiredAuthenticationToken", ErrorKind::kUnauthenticated},
        KindRow{"Forbidden", 403, "AuthorizationFailed", ErrorKind::kForbidden},
        KindRow{"ResourceAbsent", 404, "ResourceNotFound", ErrorKind::kNotFound},
        KindRow{"GroupAbsent", 404, "ResourceGroupNotFound", ErrorKind::kNotFound},
        KindRow{"ParentAbsent", 404, "ParentResourceNotFound", ErrorKind::kNotFound},
        KindRow{"SubscriptionNotShownProvesNothing", 404, "SubscriptionNotFound",
                ErrorKind::kForbidden},
        KindRow{"UnknownTypeProvesNothing", 404, "InvalidResourceType", ErrorKind::kInvalidInput},
        KindRow{"RequestTimeout", 408, "RequestTimeout", ErrorKind::kTimeout},
        KindRow{"Conflict", 409, "AnotherOperationInProgress", ErrorKind::kConflict},
        KindRow{"PreconditionFailed", 412, "PreconditionFailed", ErrorKind::kConflict},
        KindRow{"Locked", 423, "ScopeLocked", ErrorKind::kConflict},
        KindRow{"TooMany", 429, "TooManyRequests", ErrorKind::kThrottled},
        KindRow{"ServerError", 500, "InternalServerError", ErrorKind::kUnavailable},
        KindRow{"NotImplemented", 501, "NotImplemented", ErrorKind::kUnavailable},
        KindRow{"BadGateway", 502, "BadGateway", ErrorKind::kUnavailable},
        KindRow{"Unavailable", 503, "ServiceUnavailable", ErrorKind::kUnavailable},
        KindRow{"GatewayTimeoutMayHaveBeenApplied", 504, "GatewayTimeout", ErrorKind::kTimeout}),
    [](const auto& row) { return row.param.name; });

struct BodyRow {
  const char* name;
  std::string body;
  std::string code;
  std::string message;
  std::string target;
};

class Body : public ::testing::TestWithParam<BodyRow> {};

TEST_P(Body, TellsTheMostTellingPart) {
  const BodyRow& row = GetParam();
  const Error error = ErrorFrom(Refusal(400, row.body), {});
  EXPECT_EQ(error.code, row.code);
  EXPECT_EQ(error.message, row.message);
  EXPECT_EQ(error.target, row.target);
}

INSTANTIATE_TEST_SUITE_P(
    ArmError, Body,
    ::testing::Values(
        BodyRow{"Envelope", R"({"error":{"code":"InvalidParameter","message":"m","target":"a.b"}})",
                "InvalidParameter", "m", "a.b"},
        BodyRow{"InnerObjectWithoutEnvelope", R"({"code":"InvalidParameter","message":"m"})",
                "InvalidParameter", "m", ""},
        BodyRow{"SpecificDetailOfAGenericCode",
                R"({"error":{"code":"BadRequest","message":"outer","target":"t","details":[
                    {"code":"BadRequest","message":"no"},
                    {"code":"InvalidPublisher","message":"inner"}]}})",
                "InvalidPublisher", "inner", "t"},
        BodyRow{"DetailOfADetail",
                R"({"error":{"code":"DeploymentFailed","message":"o","details":[
                    {"code":"Conflict","message":"c","details":[
                       {"code":"ScopeLocked","message":"locked","target":"x"}]}]}})",
                "ScopeLocked", "locked", "x"},
        BodyRow{"SpecificOuterCodeStays",
                R"({"error":{"code":"ScopeLocked","message":"o","details":[
                    {"code":"Other","message":"i"}]}})",
                "ScopeLocked", "o", ""},
        BodyRow{
            "EnvelopeAsTextInTheMessage",
            R"({"error":{"code":"BadRequest","message":"{\"error\":{\"code\":\"InvalidName\",\"message\":\"m\"}}"}})",
            "InvalidName", "m", ""},
        BodyRow{
            "GenericEnvelopeInTheMessage",
            R"({"error":{"code":"BadRequest","message":"{\"error\":{\"code\":\"Failed\",\"message\":\"m\"}}"}})",
            "BadRequest", "m", ""},
        BodyRow{"CountedRequestsOfCompute",
                R"({"error":{"code":"OperationNotAllowed","message":"too many requests","details":[
                {"code":"TooManyRequests","target":"GetGallery3Min",
                 "message":"{\"operationGroup\":\"GetGallery3Min\",\"allowedRequestCount\":350}"}]}})",
                "TooManyRequests", "too many requests", "GetGallery3Min"},
        BodyRow{"ProblemJson", R"({"type":"about:blank","title":"Not Found","detail":"no plan"})",
                "", "no plan", ""},
        BodyRow{"TokenEndpoint",
                R"({"error":"invalid_client","error_description":"AADSTS7000215"})",
                "invalid_client", "AADSTS7000215", ""},
        BodyRow{"Html", "<html><head><title>502 Bad\tGateway</title></head></html>", "",
                "HTTP 400: 502 Bad\tGateway", ""},
        BodyRow{"HtmlWithoutTitle", "<p>no</p>", "", "HTTP 400", ""},
        BodyRow{"NoBody", "", "", "HTTP 400", ""},
        BodyRow{"JsonThatIsNoObject", "[1]", "", "HTTP 400", ""},
        BodyRow{"DetailsThatAreNoList",
                R"({"error":{"code":"BadRequest","message":"m","details":7}})", "BadRequest", "m",
                ""}),
    [](const auto& row) { return row.param.name; });

TEST(ArmError, KeepsTheCorrelationIdBeforeTheRequestId) {
  http::Headers headers{{"x-ms-request-id", "r"}};
  EXPECT_EQ(ErrorFrom(Refusal(500, "", headers), {}).request_id, "r");
  headers.Set("X-MS-Correlation-Request-Id", "c");
  headers.Set("x-ms-routing-request-id", "w");
  EXPECT_EQ(ErrorFrom(Refusal(500, "", headers), {}).request_id, "c");
  EXPECT_EQ(RequestIdsOf(headers), (RequestIds{"c", "r", "w"}));
}

TEST(ArmError, KeepsRetryAfter) {
  EXPECT_EQ(ErrorFrom(Refusal(429, "", {{"Retry-After", "17"}}), {}).retry_after, seconds(17));
  EXPECT_EQ(ErrorFrom(Refusal(503, "", {{"Retry-After", "1"}, {"x-ms-retry-after-ms", "120"}}), {})
                .retry_after,
            milliseconds(120));
  EXPECT_FALSE(ErrorFrom(Refusal(429, ""), {}).retry_after.has_value());
}

struct AbsenceRow {
  const char* name;
  http::Response response;
  ErrorKind want;
};

class NotFoundAnswer : public ::testing::TestWithParam<AbsenceRow> {};

TEST_P(NotFoundAnswer, ProvesAbsenceOnlyFromArm) {
  EXPECT_EQ(ErrorFrom(GetParam().response, {}).kind, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    ArmError, NotFoundAnswer,
    ::testing::Values(
        AbsenceRow{"GatewayPage", Refusal(404, "<html>"), ErrorKind::kUnavailable},
        AbsenceRow{"GatewayText", Refusal(404, "404 page not found"), ErrorKind::kUnavailable},
        AbsenceRow{"GatewayJson", Refusal(404, R"({"message":"no route"})"),
                   ErrorKind::kUnavailable},
        AbsenceRow{"Nothing", Refusal(404, ""), ErrorKind::kUnavailable},
        AbsenceRow{"NothingWithArmsRequestId", Refusal(404, "", {{"x-ms-request-id", "r"}}),
                   ErrorKind::kNotFound},
        AbsenceRow{"ProblemJson",
                   Refusal(404, R"({"title":"Not Found"})",
                           {{"Content-Type", "application/problem+json; charset=utf-8"}}),
                   ErrorKind::kNotFound}),
    [](const auto& row) { return row.param.name; });

TEST(ArmError, RefusesRedirects) {
  const Error error = ErrorFrom(Refusal(307, "", {{"Location", "https://elsewhere/"}}), {});
  EXPECT_EQ(error.kind, ErrorKind::kProtocol);
}

TEST(ArmError, IsReadFromABodyOfASuccess) {
  const auto body = json::Parse(R"({"code":"ReplicationFailed","message":"m","target":"t"})");
  const Error error = ErrorFromBody(*body, "fallback");
  EXPECT_EQ(error.code, "ReplicationFailed");
  EXPECT_EQ(error.message, "m");
  EXPECT_EQ(error.target, "t");
  EXPECT_EQ(error.http_status, 0);
  EXPECT_EQ(ErrorFromBody({}, "fallback").message, "fallback");
}

TEST(ArmError, IsReadFromALatestOperationResult) {
  const auto body = json::Parse(R"({"status":"Failed","errorCode":"C","errorMessage":"m"})");
  EXPECT_EQ(ErrorFromBody(*body, "").code, "C");
  EXPECT_EQ(ErrorFromBody(*body, "").message, "m");
}

}  // namespace
}  // namespace labgallery::azure
