// One of several operators on the same two servers, each a leader or a candidate; its process can
// be frozen in the middle of a request, as SIGSTOP would.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/component/world.h"

namespace labgallery::component {

/// A write that was answered; 0: it was not sent.
struct SentWrite {
  std::string text;  // "METHOD url"
  int status = 0;
  SteadyTime at{};
};

/// Freezes all of a process at one of its requests. That request has passed every check and
/// reaches its server when the time is over, whoever gave it up meanwhile; all others of the
/// process are not made, because their threads stand still. Thread-safe.
class Freezer {
 public:
  using Matches = std::function<bool(const http::Request&)>;

  explicit Freezer(Clock& clock) : clock_(clock) {}

  void FreezeAt(Matches matches, Duration time);
  /// Lease requests of this process fail from now on.
  void LoseTheLease();
  /// Whether the frozen request has been met, and when it goes on.
  std::optional<SteadyTime> thaws() const;
  std::vector<SentWrite> sent() const;

  Result<http::Response> Send(const http::Request& request, const http::CallOptions& options,
                              http::HttpTransport& inner);

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  Matches matches_;                  // guarded by mutex_
  Duration time_{};                  // guarded by mutex_
  bool lease_lost_ = false;          // guarded by mutex_
  std::optional<SteadyTime> thaws_;  // guarded by mutex_
  std::vector<SentWrite> sent_;      // guarded by mutex_
};

class FreezableWire final : public http::HttpTransport {
 public:
  FreezableWire(http::Handler handler, Freezer& freezer)
      : inner_(std::move(handler)), freezer_(freezer) {}
  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    return freezer_.Send(request, options, inner_);
  }
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override {
    return inner_.Open(request, options);
  }

 private:
  http::InProcessTransport inner_;
  Freezer& freezer_;
};

class Site {
 public:
  Site(World& world, runtime::LeaseOptions lease, kube::LabelSelector namespaces = {});
  ~Site() { Stop(); }

  void Start() { op_->Start(); }
  void Stop();
  bool Leads() const;
  /// When its last renewal began, while it leads.
  SteadyTime Renewed() const;

  Freezer& freezer() { return freezer_; }
  cli::OperatorAssembly& op() { return *op_; }

 private:
  const std::chrono::seconds duration_;
  Clock& clock_;
  Freezer freezer_;
  FreezableWire kube_;
  FreezableWire azure_;
  std::unique_ptr<cli::OperatorAssembly> op_;
  bool stopped_ = false;
};

}  // namespace labgallery::component
