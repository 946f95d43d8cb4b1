// The simulated Azure cloud as one value with one face. It speaks ARM's wire protocol for the
// resource types that Lab Services and shared image galleries need, and under "/simulator/" a
// control API of its own. Mounted behind a socket or in the same process; it has no threads and
// does nothing between requests.
#pragma once

#include <memory>
#include <string>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/base/result.h"
#include "src/http/model/message.h"

namespace labgallery::state {
class Store;
}

namespace labgallery::azure_simulator {

struct Options {
  /// Divides the durations that are told on the wire (Retry-After, x-ms-retry-after-ms): the scale
  /// of the simulator's clock when its clients live on real time, 1 when they share its clock.
  double wire_time_scale = 1.0;
  /// Origin of nextLink and operation URLs; when empty that of each request (`scheme` and its
  /// Host).
  std::string base_url{};
  std::string scheme = "http";  // of a request's own origin
  /// Whether answers carry Azure's x-ms-ratelimit headers, until settings say otherwise.
  bool rate_headers = true;
};

/// Thread-safe. `clock` and `random` must outlive it.
class Simulator {
 public:
  Simulator(Clock& clock, Random& random, Options options);

  /// A cloud whose state lives in `store`, which must outlive it: what is there is taken up, and
  /// what a request has changed is stored before it is answered. Faults, buckets, the request log
  /// and the short memory for deleted children do not outlive the process. An error is the store's.
  static Result<std::unique_ptr<Simulator>> Restore(Clock& clock, Random& random, Options options,
                                                    state::Store& store);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  /// Answers one request. Blocks only while a fault delays the answer, on the clock. A fault that
  /// breaks the connection gives a StreamResponse whose body fails with kTimeout.
  http::Reply Handle(const http::Request& request);

  /// The face as a value, for a server or an InProcessTransport; the simulator must outlive it.
  http::Handler Handler();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace labgallery::azure_simulator
