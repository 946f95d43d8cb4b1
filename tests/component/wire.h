// The way between the operator and one server, for tests: counts side effects over both servers,
// and cuts the operator off before or after any one of them, as a crash would.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "src/http/model/transport.h"

namespace labgallery::component {

/// Every write to either server gets the next number. Thread-safe.
class SideEffects {
 public:
  enum class When { kBefore, kAfter };

  /// From now on the operator is cut off at the write with this number (from 1).
  void CrashAt(int number, When when);
  /// Heals the wires: a new operator starts counting where the old one stopped.
  void Heal();

  int count() const;
  bool cut() const;
  std::vector<std::string> log() const;

  /// What becomes of a request that is about to be sent.
  enum class Fate { kPass, kLost, kPassThenLost };
  Fate Judge(const http::Request& request);

 private:
  mutable std::mutex mutex_;
  int count_ = 0;                 // guarded by mutex_
  int crash_at_ = 0;              // guarded by mutex_
  When when_ = When::kBefore;     // guarded by mutex_
  bool cut_ = false;              // guarded by mutex_
  std::vector<std::string> log_;  // guarded by mutex_
};

class Wire final : public http::HttpTransport {
 public:
  Wire(http::Handler handler, SideEffects& effects)
      : inner_(std::move(handler)), effects_(effects) {}
  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override;
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override;

 private:
  http::InProcessTransport inner_;
  SideEffects& effects_;
};

}  // namespace labgallery::component
