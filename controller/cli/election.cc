#include "controller/cli/election.h"

#include <unistd.h>

#include <array>

namespace labgallery::cli {
std::string ProcessIdentity(Random& random) {
  std::array<char, 256> name{};
  const bool named = gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return std::string(named ? name.data() : "unknown") + "_" + random.Uuid();
}

std::optional<runtime::LeaseOptions> LeaseFor(const ControllerOptions& options,
                                              const std::string& identity,
                                              const std::string& own_namespace) {
  const ElectionFlags& flags = options.election;
  if (!flags.elect.value_or(options.kube_endpoint.empty())) return std::nullopt;
  runtime::LeaseOptions lease;
  const std::string& wanted = flags.name_space.empty() ? own_namespace : flags.name_space;
  lease.key = {wanted.empty() ? "default" : wanted, flags.id};
  lease.identity = identity;
  lease.labels = {{"app.kubernetes.io/name", "labgallery"}};
  return lease;
}

}  // namespace labgallery::cli
