// Runs another program and collects what it prints. Who is run, and what its output means, is
// decided by the caller.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "src/base/result.h"

namespace labgallery {

struct ChildCommand {
  std::string program;  // a path, or a name to look for in the PATH of this process
  std::vector<std::string> arguments{};
  std::vector<std::string> environment{};  // "NAME=value", all of it
  bool pass_stdin = false;                 // otherwise it reads nothing
  std::chrono::milliseconds timeout{60000};
};

struct ChildOutcome {
  int exit_status = 0;  // 128 and the number for one that a signal has ended
  std::string output;
  std::string errors;
};

/// Blocks until it has ended and closed its output. kNotFound if there is no such program,
/// kUnavailable if it cannot be started, kTimeout and kCancelled after it was killed, kProtocol if
/// it prints more than a mebibyte. It gets none of this process's files and its signals unblocked.
Result<ChildOutcome> RunChild(const ChildCommand& command, const std::stop_token& stop);

}  // namespace labgallery
