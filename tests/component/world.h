// The whole product in one process under a clock that leaps: the two servers, the operator between
// them, and the hands of a user and of somebody in Azure's portal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "controller/cli/assembly.h"
#include "src/azure_simulator/simulator.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/embedded_kube/server.h"
#include "tests/component/story.h"
#include "tests/component/wire.h"

namespace labgallery::component {

struct WorldOptions {
  std::uint64_t seed = 1;
  std::size_t workers = 1;
  domain::OperatorSettings settings{.installation = "test"};
  bool rate_headers = true;
  reconcile::PassObserver on_pass{};
  std::ostream* log = nullptr;  // for what the operator logs, as JSON; null: errors, to stderr
};

class World {
 public:
  explicit World(WorldOptions options = {});
  ~World();

  // The user's hands.
  void AddNamespace(const std::string& name);
  void Apply(const std::string& yaml);
  void ApplyObject(json::Value object);
  /// Applies a step and deletes what earlier steps had and this one has not.
  void ApplyStep(const StoryStep& step);
  void Delete(const std::string& kind, const std::string& name,
              const std::string& name_space = "labs");
  void Annotate(const std::string& kind, const std::string& name, const std::string& key,
                const std::string& value);
  json::Value Object(const std::string& kind, const std::string& name,
                     const std::string& name_space = "labs");
  bool Exists(const std::string& kind, const std::string& name,
              const std::string& name_space = "labs");
  /// Status and reason of a condition: "True/Reconciled"; empty without one.
  std::string Condition(const std::string& kind, const std::string& name,
                        const std::string& type = "Ready", const std::string& name_space = "labs");
  /// What the operator told about objects of namespace "labs": "Kind/name Reason: note".
  std::vector<std::string> Events();

  // Somebody in Azure, through the simulator's control API.
  json::Value Control(http::Method method, const std::string& path, const json::Value& body = {});
  void Put(const std::string& id, json::Value body);
  json::Value Resource(const std::string& id);
  void Remove(const std::string& id);
  /// The story's azure.json.
  void Assume(const std::string& story_directory, const std::string& service = "LabAccount");

  // More operators beside the one below, over wires of the test's own.
  http::Handler KubeHandler() {
    return [this](const http::Request& request) { return kube_->Handle(request); };
  }
  http::Handler AzureHandler() {
    return [this](const http::Request& request) { return azure_->Handle(request); };
  }
  std::unique_ptr<cli::OperatorAssembly> MakeOperator(http::HttpTransport& kube,
                                                      http::HttpTransport& azure,
                                                      std::optional<runtime::LeaseOptions> lease,
                                                      reconcile::OperatorOptions options = {});

  // The operator's life.
  void StartOperator();
  void StopOperator();
  bool running() const { return assembly_ != nullptr; }
  reconcile::Operator& op() { return assembly_->op(); }
  azure::Pacer& pacer() { return assembly_->pacer(); }

  /// Lets time run until every object is Ready (or gone when it is being deleted), nothing is
  /// queued and nothing was written for two minutes; false after `limit`, or when the wire was cut.
  bool Settle(Duration limit = std::chrono::hours(48));
  /// Lets time run until `reached` holds, looking every ten seconds; false after `limit`.
  bool RunUntil(const std::function<bool()>& reached, Duration limit = std::chrono::hours(12));
  void Run(Duration time);

  /// What remains in the end, without times, ids and versions: Azure's resources and our objects.
  std::string Remains();

  SideEffects& effects() { return effects_; }
  LeapingClock& clock() { return clock_; }

 private:
  http::Response Kube(const http::Request& request);
  bool AllWell();

  WorldOptions options_;
  LeapingClock clock_;
  Presence here_;
  SeededRandom random_;
  std::unique_ptr<azure_simulator::Simulator> azure_;
  std::unique_ptr<embedded_kube::Server> kube_;
  SideEffects effects_;
  std::unique_ptr<Wire> azure_wire_;
  std::unique_ptr<Wire> kube_wire_;
  std::unique_ptr<http::InProcessTransport> plain_;  // without faults, for logins
  cli::AzureAccess access_;
  telemetry::Logger log_;
  std::unique_ptr<cli::OperatorAssembly> assembly_;
};

/// The directory of the samples.
std::string Samples();
std::string ReadFile(const std::string& path);

}  // namespace labgallery::component
