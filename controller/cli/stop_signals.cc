#include "controller/cli/stop_signals.h"

#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is not in csignal
#include <unistd.h>

#include "controller/cli/exit_code.h"

namespace labgallery::cli {
namespace {

// Wakes the waiting thread when the program ends by itself.
constexpr int kLeave = SIGUSR1;

sigset_t Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, kLeave}) sigaddset(&set, number);
  return set;
}

// Who passes a signal on may send it to the process and to its group, as timeout(1) does: what
// comes right behind is no second wish. True if the program ends meanwhile.
bool TakeEcho(const sigset_t& signals) {
  constexpr timespec kMoment{0, 200'000'000};
  return sigtimedwait(&signals, nullptr, &kMoment) == kLeave;
}

void Await(const std::stop_source& source) {
  const sigset_t signals = Signals();
  while (true) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    if (number == kLeave) return;
    if (source.stop_requested()) _exit(static_cast<int>(ExitCode::kInterrupted));
    source.request_stop();
    if (TakeEcho(signals)) return;
  }
}

}  // namespace

StopSignals::StopSignals() {
  // Blocked before other threads are started, which inherit that.
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  waiter_ = std::jthread([source = source_] { Await(source); });
}

StopSignals::~StopSignals() {
  pthread_kill(waiter_.native_handle(), kLeave);
  waiter_.join();
}

}  // namespace labgallery::cli
