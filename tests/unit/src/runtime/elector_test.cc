#include "src/runtime/elector.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/unit/src/runtime/candidate.h"

namespace labgallery::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const kube::ObjectKey kKey{"default", "op"};

class ElectorTest : public testing::Test {
 protected:
  std::unique_ptr<Candidate> Make(const std::string& name) {
    return std::make_unique<Candidate>(clock, random, *server, name);
  }
  void Run(Duration time) { clock.Sleep(time, {}); }
  json::Value Lease() { return outsider.Get(LeaseType(), kKey, {}).value_or(json::Value()); }
  LeaseRecord Record() { return ReadLease(Lease()); }
  /// Somebody edits it by hand.
  void Edit(const std::function<void(json::Value&)>& change) {
    json::Value lease = Lease();
    change(lease);
    ASSERT_TRUE(outsider.Replace(LeaseType(), lease, {}));
  }

  LeapingClock clock{SystemTime{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  std::unique_ptr<embedded_kube::Server> server = *embedded_kube::Server::Start(clock, random, {});
  http::InProcessTransport direct{
      [this](const http::Request& request) { return server->Handle(request); }};
  kube::Client outsider{direct, direct, clock, {.origin = ""}};
  std::unique_ptr<Candidate> a = Make("a");
  std::unique_ptr<Candidate> b = Make("b");
};

TEST_F(ElectorTest, LE08_MakesTheLeaseAndLeads) {
  a->elector.Start();
  EXPECT_FALSE(a->gate.MayWrite(Effect::kGuarded));
  Run(seconds(1));
  EXPECT_TRUE(a->leads());
  EXPECT_TRUE(a->gate.MayWrite(Effect::kUnguarded));
  EXPECT_EQ(Record().holder, "a");
  EXPECT_EQ(Record().duration, seconds(10));
  EXPECT_EQ(Record().transitions, 0);
  EXPECT_EQ(Lease().Text({"metadata", "labels", "of"}), "us");
  EXPECT_EQ(a->told, (std::vector{false, true}));
}

TEST_F(ElectorTest, LE05_RenewsEveryTwoSecondsWithoutReading) {
  a->elector.Start();
  Run(seconds(1));
  const LeaseRecord first = Record();
  Run(seconds(60));
  EXPECT_TRUE(a->leads());
  EXPECT_EQ(a->slow, 0);
  EXPECT_NE(Record().renew_time, first.renew_time);
  EXPECT_EQ(Record().acquire_time, first.acquire_time);
  EXPECT_GE(a->gate.term()->lapses, clock.SteadyNow() + seconds(8));
}

TEST_F(ElectorTest, LE07_HandsOverInLessThanTwoSeconds) {
  a->elector.Start();
  Run(seconds(1));
  b->elector.Start();
  Run(seconds(30));
  EXPECT_FALSE(b->leads());
  EXPECT_EQ(b->other, "a");
  a->elector.Stop();
  const SteadyTime released = clock.SteadyNow();
  EXPECT_EQ(Record().holder, "");
  EXPECT_EQ(Record().duration, seconds(1));
  EXPECT_FALSE(a->gate.MayWrite(Effect::kGuarded));
  EXPECT_FALSE(a->lost_since);
  EXPECT_EQ(a->told, (std::vector{false, true, false}));
  Run(seconds(5));
  ASSERT_TRUE(b->leads());
  EXPECT_LT(*b->leads_since - released, seconds(2));
  EXPECT_EQ(Record().holder, "b");
  EXPECT_EQ(Record().transitions, 1);
}

TEST_F(ElectorTest, LE11_TakesOverFromADeadOneInLessThanFifteenSecondsAndNeverBefore) {
  a->elector.Start();
  Run(seconds(1));
  b->elector.Start();
  Run(seconds(30));
  a->wire.Set(WireState::kBroken);
  const SteadyTime broken = clock.SteadyNow();
  Run(seconds(30));
  ASSERT_TRUE(b->leads());
  ASSERT_TRUE(a->lost_since);
  EXPECT_LT(*b->leads_since - broken, seconds(15));
  EXPECT_LE(*a->lost_since - broken, seconds(7));
  EXPECT_GE(*b->leads_since, a->gate.term()->lapses);
  EXPECT_EQ(a->lost_because, "the Lease could not be renewed in time");
}

TEST_F(ElectorTest, LE06_GivesUpAtSevenSecondsAndCutsAtTen) {
  a->elector.Start();
  Run(seconds(1));
  a->wire.Set(WireState::kSilent);
  const Term term = *a->gate.term();
  clock.SleepUntil(term.guarded_until - milliseconds(1), {});
  EXPECT_TRUE(a->leads());
  clock.SleepUntil(term.guarded_until + milliseconds(1), {});
  EXPECT_FALSE(a->leads());
  EXPECT_EQ(a->lost_since, term.guarded_until);
  EXPECT_FALSE(a->gate.MayWrite(Effect::kGuarded));
  clock.SleepUntil(term.lapses - milliseconds(1), {});
  EXPECT_FALSE(a->gate.cut().stop_requested());
  clock.SleepUntil(term.lapses + milliseconds(1), {});
  EXPECT_TRUE(a->gate.cut().stop_requested());
  EXPECT_EQ(a->told, (std::vector{false, true, false}));
}

TEST_F(ElectorTest, GoesOnWhenTheServerComesBackInTime) {
  a->elector.Start();
  Run(seconds(1));
  a->wire.Set(WireState::kBroken);
  Run(seconds(5));
  a->wire.Set(WireState::kWhole);
  Run(seconds(30));
  EXPECT_TRUE(a->leads());
  EXPECT_GT(a->slow, 0);
  EXPECT_TRUE(a->gate.MayWrite(Effect::kUnguarded));
}

TEST_F(ElectorTest, SurvivesTheLossOfAnAnswer) {
  a->wire.Set(WireState::kAnswersLost);  // of its creation
  a->elector.Start();
  Run(seconds(3));
  EXPECT_TRUE(a->leads());
  EXPECT_EQ(Record().transitions, 0);
  a->wire.Set(WireState::kAnswersLost);  // of a renewal
  Run(seconds(30));
  EXPECT_TRUE(a->leads());
  EXPECT_EQ(a->slow, 2);  // the lost one, and the one that met the version it had made
}

TEST_F(ElectorTest, KeepsTheLeaseThatSomebodyLabelled) {
  a->elector.Start();
  Run(seconds(1));
  Edit([](json::Value& lease) { lease.Find("metadata")->Find("labels")->Set("mine", "too"); });
  Run(seconds(5));
  EXPECT_TRUE(a->leads());
  EXPECT_EQ(a->slow, 1);
  EXPECT_EQ(Lease().Text({"metadata", "labels", "mine"}), "too");
  EXPECT_EQ(Lease().Text({"metadata", "labels", "of"}), "us");
}

TEST_F(ElectorTest, MakesTheLeaseAgainThatSomebodyDeletedAndNoCandidateStealsIt) {
  a->elector.Start();
  Run(seconds(1));
  b->elector.Start();
  Run(seconds(10));
  ASSERT_TRUE(outsider.Delete({LeaseType(), kKey}, "", {}));
  Run(seconds(30));
  EXPECT_TRUE(a->leads());
  EXPECT_FALSE(b->leads());
  EXPECT_EQ(Record().holder, "a");
}

TEST_F(ElectorTest, IsOverAtOnceWhenAnotherHoldsTheLease) {
  a->elector.Start();
  Run(seconds(1));
  Edit([](json::Value& lease) { lease.Find("spec")->Set("holderIdentity", "usurper"); });
  Run(seconds(3));
  EXPECT_FALSE(a->leads());
  EXPECT_EQ(a->lost_because, "another process holds the Lease");
  EXPECT_TRUE(a->gate.cut().stop_requested());
  EXPECT_EQ(Record().holder, "usurper");
}

TEST_F(ElectorTest, TakesOverWithoutAWatchToo) {
  a->elector.Start();
  Run(seconds(1));
  b->watch_wire.Set(WireState::kBroken);
  b->elector.Start();
  Run(seconds(10));
  a->elector.Stop();
  const SteadyTime released = clock.SteadyNow();
  Run(seconds(5));
  ASSERT_TRUE(b->leads());
  EXPECT_LT(*b->leads_since - released, seconds(3));
}

TEST_F(ElectorTest, LeavesTheLeaseAloneWhenACandidateStops) {
  a->elector.Start();
  Run(seconds(1));
  b->elector.Start();
  Run(seconds(5));
  b->elector.Stop();
  EXPECT_EQ(Record().holder, "a");
  EXPECT_EQ(b->told, std::vector{false});
  Run(seconds(20));
  EXPECT_TRUE(a->leads());
}

TEST_F(ElectorTest, ReleasesWithinTheTermEvenIfTheServerIsSilent) {
  a->elector.Start();
  Run(seconds(1));
  a->wire.Set(WireState::kSilent);
  const SteadyTime stopped = clock.SteadyNow();
  a->elector.Stop();
  EXPECT_LE(clock.SteadyNow() - stopped, seconds(7));
}

TEST_F(ElectorTest, TellsTheSameTroubleOnce) {
  a->wire.Set(WireState::kBroken);
  a->elector.Start();
  Run(seconds(60));
  EXPECT_EQ(a->troubles, 1);
  a->wire.Set(WireState::kWhole);
  Run(seconds(10));
  EXPECT_TRUE(a->leads());
}

TEST_F(ElectorTest, LetsOneOfManyLeadAtATime) {
  std::vector<std::unique_ptr<Candidate>> all;
  for (int i = 0; i < 5; ++i) all.push_back(Make("c" + std::to_string(i)));
  for (const auto& each : all) each->elector.Start();
  std::vector<std::string> leaders;
  for (int round = 0; round < 5; ++round) {
    Run(seconds(3));
    Candidate* leader = nullptr;
    for (const auto& each : all) {
      if (!each->leads_since || each->told.back() == false) continue;
      EXPECT_EQ(leader, nullptr);
      leader = each.get();
    }
    ASSERT_NE(leader, nullptr);
    leader->elector.Stop();
  }
  EXPECT_EQ(Record().transitions, 4);
}

}  // namespace
}  // namespace labgallery::runtime
