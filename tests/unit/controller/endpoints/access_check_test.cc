#include "controller/endpoints/access_check.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <variant>

#include "tests/unit/src/kube/client/scripted_transport.h"

namespace labgallery::endpoints {
namespace {

using std::chrono::seconds;

constexpr const char* kKnown = R"({"status":{"authenticated":true,"user":{"username":"ann"}}})";
constexpr const char* kStranger = R"({"status":{"error":"who is that"}})";
constexpr const char* kMay = R"({"status":{"allowed":true}})";
constexpr const char* kMayNot = R"({"status":{"allowed":false}})";

class AccessCheckTest : public testing::Test {
 protected:
  http::Response Ask(const std::string& authorization, http::Method method = http::Method::kGet) {
    http::Request request{.method = method, .url = "/metrics?name=x"};
    if (!authorization.empty()) request.headers.Set("authorization", authorization);
    return std::get<http::Response>(guarded_(request));
  }
  /// Nobody can be asked any more, as often as it is tried.
  void Fail(const Error& error) {
    for (int i = 0; i < kube::AccessReviewOptions().tries; ++i) transport_.Fail(error);
  }

  LeapingClock clock_{SystemTime{}};
  Presence here_ = clock_.Enter();
  ScriptedTransport transport_;
  kube::Client client_{transport_, transport_, clock_, {.origin = "http://server"}};
  kube::AccessReviews reviews_{client_, clock_};
  std::ostringstream said_;
  telemetry::Logger log_{clock_, {.level = telemetry::LogLevel::kDebug}, said_};
  AccessCheck check_{reviews_, clock_, log_, {}};
  http::Handler guarded_ = check_.Guard(
      [](const http::Request&) -> http::Reply { return http::Response{.status = 200}; });
};

struct Row {
  const char* name;
  const char* authorization;
  std::vector<const char*> answers;
  int status;
};

class AccessDecisions : public AccessCheckTest, public testing::WithParamInterface<Row> {};

TEST_P(AccessDecisions, LetThroughWhomTheClusterAllows) {
  for (const char* answer : GetParam().answers) transport_.Answer(201, answer);
  const http::Response response = Ask(GetParam().authorization);
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_EQ(response.headers.Get("WWW-Authenticate").value_or(""),
            response.status == 401 ? "Bearer" : "");
  EXPECT_EQ(transport_.left(), 0U);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(said_.str(), "");
}

INSTANTIATE_TEST_SUITE_P(
    All, AccessDecisions,
    testing::Values(Row{"Allowed", "Bearer secret", {kKnown, kMay}, 200},
                    Row{"AllowedInOtherLetters", "bearer  secret ", {kKnown, kMay}, 200},
                    Row{"Denied", "Bearer secret", {kKnown, kMayNot}, 403},
                    Row{"NotAccepted", "Bearer secret", {kStranger}, 401},
                    Row{"WithoutAToken", "", {}, 401}, Row{"WithAnEmptyToken", "Bearer ", {}, 401},
                    Row{"WithAPassword", "Basic secret", {}, 401},
                    Row{"WithoutAScheme", "secret", {}, 401}),
    [](const auto& row) { return row.param.name; });

TEST_F(AccessCheckTest, NamesWhoMayNotDoWhat) {
  transport_.Answer(201, kKnown);
  transport_.Answer(201, kMayNot);
  EXPECT_EQ(Ask("Bearer t", http::Method::kPost).body, "ann may not post /metrics\n");
}

struct TroubleRow {
  const char* name;
  ErrorKind kind;
  int status;
};

class AccessTroubles : public AccessCheckTest, public testing::WithParamInterface<TroubleRow> {};

TEST_P(AccessTroubles, RefuseEverybodyAndAreToldOnceAMinute) {
  Error error = Unavailable("the API server is down");
  error.kind = GetParam().kind;
  const auto ask = [&] {
    Fail(error);
    return Ask("Bearer secret").status;
  };
  EXPECT_EQ(ask(), GetParam().status);
  const std::string once = said_.str();
  EXPECT_NE(once.find("Cannot check who asks for metrics"), std::string::npos);
  EXPECT_NE(once.find("the API server is down"), std::string::npos);
  EXPECT_EQ(once.find("secret"), std::string::npos);
  EXPECT_EQ(ask(), GetParam().status);
  EXPECT_EQ(said_.str(), once);
  clock_.Advance(seconds(60));
  EXPECT_EQ(ask(), GetParam().status);
  EXPECT_GT(said_.str().size(), once.size());
}

INSTANTIATE_TEST_SUITE_P(All, AccessTroubles,
                         testing::Values(TroubleRow{"Unreachable", ErrorKind::kUnavailable, 503},
                                         TroubleRow{"Silent", ErrorKind::kTimeout, 503},
                                         TroubleRow{"Busy", ErrorKind::kThrottled, 503},
                                         TroubleRow{"NotAllowedToAsk", ErrorKind::kForbidden, 500},
                                         TroubleRow{"NotLoggedIn", ErrorKind::kUnauthenticated,
                                                    500}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::endpoints
