// What the client does with a login: after a 401, and at the limit of requests.
#include <gtest/gtest.h>

#include <string>

#include "src/json/parse.h"
#include "src/kube/client/client.h"
#include "src/kube/client/rate_limit.h"
#include "tests/unit/src/kube/client/scripted_transport.h"

namespace labgallery::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ResourceType kWidget{"example.org", "v1", "Widget", "widgets", true};
const ObjectKey kKey{"ns", "one"};
const std::string kObject = R"({"metadata":{"name":"one","namespace":"ns"}})";

class LoginTest : public testing::Test {
 protected:
  // Puts "1", "2", ... on requests; a rejection moves on, as long as there is something better.
  ClientOptions Options() {
    ClientOptions options;
    options.origin = "https://server/path";
    options.decorate = [this](http::Request& request, const std::stop_token&) {
      request.headers.Set("Authorization", std::to_string(login_));
      return Ok();
    };
    options.rejected = [this](const http::Request& request) {
      rejected_.emplace_back(*request.headers.Get("Authorization"));
      if (login_ == last_) return false;
      ++login_;
      return true;
    };
    return options;
  }
  std::vector<std::string> Sent(const ScriptedTransport& transport) const {
    std::vector<std::string> logins;
    for (const auto& request : transport.requests())
      logins.emplace_back(*request.headers.Get("Authorization"));
    return logins;
  }

  LeapingClock clock_{SystemTime{}};
  Presence here_ = clock_.Enter();
  ScriptedTransport transport_;
  ScriptedTransport watch_transport_;
  int login_ = 1;
  int last_ = 9;
  std::vector<std::string> rejected_;
};

using KubeClientLogin = LoginTest;
using Logins = std::vector<std::string>;

TEST_F(KubeClientLogin, IsRenewedOnceAfterA401) {
  Client client(transport_, watch_transport_, clock_, Options());
  transport_.Answer(401, "no");
  transport_.Answer(200, kObject);
  EXPECT_TRUE(client.Get(kWidget, kKey, {}));
  EXPECT_EQ(Sent(transport_), (Logins{"1", "2"}));
  EXPECT_EQ(rejected_, Logins{"1"});
  EXPECT_EQ(transport_.requests()[1].url,
            "https://server/path/apis/example.org/v1/namespaces/ns/widgets/one");
}

TEST_F(KubeClientLogin, IsRenewedForAWriteWhichWasNotApplied) {
  ClientOptions options = Options();
  int asked = 0;
  options.before_write = [&](const http::Request&) {
    ++asked;
    return Ok();
  };
  Client client(transport_, watch_transport_, clock_, options);
  transport_.Answer(401, "no");
  transport_.Answer(201, kObject);
  EXPECT_TRUE(client.Create(kWidget, *json::Parse(kObject), {}));
  EXPECT_EQ(asked, 2) << "each sending needs leave";
}

TEST_F(KubeClientLogin, IsNotRenewedASecondTime) {
  Client client(transport_, watch_transport_, clock_, Options());
  transport_.Answer(401, "no");
  transport_.Answer(401, "no again");
  EXPECT_EQ(client.Get(kWidget, kKey, {}).error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(transport_.requests().size(), 2U);
}

TEST_F(KubeClientLogin, IsFinalWhereThereIsNothingBetter) {
  last_ = 1;
  Client client(transport_, watch_transport_, clock_, Options());
  transport_.Answer(401, "no");
  EXPECT_EQ(client.Get(kWidget, kKey, {}).error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(transport_.requests().size(), 1U);
}

TEST_F(KubeClientLogin, IsRenewedForAWatch) {
  Client client(transport_, watch_transport_, clock_, Options());
  watch_transport_.Answer(401, "no");
  watch_transport_.Stream({});
  EXPECT_TRUE(client.Watch({kWidget, ""}, {}, {}));
  EXPECT_EQ(Sent(watch_transport_), (Logins{"1", "2"}));
}

TEST_F(KubeClientLogin, CL04_KeepsToTheAnswerOfPriorityAndFairness) {
  Client client(transport_, watch_transport_, clock_, Options());
  const http::Headers busy{
      {"Retry-After", "3"}, {"X-Kubernetes-PF-FlowSchema-UID", "fs-1"}, {"Audit-Id", "a-1"}};
  transport_.Answer(429, "too many", busy);
  transport_.Answer(200, kObject);
  EXPECT_TRUE(client.PatchJson({kWidget, kKey}, *json::Parse("[]"), {}));
  EXPECT_EQ(clock_.SteadyNow().time_since_epoch(), seconds(3));

  for (int i = 0; i < 10; ++i) transport_.Answer(429, "too many", busy);
  const auto list = client.ListPage({kWidget, ""}, {}, {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(list.error().request_id, "a-1");
  EXPECT_NE(list.error().message.find("fs-1"), std::string::npos) << list.error().message;

  watch_transport_.Answer(429, "too many", {{"Retry-After", "3"}});
  EXPECT_EQ(client.Watch({kWidget, ""}, {}, {}).error().retry_after, milliseconds(3000))
      << "who follows a collection waits for it";
}

TEST_F(KubeClientLogin, CL03_WaitsForItsTurnExceptWithWatches) {
  RateLimit limit(clock_, 2, 3);
  ClientOptions options = Options();
  options.await_turn = [&](const std::stop_token& stop) { return limit.Await(stop); };
  Client client(transport_, watch_transport_, clock_, options);
  for (int i = 0; i < 5; ++i) {
    transport_.Answer(200, kObject);
    watch_transport_.Stream({});
    EXPECT_TRUE(client.Watch({kWidget, ""}, {}, {}));
    EXPECT_TRUE(client.Get(kWidget, kKey, {}));
  }
  EXPECT_EQ(clock_.SteadyNow().time_since_epoch(), seconds(1)) << "3 at once, 2 a second";
}

TEST_F(KubeClientLogin, CL03_StopsWaitingWhenAsked) {
  RateLimit limit(clock_, 0.001, 1);
  ClientOptions options = Options();
  options.await_turn = [&](const std::stop_token& stop) { return limit.Await(stop); };
  Client client(transport_, watch_transport_, clock_, options);
  transport_.Answer(200, kObject);
  EXPECT_TRUE(client.Get(kWidget, kKey, {}));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(client.Get(kWidget, kKey, stop.get_token()).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(transport_.requests().size(), 1U);
}

TEST(RateLimit, FillsTheBucketUpToItsBurst) {
  LeapingClock clock{SystemTime{}};
  const Presence here = clock.Enter();
  RateLimit limit(clock, 10, 2);
  const auto until = [&](int calls) {
    for (int i = 0; i < calls; ++i) EXPECT_TRUE(limit.Await({}));
    return clock.SteadyNow().time_since_epoch();
  };
  EXPECT_EQ(until(2), milliseconds(0));
  EXPECT_EQ(until(1), milliseconds(100));
  clock.Advance(seconds(60));
  EXPECT_EQ(until(2), milliseconds(60100)) << "no more than the burst has gathered";
  EXPECT_EQ(until(1), milliseconds(60200));
}

}  // namespace
}  // namespace labgallery::kube
