#include "src/runtime/runtime.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/unit/src/runtime/fed_transport.h"
#include "tests/unit/src/runtime/widgets.h"

namespace labgallery::runtime {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const kube::ResourceType kNamespace{"", "v1", "Namespace", "namespaces", false};
const kube::ObjectKey kA{"ns", "a"};

std::string NamespaceJson(int version, const std::string& annotations) {
  return R"({"kind":"Namespace","metadata":{"name":"ns","resourceVersion":")" +
         std::to_string(version) + R"(","annotations":{)" + annotations + "}}}";
}

class RuntimeTest : public testing::Test {
 protected:
  ~RuntimeTest() override { runtime.Stop(); }

  /// Registers widgets with a reconciler that notes its keys and then does what `pass` says.
  TypeIndex RegisterWidgets(std::optional<Duration> resync = std::nullopt) {
    return runtime.Register({.watched = Widgets(),
                             .reconcile =
                                 [this](const Key& key, const std::stop_token& stop) {
                                   {
                                     std::lock_guard guard(mutex);
                                     passes.push_back(key.object.name);
                                   }
                                   return pass(key, stop);
                                 },
                             .resync = resync});
  }
  Progress Settle() { return runtime.WaitUntilIdle(clock.SteadyNow() + hours(1), {}); }
  /// Lets all that is under way happen, without moving far.
  void Breathe() { clock.Sleep(std::chrono::milliseconds(1), {}); }
  std::vector<std::string> Passes() {
    std::lock_guard guard(mutex);
    return std::exchange(passes, {});
  }
  /// A status write that the server answers with `version`.
  void Write(const Key& key, int version) {
    writes = version;
    const auto answer =
        client.PatchJson({kWidget, key.object, "status"}, json::Value(json::Value::Array{}), {});
    ASSERT_TRUE(answer);
    runtime.Wrote(key, answer->resource_version);
  }

  LeapingClock clock{SystemTime{}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  FedTransport transport{clock};
  Gate gate{clock};
  kube::Client client{transport,
                      transport,
                      clock,
                      {.origin = "http://server", .before_write = [this](const http::Request&) {
                         return gate.MayWrite(Effect::kGuarded);
                       }}};
  Runtime runtime{{client, clock, random, gate},
                  {.workers = 1, .list_watch = {.streaming_list = false}}};
  std::mutex mutex;
  std::vector<std::string> passes;  // guarded by mutex
  std::atomic<int> writes = 0;
  std::function<Outcome(const Key&, const std::stop_token&)> pass =
      [](const Key&, const std::stop_token&) -> Outcome { return Done{}; };

  void AnswerWrites() {
    transport.on_object = [this](const http::Request&) {
      return http::JsonResponse(200, AWidget{.name = "a", .version = writes}.Json());
    };
  }
};

using RuntimeWhole = RuntimeTest;
using Strings = std::vector<std::string>;

TEST_F(RuntimeWhole, CT05_RunsNoPassBeforeAllTypesHaveSynced) {
  RegisterWidgets();
  runtime.Register({.watched = {.resource = kNamespace}});
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  EXPECT_FALSE(runtime.WaitUntilSynced(clock.SteadyNow() + minutes(2), {}));
  EXPECT_TRUE(Passes().empty());
  EXPECT_EQ(runtime.NotSynced(), std::vector{kNamespace});
  EXPECT_FALSE(runtime.Now().idle);
  transport.SetList("namespaces", ListOf({}, 10));
  EXPECT_TRUE(runtime.WaitUntilSynced(kNever, {}));
  Settle();
  EXPECT_EQ(Passes(), Strings{"a"});
}

TEST_F(RuntimeWhole, CT06_IsWarmBeforeItWorksAndBeginsAtOnceThen) {
  Runtime candidate{
      {client, clock, random, gate},
      {.workers = 1, .list_watch = {.streaming_list = false}, .works_at_once = false}};
  candidate.Register({.watched = Widgets(), .reconcile = [this](const Key& key, std::stop_token) {
                        std::lock_guard guard(mutex);
                        passes.push_back(key.object.name);
                        return Outcome(Done{});
                      }});
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  candidate.Start();
  EXPECT_TRUE(candidate.WaitUntilSynced(kNever, {}));
  Breathe();
  EXPECT_NE(candidate.store().Get({0, kA}), nullptr);
  EXPECT_TRUE(Passes().empty());
  const SteadyTime before = clock.SteadyNow();
  candidate.Work();
  candidate.WaitUntilIdle(clock.SteadyNow() + hours(1), {});
  EXPECT_EQ(Passes(), Strings{"a"});
  EXPECT_EQ(clock.SteadyNow(), before);
  candidate.Stop();
}

TEST_F(RuntimeWhole, CT06_BeginsToWorkWhenItHasSyncedIfItIsAskedToBefore) {
  Runtime candidate{
      {client, clock, random, gate},
      {.workers = 1, .list_watch = {.streaming_list = false}, .works_at_once = false}};
  candidate.Register({.watched = Widgets(), .reconcile = [this](const Key& key, std::stop_token) {
                        std::lock_guard guard(mutex);
                        passes.push_back(key.object.name);
                        return Outcome(Done{});
                      }});
  candidate.Start();
  candidate.Work();
  Breathe();
  EXPECT_TRUE(Passes().empty());
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  EXPECT_TRUE(candidate.WaitUntilSynced(kNever, {}));
  candidate.WaitUntilIdle(clock.SteadyNow() + hours(1), {});
  EXPECT_EQ(Passes(), Strings{"a"});
  candidate.Stop();
}

TEST_F(RuntimeWhole, IN02_HasSyncedOnlyWhenTheListHasBeenHandled) {
  std::atomic<bool> synced_inside = true;
  runtime.Register({.watched = Widgets(), .map = [&](const Change& change) {
                      synced_inside = runtime.Synced();
                      EXPECT_NE(runtime.store().Get({0, change.record().key()}), nullptr);
                      return std::vector<Wake>{};
                    }});
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  ASSERT_TRUE(runtime.WaitUntilSynced(kNever, {}));
  EXPECT_FALSE(synced_inside);
}

TEST_F(RuntimeWhole, CT04_RunsAPassForEachChangeAndForTheEndOfAnObject) {
  std::vector<bool> there;
  pass = [&](const Key& key, const std::stop_token&) -> Outcome {
    there.push_back(runtime.store().Get(key) != nullptr);
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  Settle();
  transport.Feed("widgets", Modified({.name = "a", .version = 11, .generation = 2, .size = 5}));
  Breathe();
  transport.Feed("widgets", Added({.name = "gone", .version = 12}));
  Breathe();
  transport.Feed("widgets", Deleted({.name = "gone", .version = 13}));
  Breathe();
  EXPECT_EQ(Passes(), (Strings{"a", "a", "gone", "gone"}));
  EXPECT_EQ(there, (std::vector{true, true, true, false}));
}

TEST_F(RuntimeWhole, WakesTheObjectsThatAMappingNames) {
  const TypeIndex widgets = RegisterWidgets();
  runtime.Register({.watched = {.resource = kNamespace,
                                .form = kube::Form::kMetadata,
                                .annotation_prefix = "example.org/"},
                    .map = [this, widgets](const Change& change) {
                      std::vector<Wake> wakes;
                      for (const RecordPtr& record :
                           runtime.store().List(widgets, change.record().key().name)) {
                        wakes.push_back({{widgets, record->key()}});
                      }
                      return wakes;
                    }});
  transport.SetList("widgets", ListOf({{.name = "a"}, {.name = "b"}}, 10));
  transport.SetList("namespaces", R"({"metadata":{"resourceVersion":"10"},"items":[)" +
                                      NamespaceJson(1, "") + "]}");
  runtime.Start();
  Settle();
  Passes();
  transport.Feed("namespaces", R"({"type":"MODIFIED","object":)" +
                                   NamespaceJson(11, R"("example.org/x":"1","other/y":"2")") +
                                   "}\n");
  Breathe();
  Settle();
  EXPECT_EQ(Passes(), (Strings{"a", "b"}));
  EXPECT_EQ(runtime.store().Get({1, {"", "ns"}})->annotations().size(), 1U);
}

TEST_F(RuntimeWhole, IN04_LooksAtEverythingOnceAPeriodGiveOrTakeATenth) {
  RegisterWidgets(hours(10));
  transport.SetList("widgets", ListOf({{.name = "a"}, {.name = "b"}}, 10));
  runtime.Start();
  Settle();
  Passes();
  clock.Sleep(hours(8), {});
  EXPECT_TRUE(Passes().empty());
  clock.Sleep(hours(4), {});
  EXPECT_EQ(Passes(), (Strings{"a", "b"}));
}

TEST_F(RuntimeWhole, RunsAgainWhenAskedNowOrLater) {
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  Settle();
  Passes();
  runtime.Enqueue({0, kA});
  Settle();
  EXPECT_EQ(Passes(), Strings{"a"});
  runtime.EnqueueAfter({0, kA}, minutes(5));
  EXPECT_EQ(*Settle().next_due - clock.SteadyNow(), minutes(5));
  clock.Sleep(minutes(6), {});
  EXPECT_EQ(Passes(), Strings{"a"});
}

TEST_F(RuntimeWhole, RunsNoPassForTheEchoOfItsOwnWrite) {
  AnswerWrites();
  pass = [this](const Key& key, const std::stop_token&) -> Outcome {
    Write(key, 11);
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  Breathe();
  EXPECT_FALSE(runtime.Now().idle);  // the echo is not here yet
  transport.Feed("widgets", Modified({.name = "a", .version = 11, .phase = "Ready"}));
  EXPECT_TRUE(Settle().idle);
  EXPECT_LT(clock.SteadyNow().time_since_epoch(), seconds(1));  // woken, not timed out
  Breathe();
  EXPECT_EQ(Passes(), Strings{"a"});
  EXPECT_EQ(runtime.store().Get({0, kA})->status().Text(), "Ready");
}

TEST_F(RuntimeWhole, RunsNoPassForAnEchoThatIsFasterThanTheAnswer) {
  transport.on_object = [this](const http::Request&) {
    transport.Feed("widgets", Modified({.name = "a", .version = 11, .phase = "Ready"}));
    Breathe();
    EXPECT_EQ(runtime.store().Get({0, kA})->status().Text(), "Ready");
    return http::JsonResponse(200, AWidget{.name = "a", .version = 11}.Json());
  };
  pass = [this](const Key& key, const std::stop_token&) -> Outcome {
    Write(key, 11);
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  EXPECT_TRUE(Settle().idle);
  Breathe();
  EXPECT_EQ(Passes(), Strings{"a"});
}

TEST_F(RuntimeWhole, WakesOthersByTheEchoOfItsOwnWrite) {
  AnswerWrites();
  runtime.Register({.watched = Widgets(),
                    .map =
                        [](const Change& change) {
                          return std::vector<Wake>{{{0, change.record().key()}},
                                                   {{0, {"ns", "neighbour"}}}};
                        },
                    .reconcile = [this](const Key& key, const std::stop_token&) -> Outcome {
                      {
                        std::lock_guard guard(mutex);
                        passes.push_back(key.object.name);
                      }
                      if (key.object == kA) Write(key, 11);
                      return Done{};
                    }});
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  Breathe();
  Passes();
  transport.Feed("widgets", Modified({.name = "a", .version = 11, .phase = "Ready"}));
  EXPECT_TRUE(Settle().idle);
  EXPECT_EQ(Passes(), Strings{"neighbour"});
}

TEST_F(RuntimeWhole, RunsAPassForWhatSomebodyElseWroteToTheStatus) {
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  Settle();
  Passes();
  transport.Feed("widgets", Modified({.name = "a", .version = 11, .phase = "wiped"}));
  Breathe();
  EXPECT_EQ(Passes(), Strings{"a"});
}

TEST_F(RuntimeWhole, PutsAnObjectAsideUntilItsOwnWriteHasArrived) {
  AnswerWrites();
  std::atomic<int> done = 0;
  pass = [&](const Key& key, const std::stop_token&) -> Outcome {
    if (++done == 1) {
      Write(key, 11);
      return After{seconds(0)};
    }
    EXPECT_EQ(runtime.store().Get(key)->resource_version(), ResourceVersion("11"));
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  Breathe();
  EXPECT_EQ(Passes(), Strings{"a"});
  transport.Feed("widgets", Modified({.name = "a", .version = 11, .phase = "Ready"}));
  EXPECT_TRUE(Settle().idle);
  EXPECT_EQ(Passes(), Strings{"a"});
  EXPECT_LT(clock.SteadyNow().time_since_epoch(), seconds(1));
}

TEST_F(RuntimeWhole, ReadsAnObjectAloneWhenItsOwnWriteNeverArrives) {
  std::atomic<int> gets = 0;
  transport.on_object = [&](const http::Request& request) {
    if (request.method != http::Method::kGet) {
      return http::JsonResponse(200, AWidget{.name = "a", .version = 11}.Json());
    }
    if (++gets == 1) return http::JsonResponse(500, "{}");
    return http::JsonResponse(200, AWidget{.name = "a", .version = 12, .phase = "fresh"}.Json());
  };
  std::atomic<int> done = 0;
  pass = [&](const Key& key, const std::stop_token&) -> Outcome {
    if (++done == 1) {
      Write(key, 11);
      return After{seconds(0)};
    }
    EXPECT_EQ(runtime.store().Get(key)->status().Text(), "fresh");
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  EXPECT_TRUE(Settle().idle);
  Breathe();
  EXPECT_EQ(gets, 2);
  EXPECT_GE(done, 2);
  EXPECT_GE(clock.SteadyNow().time_since_epoch(), seconds(10));
  EXPECT_LT(clock.SteadyNow().time_since_epoch(), seconds(11));
}

TEST_F(RuntimeWhole, LearnsByReadingAloneThatAnObjectIsGone) {
  transport.on_object = [&](const http::Request& request) {
    if (request.method != http::Method::kGet) {
      return http::JsonResponse(200, AWidget{.name = "a", .version = 11}.Json());
    }
    return http::JsonResponse(
        404,
        R"({"kind":"Status","code":404,"reason":"NotFound","details":{"name":"a","kind":"widgets"}})");
  };
  std::atomic<int> done = 0;
  pass = [&](const Key& key, const std::stop_token&) -> Outcome {
    if (++done == 1) {
      Write(key, 11);
      return After{seconds(0)};
    }
    EXPECT_EQ(runtime.store().Get(key), nullptr);
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  runtime.Start();
  EXPECT_TRUE(Settle().idle);
  EXPECT_GE(done, 2);
}

TEST_F(RuntimeWhole, FinishesTheRunningPassAndClosesTheGateWhenItStops) {
  AnswerWrites();
  std::atomic<bool> written = false;
  pass = [&](const Key& key, const std::stop_token& stop) -> Outcome {
    EXPECT_TRUE(clock.Sleep(seconds(5), stop));
    Write(key, 11);
    written = true;
    return Done{};
  };
  RegisterWidgets();
  transport.SetList("widgets", ListOf({{.name = "a"}, {.name = "b"}}, 10));
  runtime.Start();
  Breathe();
  runtime.Stop();
  EXPECT_TRUE(written);
  EXPECT_EQ(Passes().size(), 1U);  // nothing new was begun
  EXPECT_FALSE(gate.MayWrite(Effect::kGuarded));
  EXPECT_EQ(gate.passed(), 1U);
}

TEST_F(RuntimeWhole, StopsWhileNothingHasSynced) {
  RegisterWidgets();
  runtime.Start();
  Breathe();
  EXPECT_FALSE(runtime.Now().idle);
  runtime.Stop();
  EXPECT_FALSE(runtime.Synced());
}

TEST_F(RuntimeWhole, ReportsPassesToTheObserver) {
  std::vector<std::string> seen;
  std::mutex seen_mutex;
  Runtime observed(
      {client, clock, random, gate},
      {.workers = 1,
       .list_watch = {.streaming_list = false},
       .observer = {.on_pass = [&](const Key& key, PassResult result, Duration, const Error*) {
         std::lock_guard guard(seen_mutex);
         seen.push_back(key.object.name + " " + std::string(Name(result)));
       }}});
  observed.Register(
      {.watched = Widgets(),
       .reconcile = [](const Key&, const std::stop_token&) -> Outcome { return After{hours(1)}; }});
  transport.SetList("widgets", ListOf({{.name = "a"}}, 10));
  observed.Start();
  EXPECT_TRUE(observed.WaitUntilIdle(kNever, {}).idle);
  EXPECT_EQ(observed.Counts(0).adds, 1U);
  EXPECT_EQ(observed.Counts(0).delayed, 1U);
  observed.Stop();
  EXPECT_EQ(seen, Strings{"a requeue_after"});
}

TEST(RuntimeOnTheRealClock, RunsAndStops) {
  RealClock clock;
  SeededRandom random{1};
  FedTransport transport{clock};
  Gate gate{clock};
  kube::Client client{transport, transport, clock, {.origin = "http://server"}};
  std::atomic<int> runs = 0;
  Runtime runtime({client, clock, random, gate},
                  {.workers = 4, .list_watch = {.streaming_list = false}});
  runtime.Register(
      {.watched = Widgets(), .reconcile = [&](const Key&, const std::stop_token&) -> Outcome {
         ++runs;
         return After{hours(1)};
       }});
  std::vector<AWidget> widgets;
  for (int i = 0; i < 200; ++i) widgets.push_back({.name = "w" + std::to_string(i)});
  transport.SetList("widgets", ListOf(widgets, 10));
  runtime.Start();
  EXPECT_TRUE(runtime.WaitUntilIdle(kNever, {}).idle);
  EXPECT_EQ(runs, 200);
  for (int i = 0; i < 200; ++i) {
    transport.Feed("widgets",
                   Modified({.name = "w" + std::to_string(i), .version = 11 + i, .generation = 2}));
  }
  while (runtime.store().Get({0, {"ns", "w199"}})->generation() != 2) std::this_thread::yield();
  EXPECT_TRUE(runtime.WaitUntilIdle(kNever, {}).idle);
  runtime.Stop();
  EXPECT_GE(runs, 399);  // the last may have been stopped before its turn
}

}  // namespace
}  // namespace labgallery::runtime
