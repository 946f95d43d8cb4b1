// One process that stands for election against the embedded Kubernetes API, over a wire that can be
// broken.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "src/embedded_kube/server.h"
#include "src/http/model/transport.h"
#include "src/runtime/elector.h"

namespace labgallery::runtime {

/// What becomes of the requests.
enum class WireState { kWhole, kBroken, kSilent, kAnswersLost };

/// Thread-safe.
class BreakableWire final : public http::HttpTransport {
 public:
  BreakableWire(Clock& clock, http::Handler handler) : clock_(clock), inner_(std::move(handler)) {}

  void Set(WireState state) { state_ = state; }

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    const WireState state = state_;
    if (state == WireState::kBroken) return Unavailable("connection refused");
    if (state == WireState::kSilent) return Silence(options.stop);
    if (state == WireState::kAnswersLost && !http::IsRead(request.method)) {
      (void)inner_.Send(request, options);
      state_ = WireState::kWhole;
      return Error{.kind = ErrorKind::kTimeout, .message = "no answer"};
    }
    return inner_.Send(request, options);
  }
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override {
    if (state_ == WireState::kBroken) return Unavailable("connection refused");
    if (state_ == WireState::kSilent) return Silence(options.stop);
    return inner_.Open(request, options);
  }

 private:
  Error Silence(const std::stop_token& stop) {
    clock_.SleepUntil(kNever, stop);
    return Cancelled();
  }

  Clock& clock_;
  http::InProcessTransport inner_;
  std::atomic<WireState> state_ = WireState::kWhole;
};

/// Its members may be read while its clock stands.
struct Candidate {
  Candidate(LeapingClock& of_all, Random& random, embedded_kube::Server& server, std::string name)
      : clock(of_all),
        wire(clock, [&server](const http::Request& request) { return server.Handle(request); }),
        watch_wire(clock,
                   [&server](const http::Request& request) { return server.Handle(request); }),
        client(wire, watch_wire, clock, {.origin = ""}),
        elector({client, clock, random, gate, observer},
                {.key = {"default", "op"}, .identity = std::move(name), .labels = {{"of", "us"}}},
                {.on_leading = [this] { leads_since = clock.SteadyNow(); },
                 .on_lost =
                     [this](const std::string& why) {
                       lost_since = clock.SteadyNow();
                       lost_because = why;
                     },
                 .on_other_leader = [this](const std::string& holder) { other = holder; },
                 .on_trouble = [this](std::string_view, const Error&) { ++troubles; }}) {}

  bool leads() const { return leads_since && !lost_since; }

  LeapingClock& clock;
  Gate gate{clock};
  std::atomic<int> slow = 0;
  std::vector<bool> told;
  Observer observer{
      .on_leadership = [this](std::string_view, bool leads_now) { told.push_back(leads_now); },
      .on_lease_slow_path = [this](std::string_view) { ++slow; }};
  BreakableWire wire;
  BreakableWire watch_wire;
  kube::Client client;
  std::optional<SteadyTime> leads_since;
  std::optional<SteadyTime> lost_since;
  std::string lost_because;
  std::string other;
  std::atomic<int> troubles = 0;
  Elector elector;
};

}  // namespace labgallery::runtime
