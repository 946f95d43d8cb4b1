#include "controller/cli/failure.h"

namespace labgallery::cli {

ExitCode CodeOf(const Error& error) {
  if (error.kind == ErrorKind::kInvalidInput) return ExitCode::kBadInput;
  if (error.kind == ErrorKind::kCancelled) return ExitCode::kInterrupted;
  return ExitCode::kFailed;
}

ExitCode Report(const Error& error, std::ostream& err) {
  err << "labgallery: " << error.ToString() << "\n";
  return CodeOf(error);
}

}  // namespace labgallery::cli
