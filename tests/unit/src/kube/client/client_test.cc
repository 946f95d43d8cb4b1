#include "src/kube/client/client.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "src/json/parse.h"
#include "tests/unit/src/kube/client/scripted_transport.h"

namespace labgallery::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ResourceType kWidget{"example.org", "v1", "Widget", "widgets", true};
const ObjectKey kKey{"ns", "one"};
constexpr std::string_view kPath = "http://server/apis/example.org/v1/namespaces/ns/widgets/one";

const std::string kObject =
    R"({"kind":"PartialObjectMetadata","metadata":{"name":"one","namespace":"ns","uid":"u-1",)"
    R"("resourceVersion":"12","generation":3,"finalizers":["a/b"]}})";

std::string StatusBody(int code, const std::string& reason, const std::string& details = "{}") {
  return R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"reason":")" + reason +
         R"(","message":"why","details":)" + details + "}";
}

class ClientTest : public testing::Test {
 protected:
  Client Make(ClientOptions options = {}) {
    options.origin = "http://server";
    return {transport, watch_transport, clock, std::move(options)};
  }

  LeapingClock clock{SystemTime{}};
  Presence here = clock.Enter();
  ScriptedTransport transport;
  ScriptedTransport watch_transport;
  Client client = Make();
  json::Value operations =
      *json::Parse(R"([{"op":"test","path":"/metadata/resourceVersion","value":"11"}])");
};

using KubeClient = ClientTest;

TEST_F(KubeClient, CL11_NamesItselfInEveryRequest) {
  transport.Answer(200, kObject);
  ASSERT_TRUE(client.Get(kWidget, kKey, {}));
  EXPECT_TRUE(transport.requests()[0].headers.Get("User-Agent")->starts_with("labgallery/"));
  EXPECT_GT(transport.requests()[0].headers.Get("User-Agent")->size(),
            std::string("labgallery/").size());
  EXPECT_EQ(transport.requests()[0].url, kPath);
}

TEST_F(KubeClient, AsksForMetadataOnlyWhereItWritesAndReadsThatOfAWholeObjectToo) {
  const std::string whole =
      R"({"kind":"Widget","spec":{"a":1},"metadata":{"name":"one","namespace":"ns","resourceVersion":"13"}})";
  transport.Answer(200, kObject);
  transport.Answer(200, whole);
  const auto first = client.PatchJson({kWidget, kKey, "status"}, operations, {});
  const auto second = client.PatchJson({kWidget, kKey}, operations, {});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->uid, "u-1");
  EXPECT_EQ(first->resource_version, "12");
  EXPECT_EQ(first->generation, 3);
  EXPECT_EQ(first->finalizers, std::vector<std::string>{"a/b"});
  EXPECT_EQ(second->resource_version, "13");
  const http::Request& sent = transport.requests()[0];
  EXPECT_EQ(sent.url, std::string(kPath) + "/status");
  EXPECT_EQ(sent.headers.Get("Accept"),
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json");
  EXPECT_EQ(sent.headers.Get("Content-Type"), "application/json-patch+json");
}

struct RetryRow {
  std::string name;
  int status;
  bool retry_after;
  bool read;
  std::size_t requests;
};

class KubeClientRetries : public ClientTest, public testing::WithParamInterface<RetryRow> {};

TEST_P(KubeClientRetries, CL01_OnlyWhatWasNotApplied) {
  const RetryRow& row = GetParam();
  const http::Headers headers =
      row.retry_after ? http::Headers{{"Retry-After", "2"}} : http::Headers{};
  for (std::size_t i = 0; i < row.requests; ++i) transport.Answer(row.status, "busy", headers);
  const bool ok = row.read ? client.Get(kWidget, kKey, {}).has_value()
                           : client.PatchJson({kWidget, kKey}, operations, {}).has_value();
  EXPECT_FALSE(ok);
  EXPECT_EQ(transport.requests().size(), row.requests);
  EXPECT_EQ(clock.SteadyNow().time_since_epoch(), seconds(2 * (row.requests - 1)));
}

INSTANTIATE_TEST_SUITE_P(, KubeClientRetries,
                         testing::Values(RetryRow{"Read429", 429, true, true, 10},
                                         RetryRow{"Read503", 503, true, true, 10},
                                         RetryRow{"Read503WithoutRetryAfter", 503, false, true, 1},
                                         RetryRow{"Read429WithoutRetryAfter", 429, false, true, 1},
                                         RetryRow{"Read404", 404, true, true, 1},
                                         RetryRow{"Write429", 429, true, false, 10},
                                         RetryRow{"Write503", 503, true, false, 1},
                                         RetryRow{"Write500", 500, true, false, 1}),
                         [](const auto& row) { return row.param.name; });

TEST_F(KubeClient, CL01_GoesOnAfterTheServerHasRecovered) {
  transport.Answer(429, "busy", {{"Retry-After", "1"}});
  transport.Answer(200, kObject);
  EXPECT_TRUE(client.PatchJson({kWidget, kKey}, operations, {}));
  EXPECT_EQ(clock.SteadyNow().time_since_epoch(), seconds(1));
}

TEST_F(KubeClient, CL01_StopsWaitingWhenAsked) {
  std::stop_source stop;
  transport.Answer(429, "busy", {{"Retry-After", "1000"}});
  std::jthread other([&, there = clock.Enter()] {
    clock.Sleep(seconds(1), {});
    stop.request_stop();
  });
  EXPECT_FALSE(client.Get(kWidget, kKey, stop.get_token()));
  EXPECT_LT(clock.SteadyNow().time_since_epoch(), seconds(1000));
}

TEST_F(KubeClient, CL02_RepeatsAReadAfterABrokenConnection) {
  transport.Fail(Unavailable("reset"));
  transport.Fail({.kind = ErrorKind::kTimeout, .message = "silence"});
  transport.Answer(200, kObject);
  EXPECT_TRUE(client.Get(kWidget, kKey, {}));
  EXPECT_EQ(clock.SteadyNow().time_since_epoch(), seconds(2));
}

TEST_F(KubeClient, CL02_NeverRepeatsAWriteAfterABrokenConnection) {
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kTimeout}) {
    transport.Fail({.kind = kind, .message = "reset"});
    const auto answer = client.PatchJson({kWidget, kKey}, operations, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, kind);
  }
  EXPECT_EQ(transport.requests().size(), 2U);
}

TEST_F(KubeClient, CL02_LeavesABrokenListToItsCaller) {
  transport.Fail(Unavailable("refused"));
  EXPECT_FALSE(client.ListPage({kWidget, ""}, {}, {}));
  EXPECT_EQ(transport.requests().size(), 1U);
}

TEST_F(KubeClient, LeavesAVersionThatIsTooLargeToItsCaller) {
  transport.Answer(
      504,
      StatusBody(504, "Timeout",
                 R"({"retryAfterSeconds":1,"causes":[{"reason":"ResourceVersionTooLarge"}]})"),
      {{"Retry-After", "1"}});
  const auto page = client.ListPage({kWidget, ""}, {.resource_version = "999"}, {});
  ASSERT_FALSE(page);
  EXPECT_TRUE(IsVersionTooLarge(page.error()));
  EXPECT_EQ(transport.requests().size(), 1U);
}

TEST_F(KubeClient, CL08_CallsAFailedTestOfAPatchAConflict) {
  transport.Answer(422, StatusBody(422, "Invalid"));
  EXPECT_EQ(client.PatchJson({kWidget, kKey}, operations, {}).error().kind, ErrorKind::kConflict);
}

TEST_F(KubeClient, CL12_ProvesAbsenceOnlyByAStatusAboutTheName) {
  transport.Answer(404, StatusBody(404, "NotFound", R"({"name":"one","kind":"widgets"})"));
  transport.Answer(404, "404 page not found\n");
  EXPECT_EQ(client.Get(kWidget, kKey, {}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(client.Get(kWidget, kKey, {}).error().kind, ErrorKind::kUnavailable);
}

TEST_F(KubeClient, CL07_DeletesOnlyTheObjectWithTheUid) {
  transport.Answer(200, StatusBody(200, ""));
  ASSERT_TRUE(client.Delete({kWidget, kKey}, "u-1", {}));
  const http::Request& sent = transport.requests()[0];
  EXPECT_EQ(sent.method, http::Method::kDelete);
  EXPECT_NE(sent.body.find(R"("preconditions":{"uid":"u-1"})"), std::string::npos);
}

TEST_F(KubeClient, CreatesInTheCollectionAndReplacesTheObject) {
  transport.Answer(201, kObject);
  transport.Answer(200, kObject);
  const json::Value object = *json::Parse(kObject);
  EXPECT_TRUE(client.Create(kWidget, object, {}));
  EXPECT_TRUE(client.Replace(kWidget, object, {}));
  EXPECT_EQ(transport.requests()[0].method, http::Method::kPost);
  EXPECT_EQ(transport.requests()[0].url, "http://server/apis/example.org/v1/namespaces/ns/widgets");
  EXPECT_EQ(transport.requests()[1].method, http::Method::kPut);
  EXPECT_EQ(transport.requests()[1].url, kPath);
}

TEST_F(KubeClient, AsksTheGateBeforeEachSendingOfAWriteAndNeverForARead) {
  int asked = 0;
  Client gated = Make({.before_write = [&](const http::Request&) -> Status {
    if (++asked == 3) return Cancelled();
    return Ok();
  }});
  transport.Answer(200, kObject);
  transport.Answer(429, "busy", {{"Retry-After", "1"}});
  transport.Answer(429, "busy", {{"Retry-After", "1"}});
  EXPECT_TRUE(gated.Get(kWidget, kKey, {}));
  EXPECT_EQ(gated.PatchJson({kWidget, kKey}, operations, {}).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(transport.requests().size(), 3U);  // the third try of the write was not sent
}

TEST_F(KubeClient, TellsOfEverySendingAndOfNothingThatWasNotSent) {
  std::vector<Exchange> seen;
  int writes = 0;
  Client observed = Make({.before_write = [&](const http::Request&) -> Status {
                            if (++writes == 2) return Cancelled();
                            return Ok();
                          },
                          .on_request = [&](const Exchange& each) { seen.push_back(each); }});
  transport.Answer(429, "busy", {{"Retry-After", "1"}});
  transport.Answer(200, kObject);
  transport.Answer(200, kObject);
  watch_transport.Stream({});
  EXPECT_TRUE(observed.Get(kWidget, kKey, {}));
  EXPECT_TRUE(observed.PatchJson({kWidget, kKey}, operations, {}));
  EXPECT_FALSE(observed.PatchJson({kWidget, kKey}, operations, {}));
  EXPECT_TRUE(observed.Watch({kWidget, ""}, {}, {}));
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].status, 429);
  EXPECT_EQ(seen[1].status, 200);
  EXPECT_EQ(seen[2].method, http::Method::kPatch);
  EXPECT_FALSE(seen[2].is_watch);
  EXPECT_TRUE(seen[3].is_watch);
}

TEST_F(KubeClient, DecoratesEveryRequestAndReportsWhenItCannot) {
  Client decorated =
      Make({.decorate = [](http::Request& request, const std::stop_token&) -> Status {
        if (!http::IsRead(request.method)) return InvalidInput("no credential");
        request.headers.Set("Authorization", "Bearer x");
        return Ok();
      }});
  transport.Answer(200, kObject);
  watch_transport.Stream({});
  EXPECT_TRUE(decorated.Get(kWidget, kKey, {}));
  EXPECT_TRUE(decorated.Watch({kWidget, ""}, {}, {}));
  EXPECT_FALSE(decorated.PatchJson({kWidget, kKey}, operations, {}));
  EXPECT_EQ(transport.requests()[0].headers.Get("Authorization"), "Bearer x");
  EXPECT_EQ(watch_transport.requests()[0].headers.Get("Authorization"), "Bearer x");
  EXPECT_EQ(transport.requests().size(), 1U);
}

TEST_F(KubeClient, WatchesOnItsOwnTransportWithALongSilence) {
  watch_transport.Stream({R"({"type":"ADDED","object":{"metadata":{"na)", "me\":\"one\"}}}\n"});
  auto stream = client.Watch({kWidget, "ns"}, {.resource_version = "5"}, {});
  ASSERT_TRUE(stream);
  const auto event = stream->Next({});
  ASSERT_TRUE(event && *event);
  EXPECT_EQ((*event)->type, WatchEventType::kAdded);
  const auto end = stream->Next({});
  EXPECT_TRUE(end && !*end);
  EXPECT_EQ(watch_transport.options()[0].timeout, milliseconds(75000));
  EXPECT_TRUE(transport.requests().empty());
}

TEST_F(KubeClient, ReadsTheStatusOfARefusedWatch) {
  watch_transport.Answer(410, StatusBody(410, "Expired"));
  const auto stream = client.Watch({kWidget, ""}, {.resource_version = "5"}, {});
  ASSERT_FALSE(stream);
  EXPECT_TRUE(IsExpired(stream.error()));
}

TEST_F(KubeClient, CallsALineThatIsNoEventAProtocolError) {
  watch_transport.Stream({"{broken\n"});
  auto stream = client.Watch({kWidget, ""}, {}, {});
  EXPECT_EQ(stream->Next({}).error().kind, ErrorKind::kProtocol);
}

TEST_F(KubeClient, AsksForListsOfMetadataWhereNoMoreIsWanted) {
  transport.Answer(200, R"({"metadata":{"resourceVersion":"7"},"items":[]})");
  watch_transport.Stream({});
  ASSERT_TRUE(client.ListPage({kWidget, "", Form::kMetadata}, {}, {}));
  ASSERT_TRUE(client.Watch({kWidget, "", Form::kMetadata}, {}, {}));
  EXPECT_TRUE(transport.requests()[0].headers.Get("Accept")->find("PartialObjectMetadataList") !=
              std::string::npos);
  EXPECT_TRUE(watch_transport.requests()[0].headers.Get("Accept")->find(
                  "as=PartialObjectMetadata;") != std::string::npos);
}

}  // namespace
}  // namespace labgallery::kube
