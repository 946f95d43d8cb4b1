#include "controller/cli/rehearsal.h"

#include <atomic>
#include <sstream>
#include <utility>

#include "controller/cli/convergence.h"
#include "controller/cli/operator_world.h"
#include "controller/cli/stored_objects.h"

namespace labgallery::cli {
namespace {

/// Lets reads through. The first write ends the rehearsal.
class TiedHands final : public http::HttpTransport {
 public:
  TiedHands(http::HttpTransport& inner, std::stop_source& end) : inner_(inner), end_(end) {}

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    if (IsHarmless(request)) return inner_.Send(request, options);
    wanted_to_write_ = true;
    end_.request_stop();
    return Cancelled();
  }
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override {
    return inner_.Open(request, options);
  }
  bool wanted_to_write() const { return wanted_to_write_; }

 private:
  // A query of Resource Graph is a POST that reads.
  static bool IsHarmless(const http::Request& request) {
    return http::IsRead(request.method) ||
           request.url.find("/providers/Microsoft.ResourceGraph/") != std::string::npos;
  }

  http::HttpTransport& inner_;
  std::stop_source& end_;
  std::atomic<bool> wanted_to_write_ = false;
};

}  // namespace

Result<bool> NothingWouldBeWritten(const Rehearsal& rehearsal, const Manifests& manifests,
                                   const std::stop_token& stop) {
  std::stop_source end;
  const std::stop_callback on_stop(stop, [&end] { end.request_stop(); });
  TiedHands azure(rehearsal.cloud.transport(), end);
  std::ostringstream nobody;
  LAB_ASSIGN_OR_RETURN(const auto world, OperatorWorld::Make({.clock = rehearsal.clock,
                                                              .random = rehearsal.random,
                                                              .log = nobody,
                                                              .azure_transport = azure,
                                                              .azure = rehearsal.cloud.access()},
                                                             rehearsal.flags, {}));
  ObjectWriter writer(world->kube(), rehearsal.kinds);
  LAB_ASSIGN_OR_RETURN(const Written written, writer.Write(manifests, stop));
  world->Start();
  Display unseen(nobody, {});
  Convergence convergence(
      {.clock = rehearsal.clock,
       .client = world->kube(),
       .op = world->op(),
       .passes = world->passes(),
       .bell = world->bell(),
       .objects = world->objects(),
       .display = unseen},
      {.deadline = rehearsal.deadline, .pace = rehearsal.pace, .await_statuses = false});
  LAB_ASSIGN_OR_RETURN(const Convergence::End ended, convergence.Wait(end.get_token()));
  world->Stop();
  if (stop.stop_requested()) return Cancelled();
  return ended == Convergence::End::kSettled && !azure.wanted_to_write();
}

}  // namespace labgallery::cli
