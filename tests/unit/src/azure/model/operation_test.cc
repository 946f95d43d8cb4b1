#include "src/azure/model/operation.h"

#include <gtest/gtest.h>

namespace labgallery::azure {
namespace {

using http::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kOrigin = "https://management.azure.com";
constexpr const char* kPath = "/subscriptions/s/resourceGroups/g/providers/A.B/things/t";
const std::string kStatusUrl =
    std::string(kOrigin) + "/subscriptions/s/providers/A.B/operations/1?api-version=2024-01-01&s=x";
const std::string kLocationUrl =
    std::string(kOrigin) + "/subscriptions/s/providers/A.B/operations/1?api-version=2024-01-01&m=1";

const Instants kNow{SystemTime(seconds(1000)), SteadyTime(seconds(50))};

Started By(Method method) {
  return {.method = method, .origin = kOrigin, .path = kPath, .api_version = "2023-07-03"};
}

http::Response Answered(int status, http::Headers headers = {}, std::string body = "") {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

std::string InState(const std::string& state) {
  return R"({"properties":{"provisioningState":")" + state + R"("}})";
}

struct StartRow {
  const char* name;
  Method method;
  http::Response response;
  std::optional<MonitorStyle> style;
  std::string url;
};

class Start : public ::testing::TestWithParam<StartRow> {};

TEST_P(Start, ChoosesTheMonitor) {
  const StartRow& row = GetParam();
  const auto operation = OperationFrom(By(row.method), row.response, kNow);
  ASSERT_EQ(operation.has_value(), row.style.has_value());
  if (!operation) return;
  EXPECT_EQ(operation->style, *row.style);
  EXPECT_EQ(operation->url.Reveal(), row.url);
  EXPECT_EQ(operation->method, row.method);
}

constexpr auto kAsync = MonitorStyle::kAsyncOperation;
constexpr auto kLocation = MonitorStyle::kLocation;
constexpr auto kResource = MonitorStyle::kResource;

INSTANTIATE_TEST_SUITE_P(
    Operation, Start,
    ::testing::Values(
        StartRow{"StatusUrlComesBeforeLocation", Method::kDelete,
                 Answered(202, {{"location", kLocationUrl}, {"azure-asyncoperation", kStatusUrl}}),
                 kAsync, kStatusUrl},
        StartRow{"PutAnsweredWith200IsNotFinished", Method::kPut,
                 Answered(200, {{"Azure-AsyncOperation", kStatusUrl}}, InState("Updating")), kAsync,
                 kStatusUrl},
        StartRow{"SucceededBesideAnOpenOperation", Method::kPatch,
                 Answered(200, {{"Azure-AsyncOperation", kStatusUrl}}, InState("Succeeded")),
                 kAsync, kStatusUrl},
        StartRow{"LocationOf202", Method::kPost, Answered(202, {{"Location", kLocationUrl}}),
                 kLocation, kLocationUrl},
        StartRow{"LocationBesideAMovingResource", Method::kPut,
                 Answered(201, {{"Location", kLocationUrl}}, InState("Creating")), kLocation,
                 kLocationUrl},
        StartRow{"LocationBesideAFinishedResource",
                 Method::kPut,
                 Answered(201, {{"Location", kLocationUrl}}, InState("Succeeded")),
                 {},
                 ""},
        StartRow{"MovingStateWithoutHeaders", Method::kPut, Answered(201, {}, InState("Creating")),
                 kResource, ""},
        StartRow{"AcceptedWithoutHeaders", Method::kDelete, Answered(202), kResource, ""},
        StartRow{"FinishedPut", Method::kPut, Answered(200, {}, InState("Succeeded")), {}, ""},
        StartRow{
            "NoStateCountsAsSucceeded", Method::kPut, Answered(200, {}, R"({"id":"x"})"), {}, ""},
        StartRow{"FinishedDelete", Method::kDelete, Answered(204), {}, ""},
        StartRow{"DeleteAnsweredWithTheResource",
                 Method::kDelete,
                 Answered(200, {}, InState("Deleting")),
                 {},
                 ""},
        StartRow{"MissingApiVersionIsAppended", Method::kPut,
                 Answered(202, {{"Location", std::string(kOrigin) + "/operationresults/1"}}),
                 kLocation, std::string(kOrigin) + "/operationresults/1?api-version=2023-07-03"},
        StartRow{"MissingApiVersionIsAppendedToAQuery", Method::kPut,
                 Answered(202, {{"Location", std::string(kOrigin) + "/r/1?a=%2f"}}), kLocation,
                 std::string(kOrigin) + "/r/1?a=%2f&api-version=2023-07-03"},
        StartRow{"RelativeMonitor", Method::kPut,
                 Answered(202, {{"Location", "/r/1?api-version=1"}}), kLocation,
                 std::string(kOrigin) + "/r/1?api-version=1"},
        StartRow{"MonitorElsewhereIsNotBelieved", Method::kPut,
                 Answered(202, {{"Azure-AsyncOperation", "https://evil.example/x?api-version=1"}}),
                 kResource, ""},
        StartRow{"MonitorOfALookalikeHostIsNotBelieved", Method::kPut,
                 Answered(202, {{"Location", "https://management.azure.com.evil.example/x"}}),
                 kResource, ""},
        StartRow{"MonitorWithoutTlsIsNotBelieved", Method::kPut,
                 Answered(202, {{"Location", "http://management.azure.com/x"}}), kResource, ""},
        StartRow{"HostsCompareWithoutCase", Method::kPut,
                 Answered(202, {{"Location", "https://Management.Azure.com:443/x?api-version=1"}}),
                 kLocation, "https://Management.Azure.com:443/x?api-version=1"},
        StartRow{"Refusal", Method::kPut, Answered(409, {{"Location", kLocationUrl}}), {}, ""}),
    [](const auto& row) { return row.param.name; });

TEST(Operation, KeepsALongSignedUrlAsItCame) {
  const std::string url = kStatusUrl + "&c=" + std::string(4096, 'A') + "%2B%3d";
  const auto operation =
      OperationFrom(By(Method::kPut), Answered(201, {{"Azure-AsyncOperation", url}}), kNow);
  EXPECT_EQ(operation->url.Reveal(), url);
}

TEST(Operation, OfAnActionIsOnWhatItActsOn) {
  Started started = By(Method::kPost);
  started.path += "/share";
  EXPECT_EQ(OperationFrom(started, Answered(202), kNow)->path, kPath);
}

TEST(Operation, IsPolledAsItsWriteWasToldUntilAPollIsToldOtherwise) {
  Started started = By(Method::kPut);
  started.interval = seconds(60);
  auto operation = OperationFrom(started, Answered(202, {{"Retry-After", "17"}}), kNow);
  EXPECT_EQ(operation->interval, seconds(17));
  ASSERT_TRUE(ReadPoll(*operation, Answered(200, {}, InState("Updating")), kNow));
  EXPECT_EQ(operation->next_poll, kNow.steady + seconds(17));
}

TEST(Operation, IsPolledAfterASecondAndThenEverLaterWhereAzureDoesNotSay) {
  Started started = By(Method::kPut);
  started.interval = seconds(5);
  auto operation = OperationFrom(started, Answered(202), kNow);
  EXPECT_EQ(operation->next_poll, kNow.steady + seconds(1));
  for (const int wait : {2, 4, 5, 5}) {
    EXPECT_TRUE(ReadPoll(*operation, Answered(200, {}, InState("Updating")), kNow));
    EXPECT_EQ(operation->next_poll, kNow.steady + seconds(wait));
  }
  started.interval = milliseconds(500);
  EXPECT_EQ(OperationFrom(started, Answered(202), kNow)->next_poll,
            kNow.steady + milliseconds(500));
}

struct WaitRow {
  const char* name;
  http::Headers headers;
  milliseconds want;
};

class Wait : public ::testing::TestWithParam<WaitRow> {};

TEST_P(Wait, IsAsAzureSays) {
  Started started = By(Method::kPut);
  started.interval = seconds(60);
  auto operation = OperationFrom(started, Answered(202, GetParam().headers), kNow);
  EXPECT_EQ(operation->next_poll, kNow.steady + GetParam().want);
  operation->next_poll = {};
  EXPECT_TRUE(ReadPoll(*operation, Answered(200, GetParam().headers, InState("Updating")), kNow));
  EXPECT_EQ(operation->next_poll, kNow.steady + GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Operation, Wait,
    ::testing::Values(
        WaitRow{"Seconds", {{"Retry-After", "17"}}, seconds(17)},
        WaitRow{"HttpDate", {{"Retry-After", "Thu, 01 Jan 1970 00:16:57 GMT"}}, seconds(17)},
        WaitRow{"ExactBeforeSeconds",
                {{"Retry-After", "1"}, {"x-ms-retry-after-ms", "250"}},
                milliseconds(250)},
        WaitRow{"NeverBelowFiftyMilliseconds", {{"Retry-After", "0"}}, milliseconds(50)}),
    [](const auto& row) { return row.param.name; });

struct PollRow {
  const char* name;
  Method method;
  MonitorStyle style;
  http::Response response;
  OperationPhase phase;
  bool read_resource = false;
  std::string code = "";
};

class PollAnswer : public ::testing::TestWithParam<PollRow> {};

TEST_P(PollAnswer, TellsHowItStands) {
  const PollRow& row = GetParam();
  Operation operation{
      .method = row.method, .style = row.style, .url = Secret(kStatusUrl), .path = kPath};
  const auto state = ReadPoll(operation, row.response, kNow);
  ASSERT_TRUE(state.has_value()) << state.error().ToString();
  EXPECT_EQ(state->phase, row.phase);
  EXPECT_EQ(state->read_resource, row.read_resource);
  EXPECT_EQ(state->error.has_value(), row.phase == OperationPhase::kFailed);
  EXPECT_EQ(state->error.value_or(Error{}).code, row.code);
}

constexpr auto kRunning = OperationPhase::kRunning;
constexpr auto kSucceeded = OperationPhase::kSucceeded;
constexpr auto kFailed = OperationPhase::kFailed;

INSTANTIATE_TEST_SUITE_P(
    Operation, PollAnswer,
    ::testing::Values(
        PollRow{"StatusInProgress", Method::kPut, kAsync,
                Answered(200, {}, R"({"status":"InProgress"})"), kRunning},
        PollRow{"StatusOfAProvidersOwnWords", Method::kPut, kAsync,
                Answered(200, {}, R"({"status":"Baking"})"), kRunning},
        PollRow{"StatusAnsweredWith202", Method::kPut, kAsync, Answered(202), kRunning},
        PollRow{"SucceededPutIsReadAtTheResource", Method::kPut, kAsync,
                Answered(200, {}, R"({"status":"Succeeded"})"), kSucceeded, true},
        PollRow{"SucceededPatchIsReadAtTheResource", Method::kPatch, kAsync,
                Answered(200, {}, R"({"status":"succeeded"})"), kSucceeded, true},
        PollRow{"SucceededDeleteNeedsNoRead", Method::kDelete, kAsync,
                Answered(200, {}, R"({"status":"Succeeded"})"), kSucceeded},
        PollRow{"StatusAnsweredWith204", Method::kDelete, kAsync, Answered(204), kSucceeded},
        PollRow{"Failed", Method::kPut, kAsync,
                Answered(200, {}, R"({"status":"Failed","error":{"code":"BadRequest","message":"m",
                                      "details":[{"code":"SourceGone","message":"gone"}]}})"),
                kFailed, false, "SourceGone"},
        PollRow{"FailedWithoutError", Method::kPut, kAsync,
                Answered(200, {}, R"({"status":"Failed"})"), kFailed},
        PollRow{"Canceled", Method::kPut, kAsync, Answered(200, {}, R"({"status":"Canceled"})"),
                kFailed, false, "OperationCanceled"},
        PollRow{"LocationRunning", Method::kPut, kLocation, Answered(202), kRunning},
        PollRow{"LocationWithTheResource", Method::kPut, kLocation,
                Answered(200, {}, InState("Succeeded")), kSucceeded},
        PollRow{"LocationWithAMovingResource", Method::kPut, kLocation,
                Answered(200, {}, InState("Updating")), kRunning},
        PollRow{"LocationWithAFailedResource", Method::kPut, kLocation,
                Answered(200, {}, R"({"properties":{"provisioningState":"Failed",
                    "latestOperationResult":{"errorCode":"NoCapacity","errorMessage":"m"}}})"),
                kFailed, false, "NoCapacity"},
        PollRow{"LocationWithoutBody", Method::kPut, kLocation, Answered(204), kSucceeded, true},
        PollRow{"LocationOfADelete", Method::kDelete, kLocation, Answered(204), kSucceeded},
        PollRow{"LocationEndsInARefusal", Method::kDelete, kLocation,
                Answered(409, {}, R"({"error":{"code":"CannotDeleteResource","message":"m"}})"),
                kFailed, false, "CannotDeleteResource"},
        PollRow{"ResourceMoving", Method::kPut, kResource, Answered(200, {}, InState("Migrating")),
                kRunning},
        PollRow{"ResourceAtRest", Method::kPut, kResource, Answered(200, {}, InState("Succeeded")),
                kSucceeded},
        PollRow{"ResourceFailedAndSaysWhy", Method::kPut, kResource,
                Answered(200, {}, R"({"properties":{"provisioningState":"Failed",
                    "latestOperationResult":{"errorCode":"NoCapacity","errorMessage":"m"}}})"),
                kFailed, false, "NoCapacity"},
        PollRow{"ResourceVanishedDuringPut", Method::kPut, kResource,
                Answered(404, {}, R"({"error":{"code":"ResourceNotFound","message":"m"}})"),
                kFailed, false, "ResourceNotFound"},
        PollRow{"ResourceGoneAfterDelete", Method::kDelete, kResource,
                Answered(404, {}, R"({"error":{"code":"ResourceNotFound","message":"m"}})"),
                kSucceeded},
        PollRow{"ResourceBeingDeleted", Method::kDelete, kResource,
                Answered(200, {}, InState("Deleting")), kRunning},
        PollRow{"ResourceThatADeleteLeftStanding", Method::kDelete, kResource,
                Answered(200, {}, InState("Succeeded")), kFailed}),
    [](const auto& row) { return row.param.name; });

struct UnreadRow {
  const char* name;
  MonitorStyle style;
  http::Response response;
};

class UnreadStatus : public ::testing::TestWithParam<UnreadRow> {};

TEST_P(UnreadStatus, IsNoFailedOperation) {
  Operation operation{.method = Method::kDelete,
                      .style = GetParam().style,
                      .url = Secret(kStatusUrl),
                      .path = kPath,
                      .interval = seconds(10)};
  EXPECT_FALSE(ReadPoll(operation, GetParam().response, kNow).has_value());
  EXPECT_EQ(operation.style, GetParam().style);
  EXPECT_EQ(operation.next_poll, kNow.steady + seconds(10));
}

INSTANTIATE_TEST_SUITE_P(
    Operation, UnreadStatus,
    ::testing::Values(
        UnreadRow{"StatusRefused", kAsync, Answered(400)},
        UnreadRow{"StatusForbidden", kAsync, Answered(403)},
        UnreadRow{"StatusBroken", kAsync, Answered(500)},
        UnreadRow{"StatusWithoutSense", kAsync, Answered(200, {}, "{}")},
        UnreadRow{"LocationThrottled", kLocation, Answered(429)},
        UnreadRow{"LocationBroken", kLocation, Answered(502)},
        UnreadRow{"ResourceForbiddenIsNotGone", kResource,
                  Answered(403, {}, R"({"error":{"code":"AuthorizationFailed","message":"m"}})")},
        UnreadRow{"SubscriptionNotShownIsNotGone", kResource,
                  Answered(404, {}, R"({"error":{"code":"SubscriptionNotFound","message":"m"}})")},
        UnreadRow{"ResourceWithoutSense", kResource, Answered(200, {}, "<html>")}),
    [](const auto& row) { return row.param.name; });

TEST(Operation, GoesOnAtTheResourceWhenItsMonitorIsForgotten) {
  Operation operation{
      .method = Method::kPut, .style = kAsync, .url = Secret(kStatusUrl), .path = kPath};
  const auto state = ReadPoll(operation, Answered(404), kNow);
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->phase, kRunning);
  EXPECT_EQ(operation.style, kResource);
  EXPECT_TRUE(operation.url.empty());
  EXPECT_EQ(operation.next_poll, kNow.steady);
}

TEST(Operation, ThatFailedIsFoundByTheIdOfItsWrite) {
  Operation operation{.style = kAsync, .url = Secret(kStatusUrl), .correlation_id = "c"};
  const auto state = ReadPoll(operation, Answered(200, {}, R"({"status":"Failed"})"), kNow);
  EXPECT_EQ(state->error->request_id, "c");
}

TEST(Operation, HandsOnWhatTheMonitorItselfGave) {
  Operation operation{.method = Method::kPut, .style = kLocation, .url = Secret(kLocationUrl)};
  const auto state = ReadPoll(operation, Answered(200, {}, R"({"id":"x"})"), kNow);
  EXPECT_EQ(state->result.Text({"id"}), "x");
}

TEST(Operation, TellsItsProgressWhereItIsTold) {
  Operation operation{.style = kAsync, .url = Secret(kStatusUrl)};
  const auto state =
      ReadPoll(operation, Answered(200, {}, R"({"status":"Running","percentComplete":40})"), kNow);
  EXPECT_EQ(state->percent_complete, 40.0);
}

}  // namespace
}  // namespace labgallery::azure
