#include "src/azure/client/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"
#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::azure {
namespace {

using http::Method;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOrigin = "https://management.azure.com";
const std::string kPath = std::string(kOrigin) + "/subscriptions/s/resourceGroups/g/x";

class RecordingTest : public ::testing::Test {
 protected:
  http::Request Ask(Method method, const std::string& url, const std::string& body = "") {
    return {.method = method,
            .url = url,
            .headers = {{"Authorization", "Bearer hidden-token"},
                        {"Cookie", "hidden-cookie"},
                        {"Content-Type", "application/json"},
                        {"x-ms-client-request-id", "c1"}},
            .body = body};
  }
  Result<http::Response> Send(Method method, const std::string& url, const std::string& body = "") {
    return recording_.Send(Ask(method, url, body), {});
  }
  std::string All() const {
    std::string all;
    for (const std::string& line : lines_) all += line + "\n";
    return all;
  }

  LeapingClock clock_{SystemTime(std::chrono::seconds(1000))};
  ScriptedTransport inner_;
  std::vector<std::string> lines_;
  RecordingTransport recording_{inner_, clock_,
                                [this](const std::string& line) { lines_.push_back(line); }, false};
};

TEST_F(RecordingTest, IsALineForEachExchange) {
  inner_.Answer(201, R"({"id":"x"})", {{"x-ms-request-id", "r1"}, {"Set-Cookie", "hidden"}});
  ASSERT_TRUE(Send(Method::kPut, kPath + "?api-version=1", R"({"location":"westeurope"})"));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(*json::Parse(lines_[0]), *json::Parse(R"({"at":"1970-01-01T00:16:40Z","tookMs":0,
      "request":{"method":"PUT","url":")" + kPath +
                                                  R"(?api-version=1",
        "headers":{"content-type":"application/json","x-ms-client-request-id":"c1"},
        "body":{"location":"westeurope"}},
      "response":{"status":201,"headers":{"x-ms-request-id":"r1"},"body":{"id":"x"}}})"));
}

struct SecretRow {
  const char* name;
  std::string url;
  std::string request;
  http::Response response;
};

class Secrets : public RecordingTest, public ::testing::WithParamInterface<SecretRow> {};

TEST_P(Secrets, AreNotInIt) {
  const http::Response& answer = GetParam().response;
  inner_.Answer(answer.status, answer.body, answer.headers);
  ASSERT_TRUE(Send(Method::kPost, GetParam().url, GetParam().request));
  EXPECT_THAT(All(), Not(HasSubstr("hidden")));
  EXPECT_THAT(All(), HasSubstr("shown"));
}

const std::string kLogin = "https://login.microsoftonline.com/shown/oauth2/v2.0/token";

INSTANTIATE_TEST_SUITE_P(
    Recording, Secrets,
    ::testing::Values(
        SecretRow{"SignedPartsOfAMonitor",
                  kPath + "?api-version=shown&t=hidden1&s=hidden2",
                  "",
                  {.status = 200}},
        SecretRow{"SignedPartsInHeaders",
                  kPath,
                  "",
                  {.status = 202,
                   .headers = {{"Azure-AsyncOperation", kPath + "?api-version=shown&s=hidden"},
                               {"Location", kPath + "?c=hidden&h=hidden"}}}},
        SecretRow{"SignedPartsInBodies",
                  kPath,
                  "",
                  {.status = 200,
                   .body = R"({"value":[{"a":"shown"}],"nextLink":"https://x/?sig=hidden"})"}},
        SecretRow{"Tokens",
                  kLogin,
                  "grant_type=client_credentials&client_secret=hidden&client_assertion=hidden",
                  {.status = 200,
                   .body = R"({"access_token":"hidden","refresh_token":"hidden","x":"shown"})"}},
        SecretRow{"Passwords",
                  kPath,
                  R"({"properties":{"adminPassword":"hidden","deep":[{"clientSecret":"hidden"}]}})",
                  {.status = 200, .body = R"({"message":"shown"})"}},
        SecretRow{"AccessUrls",
                  kPath,
                  "",
                  {.status = 200,
                   .body = R"({"accessSAS":"https://disk/?sig=hidden","message":"shown"})"}}),
    [](const auto& row) { return row.param.name; });

TEST_F(RecordingTest, ShowsDifferentSignedUrlsAsDifferentOnes) {
  WireRedaction redaction(false);
  const std::string one = redaction.Url(kPath + "?$skiptoken=a");
  EXPECT_EQ(redaction.Url(kPath + "?$skiptoken=a"), one);
  EXPECT_NE(redaction.Url(kPath + "?$skiptoken=b"), one);
  EXPECT_EQ(redaction.Url(kPath + "?api-version=1"), kPath + "?api-version=1");
}

TEST_F(RecordingTest, LeavesPrincipalsOutWhereThatIsAsked) {
  const std::string principal = "11111111-2222-3333-4444-555555555555";
  const std::string client = "99999999-2222-3333-4444-555555555555";
  RecordingTransport without(
      inner_, clock_, [this](const std::string& line) { lines_.push_back(line); }, true);
  inner_.Answer(200, R"({"id":")" + principal + "\"}");
  inner_.Answer(200, R"({"properties":{"principalId":")" + principal + "\"}}");
  inner_.Answer(403, R"({"error":{"code":"AuthorizationFailed","message":"The client ')" + client +
                         "' with object id '" + client + R"(' does not have authorization"}})");
  ASSERT_TRUE(without.Send(
      Ask(Method::kGet, "https://graph.microsoft.com/v1.0/servicePrincipals(appId='a')"), {}));
  ASSERT_TRUE(without.Send(Ask(Method::kGet, kPath), {}));
  ASSERT_TRUE(without.Send(Ask(Method::kGet, kPath), {}));
  EXPECT_THAT(All(), Not(HasSubstr(principal)));
  EXPECT_THAT(All(), Not(HasSubstr(client)));
  EXPECT_THAT(lines_[1], HasSubstr(R"("principalId":"principal-1")"));
  EXPECT_THAT(lines_[2], HasSubstr("The client 'principal-2'"));
}

class ReplayTest : public RecordingTest {
 protected:
  ReplayTransport Replay() { return *ReplayTransport::From(lines_); }
};

TEST_F(ReplayTest, AnswersInOrderAndThenAsLast) {
  inner_.Answer(200, R"({"n":1})");
  inner_.Answer(200, R"({"n":2})");
  inner_.Answer(200, R"({"other":1})");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Send(Method::kGet, kPath + "?api-version=1"));
  ASSERT_TRUE(Send(Method::kDelete, kPath + "?api-version=1"));
  ReplayTransport replay = Replay();
  const auto get = [&] {
    return replay.Send(Ask(Method::kGet, kPath + "?api-version=1"), {})->body;
  };
  EXPECT_EQ(get(), R"({"n":1})");
  EXPECT_EQ(get(), R"({"n":2})");
  EXPECT_EQ(get(), R"({"n":2})");
  EXPECT_EQ(replay.Send(Ask(Method::kDelete, kPath + "?api-version=1"), {})->body,
            R"({"other":1})");
}

TEST_F(ReplayTest, IsFollowedByWhoTakesItsSignedUrls) {
  const std::string monitor = kPath + "/operations/1?api-version=1&t=signed";
  inner_.Answer(202, "", {{"Azure-AsyncOperation", monitor}, {"Retry-After", "17"}});
  inner_.Answer(200, R"({"status":"Succeeded"})");
  ASSERT_TRUE(Send(Method::kPut, kPath));
  ASSERT_TRUE(Send(Method::kGet, monitor));
  ReplayTransport replay = Replay();
  const auto started = replay.Send(Ask(Method::kPut, kPath), {});
  EXPECT_EQ(started->status, 202);
  EXPECT_EQ(started->headers.Get("Retry-After"), "17");
  const std::string shown(*started->headers.Get("Azure-AsyncOperation"));
  EXPECT_NE(shown, monitor);
  EXPECT_EQ(replay.Send(Ask(Method::kGet, shown), {})->body, R"({"status":"Succeeded"})");
}

TEST_F(ReplayTest, FailsAsItFailedAndWhereItWasNeverAsked) {
  inner_.Fail(Unavailable("down"));
  ASSERT_FALSE(Send(Method::kGet, kPath));
  ReplayTransport replay = Replay();
  EXPECT_EQ(replay.Send(Ask(Method::kGet, kPath), {}).error(), Unavailable("down"));
  const auto unknown = replay.Send(Ask(Method::kGet, kPath + "2?t=hidden"), {});
  EXPECT_EQ(unknown.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(unknown.error().message, Not(HasSubstr("hidden")));
}

TEST_F(ReplayTest, FindsARoleAssignmentUnderAnotherName) {
  const std::string roles = kPath + "/providers/Microsoft.Authorization/roleAssignments/";
  EXPECT_EQ(ReplayKey(Method::kPut, roles + "a?api-version=1"),
            ReplayKey(Method::kPut, roles + "b?api-version=1"));
}

TEST_F(ReplayTest, RefusesWhatIsNoRecording) {
  for (const char* line : {"no json", "{}", R"({"request":{"method":"GET","url":"x"}})",
                           R"({"request":{"method":"GET","url":"x"},"response":{}})"}) {
    const auto replay = ReplayTransport::From({"", line});
    ASSERT_FALSE(replay.has_value()) << line;
    EXPECT_THAT(replay.error().ToString(), HasSubstr("line 2"));
  }
}

}  // namespace
}  // namespace labgallery::azure
