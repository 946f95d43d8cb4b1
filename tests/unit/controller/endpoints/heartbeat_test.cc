#include "controller/endpoints/heartbeat.h"

#include <gtest/gtest.h>

#include <vector>

namespace labgallery::endpoints {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Looked {
  Duration later;  // than the look before
  runtime::Pulse pulse;
};

// One look every ten seconds.
std::vector<Looked> Kubelet(int looks, runtime::Pulse pulse) {
  return std::vector<Looked>(static_cast<std::size_t>(looks), Looked{seconds(10), pulse});
}

struct Row {
  const char* name;
  std::vector<Looked> looks;
  bool lost;
};

class HeartbeatTable : public testing::TestWithParam<Row> {};

TEST_P(HeartbeatTable, IsLostOnlyWhereALoopWasSeenToStandStillLongEnough) {
  Heartbeat heartbeat({.limit = minutes(30), .most_per_look = minutes(1)});
  SteadyTime now{};
  for (const Looked& look : GetParam().looks) {
    now += look.later;
    heartbeat.Look(look.pulse, now);
  }
  EXPECT_EQ(heartbeat.Lost(), GetParam().lost);
}

std::vector<Looked> Turning() {
  std::vector<Looked> looks;
  for (std::uint64_t turn = 0; turn < 400; ++turn) looks.push_back({minutes(29), {turn, true}});
  return looks;
}

std::vector<Looked> TurnsAgain() {
  auto looks = Kubelet(200, {7, true});
  looks.push_back({seconds(10), {8, true}});
  return looks;
}

INSTANTIATE_TEST_SUITE_P(
    All, HeartbeatTable,
    testing::Values(Row{"JustStarted", Kubelet(1, {0, true}), false},
                    Row{"Idle", Kubelet(1000, {7, false}), false},
                    Row{"WaitsForAServer", Kubelet(100, {7, true}), false},
                    Row{"Hangs", Kubelet(182, {7, true}), true},
                    Row{"TurnsSlowly", Turning(), false}, Row{"TurnsAgain", TurnsAgain(), false},
                    Row{"WasStopped",
                        {{seconds(10), {7, true}}, {hours(8), {7, true}}, {hours(8), {7, true}}},
                        false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::endpoints
