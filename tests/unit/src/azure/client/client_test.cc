#include "src/azure/client/client.h"

#include <gtest/gtest.h>

#include <set>

#include "src/json/parse.h"
#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::azure {
namespace {

using http::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kOrigin = "https://management.azure.com";
const std::string kPath = "/subscriptions/s/resourceGroups/g/providers/A.B/things/t";
const http::Headers kRates{{"x-ms-ratelimit-remaining-tenant-reads", "249"}};

// Gives token-1, token-2, ...: a new one after each rejection.
class CountingTokens final : public TokenSource {
 public:
  Result<AccessToken> Token(const std::string& audience, const std::stop_token& /*stop*/) override {
    audiences.insert(audience);
    return AccessToken{Secret("token-" + std::to_string(rejected + 1))};
  }
  void Invalidate(const std::string& /*audience*/, const AccessToken& token) override {
    EXPECT_EQ(token.value.Reveal(), "token-" + std::to_string(rejected + 1));
    ++rejected;
  }
  int rejected = 0;
  std::set<std::string> audiences;
};

class ClientTest : public ::testing::Test {
 protected:
  Client MakeClient() {
    return {transport_,
            clock_,
            random_,
            tokens_,
            pacer_,
            {.endpoint = kOrigin,
             .audience = "https://management.azure.com/",
             .user_agent = "labgallery/test",
             .max_pages = 5,
             .before_write = [this](const http::Request& request) -> Status {
               gated_.push_back(request);
               if (gate_closed_) return Cancelled();
               return Ok();
             },
             .observer = [this](const Exchange& exchange) { exchanges_.push_back(exchange); }}};
  }
  static Call AnyCall() { return {.path = kPath, .api_version = "2023-07-03"}; }

  LeapingClock clock_{SystemTime(seconds(1000))};
  SeededRandom random_{1};
  CountingTokens tokens_;
  Pacer pacer_{clock_, {.reads = {3, 1}, .writes = {3, 1}, .deletes = {3, 1}, .headroom = 0}};
  ScriptedTransport transport_;
  std::vector<http::Request> gated_;
  bool gate_closed_ = false;
  std::vector<Exchange> exchanges_;
  Client client_ = MakeClient();
};

TEST_F(ClientTest, SendsTheHeadersThatArmAsksFor) {
  transport_.Answer(200, "{}");
  Call call = AnyCall();
  call.correlation_id = "11111111-2222-4333-8444-555555555555";
  ASSERT_TRUE(client_.Put(call, json::Value::Object{{"location", "westeurope"}}));
  const http::Request& sent = transport_.sent.at(0);
  EXPECT_EQ(sent.method, Method::kPut);
  EXPECT_EQ(sent.url, kOrigin + kPath + "?api-version=2023-07-03");
  EXPECT_EQ(sent.body, R"({"location":"westeurope"})");
  EXPECT_EQ(sent.headers.Get("Authorization"), "Bearer token-1");
  EXPECT_EQ(sent.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(sent.headers.Get("Accept"), "application/json");
  EXPECT_EQ(sent.headers.Get("Accept-Language"), "en-US");
  EXPECT_EQ(sent.headers.Get("User-Agent"), "labgallery/test");
  EXPECT_EQ(sent.headers.Get("x-ms-correlation-request-id"), call.correlation_id);
  EXPECT_EQ(sent.headers.Get("x-ms-client-request-id").value_or("").size(), 36U);
  EXPECT_EQ(tokens_.audiences, std::set<std::string>{"https://management.azure.com/"});
}

TEST_F(ClientTest, EscapesPathAndQuery) {
  transport_.Answer(200, "{}");
  Call call = AnyCall();
  call.path = "/subscriptions/s/resourceGroups/my group(1)";
  call.query = {{"$filter", "principalId eq 'x'"}, {"$expand", "ReplicationStatus"}};
  ASSERT_TRUE(client_.Get(call));
  EXPECT_EQ(transport_.sent.at(0).url,
            std::string(kOrigin) +
                "/subscriptions/s/resourceGroups/my%20group%281%29?api-version=2023-07-03"
                "&$filter=principalId%20eq%20%27x%27&$expand=ReplicationStatus");
}

TEST_F(ClientTest, AnswersWithBodyOperationAndIds) {
  transport_.Answer(201, R"({"id":"x","properties":{"provisioningState":"Creating"}})",
                    {{"x-ms-correlation-request-id", "c"}, {"Retry-After", "60"}});
  Call call = AnyCall();
  call.poll_interval = seconds(7);
  const auto answer = client_.Put(call, json::Value::Object{});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body.Text({"id"}), "x");
  EXPECT_EQ(answer->correlation_id, "c");
  ASSERT_TRUE(answer->operation.has_value());
  EXPECT_EQ(answer->operation->style, MonitorStyle::kResource);
  EXPECT_EQ(answer->operation->next_poll, clock_.SteadyNow() + seconds(60));
  EXPECT_EQ(answer->operation->interval, seconds(60)) << "as the write was told";
}

TEST_F(ClientTest, PollsSoonAndThenAtTheCallersIntervalWhereAzureSaysNothing) {
  transport_.Answer(201, R"({"id":"x","properties":{"provisioningState":"Creating"}})");
  Call call = AnyCall();
  call.poll_interval = seconds(7);
  auto answer = client_.Put(call, json::Value::Object{});
  ASSERT_TRUE(answer.has_value());
  ASSERT_TRUE(answer->operation.has_value());
  Operation& operation = *answer->operation;
  EXPECT_EQ(operation.next_poll, clock_.SteadyNow() + seconds(1));
  EXPECT_EQ(operation.NextInterval(), seconds(2));
  EXPECT_EQ(operation.NextInterval(), seconds(4));
  EXPECT_EQ(operation.NextInterval(), seconds(7));
  EXPECT_EQ(operation.NextInterval(), seconds(7));
}

TEST_F(ClientTest, SeesNoOperationInWhatItOnlyRead) {
  transport_.Answer(200, R"({"properties":{"provisioningState":"Updating"}})");
  EXPECT_FALSE(client_.Get(AnyCall())->operation.has_value());
}

TEST_F(ClientTest, TakesAFreshTokenOnceAfter401) {
  transport_.Answer(401);
  transport_.Answer(200, "{}");
  EXPECT_TRUE(client_.Put(AnyCall(), json::Value::Object{}));
  EXPECT_EQ(transport_.sent.at(1).headers.Get("Authorization"), "Bearer token-2");
  EXPECT_NE(transport_.sent.at(0).headers.Get("x-ms-client-request-id"),
            transport_.sent.at(1).headers.Get("x-ms-client-request-id"));
}

TEST_F(ClientTest, GivesUpAfterTheSecond401) {
  transport_.Answer(401);
  transport_.Answer(401, R"({"error":{"code":"InvalidAuthenticationTokenTenant","message":"m"}})");
  const auto answer = client_.Get(AnyCall());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(answer.error().code, "InvalidAuthenticationTokenTenant");
}

struct SecondTryRow {
  const char* name;
  Method method;
  int first;  // 0: connection failed, 1: no answer in time
  bool retry_after;
  std::size_t want;
};

class SecondTry : public ClientTest, public ::testing::WithParamInterface<SecondTryRow> {};

TEST_P(SecondTry, IsMadeAtOnceForReadsOnly) {
  const SecondTryRow& row = GetParam();
  if (row.first == 0) transport_.Fail(Unavailable("down"));
  if (row.first == 1) {
    Error silence = Unavailable("no answer");
    silence.kind = ErrorKind::kTimeout;
    transport_.Fail(silence);
  }
  if (row.first > 1) {
    transport_.Answer(row.first, "",
                      row.retry_after ? http::Headers{{"Retry-After", "5"}} : http::Headers{});
  }
  if (row.want == 2) transport_.Answer(200, "{}");
  const auto answer = row.method == Method::kGet ? client_.Get(AnyCall())
                      : row.method == Method::kPost
                          ? client_.Query(AnyCall(), json::Value::Object{})
                      : row.method == Method::kPut ? client_.Put(AnyCall(), json::Value::Object{})
                                                   : client_.Delete(AnyCall());
  EXPECT_EQ(transport_.sent.size(), row.want);
  EXPECT_EQ(answer.has_value(), row.want == 2);
}

INSTANTIATE_TEST_SUITE_P(
    Client, SecondTry,
    ::testing::Values(SecondTryRow{"BrokenConnection", Method::kGet, 0, false, 2},
                      SecondTryRow{"QueryWithBrokenConnection", Method::kPost, 0, false, 2},
                      SecondTryRow{"ServerError", Method::kGet, 500, false, 2},
                      SecondTryRow{"BadGateway", Method::kGet, 502, false, 2},
                      SecondTryRow{"Unavailable", Method::kGet, 503, false, 2},
                      SecondTryRow{"GatewayTimeout", Method::kGet, 504, false, 2},
                      SecondTryRow{"ToldWhenToComeBack", Method::kGet, 503, true, 1},
                      SecondTryRow{"Silence", Method::kGet, 1, false, 1},
                      SecondTryRow{"Throttled", Method::kGet, 429, false, 1},
                      SecondTryRow{"NotImplemented", Method::kGet, 501, false, 1},
                      SecondTryRow{"Conflict", Method::kGet, 409, false, 1},
                      SecondTryRow{"PutWithBrokenConnection", Method::kPut, 0, false, 1},
                      SecondTryRow{"PutWithServerError", Method::kPut, 500, false, 1},
                      SecondTryRow{"DeleteWithServerError", Method::kDelete, 503, false, 1}),
    [](const auto& row) { return row.param.name; });

struct DeleteRow {
  const char* name;
  int status;
  std::string code;
  std::optional<ErrorKind> error;
};

class DeleteAnswer : public ClientTest, public ::testing::WithParamInterface<DeleteRow> {};

TEST_P(DeleteAnswer, IsSuccessWhereTheThingIsProvenGone) {
  const DeleteRow& row = GetParam();
  transport_.Answer(row.status, row.code.empty()
                                    ? ""
                                    : R"({"error":{"code":")" + row.code + R"(","message":"m"}})");
  const auto answer = client_.Delete(AnyCall());
  ASSERT_EQ(answer.has_value(), !row.error.has_value());
  if (answer) {
    EXPECT_EQ(answer->status, row.status);
  } else {
    EXPECT_EQ(answer.error().kind, *row.error);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Client, DeleteAnswer,
    ::testing::Values(DeleteRow{"Done", 200, "", {}}, DeleteRow{"Accepted", 202, "", {}},
                      DeleteRow{"NothingThere", 204, "", {}},
                      DeleteRow{"ResourceAbsent", 404, "ResourceNotFound", {}},
                      DeleteRow{"GroupAbsent", 404, "ResourceGroupNotFound", {}},
                      DeleteRow{"ParentAbsent", 404, "ParentResourceNotFound", {}},
                      DeleteRow{"SubscriptionNotShown", 404, "SubscriptionNotFound",
                                ErrorKind::kForbidden},
                      DeleteRow{"PageOfAGateway", 404, "", ErrorKind::kUnavailable},
                      DeleteRow{"NoRight", 403, "AuthorizationFailed", ErrorKind::kForbidden},
                      DeleteRow{"ChildrenExist", 409, "CannotDeleteResource", ErrorKind::kConflict},
                      DeleteRow{"MaybeApplied", 504, "GatewayTimeout", ErrorKind::kTimeout}),
    [](const auto& row) { return row.param.name; });

TEST_F(ClientTest, SaysWhatItWasDoing) {
  transport_.Answer(404, R"({"error":{"code":"ResourceGroupNotFound","message":"no group"}})");
  const auto answer = client_.Get(AnyCall());
  EXPECT_EQ(answer.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(answer.error().code, "ResourceGroupNotFound");
  EXPECT_EQ(answer.error().ToString(), "GET " + kPath + ": no group (code ResourceGroupNotFound)");
}

TEST_F(ClientTest, DoesNotTakeNonsenseForAReadBody) {
  transport_.Answer(200, "<html>");
  EXPECT_EQ(client_.Get(AnyCall()).error().kind, ErrorKind::kProtocol);
  transport_.Answer(200, "<html>");
  EXPECT_TRUE(client_.Put(AnyCall(), json::Value::Object{}));
}

TEST_F(ClientTest, AsksTheGateBeforeEveryWriteAndOnlyThen) {
  for (int i = 0; i < 6; ++i) transport_.Answer(200, "{}");
  ASSERT_TRUE(client_.Get(AnyCall()));
  ASSERT_TRUE(client_.Query(AnyCall(), json::Value::Object{}));
  EXPECT_TRUE(gated_.empty());
  ASSERT_TRUE(client_.Put(AnyCall(), json::Value::Object{}));
  ASSERT_TRUE(client_.Patch(AnyCall(), json::Value::Object{}));
  ASSERT_TRUE(client_.Post(AnyCall(), {}));
  ASSERT_TRUE(client_.Delete(AnyCall()));
  ASSERT_EQ(gated_.size(), 4U);
  EXPECT_FALSE(gated_[0].headers.Get("Authorization").has_value());
}

TEST_F(ClientTest, SendsNothingThroughAClosedGate) {
  gate_closed_ = true;
  EXPECT_EQ(client_.Put(AnyCall(), json::Value::Object{}).error().kind, ErrorKind::kCancelled);
  EXPECT_TRUE(transport_.sent.empty());
  EXPECT_TRUE(exchanges_.empty());
}

TEST_F(ClientTest, ReportsEveryRequestThatWasSent) {
  transport_.Answer(401);
  transport_.Answer(200, "{}", {{"x-ms-request-id", "r"}});
  transport_.Fail(Unavailable("down"));
  ASSERT_TRUE(client_.Get(AnyCall()));
  ASSERT_FALSE(client_.Delete(AnyCall()));
  ASSERT_EQ(exchanges_.size(), 3U);
  EXPECT_EQ(exchanges_[0].status, 401);
  EXPECT_EQ(exchanges_[1].path_template, "a.b/things/{name}");
  EXPECT_EQ(exchanges_[1].ids.request, "r");
  EXPECT_FALSE(exchanges_[1].write);
  EXPECT_EQ(exchanges_[2].status, 0);
  EXPECT_TRUE(exchanges_[2].write);
}

TEST_F(ClientTest, DoesNotSendBeforeItsTurn) {
  for (int i = 0; i < 3; ++i) transport_.Answer(200, "{}", kRates);
  Call call = AnyCall();
  for (int i = 0; i < 3; ++i) {
    call.path = kPath + std::to_string(i);
    ASSERT_TRUE(client_.Get(call));
  }
  call.path = kPath + "3";
  const auto paced = client_.Get(call);
  ASSERT_FALSE(paced.has_value());
  EXPECT_TRUE(IsPaced(paced.error()));
  EXPECT_EQ(paced.error().retry_after, seconds(1));
  EXPECT_EQ(transport_.sent.size(), 3U);
  clock_.Advance(seconds(1));
  transport_.Answer(200, "{}");
  EXPECT_TRUE(client_.Get(call));
}

TEST_F(ClientTest, DrawsOnTheReadsWithAPostThatOnlyReads) {
  for (int i = 0; i < 4; ++i) transport_.Answer(200, "{}", kRates);
  ASSERT_TRUE(client_.Get(AnyCall()));
  Call call = AnyCall();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(client_.Query(call, json::Value::Object{}));
  EXPECT_TRUE(IsPaced(client_.Query(call, json::Value::Object{}).error()));
  call.path += "/act";
  EXPECT_TRUE(client_.Post(call, json::Value::Object{}));
}

TEST_F(ClientTest, TellsAThrottledRequestFromAPacedOne) {
  transport_.Answer(429, "", {{"Retry-After", "30"}});
  const auto throttled = client_.Get(AnyCall());
  EXPECT_EQ(throttled.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(throttled.error().retry_after, seconds(30));
  EXPECT_FALSE(IsPaced(throttled.error()));
  EXPECT_TRUE(IsPaced(client_.Get(AnyCall()).error()));
}

TEST_F(ClientTest, ListsAllPages) {
  transport_.Answer(200,
                    R"({"value":[{"id":"/a"}],"nextLink":"https://management.azure.com/n?p=2"})");
  transport_.Answer(200, R"({"value":[],"nextLink":"https://management.azure.com/n?p=3"})");
  transport_.Answer(200, R"({"value":[{"id":"/A"},{"id":"/b"}]})");
  const auto items = client_.List(AnyCall());
  ASSERT_TRUE(items.has_value());
  EXPECT_EQ(items->size(), 2U);
  EXPECT_EQ(transport_.sent.at(1).url, "https://management.azure.com/n?p=2");
  EXPECT_EQ(transport_.sent.at(2).headers.Get("Authorization"), "Bearer token-1");
}

TEST_F(ClientTest, NeverSendsItsTokenToAnotherHost) {
  transport_.Answer(200, R"({"value":[],"nextLink":"https://evil.example/n?p=2"})");
  EXPECT_EQ(client_.List(AnyCall()).error().kind, ErrorKind::kProtocol);
  EXPECT_EQ(transport_.sent.size(), 1U);
}

TEST_F(ClientTest, LeavesAListThatLeadsInCircles) {
  for (int i = 0; i < 2; ++i) {
    transport_.Answer(200, R"({"value":[],"nextLink":"https://management.azure.com/n?p=2"})");
  }
  EXPECT_EQ(client_.List(AnyCall()).error().kind, ErrorKind::kProtocol);
}

TEST_F(ClientTest, LeavesAListThatDoesNotEnd) {
  for (int i = 0; i < 5; ++i) {
    transport_.Answer(200, R"({"value":[],"nextLink":"https://management.azure.com/n?p=)" +
                               std::to_string(i) + "\"}");
  }
  EXPECT_EQ(client_.List(AnyCall()).error().kind, ErrorKind::kProtocol);
}

TEST_F(ClientTest, GivesAllOfAListOrAnError) {
  transport_.Answer(200,
                    R"({"value":[{"id":"/a"}],"nextLink":"https://management.azure.com/n?p=2"})");
  transport_.Answer(403, R"({"error":{"code":"AuthorizationFailed","message":"m"}})");
  EXPECT_EQ(client_.List(AnyCall()).error().kind, ErrorKind::kForbidden);
}

TEST_F(ClientTest, WaitsAShortWhileForTheNextPage) {
  transport_.Answer(200,
                    R"({"value":[{"id":"/a"}],"nextLink":"https://management.azure.com/n?p=2"})");
  transport_.Answer(429, "", {{"Retry-After", "4"}});
  transport_.Answer(200, R"({"value":[{"id":"/b"}]})");
  const Presence here = clock_.Enter();
  const auto items = client_.List(AnyCall());
  ASSERT_TRUE(items.has_value()) << items.error().ToString();
  EXPECT_EQ(items->size(), 2U);
  EXPECT_EQ(clock_.SteadyNow(), SteadyTime(seconds(4)));
}

TEST_F(ClientTest, DoesNotHoldItsCallerForALongWait) {
  transport_.Answer(200, R"({"value":[],"nextLink":"https://management.azure.com/n?p=2"})");
  transport_.Answer(429, "", {{"Retry-After", "60"}});
  EXPECT_EQ(client_.List(AnyCall()).error().retry_after, seconds(60));
  EXPECT_EQ(clock_.SteadyNow(), SteadyTime{});
}

TEST_F(ClientTest, PollsTheMonitorAsItCame) {
  const std::string url = std::string(kOrigin) +
                          "/subscriptions/s/providers/A.B/locations/we/ops/1?api-version=1&s=%2B";
  Operation operation{.method = Method::kPut,
                      .style = MonitorStyle::kAsyncOperation,
                      .url = Secret(url),
                      .path = kPath,
                      .api_version = "2023-07-03",
                      .correlation_id = "c"};
  transport_.Answer(200, R"({"status":"Succeeded"})");
  const auto state = client_.Poll(operation, {});
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->phase, OperationPhase::kSucceeded);
  EXPECT_TRUE(state->read_resource);
  EXPECT_EQ(transport_.sent.at(0).url, url);
  EXPECT_EQ(transport_.sent.at(0).headers.Get("x-ms-correlation-request-id"), "c");
  EXPECT_EQ(exchanges_.at(0).path_template, "a.b/locations/ops/{name}");
}

TEST_F(ClientTest, PollsTheResourceWhereThereIsNoMonitor) {
  Operation operation{.method = Method::kDelete, .path = kPath, .api_version = "2023-07-03"};
  transport_.Answer(404, R"({"error":{"code":"ResourceNotFound","message":"m"}})");
  const auto state = client_.Poll(operation, {});
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->phase, OperationPhase::kSucceeded);
  EXPECT_EQ(transport_.sent.at(0).url, kOrigin + kPath + "?api-version=2023-07-03");
}

TEST_F(ClientTest, ShowsNothingOfAMonitorInAnError) {
  Operation operation{.style = MonitorStyle::kAsyncOperation,
                      .url = Secret(std::string(kOrigin) + "/op/1?api-version=1&s=signature"),
                      .path = kPath,
                      .interval = seconds(10)};
  transport_.Answer(500);
  transport_.Answer(500);
  const auto state = client_.Poll(operation, {});
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().ToString().find("signature"), std::string::npos);
  EXPECT_EQ(operation.next_poll, clock_.SteadyNow() + seconds(10));
}

TEST_F(ClientTest, SetsTheNextPollWhenNobodyAnswered) {
  Operation operation{.path = kPath, .api_version = "1", .interval = seconds(10)};
  transport_.Fail(Unavailable("down"));
  transport_.Fail(Unavailable("down"));
  EXPECT_FALSE(client_.Poll(operation, {}).has_value());
  EXPECT_EQ(operation.next_poll, clock_.SteadyNow() + seconds(10));
}

}  // namespace
}  // namespace labgallery::azure
