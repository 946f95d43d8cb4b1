#include "src/runtime/event_recorder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "src/json/parse.h"
#include "tests/unit/src/runtime/candidate.h"

namespace labgallery::runtime {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Note ANote(const std::string& text = "it failed", const std::string& object = "a") {
  return {.regarding = {"example.org/v1", "Widget", {"default", object}, "uid-" + object},
          .reason = "Failed",
          .action = "Reconcile",
          .text = text,
          .same = text};
}

class EventRecorderTest : public testing::Test {
 protected:
  void Run(Duration time) { clock.Sleep(time, {}); }
  std::vector<json::Value> Events() {
    return outsider.ListPage({.type = EventType(), .name_space = "default"}, {}, {})->items;
  }
  static std::int64_t CountOf(const json::Value& event) {
    return event.Integer({"series", "count"}).value_or(1);
  }
  json::Value Only() {
    const std::vector<json::Value> events = Events();
    EXPECT_EQ(events.size(), 1U);
    return events.empty() ? json::Value() : events.front();
  }

  LeapingClock clock{SystemTime{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  std::unique_ptr<embedded_kube::Server> server = *embedded_kube::Server::Start(clock, random, {});
  http::InProcessTransport direct{
      [this](const http::Request& request) { return server->Handle(request); }};
  kube::Client outsider{direct, direct, clock, {.origin = ""}};
  BreakableWire wire{clock,
                     [this](const http::Request& request) { return server->Handle(request); }};
  kube::Client client{wire, wire, clock, {.origin = ""}};
  std::vector<std::string> lost;
  std::unique_ptr<EventRecorder> recorder = std::make_unique<EventRecorder>(
      EventRecorder::Parts{client, clock, random},
      EventOptions{.reporter = {"example.org/controller", "host_1"},
                   .most_waiting = 3,
                   .on_lost = [this](const Note& note, const Error* error) {
                     lost.push_back(note.text + (error == nullptr ? " dropped" : " failed"));
                   }});
};

TEST_F(EventRecorderTest, WritesAnEvent) {
  recorder->Start();
  recorder->Tell(ANote());
  Run(seconds(1));
  const json::Value event = Only();
  EXPECT_EQ(event.Text({"note"}), "it failed");
  EXPECT_EQ(event.Text({"reportingController"}), "example.org/controller");
  EXPECT_EQ(event.Text({"regarding", "name"}), "a");
  EXPECT_EQ(CountOf(event), 1);
}

TEST_F(EventRecorderTest, MakesASeriesOfEqualOnes) {
  recorder->Start();
  for (int i = 0; i < 4; ++i) {
    recorder->Tell(ANote());
    Run(minutes(1));
  }
  EXPECT_EQ(CountOf(Only()), 1);
  Run(minutes(30));
  EXPECT_EQ(CountOf(Only()), 4);
  EXPECT_EQ(Only().Text({"series", "lastObservedTime"}), "2026-11-25T00:03:00.000000Z");
}

TEST_F(EventRecorderTest, MakesTheEventAgainThatTheServerHasForgotten) {
  recorder->Start();
  recorder->Tell(ANote());
  Run(minutes(1));
  const kube::ObjectKey key{"default", std::string(Only().Text({"metadata", "name"}))};
  ASSERT_TRUE(outsider.Delete({EventType(), key}, "", {}));
  recorder->Tell(ANote());
  Run(minutes(30));
  EXPECT_EQ(CountOf(Only()), 2);
}

TEST_F(EventRecorderTest, TriesAgainWhileTheServerIsAway) {
  recorder->Start();
  wire.Set(WireState::kBroken);
  recorder->Tell(ANote());
  Run(seconds(25));
  EXPECT_TRUE(Events().empty());
  wire.Set(WireState::kWhole);
  Run(seconds(15));
  EXPECT_EQ(CountOf(Only()), 1);
  EXPECT_TRUE(lost.empty());
}

TEST_F(EventRecorderTest, LosesWhatCannotBeWritten) {
  recorder->Start();
  Note note = ANote();
  note.regarding.key.name_space = "nowhere";
  recorder->Tell(note);
  wire.Set(WireState::kBroken);
  recorder->Tell(ANote("late"));
  Run(minutes(5));
  EXPECT_EQ(lost.size(), 2U);
  wire.Set(WireState::kWhole);
  recorder->Tell(ANote("fine"));
  Run(seconds(1));
  EXPECT_EQ(Only().Text({"note"}), "fine");
}

TEST_F(EventRecorderTest, TellsNothingInANamespaceThatIsGoing) {
  const kube::ResourceType namespaces{.group = "",
                                      .version = "v1",
                                      .kind = "Namespace",
                                      .plural = "namespaces",
                                      .namespaced = false};
  const json::Value held = *json::Parse(R"({"apiVersion": "v1", "kind": "Namespace",
      "metadata": {"name": "going", "finalizers": ["example.org/held"]}})");
  ASSERT_TRUE(outsider.Create(namespaces, held, {}));
  ASSERT_TRUE(outsider.Delete({namespaces, {"", "going"}}, "", {}));
  recorder->Start();
  Note note = ANote();
  note.regarding.key.name_space = "going";
  recorder->Tell(note);
  recorder->Tell(ANote("fine"));
  Run(minutes(5));
  EXPECT_EQ(lost, std::vector<std::string>());
  EXPECT_EQ(Only().Text({"note"}), "fine");
}

TEST_F(EventRecorderTest, DropsWhatDoesNotFitInsteadOfWaiting) {
  for (int i = 0; i < 5; ++i) recorder->Tell(ANote(std::to_string(i)));
  EXPECT_EQ(lost, (std::vector<std::string>{"3 dropped", "4 dropped"}));
  recorder->Start();
  Run(seconds(1));
  EXPECT_EQ(Events().size(), 3U);
}

TEST_F(EventRecorderTest, WritesAllThatIsLeftWhenItStops) {
  recorder->Start();
  recorder->Tell(ANote());
  Run(minutes(1));
  recorder->Tell(ANote());
  recorder->Tell(ANote("another"));
  recorder->Stop(seconds(1));
  EXPECT_EQ(Events().size(), 2U);
  std::int64_t counted = 0;
  for (const json::Value& event : Events()) counted += CountOf(event);
  EXPECT_EQ(counted, 3);
  recorder->Tell(ANote("too late"));
  Run(seconds(1));
  EXPECT_EQ(Events().size(), 2U);
}

TEST_F(EventRecorderTest, StopsInTimeWhenTheServerIsSilent) {
  recorder->Start();
  wire.Set(WireState::kSilent);
  recorder->Tell(ANote());
  Run(seconds(1));
  const SteadyTime before = clock.SteadyNow();
  recorder->Stop(seconds(1));
  EXPECT_EQ(clock.SteadyNow() - before, seconds(1));
}

}  // namespace
}  // namespace labgallery::runtime
