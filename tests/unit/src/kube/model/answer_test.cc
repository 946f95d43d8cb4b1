#include "src/kube/model/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

using namespace std::chrono_literals;

const ObjectKey kAsked{"labs", "one"};

struct ErrorRow {
  std::string name;
  int status;
  std::string body;
  ErrorKind kind;
  std::string code;
};
class ApiError : public testing::TestWithParam<ErrorRow> {};
TEST_P(ApiError, IsOfItsKind) {
  const Error error = ErrorFrom(http::JsonResponse(GetParam().status, GetParam().body), kAsked, {});
  EXPECT_EQ(error.kind, GetParam().kind);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.http_status, GetParam().status);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ApiError,
    testing::ValuesIn<ErrorRow>({
        {"NotFoundWithProof", 404,
         R"({"kind":"Status","reason":"NotFound","code":404,"details":{"name":"one"}})",
         ErrorKind::kNotFound, "NotFound"},
        {"UnavailableWhenAnotherNameIsNotFound", 404,
         R"({"kind":"Status","reason":"NotFound","code":404,"details":{"name":"two"}})",
         ErrorKind::kUnavailable, "NotFound"},
        {"UnavailableWhenThePathIsNotServed", 404, "404 page not found", ErrorKind::kUnavailable,
         ""},
        {"ConflictOfVersions", 409, R"({"kind":"Status","reason":"Conflict","code":409})",
         ErrorKind::kConflict, "Conflict"},
        {"ConflictWhenTheTestOfAPatchFails", 422,
         R"({"kind":"Status","reason":"Invalid","code":422,"details":{}})", ErrorKind::kConflict,
         "Invalid"},
        {"InvalidInputWhenTheSchemaIsBroken", 422,
         R"({"kind":"Status","reason":"Invalid","code":422,"details":{"causes":[{"field":"spec"}]}})",
         ErrorKind::kInvalidInput, "Invalid"},
        {"Expired", 410, R"({"kind":"Status","reason":"Expired","code":410})", ErrorKind::kConflict,
         "Expired"},
        {"GoneIsExpiredToo", 410, R"({"kind":"Status","reason":"Gone","code":410})",
         ErrorKind::kConflict, "Expired"},
        {"ExpiredWithoutStatus", 410, "", ErrorKind::kConflict, "Expired"},
        {"Unauthenticated", 401, R"({"kind":"Status","reason":"Unauthorized","code":401})",
         ErrorKind::kUnauthenticated, "Unauthorized"},
        {"Forbidden", 403, R"({"kind":"Status","reason":"Forbidden","code":403})",
         ErrorKind::kForbidden, "Forbidden"},
        {"ForbiddenWhereTheNamespaceGoes", 403,
         R"({"kind":"Status","reason":"Forbidden","code":403,"details":{"causes":[
             {"reason":"NamespaceTerminating","field":"metadata.namespace"}]}})",
         ErrorKind::kForbidden, "NamespaceTerminating"},
        {"Throttled", 429, R"({"kind":"Status","reason":"TooManyRequests","code":429})",
         ErrorKind::kThrottled, "TooManyRequests"},
        {"Timeout", 504, R"({"kind":"Status","reason":"Timeout","code":504})", ErrorKind::kTimeout,
         "Timeout"},
        {"UnavailableFromAProxy", 502, "<html>bad gateway</html>", ErrorKind::kUnavailable, ""},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ErrorFrom, TakesTheWaitFromTheHeaderBeforeTheBody) {
  http::Response response = http::JsonResponse(
      429,
      R"({"kind":"Status","message":"slow down","code":429,"details":{"retryAfterSeconds":9}})");
  EXPECT_EQ(ErrorFrom(response, kAsked, {}).retry_after, 9s);
  EXPECT_EQ(ErrorFrom(response, kAsked, {}).message, "slow down");
  response.headers.Set("Retry-After", "2");
  EXPECT_EQ(ErrorFrom(response, kAsked, {}).retry_after, 2s);
}

TEST(ErrorFrom, RepeatsWhatIsNoStatusWhereAPersonCanReadIt) {
  const auto said = [](const std::string& body) {
    return ErrorFrom({.status = 400, .headers = {}, .body = body}, kAsked, {}).message;
  };
  EXPECT_EQ(said("Client sent an HTTP request to an HTTPS server.\n"),
            "the API server answered HTTP 400: Client sent an HTTP request to an HTTPS server.");
  EXPECT_EQ(said("<html>no</html>"), "the API server answered HTTP 400");
  EXPECT_EQ(said(""), "the API server answered HTTP 400");
}

TEST(IsExpired, IsSaidOfVersionsThatAreTooOldOnly) {
  EXPECT_TRUE(IsExpired(ErrorFromStatus(*json::Parse(R"({"code":410,"reason":"Gone"})"))));
  EXPECT_FALSE(IsExpired(ErrorFromStatus(*json::Parse(R"({"code":409,"reason":"Conflict"})"))));
}

TEST(ReadList, GivesItemsAndWhereToGoOn) {
  const auto list = ReadList(
      R"({"metadata":{"resourceVersion":"9","continue":"c"},"items":[{"metadata":{"name":"a"}}]})");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->resource_version, "9");
  EXPECT_EQ(list->continue_token, "c");
  ASSERT_EQ(list->items.size(), 1U);
  EXPECT_EQ(list->items.front().Text({"metadata", "name"}), "a");
}

TEST(ReadList, TakesNullItemsForNone) {
  EXPECT_TRUE(ReadList(R"({"metadata":{"resourceVersion":"9"},"items":null})")->items.empty());
}

TEST(ReadList, RefusesWhatIsNoList) {
  EXPECT_FALSE(ReadList("[]"));
  EXPECT_FALSE(ReadList("{"));
  EXPECT_FALSE(ReadList(R"({"metadata":{"resourceVersion":9}})"));
}

struct EventRow {
  std::string name;
  WatchEventType type;
};
class WatchLine : public testing::TestWithParam<EventRow> {};
TEST_P(WatchLine, HasItsType) {
  const auto event = ReadWatchEvent(R"({"type":")" + GetParam().name + R"(","object":{"a":1}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, GetParam().type);
  EXPECT_EQ(json::Dump(event->object), R"({"a":1})");
}
INSTANTIATE_TEST_SUITE_P(Table, WatchLine,
                         testing::ValuesIn<EventRow>({
                             {"ADDED", WatchEventType::kAdded},
                             {"MODIFIED", WatchEventType::kModified},
                             {"DELETED", WatchEventType::kDeleted},
                             {"BOOKMARK", WatchEventType::kBookmark},
                             {"ERROR", WatchEventType::kError},
                             {"FUTURE", WatchEventType::kUnknown},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(ReadWatchEvent, RefusesALineThatIsNoEvent) {
  EXPECT_EQ(ReadWatchEvent("{").error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(ReadWatchEvent(R"({"type":"ADDED"})").error().kind, ErrorKind::kProtocol);
}

TEST(EndsInitialEvents, IsSaidByOneBookmarkOnly) {
  const std::string object = R"({"metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}})";
  EXPECT_TRUE(EndsInitialEvents(*ReadWatchEvent(R"({"type":"BOOKMARK","object":)" + object + "}")));
  EXPECT_FALSE(
      EndsInitialEvents(*ReadWatchEvent(R"({"type":"MODIFIED","object":)" + object + "}")));
  EXPECT_FALSE(EndsInitialEvents(*ReadWatchEvent(R"({"type":"BOOKMARK","object":{}})")));
}

}  // namespace
}  // namespace labgallery::kube
