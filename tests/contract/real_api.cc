// The contract put to a real kube-apiserver, reached by plain HTTP on this machine (`kubectl
// proxy`). Whoever runs it says in the environment where the server is (LABGALLERY_CONTRACT_URL)
// and whom to ask, by an empty POST, to make it forget what happened until now
// (LABGALLERY_CONTRACT_FORGET): tests/e2e/contract_test.py does both.
#include <cstdlib>
#include <stdexcept>

#include "src/http/client/socket_transport.h"
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

// After this time a kube-apiserver has its store compacted; nobody waits for that here.
constexpr Duration kCompaction = std::chrono::minutes(5);
constexpr std::chrono::minutes kPatience{2};

std::string Required(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value;
}

struct Real {
  RealClock clock;
  http::SocketTransport transport;
  std::string origin = Required("LABGALLERY_CONTRACT_URL");
  std::string forget = Required("LABGALLERY_CONTRACT_FORGET");

  void ForgetPast() {
    const auto answer =
        transport.Send({http::Method::kPost, forget, {}, ""}, {.timeout = kPatience, .stop = {}});
    EXPECT_TRUE(answer && answer->status == 200) << "the past could not be forgotten";
  }

  void Pass(Duration time) {
    if (time >= kCompaction) return ForgetPast();
    clock.Sleep(time, {});
  }
};

}  // namespace

ApiUnderTest& TheApi() {
  static Real real;
  static ApiUnderTest api{.transport = real.transport,
                          .origin = real.origin,
                          .clock = real.clock,
                          .real = true,
                          .forget_past = [] { real.ForgetPast(); },
                          .pass = [](Duration time) { real.Pass(time); }};
  return api;
}

}  // namespace labgallery::contract
