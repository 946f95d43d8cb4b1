#include "src/runtime/queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace labgallery::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Key K(const std::string& name, TypeIndex type = 0) { return {type, {"ns", name}}; }

class QueueTest : public testing::Test {
 protected:
  QueueTest() { queue.Open(); }

  /// The keys that can be had without waiting, each done at once.
  std::vector<std::string> Drain() {
    std::vector<std::string> names;
    while (!queue.Now().idle) names.push_back(TakeDone());
    return names;
  }
  std::string TakeDone() {
    const auto key = queue.Take({});
    if (!key) return "";
    queue.Done(*key);
    return key->object.name;
  }
  SteadyTime Now() const { return clock.SteadyNow(); }

  LeapingClock clock{SystemTime{}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  Queue queue{clock, random, {.jitter = 0}};
};

using WorkQueue = QueueTest;
using Names = std::vector<std::string>;

TEST_F(WorkQueue, WQ01_NeverGivesOneKeyToTwoAndRunsItAgainAfterwards) {
  queue.Add(K("a"));
  const auto first = queue.Take({});
  queue.Add(K("a"));
  queue.Add(K("b"));
  EXPECT_EQ(queue.Take({}), K("b"));  // not a, which is worked on
  EXPECT_FALSE(queue.Now().idle);
  queue.Done(*first);
  EXPECT_EQ(queue.Take({}), K("a"));
}

TEST_F(WorkQueue, WQ01_KeepsKeysApartUnderManyWorkers) {
  std::mutex mutex;
  std::set<Key> running;
  std::atomic<int> runs = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&, there = clock.Enter()] {
        while (const auto key = queue.Take({})) {
          {
            std::lock_guard guard(mutex);
            EXPECT_TRUE(running.insert(*key).second);
          }
          ++runs;
          std::this_thread::yield();
          {
            std::lock_guard guard(mutex);
            running.erase(*key);
          }
          queue.Done(*key);
        }
      });
    }
    for (int i = 0; i < 400; ++i) queue.Add(K(std::to_string(i % 5)));
    queue.WaitUntilIdle(kNever, {});
    queue.Close(Queue::Rest::kDiscard);
  }
  EXPECT_GE(runs, 5);
}

TEST_F(WorkQueue, WQ02_CollapsesEqualKeys) {
  for (int i = 0; i < 1000; ++i) queue.Add(K("a"));
  const auto key = queue.Take({});
  for (int i = 0; i < 1000; ++i) queue.Add(K("a"));
  EXPECT_EQ(queue.Counts(0).waiting, 0U);
  queue.Done(*key);
  EXPECT_EQ(Drain(), Names{"a"});
  EXPECT_EQ(queue.Counts(0).adds, 2U);
}

TEST_F(WorkQueue, WQ03_KeepsTheEarlierOfTwoDelays) {
  queue.AddAfter(K("a"), seconds(10));
  queue.AddAfter(K("a"), seconds(5));
  queue.AddAfter(K("a"), seconds(20));
  EXPECT_EQ(queue.Now().next_due, SteadyTime(seconds(5)));
  EXPECT_TRUE(queue.Now().idle);
  EXPECT_EQ(TakeDone(), "a");
  EXPECT_EQ(Now(), SteadyTime(seconds(5)));
  EXPECT_FALSE(queue.Now().next_due);
}

TEST_F(WorkQueue, WQ03_GivesDelayedKeysInTheOrderOfTheirTimes) {
  queue.AddAfter(K("late"), seconds(30));
  queue.AddAfter(K("early"), seconds(10));
  queue.AddAfter(K("now"), seconds(0));
  EXPECT_EQ(TakeDone(), "now");
  EXPECT_EQ(Now(), SteadyTime{});
  EXPECT_EQ(TakeDone(), "early");
  EXPECT_EQ(Now(), SteadyTime(seconds(10)));
  EXPECT_EQ(TakeDone(), "late");
  EXPECT_EQ(Now(), SteadyTime(seconds(30)));
}

TEST_F(WorkQueue, WQ04_DoublesTheDelayOfAKeyThatFailsUpToTheCap) {
  std::vector<Duration> waits;
  for (int i = 0; i < 20; ++i) {
    const SteadyTime before = Now();
    queue.AddAfterFailure(K("a"));
    TakeDone();
    waits.push_back(Now() - before);
  }
  EXPECT_EQ(waits[0], milliseconds(5));
  EXPECT_EQ(waits[1], milliseconds(10));
  EXPECT_EQ(waits[10], milliseconds(5 * 1024));
  EXPECT_EQ(waits[18], seconds(1000));
  EXPECT_EQ(waits[19], seconds(1000));
  EXPECT_EQ(queue.Counts(0).retries, 20U);
}

TEST_F(WorkQueue, WQ04_NeverComesBeforeTheServerAllows) {
  queue.AddAfterFailure(K("a"), seconds(7));
  EXPECT_EQ(queue.Now().next_due, SteadyTime(seconds(7)));
}

TEST_F(WorkQueue, WQ04_JittersTheDelayDownwards) {
  Queue jittered(clock, random, {.first_backoff = seconds(100), .jitter = 0.2});
  std::set<SteadyTime> times;
  for (int i = 0; i < 20; ++i) {
    const Key key = K(std::to_string(i));
    jittered.AddAfterFailure(key);
    times.insert(*jittered.Now().next_due);
    jittered.Drop(key);
  }
  EXPECT_GT(times.size(), 10U);
  EXPECT_GE(*times.begin(), SteadyTime(seconds(80)));
  EXPECT_LE(*times.rbegin(), SteadyTime(seconds(100)));
}

TEST_F(WorkQueue, WQ07_ForgetsFailuresWhenTold) {
  for (int i = 0; i < 5; ++i) {
    queue.AddAfterFailure(K("a"));
    TakeDone();
  }
  queue.Forget(K("a"));
  const SteadyTime before = Now();
  queue.AddAfterFailure(K("a"));
  EXPECT_EQ(*queue.Now().next_due - before, milliseconds(5));
}

TEST_F(WorkQueue, WQ08_TakesWhatChangedBeforeWhatWasListed) {
  queue.Add(K("low-1"), Priority::kLow);
  queue.Add(K("low-2"), Priority::kLow);
  queue.Add(K("normal-1"));
  queue.Add(K("normal-2"));
  EXPECT_EQ(Drain(), (Names{"normal-1", "normal-2", "low-1", "low-2"}));
}

TEST_F(WorkQueue, WQ08_KeepsTheHigherPriorityOfTwoAdds) {
  queue.Add(K("x"), Priority::kLow);
  queue.Add(K("raised"), Priority::kLow);
  queue.Add(K("normal"));
  queue.Add(K("raised"));
  queue.Add(K("normal"), Priority::kLow);
  EXPECT_EQ(Drain(), (Names{"normal", "raised", "x"}));
}

TEST_F(WorkQueue, WQ08_TakesWhatWasBegunBeforeWhatHasChanged) {
  queue.Add(K("changed"));
  queue.AddAfter(K("at once"), seconds(0));
  queue.AddAfter(K("due"), seconds(1));
  clock.Advance(seconds(1));
  queue.Add(K("raised"));
  queue.AddAfter(K("raised"), seconds(0));
  EXPECT_EQ(Drain(), (Names{"at once", "raised", "due", "changed"}));
}

TEST_F(WorkQueue, WQ09_LetsWhatHasChangedHaveEveryNinthTurn) {
  queue.Add(K("first"));
  queue.Add(K("second"));
  for (int i = 0; i < 20; ++i) queue.AddAfter(K("begun-" + std::to_string(i)), seconds(0));
  const Names order = Drain();
  const auto place = [&](const char* name) {
    return std::ranges::find(order, name) - order.begin();
  };
  EXPECT_EQ(place("first"), 8);
  EXPECT_EQ(place("second"), 17);
}

TEST_F(WorkQueue, WQ09_LetsNoLowKeyStarve) {
  queue.Add(K("low"), Priority::kLow);
  clock.Advance(seconds(30));
  queue.Add(K("newer"));
  EXPECT_EQ(Drain(), (Names{"low", "newer"}));
}

struct TurnsRow {
  std::string name;
  Priority priority;
};

class TurnsInTheWorkQueue : public QueueTest, public testing::WithParamInterface<TurnsRow> {};

TEST_P(TurnsInTheWorkQueue, AreTakenByTypesWith) {
  for (const char* name : {"a", "b", "c", "d"}) queue.Add(K(name, 1), GetParam().priority);
  EXPECT_EQ(TakeDone(), "a");
  queue.Add(K("gallery", 0), GetParam().priority);
  queue.Add(K("account", 2), GetParam().priority);
  queue.Add(K("other account", 2), GetParam().priority);
  EXPECT_EQ(Drain(), (Names{"account", "gallery", "b", "other account", "c", "d"}));
}

INSTANTIATE_TEST_SUITE_P(, TurnsInTheWorkQueue,
                         testing::Values(TurnsRow{"NormalPriority", Priority::kNormal},
                                         TurnsRow{"LowPriority", Priority::kLow}),
                         [](const auto& row) { return row.param.name; });

TEST_F(WorkQueue, LetsTheLowKeyOfAnyTypeThatHasWaitedLongestGoFirst) {
  queue.Add(K("low", 0), Priority::kLow);
  clock.Advance(seconds(1));
  queue.Add(K("lower", 1), Priority::kLow);
  clock.Advance(seconds(29));
  queue.Add(K("newer", 2));
  EXPECT_EQ(Drain(), (Names{"low", "newer", "lower"}));
}

TEST_F(WorkQueue, GivesWhatIsDueToAnyoneWhileOthersWork) {
  std::mutex mutex;
  std::vector<std::pair<std::string, SteadyTime>> taken;
  queue.AddAfter(K("due"), seconds(2));
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 3; ++i) {
      workers.emplace_back([&, there = clock.Enter()] {
        while (const auto key = queue.Take({})) {
          {
            std::lock_guard guard(mutex);
            taken.emplace_back(key->object.name, Now());
          }
          clock.Sleep(seconds(10), {});
          queue.Done(*key);
        }
      });
    }
    // Whoever of the workers has the watch, two of them are at work when the time comes.
    clock.Sleep(seconds(1), {});
    queue.Add(K("a"));
    queue.Add(K("b"));
    clock.Sleep(seconds(20), {});
    queue.Close(Queue::Rest::kDiscard);
  }
  EXPECT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken.back(), std::pair(std::string("due"), SteadyTime(seconds(2))));
}

TEST_F(WorkQueue, CallsForWhatIsDueSoonerThanWhatItWatchedFor) {
  queue.AddAfter(K("late"), seconds(100));
  SteadyTime at;
  {
    std::jthread worker([&, there = clock.Enter()] {
      EXPECT_EQ(queue.Take({}), K("soon"));
      at = Now();
    });
    clock.Sleep(seconds(1), {});
    queue.AddAfter(K("soon"), seconds(2));
    clock.Sleep(seconds(10), {});
  }
  EXPECT_EQ(at, SteadyTime(seconds(3)));
}

TEST_F(WorkQueue, WQ10_DiscardsWhatWaits) {
  queue.Add(K("a"));
  queue.AddAfter(K("b"), seconds(1));
  queue.Close(Queue::Rest::kDiscard);
  queue.Add(K("c"));
  EXPECT_FALSE(queue.Take({}));
  EXPECT_TRUE(queue.Now().idle);
  EXPECT_FALSE(queue.Now().next_due);
}

TEST_F(WorkQueue, WQ10_DrainsWhatWaitsWithoutTheDelays) {
  queue.Add(K("a"));
  queue.Add(K("b"));
  queue.AddAfter(K("later"), seconds(1));
  const auto first = queue.Take({});
  queue.Add(*first);
  queue.Close(Queue::Rest::kDrain);
  queue.Add(K("refused"));
  queue.Done(*first);
  EXPECT_EQ(TakeDone(), "b");
  EXPECT_EQ(TakeDone(), "a");
  EXPECT_FALSE(queue.Take({}));
}

TEST_F(WorkQueue, WQ10_WakesWorkersThatWaitWhenItCloses) {
  std::jthread worker([&, there = clock.Enter()] { EXPECT_FALSE(queue.Take({})); });
  queue.Close(Queue::Rest::kDrain);
}

TEST_F(WorkQueue, WQ11_ARunUsesUpThePendingDelay) {
  queue.AddAfter(K("a"), seconds(10));
  queue.Add(K("a"));
  EXPECT_EQ(TakeDone(), "a");
  EXPECT_FALSE(queue.Now().next_due);
}

TEST_F(WorkQueue, WQ11_ADelayAskedForDuringTheRunStays) {
  queue.Add(K("a"));
  const auto key = queue.Take({});
  queue.AddAfter(*key, seconds(10));
  queue.Done(*key);
  EXPECT_EQ(queue.Now().next_due, SteadyTime(seconds(10)));
}

TEST_F(WorkQueue, GivesNothingBeforeItIsOpened) {
  Queue closed(clock, random);
  std::atomic<bool> opened = false;
  closed.Add(K("a"));
  std::jthread worker([&, there = clock.Enter()] {
    EXPECT_TRUE(closed.Take({}));
    EXPECT_TRUE(opened);
  });
  clock.Sleep(seconds(100), {});
  opened = true;
  closed.Open();
}

TEST_F(WorkQueue, EndsATakeWhenAskedToStop) {
  std::jthread worker(
      [&, there = clock.Enter()](const std::stop_token& stop) { EXPECT_FALSE(queue.Take(stop)); });
  worker.request_stop();
}

TEST_F(WorkQueue, ExcusesAKeyThatWaitsForAnEchoOnly) {
  queue.AddForVersion(K("echo"), "5");
  queue.AddForVersion(K("other version"), "6");
  queue.AddForVersion(K("two reasons"), "5");
  queue.Add(K("two reasons"));
  for (const char* name : {"echo", "other version", "two reasons"}) queue.Excuse(K(name), "5");
  EXPECT_EQ(Drain(), (Names{"other version", "two reasons"}));
}

TEST_F(WorkQueue, ExcusesAKeyThatIsWorkedOn) {
  queue.Add(K("a"));
  const auto key = queue.Take({});
  queue.AddForVersion(*key, "5");
  queue.Excuse(*key, "5");
  queue.Done(*key);
  EXPECT_TRUE(queue.Now().idle);
}

TEST_F(WorkQueue, IsIdleOnlyWhenNothingWaitsRunsOrIsDue) {
  EXPECT_TRUE(queue.Now().idle);
  queue.Add(K("a"));
  EXPECT_FALSE(queue.Now().idle);
  const auto key = queue.Take({});
  EXPECT_FALSE(queue.Now().idle);
  queue.Done(*key);
  EXPECT_TRUE(queue.Now().idle);
  queue.AddAfter(K("a"), seconds(3));
  EXPECT_TRUE(queue.Now().idle);
  clock.Advance(seconds(3));
  EXPECT_FALSE(queue.Now().idle);
}

TEST_F(WorkQueue, WaitsUntilIdleOrTheDeadline) {
  queue.Add(K("a"));
  EXPECT_FALSE(queue.WaitUntilIdle(SteadyTime(seconds(5)), {}).idle);
  EXPECT_EQ(Now(), SteadyTime(seconds(5)));
  std::jthread worker([&, there = clock.Enter()] {
    clock.Sleep(seconds(1), {});
    TakeDone();
  });
  EXPECT_TRUE(queue.WaitUntilIdle(kNever, {}).idle);
  EXPECT_EQ(Now(), SteadyTime(seconds(6)));
}

TEST_F(WorkQueue, CountsByType) {
  queue.Add(K("a", 0));
  queue.Add(K("a", 1));
  queue.Add(K("b", 1));
  queue.AddAfter(K("c", 1), seconds(1));
  const auto key = queue.Take({});
  EXPECT_EQ(key->type, 0U);
  EXPECT_EQ(queue.Counts(0).processing, 1U);
  EXPECT_EQ(queue.Counts(0).waiting, 0U);
  EXPECT_EQ(queue.Counts(1).waiting, 2U);
  EXPECT_EQ(queue.Counts(1).delayed, 1U);
  EXPECT_EQ(queue.Counts(7).adds, 0U);
}

TEST(ClosedWorkQueue, CountsNothingAsWaitingBeforeItOpens) {
  LeapingClock clock{SystemTime{}};
  SeededRandom random{1};
  Queue queue(clock, random);
  queue.Add(K("a"), Priority::kLow);
  queue.AddAfter(K("b"), seconds(1));
  EXPECT_EQ(queue.Counts(0).waiting, 0U);
  EXPECT_EQ(queue.Counts(0).waiting_low, 0U);
  EXPECT_EQ(queue.Counts(0).delayed, 0U);
  EXPECT_EQ(queue.Counts(0).adds, 1U);
  queue.Open();
  EXPECT_EQ(queue.Counts(0).waiting, 1U);
  EXPECT_EQ(queue.Counts(0).delayed, 1U);
}

TEST_F(WorkQueue, CountsByPriority) {
  queue.Add(K("a"), Priority::kLow);
  queue.Add(K("b"), Priority::kLow);
  queue.Add(K("c"));
  queue.Add(K("b"));  // raised
  EXPECT_EQ(queue.Counts(0).waiting, 3U);
  EXPECT_EQ(queue.Counts(0).waiting_low, 1U);
  Drain();
  EXPECT_EQ(queue.Counts(0).waiting_low, 0U);
}

TEST_F(WorkQueue, MeasuresHowLongKeysWaitAndAreWorkedOn) {
  std::vector<std::string> told;
  const auto note = [&told](std::string what) {
    return [&told, what = std::move(what)](const Key& key, Duration duration) {
      told.push_back(what + " " + key.object.name + " " + std::to_string(duration / seconds(1)));
    };
  };
  Queue watched(clock, random, {.on_taken = note("waited"), .on_done = note("worked")});
  watched.Open();
  watched.Add(K("a"));
  clock.Advance(seconds(3));
  const auto key = watched.Take({});
  clock.Advance(seconds(5));
  watched.Add(K("a"));
  watched.Done(*key);
  EXPECT_EQ(watched.Take({}), key);
  EXPECT_EQ(told, (Names{"waited a 3", "worked a 5", "waited a 0"}));
}

TEST_F(WorkQueue, IsNotIdleBeforeItHasToldWhatIsDone) {
  std::optional<bool> idle;
  std::optional<Queue> watched;
  watched.emplace(clock, random, QueueOptions{.on_done = [&](const Key&, Duration) {
                    idle = watched->Now().idle;
                  }});
  watched->Open();
  watched->Add(K("a"));
  watched->Done(*watched->Take({}));
  EXPECT_EQ(idle, false);
  EXPECT_TRUE(watched->Now().idle);
}

TEST_F(WorkQueue, MeasuresWhatIsUnfinished) {
  queue.Add(K("a"));
  queue.Add(K("b"));
  queue.Add(K("c", 1));
  const auto first = queue.Take({});
  clock.Advance(seconds(4));
  queue.Take({});
  queue.Take({});
  clock.Advance(seconds(2));
  EXPECT_EQ(queue.Counts(0).longest, seconds(6));
  EXPECT_EQ(queue.Counts(0).unfinished, seconds(8));
  EXPECT_EQ(queue.Counts(1).unfinished, seconds(2));
  queue.Done(*first);
  EXPECT_EQ(queue.Counts(0).longest, seconds(2));
}

TEST_F(WorkQueue, HasAPulseOfTurnsAndIsDueOnlyWhileAWorkerCouldWork) {
  Queue closed(clock, random);
  closed.Add(K("a"));
  EXPECT_FALSE(closed.pulse().due);  // nobody may take it yet
  closed.Open();
  EXPECT_TRUE(closed.pulse().due);
  const auto key = closed.Take({});
  EXPECT_TRUE(closed.pulse().due);
  EXPECT_EQ(closed.pulse().turns, 1U);
  closed.Done(*key);
  EXPECT_EQ(closed.pulse().turns, 2U);
  closed.AddAfter(K("b"), seconds(1));
  EXPECT_FALSE(closed.pulse().due);
  clock.Advance(seconds(2));
  EXPECT_TRUE(closed.pulse().due);
  closed.Close(Queue::Rest::kDiscard);
  EXPECT_FALSE(closed.pulse().due);
}

}  // namespace
}  // namespace labgallery::runtime
