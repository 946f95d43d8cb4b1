// Time behind one door: now for people (system time), now for measuring (steady time), and waiting.
// Nothing outside src/base reads a clock or sleeps in another way, so a test can own time
// altogether.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>

namespace labgallery {

using Duration = std::chrono::microseconds;
using SystemTime = std::chrono::sys_time<Duration>;                               // to show people
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;  // to measure

inline constexpr SteadyTime kNever = SteadyTime::max();

/// A place where threads wait until state changes that is guarded by one mutex of the owner's.
/// The owner calls Clock::Notify after each change, holding that mutex.
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// What a clock keeps here about the threads that wait; only clocks touch it.
  struct Waiters;
  Waiters& waiters() { return *waiters_; }

 private:
  std::unique_ptr<Waiters> waiters_;
};

/// Marks a thread as one whose progress a clock has to wait for. See Clock::Enter.
class Presence {
 public:
  Presence() = default;
  explicit Presence(std::shared_ptr<void> held) : held_(std::move(held)) {}

 private:
  std::shared_ptr<void> held_;
};

/// Thread-safe. All readings and waits of one process part go through one instance.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SystemTime Now() const = 0;
  virtual SteadyTime SteadyNow() const = 0;

  /// Blocks until `signal` is notified, `deadline` has passed or `stop` is requested; may also
  /// return early. `lock` holds the owner's mutex, is released while waiting and held again on
  /// return. Callers loop on their own condition. A condition that was true before the call must be
  /// tested before it.
  virtual void Wait(std::unique_lock<std::mutex>& lock, Signal& signal, SteadyTime deadline,
                    const std::stop_token& stop) = 0;

  /// Wakes all who wait at `signal`. The caller holds the owner's mutex.
  virtual void Notify(Signal& signal) = 0;

  /// Announces a thread, before it starts. Only a clock that moves by itself when all announced
  /// threads wait makes use of it; the others return an empty mark. The mark lives as long as the
  /// thread runs.
  virtual Presence Enter() { return {}; }

  /// Sleeps until `deadline`, or less if `stop` is requested. True if the deadline was reached.
  bool SleepUntil(SteadyTime deadline, const std::stop_token& stop);
  bool Sleep(Duration duration, const std::stop_token& stop);
};

/// The machine's clock, or one that runs `scale` times as fast from its construction on: with 3600
/// an hour passes in a second. System time starts at the machine's. Steady time goes on while the
/// machine is suspended, which others of a distributed system do not know of; a wait that is under
/// way then ends late.
class RealClock final : public Clock {
 public:
  explicit RealClock(double scale = 1.0);
  SystemTime Now() const override;
  SteadyTime SteadyNow() const override;
  void Wait(std::unique_lock<std::mutex>& lock, Signal& signal, SteadyTime deadline,
            const std::stop_token& stop) override;
  void Notify(Signal& signal) override;

 private:
  double scale_;
  std::chrono::nanoseconds boot_start_;
  std::chrono::system_clock::time_point system_start_;
};

/// A clock that stands still while any announced thread works and leaps to the earliest deadline
/// when all of them wait: simulated hours pass in milliseconds, and nothing depends on the
/// machine's speed.
class LeapingClock final : public Clock {
 public:
  explicit LeapingClock(SystemTime start);
  ~LeapingClock() override;
  SystemTime Now() const override;
  SteadyTime SteadyNow() const override;
  void Wait(std::unique_lock<std::mutex>& lock, Signal& signal, SteadyTime deadline,
            const std::stop_token& stop) override;
  void Notify(Signal& signal) override;
  Presence Enter() override;

  /// Moves time forward by hand; wakes whom it concerns.
  void Advance(Duration by);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace labgallery
