// A simulated cloud with a clock that stands still, and short ways to talk to it and to look at
// answers.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "src/azure_simulator/simulator.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/http/model/message.h"
#include "src/json/value.h"

namespace labgallery::azure_simulator {

inline constexpr std::string_view kSubscription =
    "/subscriptions/00000000-0000-0000-0000-000000000001";
inline constexpr std::string_view kGroup =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Labs-rg";

inline std::string Compute(std::string_view rest) {
  return std::string(kGroup) + "/providers/Microsoft.Compute/" + std::string(rest);
}
inline std::string LabServices(std::string_view rest) {
  return std::string(kGroup) + "/providers/Microsoft.LabServices/" + std::string(rest);
}

/// An answer, with its body parsed where it is JSON.
struct Seen {
  int status = 0;
  http::Headers headers;
  std::string text;
  json::Value body;

  std::string Header(std::string_view name) const {
    return std::string(headers.Get(name).value_or(""));
  }
  std::string code() const { return std::string(body.Text({"error", "code"})); }
  std::string message() const { return std::string(body.Text({"error", "message"})); }
  std::string state() const { return std::string(body.Text({"properties", "provisioningState"})); }
  std::size_t count() const {
    const json::Value* value = body.Find("value");
    return value == nullptr || !value->IsArray() ? 0 : value->AsArray()->size();
  }
};

class Cloud {
 public:
  explicit Cloud(Options options = {});

  Seen Send(http::Method method, std::string_view path, const json::Value& body = {});
  /// A request whose target and headers are given whole.
  Seen Raw(const http::Request& request);
  http::Reply Reply(const http::Request& request) { return simulator_.Handle(request); }

  Seen Get(std::string_view path) { return Send(http::Method::kGet, path); }
  Seen Put(std::string_view path, std::string_view body);
  Seen Patch(std::string_view path, std::string_view body);
  Seen Post(std::string_view path, std::string_view body = "{}");
  Seen Delete(std::string_view path) { return Send(http::Method::kDelete, path); }
  /// Follows an absolute URL that the cloud gave out.
  Seen Follow(std::string_view url);

  /// Seeds through the control API; a resource is there at once.
  Seen Seed(std::string_view id, std::string_view body);
  void Set(std::string_view settings);
  void Fault(std::string_view fault);

  void Pass(Duration time) { clock_.Advance(time); }

  /// A gallery, a definition "ubuntu" and a managed image "source" in westeurope.
  void SeedGallery();
  /// The same, with version 1.0.0 in these regions, replicated.
  void SeedVersion(std::string_view target_regions = R"([{"name": "westeurope"}])");
  /// A lab account "cs" in westeurope.
  void SeedAccount();

  LeapingClock& clock() { return clock_; }
  Simulator& simulator() { return simulator_; }

 private:
  LeapingClock clock_;
  SeededRandom random_;
  Simulator simulator_;
};

/// JSON from a literal; the test fails if it is none.
json::Value Json(std::string_view text);

/// The body of a version made from the managed image "source".
std::string VersionBody(std::string_view target_regions = R"([{"name": "westeurope"}])",
                        std::string_view more_profile = "", std::string_view more = "");

}  // namespace labgallery::azure_simulator
