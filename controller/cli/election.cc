#include "controller/cli/election.h"

#include <unistd.h>

#include <array>

#include "controller/reconcile/overlap.h"

namespace labgallery::cli {
std::string ProcessIdentity(Random& random) {
  std::array<char, 256> name{};
  const bool named = gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return std::string(named ? name.data() : "unknown") + "_" + random.Uuid();
}

std::string HomeFor(const ControllerOptions& options, const std::string& own_namespace) {
  if (!options.election.name_space.empty()) return options.election.name_space;
  return own_namespace.empty() ? "default" : own_namespace;
}

std::optional<runtime::LeaseOptions> LeaseFor(const ControllerOptions& options,
                                              const std::string& identity,
                                              const std::string& own_namespace) {
  const ElectionFlags& flags = options.election;
  if (!flags.elect.value_or(options.kube_endpoint.empty())) return std::nullopt;
  runtime::LeaseOptions lease;
  lease.key = {HomeFor(options, own_namespace),
               flags.shard.empty() ? flags.id : flags.id + "-" + flags.shard};
  lease.identity = identity;
  lease.labels.emplace(reconcile::kLeaseLabel, reconcile::kLeaseLabelValue);
  if (!flags.namespace_selector.empty())
    lease.annotations.emplace(reconcile::kSelectorAnnotation, flags.namespace_selector);
  if (!options.name_space.empty())
    lease.annotations.emplace(reconcile::kNamespaceAnnotation, options.name_space);
  return lease;
}

}  // namespace labgallery::cli
