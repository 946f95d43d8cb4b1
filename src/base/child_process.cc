#include "src/base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "src/base/clock.h"

namespace labgallery {
namespace {

constexpr std::size_t kMostBytes = 1UL << 20U;

// One end of a pipe.
class End {
 public:
  End() = default;
  explicit End(int descriptor) : descriptor_(descriptor) {}
  ~End() { Close(); }
  End(End&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  End& operator=(End&& other) noexcept {
    Close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    return *this;
  }
  int get() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }
  void Close() {
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_ = -1;
};

struct Pipe {
  End read;
  End write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return Unavailable(std::generic_category().message(errno));
  return Pipe{End(ends[0]), End(ends[1])};
}

// What posix_spawn takes, freed at the end.
struct Preparation {
  Preparation() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~Preparation() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

// The main thread blocks signals and ignores a broken pipe; a program expects neither.
void ResetSignals(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigemptyset(&none);
  sigset_t broken_pipe = none;
  sigaddset(&broken_pipe, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &broken_pipe);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> Spawn(const ChildCommand& command, const End& output, const End& errors) {
  Preparation prepared;
  if (!command.pass_stdin) {
    posix_spawn_file_actions_addopen(&prepared.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&prepared.files, output.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&prepared.files, errors.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&prepared.files, STDERR_FILENO + 1);
  ResetSignals(prepared.attributes);
  std::vector<std::string> arguments = command.arguments;
  arguments.insert(arguments.begin(), command.program);
  std::vector<std::string> environment = command.environment;
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, command.program.c_str(), &prepared.files, &prepared.attributes,
                   Pointers(arguments).data(), Pointers(environment).data());
  if (failed == ENOENT) return NotFound("there is no such program");
  if (failed != 0) return Unavailable(std::generic_category().message(failed));
  return child;
}

// What is there now; closes the end at the end of the file.
void ReadSome(End& from, std::string& text) {
  std::array<char, 16384> bytes{};
  const ssize_t count = read(from.get(), bytes.data(), bytes.size());
  if (count > 0) return void(text.append(bytes.data(), static_cast<std::size_t>(count)));
  if (count == 0 || errno != EINTR) from.Close();
}

// Until both are at their end.
Status Collect(End& output, End& errors, ChildOutcome& outcome, std::chrono::milliseconds timeout) {
  RealClock clock;
  const SteadyTime deadline = clock.SteadyNow() + timeout;
  while (output.open() || errors.open()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock.SteadyNow());
    if (left.count() <= 0) {
      Error late;
      late.kind = ErrorKind::kTimeout;
      late.message = "it did not end within " + std::to_string(timeout.count() / 1000) + " s";
      return late;
    }
    std::array<pollfd, 2> ends{pollfd{output.get(), POLLIN, 0}, pollfd{errors.get(), POLLIN, 0}};
    if (poll(ends.data(), ends.size(), static_cast<int>(left.count())) <= 0) continue;
    if (ends[0].revents != 0) ReadSome(output, outcome.output);
    if (ends[1].revents != 0) ReadSome(errors, outcome.errors);
    if (outcome.output.size() + outcome.errors.size() > kMostBytes) {
      return ProtocolError("it prints too much");
    }
  }
  return Ok();
}

int Reap(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int kSignalled = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

}  // namespace

Result<ChildOutcome> RunChild(const ChildCommand& command, const std::stop_token& stop) {
  if (stop.stop_requested()) return Cancelled();
  LAB_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  LAB_ASSIGN_OR_RETURN(Pipe errors, MakePipe());
  LAB_ASSIGN_OR_RETURN(const pid_t child, Spawn(command, output.write, errors.write));
  output.write.Close();
  errors.write.Close();
  ChildOutcome outcome;
  Status collected;
  {
    // Before the child is reaped its number cannot be another's.
    const std::stop_callback killing(stop, [child] { kill(child, SIGKILL); });
    collected = Collect(output.read, errors.read, outcome, command.timeout);
    if (!collected) kill(child, SIGKILL);
  }
  outcome.exit_status = Reap(child);
  if (stop.stop_requested()) return Cancelled();
  if (!collected) return collected.error();
  return outcome;
}

}  // namespace labgallery
