#include "controller/cli/election.h"

#include <unistd.h>

#include <array>

#include "controller/cli/manifest_files.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

// As the kubelet mounts it into every pod with a service account.
constexpr const char* kNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

}  // namespace

std::string ProcessIdentity(Random& random) {
  std::array<char, 256> name{};
  const bool named = gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return std::string(named ? name.data() : "unknown") + "_" + random.Uuid();
}

std::string OwnNamespace() {
  const auto text = ReadTextFile(kNamespaceFile);
  const std::string name(text ? Trim(*text) : "");
  return name.empty() ? "default" : name;
}

std::optional<runtime::LeaseOptions> LeaseFor(const ControllerOptions& options,
                                              const std::string& identity,
                                              const std::string& own_namespace) {
  const ElectionFlags& flags = options.election;
  if (!flags.elect.value_or(options.kube_endpoint.empty())) return std::nullopt;
  runtime::LeaseOptions lease;
  lease.key = {flags.name_space.empty() ? own_namespace : flags.name_space, flags.id};
  lease.identity = identity;
  lease.labels = {{"app.kubernetes.io/name", "labgallery"}};
  return lease;
}

}  // namespace labgallery::cli
