#include "src/base/clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace labgallery {
namespace {

using std::chrono::hours;

TEST(LeapingClock, LeapsToTheEarliestDeadlineWhenAllAnnouncedThreadsWait) {
  LeapingClock clock{SystemTime{}};
  std::vector<SteadyTime> woken(2);
  {
    std::vector<Presence> here{clock.Enter(), clock.Enter()};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i, mark = std::move(here[i])] {
        clock.Sleep(hours(i + 1), {});
        woken[i] = clock.SteadyNow();
      });
    }
  }
  EXPECT_EQ(woken[0], SteadyTime(hours(1)));
  EXPECT_EQ(woken[1], SteadyTime(hours(2)));
}

TEST(LeapingClock, StandsStillWhileAnAnnouncedThreadWorks) {
  LeapingClock clock{SystemTime{}};
  const Presence here = clock.Enter();
  std::mutex mutex;
  Signal signal;
  bool ready = false;
  SteadyTime seen = kNever;
  std::jthread other([&, there = clock.Enter()] {
    std::unique_lock lock(mutex);
    while (!ready) clock.Wait(lock, signal, clock.SteadyNow() + hours(1), {});
    seen = clock.SteadyNow();
  });
  {
    std::lock_guard guard(mutex);
    ready = true;
    clock.Notify(signal);
  }
  other.join();
  EXPECT_EQ(seen, SteadyTime{});
}

TEST(LeapingClock, StandsStillForAThreadThatWasToldToStop) {
  for (int i = 0; i < 200; ++i) {
    LeapingClock clock{SystemTime{}};
    const Presence here = clock.Enter();
    std::mutex mutex;
    Signal ended;
    bool over = false;
    std::jthread sleeper([&, there = clock.Enter()](const std::stop_token& stop) {
      EXPECT_FALSE(clock.Sleep(hours(100), stop));
      std::lock_guard guard(mutex);
      over = true;
      clock.Notify(ended);
    });
    clock.Sleep(hours(1), {});
    sleeper.request_stop();
    std::unique_lock lock(mutex);
    while (!over) clock.Wait(lock, ended, kNever, {});
    EXPECT_EQ(clock.SteadyNow(), SteadyTime(hours(1)));
  }
}

TEST(Clock, WaitEndsWhenStopIsRequested) {
  LeapingClock leaping{SystemTime{}};
  RealClock real;
  for (Clock* clock : std::initializer_list<Clock*>{&leaping, &real}) {
    const Presence here = clock->Enter();
    std::jthread sleeper([clock, there = clock->Enter()](const std::stop_token& stop) {
      EXPECT_FALSE(clock->Sleep(hours(10), stop));
    });
    sleeper.request_stop();
  }
}

}  // namespace
}  // namespace labgallery
