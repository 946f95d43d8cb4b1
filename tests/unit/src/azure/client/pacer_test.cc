#include "src/azure/client/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace labgallery::azure {
namespace {

using http::Method;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string kThings = "/subscriptions/S/resourceGroups/g/providers/A.B/things/";
const std::string kOthers = "/subscriptions/S/resourceGroups/g/providers/A.B/others/";
const Region kHere("westeurope");

PacingOptions Options() {
  return {.policies = {{.name = "A.B/WriteThing",
                        .methods = {Method::kPut, Method::kPatch},
                        .type = "A.B/things",
                        .per_3_minutes = 6,
                        .per_30_minutes = 30}},
          .writes = {20, 10},
          .headroom = 0};
}

http::Response Answer(int status, http::Headers headers, std::string body = "") {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}
const http::Response kWithRates = Answer(200, {{"x-ms-ratelimit-remaining-tenant-reads", "99"}});

class PacerTest : public ::testing::Test {
 protected:
  Slot Ask(const std::string& path, Method method = Method::kPut, const Region& region = kHere) {
    return pacer_.Reserve(pacer_.UseOf(method, path, region),
                          std::string(http::Name(method)) + path);
  }
  void Hear(const std::string& path, const http::Response& response, Method method = Method::kPut) {
    pacer_.Observe(pacer_.UseOf(method, path, kHere), response, clock_.SteadyNow());
  }
  void BeginPacing() { Hear("/providers/A.B", kWithRates, Method::kGet); }

  LeapingClock clock_{SystemTime{}};
  Pacer pacer_{clock_, Options()};
};

TEST_F(PacerTest, HoldsNobodyBackWhereNoRateHeadersWereSeen) {
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(Ask(kThings + std::to_string(i)).now);
  Hear(kThings + "1", Answer(200, {{"x-ms-request-id", "r"}}));
  EXPECT_TRUE(Ask(kThings + "x").now);
}

TEST_F(PacerTest, GivesEveryWaiterASlotOfItsOwn) {
  BeginPacing();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Ask(kOthers + std::to_string(i)).now) << i;
  for (int i = 0; i < 5; ++i) {
    const Slot slot = Ask(kOthers + "w" + std::to_string(i));
    EXPECT_FALSE(slot.now);
    EXPECT_EQ(slot.at, SteadyTime(milliseconds(100 * (i + 1))));
  }
}

TEST_F(PacerTest, KeepsThePlaceOfWhoAsksAgain) {
  BeginPacing();
  for (int i = 0; i < 20; ++i) Ask(kOthers + std::to_string(i));
  const SteadyTime first = Ask(kOthers + "first").at;
  const SteadyTime second = Ask(kOthers + "second").at;
  EXPECT_EQ(Ask(kOthers + "first").at, first);
  clock_.Advance(milliseconds(100));
  EXPECT_FALSE(Ask(kOthers + "newcomer").now);
  EXPECT_EQ(Ask(kOthers + "second").at, second);
  EXPECT_TRUE(Ask(kOthers + "first").now);
  clock_.Advance(milliseconds(100));
  EXPECT_TRUE(Ask(kOthers + "second").now);
}

TEST_F(PacerTest, CountsEveryKindAndSubscriptionApart) {
  BeginPacing();
  for (int i = 0; i < 20; ++i) Ask(kOthers + std::to_string(i));
  EXPECT_FALSE(Ask(kOthers + "x").now);
  EXPECT_TRUE(Ask(kOthers + "read", Method::kGet).now);
  EXPECT_TRUE(Ask(kOthers + "delete", Method::kDelete).now);
  EXPECT_TRUE(Ask("/subscriptions/T/resourceGroups/g/providers/A.B/others/x").now);
}

TEST_F(PacerTest, CountsThePoliciesOfEachRegionApart) {
  BeginPacing();
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(Ask(kThings + std::to_string(i)).now) << i;
  EXPECT_EQ(Ask(kThings + "x").at, SteadyTime(seconds(30)));
  EXPECT_TRUE(Ask(kThings + "y", Method::kPut, Region("northeurope")).now);
}

TEST_F(PacerTest, LetsNobodyWaitForAPolicyThatIsNotTheirs) {
  BeginPacing();
  for (int i = 0; i < 500; ++i) Ask(kThings + std::to_string(i));
  EXPECT_TRUE(Ask(kOthers + "x").now);
  EXPECT_TRUE(Ask(kThings + "list", Method::kGet).now);
}

TEST_F(PacerTest, GoesByWhatTheAnswersSayIsLeft) {
  BeginPacing();
  EXPECT_TRUE(Ask(kThings + "0").now);
  // One more may have been there than was told, as Azure counts whole tokens.
  Hear(kThings + "0", Answer(200, {{"x-ms-ratelimit-remaining-subscription-writes", "2"},
                                   {"x-ms-ratelimit-remaining-resource",
                                    "A.B/WriteThing3Min;1,A.B/WriteThing30Min;28"}}));
  EXPECT_TRUE(Ask(kThings + "1").now);
  EXPECT_TRUE(Ask(kThings + "2").now);
  EXPECT_FALSE(Ask(kThings + "3").now);
  EXPECT_TRUE(Ask(kOthers + "1").now);
  EXPECT_FALSE(Ask(kOthers + "2").now);
}

TEST_F(PacerTest, GivesAwayThePlaceOfWhoNeverComesBack) {
  BeginPacing();
  for (int i = 0; i < 40; ++i) Ask(kOthers + std::to_string(i));  // 20 of them wait
  clock_.Advance(minutes(20));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Ask(kOthers + "n" + std::to_string(i)).now) << i;
  EXPECT_EQ(pacer_.Waiting(), 0U);
}

TEST_F(PacerTest, WaitsForNobodyWhoDoesNotComeBack) {
  BeginPacing();
  for (int i = 0; i < 100; ++i) Ask(kOthers + std::to_string(i));  // 80 of them wait
  clock_.Advance(seconds(30));                                     // and are not seen again
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Ask(kOthers + "n" + std::to_string(i)).now) << i;
  EXPECT_EQ(Ask(kOthers + "m").at - clock_.SteadyNow(), milliseconds(100));
}

TEST_F(PacerTest, KeepsTheTokenOfWhoComesBackLate) {
  BeginPacing();
  for (int i = 0; i < 20; ++i) Ask(kOthers + std::to_string(i));
  EXPECT_FALSE(Ask(kOthers + "late").now);
  clock_.Advance(milliseconds(150));
  EXPECT_FALSE(Ask(kOthers + "newcomer").now);
  EXPECT_TRUE(Ask(kOthers + "late").now);
}

std::string Below(const std::string& thing, int number) {
  return kThings + thing + "/parts/" + std::to_string(number);
}

TEST_F(PacerTest, LetsABusyResourceStarveNobody) {
  BeginPacing();
  for (int i = 0; i < 1020; ++i) Ask(Below("busy", i));
  EXPECT_EQ(Ask(Below("busy", 2000)).at, SteadyTime(milliseconds(100 * 1001)));
  // The other is next but for the one whose turn it is, though a thousand were there before it.
  EXPECT_EQ(Ask(Below("other", 0)).at, SteadyTime(milliseconds(200)));
  EXPECT_EQ(Ask(Below("other", 1)).at, SteadyTime(milliseconds(400)));
}

TEST_F(PacerTest, LetsWhatAPersonWaitsForGoFirstButNotAlone) {
  BeginPacing();
  const auto ask = [&](const std::string& path, Urgency urgency) {
    RateUse use = pacer_.UseOf(Method::kPut, path, kHere);
    use.urgency = urgency;
    return pacer_.Reserve(use, path).at;
  };
  for (int i = 0; i < 40; ++i) ask(Below("a", i), Urgency::kBulk);  // 20 of them wait
  std::vector<SteadyTime> interactive;
  for (int i = 0; i < 8; ++i)
    interactive.push_back(ask(Below("a", 100 + i), Urgency::kInteractive));
  EXPECT_EQ(interactive.front(), SteadyTime(milliseconds(200)));
  EXPECT_EQ(interactive.back(), SteadyTime(milliseconds(1000)));  // two of the others in between
  EXPECT_EQ(ask(Below("a", 22), Urgency::kBulk), SteadyTime(milliseconds(1100)));
}

struct ClosureRow {
  const char* name;
  http::Response answer;
  bool same_policy;  // may these leave after a 429 on a PUT of a thing?
  bool other_policy;
  bool other_subscription = true;
};

class Closure : public PacerTest, public ::testing::WithParamInterface<ClosureRow> {};

TEST_P(Closure, IsForWhatTheAnswerIsAboutAndAsLongAsItSays) {
  const ClosureRow& row = GetParam();
  Hear(kThings + "t", row.answer);
  EXPECT_EQ(Ask(kThings + "a").now, row.same_policy);
  EXPECT_EQ(Ask(kOthers + "a").now, row.other_policy);
  EXPECT_TRUE(Ask("/subscriptions/T/resourceGroups/g/providers/A.B/things/x").now);
  EXPECT_TRUE(Ask(kThings + "a", Method::kGet).now);
  clock_.Advance(seconds(7) - milliseconds(1));
  EXPECT_EQ(Ask(kThings + "b").now, row.same_policy);
  clock_.Advance(milliseconds(1));
  EXPECT_TRUE(Ask(kThings + "b").now || !row.same_policy);
  EXPECT_TRUE(Ask(kOthers + "b").now || !row.other_policy);
}

std::string Code(const std::string& code) {
  return R"({"error":{"code":")" + code + R"(","message":"m"}})";
}

INSTANTIATE_TEST_SUITE_P(
    Pacer, Closure,
    ::testing::Values(
        ClosureRow{"SubscriptionThrottled",
                   Answer(429, {{"Retry-After", "7"}}, Code("SubscriptionRequestsThrottled")),
                   false, false},
        ClosureRow{"SubscriptionCounterAtNothing",
                   Answer(429, {{"Retry-After", "7"},
                                {"x-ms-ratelimit-remaining-subscription-writes", "0"}}),
                   false, false},
        ClosureRow{"PolicyThrottled", Answer(429, {{"Retry-After", "7"}}, Code("TooManyRequests")),
                   false, true},
        ClosureRow{"NoCode", Answer(429, {{"Retry-After", "7"}}), false, true},
        ClosureRow{"PolicyThrottledInComputesWords",
                   Answer(429, {{"Retry-After", "7"}}, Code("OperationNotAllowed")), false, true},
        ClosureRow{"BusyResource", Answer(429, {{"Retry-After", "7"}}, Code("SourceIsBusy")), true,
                   true},
        ClosureRow{
            "Quota",
            Answer(429, {{"Retry-After", "7"}},
                   R"({"error":{"code":"OperationNotAllowed","message":"exceeds the Quota"}})"),
            true, true},
        ClosureRow{"NotThrottled", Answer(503, {{"Retry-After", "7"}}), true, true}),
    [](const auto& row) { return row.param.name; });

TEST_F(PacerTest, ObeysA429WithoutRateHeaders) {
  Hear(kOthers + "x", Answer(429, {{"Retry-After", "7"}}));
  const Slot slot = Ask(kOthers + "y");
  EXPECT_FALSE(slot.now);
  EXPECT_EQ(slot.at, SteadyTime(seconds(7)));
  clock_.Advance(seconds(7));
  EXPECT_TRUE(Ask(kOthers + "y").now);
}

TEST_F(PacerTest, ComesBackOneByOneAfterA429) {
  BeginPacing();
  Hear(kOthers + "x", Answer(429, {{"Retry-After", "1"}}, Code("SubscriptionRequestsThrottled")));
  std::multiset<SteadyTime> slots;
  for (int i = 0; i < 15; ++i) slots.insert(Ask(kOthers + std::to_string(i)).at);
  EXPECT_EQ(slots.count(SteadyTime(seconds(1))), 10U);  // what one second refills
  EXPECT_EQ(*slots.rbegin(), SteadyTime(milliseconds(1500)));
}

TEST_F(PacerTest, ReadsTheUseOfARequestFromItsMethodAndPath) {
  const auto put = pacer_.UseOf(Method::kPut, kThings + "t?api-version=1", Region("West Europe"));
  EXPECT_EQ(put.kind, RateKind::kWrites);
  EXPECT_EQ(put.subscription, "s");
  EXPECT_EQ(put.provider, "a.b");
  ASSERT_NE(put.policy, nullptr);
  EXPECT_EQ(put.policy->name, "A.B/WriteThing");
  EXPECT_EQ(put.region.name(), "westeurope");
  EXPECT_EQ(pacer_.UseOf(Method::kDelete, kThings + "t", kHere).policy, nullptr);
  EXPECT_EQ(pacer_.UseOf(Method::kPut, kThings, kHere).policy, nullptr);
  EXPECT_EQ(pacer_.UseOf(Method::kPost, "/providers/A.B/query", {}).subscription, "");
}

// Azure's side of the story: refuses what its buckets do not hold.
class Cloud {
 public:
  explicit Cloud(std::vector<BucketSize> sizes) : sizes_(std::move(sizes)) {
    for (const BucketSize& size : sizes_) levels_.push_back(size.capacity);
  }
  bool Accepts(SteadyTime now) {
    const double passed = std::chrono::duration<double>(now - updated_).count();
    updated_ = now;
    bool enough = true;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      levels_[i] = std::min(sizes_[i].capacity, levels_[i] + passed * sizes_[i].per_second);
      if (levels_[i] < 1 - 1e-6) enough = false;
    }
    for (double& level : levels_) level -= enough ? 1 : 0;
    return enough;
  }

 private:
  std::vector<BucketSize> sizes_;
  std::vector<double> levels_;
  SteadyTime updated_{};
};

// A thousand writes of one policy in one region, all queued at the start, by workers who come a
// little late.
TEST(PacerUnderLoad, WritesAsFastAsTheBucketsAllowWithoutOne429) {
  LeapingClock clock{SystemTime{}};
  Pacer pacer(clock, {.policies = {{.name = "A.B/WriteThing",
                                    .methods = {Method::kPut},
                                    .type = "A.B/things",
                                    .per_3_minutes = 150,
                                    .per_30_minutes = 750}}});
  Cloud cloud({{200, 10}, PerWindow(150, minutes(3)), PerWindow(750, minutes(30))});
  const http::Response with_rates =
      Answer(200, {{"x-ms-ratelimit-remaining-subscription-writes", "199"}});
  std::mt19937 random(1);
  std::multimap<SteadyTime, int> queue;
  for (int i = 0; i < 1000; ++i) queue.emplace(SteadyTime{}, i);
  int asked = 0;
  while (!queue.empty()) {
    const auto [at, number] = *queue.begin();
    queue.erase(queue.begin());
    if (at > clock.SteadyNow()) clock.Advance(at - clock.SteadyNow());
    const std::string path = kThings + std::to_string(number);
    const RateUse use = pacer.UseOf(Method::kPut, path, kHere);
    const Slot slot = pacer.Reserve(use, path);
    ++asked;
    if (!slot.now) {
      queue.emplace(slot.at + milliseconds(random() % 200), number);
      continue;
    }
    ASSERT_TRUE(cloud.Accepts(clock.SteadyNow())) << number;
    pacer.Observe(use, with_rates, clock.SteadyNow());
  }
  // 150 at once and 1,000 in all at 150 in 3 minutes; the rate of 750 in 30 minutes binds from then
  // on.
  const double bound = std::max((1000 - 150) / (150.0 / 180), (1000 - 750) / (750.0 / 1800));
  const double took = std::chrono::duration<double>(clock.SteadyNow().time_since_epoch()).count();
  EXPECT_LT(took, bound * 1.05);
  EXPECT_LT(asked, 3000);
}

}  // namespace
}  // namespace labgallery::azure
