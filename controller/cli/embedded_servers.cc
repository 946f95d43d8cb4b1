#include "controller/cli/embedded_servers.h"

#include <utility>

#include "controller/cli/manifest_kinds.h"
#include "src/yaml/parse.h"

namespace labgallery::cli {

std::vector<json::Value> EmbeddedCrds() {
  std::vector<json::Value> crds;
  for (const EmbeddedFile& file : CrdFiles()) {
    for (yaml::Document& document : yaml::ParseYaml(file.text).documents)
      crds.push_back(std::move(document.value));
  }
  return crds;
}

EmbeddedKube::EmbeddedKube(std::unique_ptr<embedded_kube::Server> server)
    : server_(std::move(server)), transport_(Handler()) {}

Result<std::unique_ptr<EmbeddedKube>> EmbeddedKube::Start(Clock& clock, Random& random,
                                                          state::Store* store) {
  LAB_ASSIGN_OR_RETURN(auto server, embedded_kube::Server::Start(
                                        clock, random, {.crds = EmbeddedCrds(), .store = store}));
  return std::unique_ptr<EmbeddedKube>(new EmbeddedKube(std::move(server)));
}

EmbeddedAzure::EmbeddedAzure(std::unique_ptr<azure_simulator::Simulator> simulator)
    : simulator_(std::move(simulator)), transport_(simulator_->Handler()) {}

Result<std::unique_ptr<EmbeddedAzure>> EmbeddedAzure::Start(Clock& clock, Random& random,
                                                            state::Store* store) {
  azure_simulator::Options options{.base_url = kEmbeddedAzure};
  if (store == nullptr) {
    auto simulator =
        std::make_unique<azure_simulator::Simulator>(clock, random, std::move(options));
    return std::unique_ptr<EmbeddedAzure>(new EmbeddedAzure(std::move(simulator)));
  }
  LAB_ASSIGN_OR_RETURN(auto simulator, azure_simulator::Simulator::Restore(
                                           clock, random, std::move(options), *store));
  return std::unique_ptr<EmbeddedAzure>(new EmbeddedAzure(std::move(simulator)));
}

}  // namespace labgallery::cli
