#include "src/azure/client/request_metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::azure {
namespace {

using http::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;

class AzureRequestMetrics : public testing::Test {
 protected:
  /// True if the line is part of what is scraped.
  testing::AssertionResult Shows(const std::string& line) const {
    const std::string text = metrics_.Serialise();
    if (text.find("\n" + line + "\n") != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "no line " << line << " in\n" << text;
  }
  Slot Ask(const std::string& name) {
    const std::string path = "/subscriptions/S/resourceGroups/g/providers/A.B/things/" + name;
    return pacer_.Reserve(pacer_.UseOf(Method::kPut, path, Region("West Europe")), name);
  }

  void FollowOnly(const std::string& secret) {
    requests_.Follow(
        [this, secret](const RequestMetrics::ShowPacer& show) { show(secret, pacer_); });
  }

  LeapingClock clock_{SystemTime{}};
  telemetry::Metrics metrics_;
  RequestMetrics requests_{metrics_};
  Pacer pacer_{clock_,
               {.policies = {{.name = "A.B/WriteThing",
                              .methods = {Method::kPut},
                              .type = "A.B/things",
                              .per_3_minutes = 2,
                              .per_30_minutes = 30}},
                .headroom = 0,
                .on_waited = [this](const RateUse& use, Duration waited) {
                  requests_.NoteWait(use, waited);
                }}};
};

TEST_F(AzureRequestMetrics, CountByOperationMethodAndCode) {
  requests_.Note({.method = Method::kPut,
                  .path_template = "a.b/things/{name}",
                  .status = 201,
                  .duration = milliseconds(300)});
  requests_.Note({.method = Method::kGet, .path_template = "a.b/things"});
  EXPECT_TRUE(
      Shows("labgallery_arm_requests_total{code=\"201\",method=\"PUT\","
            "operation=\"a.b/things/{name}\"} 1"));
  EXPECT_TRUE(
      Shows("labgallery_arm_requests_total{code=\"<error>\",method=\"GET\","
            "operation=\"a.b/things\"} 1"));
  EXPECT_TRUE(
      Shows("labgallery_arm_request_duration_seconds_sum{method=\"PUT\","
            "operation=\"a.b/things/{name}\"} 0.3"));
}

TEST_F(AzureRequestMetrics, ShowTheWaitsForTheRateLimitsFromTheStart) {
  EXPECT_TRUE(Shows("labgallery_arm_pacing_wait_seconds_count{kind=\"writes\"} 0"));
}

TEST_F(AzureRequestMetrics, ShowTheLevelsOfTheBucketsThatWereDrawnOn) {
  FollowOnly("");
  EXPECT_TRUE(Shows("labgallery_arm_paced_requests 0"));
  EXPECT_TRUE(Ask("a").now);
  EXPECT_TRUE(
      Shows("labgallery_arm_bucket_level{bucket=\"A.B/WriteThing\",window=\"3m\","
            "subscription=\"s\",region=\"westeurope\",secret=\"\"} 1"));
  EXPECT_TRUE(
      Shows("labgallery_arm_bucket_level{bucket=\"A.B/WriteThing\",window=\"30m\","
            "subscription=\"s\",region=\"westeurope\",secret=\"\"} 29"));
  EXPECT_TRUE(
      Shows("labgallery_arm_bucket_level{bucket=\"writes\",window=\"\","
            "subscription=\"s\",region=\"\",secret=\"\"} 199"));
  EXPECT_TRUE(
      Shows("labgallery_arm_bucket_capacity{bucket=\"writes\",window=\"\","
            "subscription=\"s\",region=\"\",secret=\"\"} 200"));
}

TEST_F(AzureRequestMetrics, TellTheBucketsOfASecretFromTheOperatorsOwn) {
  Pacer other{clock_, {.headroom = 0}};
  requests_.Follow([&](const RequestMetrics::ShowPacer& show) {
    show("", pacer_);
    show("labs/theirs", other);
  });
  EXPECT_TRUE(Ask("a").now);
  for (Pacer* pacer : {&pacer_, &other}) {
    pacer->Observe(pacer->UseOf(Method::kGet, "/providers/A.B", {}),
                   {.status = 200, .headers = {{"x-ms-ratelimit-remaining-tenant-reads", "9"}}},
                   clock_.SteadyNow());
  }
  const std::string path = "/subscriptions/S/resourceGroups/g/providers/A.B/things/b";
  EXPECT_TRUE(other.Reserve(other.UseOf(Method::kPut, path, Region("westeurope")), "b").now);
  for (const std::string secret : {"", "labs/theirs"}) {
    EXPECT_TRUE(
        Shows("labgallery_arm_bucket_capacity{bucket=\"writes\",window=\"\",subscription=\"s\","
              "region=\"\",secret=\"" +
              secret + "\"} 200"));
  }
}

TEST_F(AzureRequestMetrics, MeasureHowLongARequestWasHeldBack) {
  FollowOnly("");
  pacer_.Observe(pacer_.UseOf(Method::kGet, "/providers/A.B", {}),
                 {.status = 200, .headers = {{"x-ms-ratelimit-remaining-tenant-reads", "9"}}},
                 clock_.SteadyNow());
  EXPECT_TRUE(Ask("a").now);
  EXPECT_TRUE(Ask("b").now);
  const Slot told = Ask("c");
  ASSERT_FALSE(told.now);
  EXPECT_TRUE(Shows("labgallery_arm_paced_requests 1"));
  clock_.Advance(seconds(90));
  EXPECT_TRUE(Ask("c").now);
  EXPECT_TRUE(Shows("labgallery_arm_pacing_wait_seconds_sum{kind=\"writes\"} 90"));
  EXPECT_TRUE(Shows("labgallery_arm_pacing_wait_seconds_count{kind=\"writes\"} 1"));
  EXPECT_TRUE(Shows("labgallery_arm_paced_requests 0"));
}

}  // namespace
}  // namespace labgallery::azure
