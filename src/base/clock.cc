#include "src/base/clock.h"

#include <algorithm>
#include <ctime>
#include <list>
#include <utility>

namespace labgallery {

namespace {

// The time since the machine was started, suspension included: CLOCK_BOOTTIME of clock_gettime(2).
std::chrono::nanoseconds SinceBoot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// One thread in a wait of the leaping clock. All fields are guarded by LeapingClock::State::mutex.
struct Sleeper {
  SteadyTime deadline;
  bool awake = false;
  std::condition_variable wake;
};

}  // namespace

struct Signal::Waiters {
  // Used by RealClock, guarded by the owner's mutex.
  std::condition_variable_any changed;
  std::uint64_t generation = 0;
  // Used by LeapingClock, guarded by its own mutex.
  std::list<Sleeper*> sleepers;
};

Signal::Signal() : waiters_(std::make_unique<Waiters>()) {}
Signal::~Signal() = default;

bool Clock::SleepUntil(SteadyTime deadline, const std::stop_token& stop) {
  std::mutex mutex;
  Signal never;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested() && SteadyNow() < deadline) Wait(lock, never, deadline, stop);
  return SteadyNow() >= deadline;
}

bool Clock::Sleep(Duration duration, const std::stop_token& stop) {
  return SleepUntil(SteadyNow() + duration, stop);
}

RealClock::RealClock(double scale)
    : scale_(scale), boot_start_(SinceBoot()), system_start_(std::chrono::system_clock::now()) {}

SteadyTime RealClock::SteadyNow() const {
  const std::chrono::duration<double, std::micro> elapsed = SinceBoot() - boot_start_;
  return SteadyTime(Duration(static_cast<std::int64_t>(elapsed.count() * scale_)));
}

SystemTime RealClock::Now() const {
  // At scale 1 the machine's clock is followed, so that a correction by NTP shows.
  if (scale_ == 1.0) return std::chrono::floor<Duration>(std::chrono::system_clock::now());
  return std::chrono::floor<Duration>(system_start_) + SteadyNow().time_since_epoch();
}

void RealClock::Wait(std::unique_lock<std::mutex>& lock, Signal& signal, SteadyTime deadline,
                     const std::stop_token& stop) {
  Signal::Waiters& waiters = signal.waiters();
  const std::uint64_t seen = waiters.generation;
  auto changed = [&] { return waiters.generation != seen; };
  if (deadline == kNever) {
    waiters.changed.wait(lock, stop, changed);
    return;
  }
  const std::chrono::duration<double, std::micro> left(
      static_cast<double>((deadline - SteadyNow()).count()) / scale_);
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::ceil<std::chrono::steady_clock::duration>(left);
  waiters.changed.wait_until(lock, stop, until, changed);
}

void RealClock::Notify(Signal& signal) {
  ++signal.waiters().generation;
  signal.waiters().changed.notify_all();
}

struct LeapingClock::State {
  mutable std::mutex mutex;
  SystemTime system_start;
  SteadyTime now{};
  int present = 0;               // announced threads
  std::list<Sleeper*> sleepers;  // threads in a wait that nobody has woken yet

  void Wake(Sleeper& sleeper) {
    if (sleeper.awake) return;
    sleeper.awake = true;
    sleepers.remove(&sleeper);
    sleeper.wake.notify_one();
  }

  void WakeDue() {
    for (auto next = sleepers.begin(); next != sleepers.end();) {
      Sleeper& sleeper = **next++;
      if (sleeper.deadline <= now) Wake(sleeper);
    }
  }

  void LeapIfAllWait() {
    if (sleepers.empty() || static_cast<int>(sleepers.size()) < present) return;
    Sleeper* const first = *std::min_element(
        sleepers.begin(), sleepers.end(),
        [](const Sleeper* a, const Sleeper* b) { return a->deadline < b->deadline; });
    if (first->deadline == kNever) return;  // only a notification from outside can help
    now = std::max(now, first->deadline);
    WakeDue();
  }
};

LeapingClock::LeapingClock(SystemTime start) : state_(std::make_shared<State>()) {
  state_->system_start = start;
}
LeapingClock::~LeapingClock() = default;

SystemTime LeapingClock::Now() const {
  return state_->system_start + SteadyNow().time_since_epoch();
}

SteadyTime LeapingClock::SteadyNow() const {
  std::lock_guard guard(state_->mutex);
  return state_->now;
}

void LeapingClock::Wait(std::unique_lock<std::mutex>& lock, Signal& signal, SteadyTime deadline,
                        const std::stop_token& stop) {
  Sleeper self{.deadline = deadline, .awake = false, .wake = {}};
  {
    // It listens before it is listed: who requests a stop and then waits must not see time leap to
    // this deadline because the stop had nobody to wake yet.
    const std::stop_callback on_stop(stop, [&] {
      std::lock_guard guard(state_->mutex);
      state_->Wake(self);
    });
    {
      std::lock_guard guard(state_->mutex);
      if (deadline <= state_->now || self.awake) return;
      signal.waiters().sleepers.push_back(&self);
      state_->sleepers.push_back(&self);
      state_->LeapIfAllWait();
    }
    // The owner's mutex is let go only now, so a Notify between the caller's test and here is not
    // lost: it needs that mutex, and this thread is already listed.
    lock.unlock();
    std::unique_lock guard(state_->mutex);
    self.wake.wait(guard, [&] { return self.awake; });
    signal.waiters().sleepers.remove(&self);
  }
  lock.lock();
}

void LeapingClock::Notify(Signal& signal) {
  std::lock_guard guard(state_->mutex);
  for (Sleeper* sleeper : signal.waiters().sleepers) state_->Wake(*sleeper);
}

Presence LeapingClock::Enter() {
  {
    std::lock_guard guard(state_->mutex);
    ++state_->present;
  }
  auto leave = [state = state_](void*) {
    std::lock_guard guard(state->mutex);
    --state->present;
    state->LeapIfAllWait();
  };
  return Presence(std::shared_ptr<void>(nullptr, leave));
}

void LeapingClock::Advance(Duration by) {
  std::lock_guard guard(state_->mutex);
  state_->now += by;
  state_->WakeDue();
}

}  // namespace labgallery
