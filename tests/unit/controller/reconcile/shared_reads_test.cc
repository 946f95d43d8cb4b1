// Pictures of subscriptions: for whom they are kept, and when they go.
#include "controller/reconcile/shared_reads.h"

#include <gtest/gtest.h>

#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::reconcile {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::string_view kOfA = R"({"data":[{"id":"/subscriptions/a/resourceGroups/rg"}]})";

class Pictures : public testing::Test {
 protected:
  Pictures() { clock_.Advance(hours(100)); }

  Result<std::optional<json::Value>> Row(const std::string& subscription) {
    const auto id =
        azure::ResourceId::Parse("/subscriptions/" + subscription + "/resourceGroups/rg");
    return reads_.BulkRow(id.value(), clock_.SteadyNow() - hours(1), {});
  }
  bool HasRow(const std::string& subscription) { return Row(subscription).value().has_value(); }

  LeapingClock clock_{SystemTime{}};
  SeededRandom random_{1};
  azure::FixedTokenSource tokens_{Secret("t")};
  azure::Pacer pacer_{clock_, {}};
  azure::ScriptedTransport transport_;
  azure::Client client_{transport_, clock_, random_,
                        tokens_,    pacer_, {.endpoint = "https://management.azure.com"}};
  SharedReads reads_{client_, clock_, nullptr, {}};
};

TEST_F(Pictures, AreTakenOnceForAll) {
  transport_.Answer(200, std::string(kOfA));
  EXPECT_TRUE(HasRow("a"));
  EXPECT_TRUE(HasRow("a"));
  EXPECT_EQ(transport_.sent.size(), 1U);
}

TEST_F(Pictures, GoWhenNobodyHasAskedForThem) {
  transport_.Answer(200, std::string(kOfA));
  EXPECT_TRUE(HasRow("a"));
  reads_.ForgetUnusedSince(clock_.SteadyNow());
  EXPECT_TRUE(HasRow("a"));
  clock_.Advance(seconds(11));
  reads_.ForgetUnusedSince(clock_.SteadyNow() - seconds(10));
  EXPECT_FALSE(HasRow("a")) << "whoever comes between two rounds reads his own";
}

TEST_F(Pictures, StayWhileOneOfThemWaitsForItsTurn) {
  transport_.Answer(
      200, std::string(kOfA),
      {{"x-ms-user-quota-remaining", "0"}, {"x-ms-user-quota-resets-after", "00:00:05"}});
  EXPECT_TRUE(HasRow("a"));
  clock_.Advance(seconds(4));
  EXPECT_EQ(Row("b").error().kind, ErrorKind::kThrottled);
  clock_.Advance(seconds(8));
  reads_.ForgetUnusedSince(clock_.SteadyNow() - seconds(10));
  EXPECT_TRUE(HasRow("a"));
  clock_.Advance(seconds(11));
  reads_.ForgetUnusedSince(clock_.SteadyNow() - seconds(10));
  EXPECT_FALSE(HasRow("a"));
}

}  // namespace
}  // namespace labgallery::reconcile
