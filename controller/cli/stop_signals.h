// Ctrl-C and SIGTERM as a stop token.
#pragma once

#include <stop_token>
#include <thread>

namespace labgallery::cli {

/// Make one before any other thread: from then on the signals come to it alone. The first one
/// requests a stop, a second one ends the process at once with status 130. SIGPIPE is ignored, as a
/// broken connection is reported where it is written to.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread waiter_;
};

}  // namespace labgallery::cli
