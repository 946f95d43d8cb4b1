#include "src/runtime/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace labgallery::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Key kKey{0, {"ns", "a"}};

class WorkersTest : public testing::Test {
 protected:
  WorkersTest() { queue.Open(); }

  Workers Make(Reconciler reconciler, Workers::Hooks hooks = {}) {
    return {{clock, queue, observer}, {std::move(reconciler)}, std::move(hooks)};
  }
  /// What one pass with this outcome leads to.
  void Pass(const Outcome& outcome) {
    Workers workers = Make([&](const Key&, const std::stop_token&) { return outcome; });
    queue.Add(kKey);
    workers.RunOnce({});
  }
  std::optional<Duration> Delay() const {
    const auto due = queue.Now().next_due;
    if (!due) return std::nullopt;
    return *due - clock.SteadyNow();
  }

  LeapingClock clock{SystemTime{}};
  Presence here = clock.Enter();
  SeededRandom random{1};
  Queue queue{clock, random, {.jitter = 0}};
  std::vector<std::string> passes;
  Observer observer{.on_pass = [this](const Key&, PassResult result, Duration, const Error* error) {
    passes.push_back(std::string(Name(result)) + (error != nullptr ? ": " + error->message : ""));
  }};
};

using WorkerLoop = WorkersTest;
using Strings = std::vector<std::string>;

TEST_F(WorkerLoop, ForgetsAKeyThatIsDone) {
  Pass(Done{});
  EXPECT_TRUE(queue.Now().idle);
  EXPECT_FALSE(Delay());
  EXPECT_EQ(passes, Strings{"success"});
}

TEST_F(WorkerLoop, BringsAKeyBackAfterTheDelay) {
  Pass(After{seconds(9)});
  EXPECT_EQ(Delay(), seconds(9));
  EXPECT_EQ(passes, Strings{"requeue_after"});
}

TEST_F(WorkerLoop, BacksOffAfterAnErrorLongerEachTime) {
  Pass(Backoff{Unavailable("down")});
  EXPECT_EQ(Delay(), milliseconds(5));
  Pass(Backoff{Unavailable("down")});
  EXPECT_EQ(Delay(), milliseconds(10));
  EXPECT_EQ(passes, (Strings{"error: down", "error: down"}));
}

TEST_F(WorkerLoop, WaitsAsLongAsTheErrorAsksFor) {
  Error error = Unavailable("busy");
  error.retry_after = seconds(30);
  Pass(Backoff{error});
  EXPECT_EQ(Delay(), seconds(30));
}

TEST_F(WorkerLoop, WQ07_ForgetsFailuresAfterADelayToo) {
  Pass(Backoff{Unavailable("down")});
  Pass(Backoff{Unavailable("down")});
  Pass(After{seconds(1)});
  Pass(Backoff{Unavailable("down")});
  EXPECT_EQ(Delay(), milliseconds(5));
}

TEST_F(WorkerLoop, NeverBringsBackWhatIsTerminalByItself) {
  Pass(Terminal{InvalidInput("nonsense")});
  EXPECT_TRUE(queue.Now().idle);
  EXPECT_FALSE(Delay());
  EXPECT_EQ(passes, Strings{"terminal_error: nonsense"});
}

TEST_F(WorkerLoop, CT02_CatchesAnExceptionAndBacksOff) {
  Workers workers = Make([&](const Key& key, const std::stop_token&) -> Outcome {
    if (key == kKey) throw std::runtime_error("oh");
    return Done{};
  });
  queue.Add(kKey);
  queue.Add({0, {"ns", "b"}});
  EXPECT_TRUE(workers.RunOnce({}));
  EXPECT_TRUE(workers.RunOnce({}));
  EXPECT_EQ(Delay(), milliseconds(5));
  EXPECT_EQ(passes, (Strings{"panic: exception in a reconcile: oh", "success"}));
}

TEST_F(WorkerLoop, CT02_CatchesWhatIsNoExceptionToo) {
  Workers workers = Make([](const Key&, const std::stop_token&) -> Outcome { throw 7; });
  queue.Add(kKey);
  workers.RunOnce({});
  EXPECT_EQ(Delay(), milliseconds(5));
}

TEST_F(WorkerLoop, CT04_DropsAKeyOfATypeWithoutAReconciler) {
  Workers workers = Make({});
  queue.Add(kKey);
  queue.Add({3, {"ns", "a"}});
  EXPECT_TRUE(workers.RunOnce({}));
  EXPECT_TRUE(workers.RunOnce({}));
  EXPECT_TRUE(queue.Now().idle);
  EXPECT_TRUE(passes.empty());
}

TEST_F(WorkerLoop, DoesWhatTheHookSaysInsteadOfAPass) {
  Workers workers = Make(
      [](const Key&, const std::stop_token&) -> Outcome {
        ADD_FAILURE() << "must not run";
        return Done{};
      },
      {.before = [](const Key&, const std::stop_token&) {
        return std::optional<Outcome>(After{seconds(2)});
      }});
  queue.Add(kKey);
  workers.RunOnce({});
  EXPECT_EQ(Delay(), seconds(2));
}

TEST_F(WorkerLoop, CT01_RunsDifferentKeysAtOnce) {
  std::mutex mutex;
  Signal changed;
  int inside = 0;
  Workers workers = Make([&](const Key&, const std::stop_token&) -> Outcome {
    std::unique_lock lock(mutex);
    ++inside;
    clock.Notify(changed);
    while (inside < 2) clock.Wait(lock, changed, kNever, {});
    return Done{};
  });
  queue.Add(kKey);
  queue.Add({0, {"ns", "b"}});
  workers.Start(2);
  EXPECT_TRUE(queue.WaitUntilIdle(SteadyTime(seconds(1000)), {}).idle);
  queue.Close(Queue::Rest::kDiscard);
  workers.Stop(seconds(1));
}

TEST_F(WorkerLoop, FinishesARunningPassWhenItStops) {
  std::atomic<bool> finished = false;
  Workers workers = Make([&](const Key&, const std::stop_token& stop) -> Outcome {
    finished = clock.Sleep(seconds(20), stop);
    return Done{};
  });
  queue.Add(kKey);
  workers.Start(1);
  clock.Sleep(seconds(1), {});
  queue.Close(Queue::Rest::kDiscard);
  workers.Stop(seconds(30));
  EXPECT_TRUE(finished);
}

TEST_F(WorkerLoop, AsksAPassToStopWhenTheGraceIsOver) {
  std::atomic<bool> finished = false;
  Workers workers = Make([&](const Key&, const std::stop_token& stop) -> Outcome {
    finished = clock.Sleep(seconds(100), stop);
    return Done{};
  });
  queue.Add(kKey);
  workers.Start(1);
  clock.Sleep(seconds(1), {});
  queue.Close(Queue::Rest::kDiscard);
  workers.Stop(seconds(30));
  EXPECT_FALSE(finished);
  EXPECT_EQ(clock.SteadyNow(), SteadyTime(seconds(31)));
}

}  // namespace
}  // namespace labgallery::runtime
