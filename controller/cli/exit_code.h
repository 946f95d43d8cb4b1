// How the program ends. README.md and `labgallery --help` list the same numbers.
#pragma once

namespace labgallery::cli {

enum class ExitCode {
  kOk = 0,             // apply: every object is Ready, and nothing is left to do
  kFailed = 1,         // a server cannot be reached, a file cannot be written, a bug
  kBadInput = 2,       // options or manifests; nothing was written
  kNotReady = 3,       // apply: not everything is Ready within --timeout, or ever will be
  kRefused = 4,        // apply: something stays refused, by Azure or by a policy
  kInterrupted = 130,  // Ctrl-C or SIGTERM
};

}  // namespace labgallery::cli
