// The contract put to the embedded API, over requests and answers in this process.
#include <memory>

#include "src/base/random.h"
#include "src/embedded_kube/server.h"
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

constexpr std::size_t kHistory = 64;

// The clock leaps whenever the test waits: nobody else is announced to it.
struct Embedded {
  LeapingClock clock{std::chrono::sys_days{std::chrono::year(2026) / 1 / 2}};
  SeededRandom random{1};
  std::unique_ptr<embedded_kube::Server> server =
      *embedded_kube::Server::Start(clock, random, {.watch_history = kHistory});
  http::InProcessTransport transport{
      [this](const http::Request& request) { return server->Handle(request); }};

  // The past is forgotten change by change, as others push it out.
  void ForgetPast() {
    for (const std::string_view plural : {"widgets", "gadgets"}) Churn(plural);
  }

  void Churn(std::string_view plural) {
    const bool namespaced = plural == "widgets";
    const std::string path =
        std::string(kApi) + (namespaced ? "/namespaces/default/" : "/") + std::string(plural);
    const std::string body = R"({"apiVersion": "contract.labgallery.test/v1", "kind": ")" +
                             std::string(namespaced ? "Widget" : "Gadget") +
                             R"(", "metadata": {"name": "churn"}, "spec": {"size": 1}})";
    for (std::size_t i = 0; i <= kHistory; ++i) {
      const http::Headers headers{{"Content-Type", "application/json"}};
      server->Handle({http::Method::kPost, path, headers, body});
      server->Handle({http::Method::kDelete, path + "/churn", {}, ""});
    }
  }
};

}  // namespace

ApiUnderTest& TheApi() {
  static Embedded embedded;
  static ApiUnderTest api{.transport = embedded.transport,
                          .origin = "http://embedded",
                          .clock = embedded.clock,
                          .real = false,
                          .forget_past = [] { embedded.ForgetPast(); },
                          .pass = [](Duration time) { embedded.clock.Advance(time); }};
  return api;
}

}  // namespace labgallery::contract
