#include "controller/cli/check.h"

#include <optional>
#include <string>
#include <utility>

#include "controller/cli/election.h"
#include "controller/cli/failure.h"
#include "controller/cli/kube_connection.h"
#include "controller/domain/names.h"
#include "src/kube/client/client.h"

namespace labgallery::cli {
namespace {

constexpr Duration kPause = std::chrono::seconds(1);  // a Lease that is held is renewed every 2 s

Status CheckKinds(kube::Client& client, const std::string& name_space, std::ostream& out,
                  const std::stop_token& stop) {
  kube::ListOptions one;
  one.limit = 1;
  for (const domain::Kind kind : domain::kKinds) {
    const kube::ResourceType type = domain::ResourceTypeOf(kind);
    const auto page = client.ListPage({.type = type, .name_space = name_space}, one, stop);
    if (!page) return Error(page.error()).With("list " + type.plural);
    out << "ok: the API server serves " << type.plural << '\n' << std::flush;
  }
  return Ok();
}

/// The Lease as it is now; nothing where there is none yet.
Result<std::optional<runtime::LeaseRecord>> ReadRecord(kube::Client& client,
                                                       const kube::ObjectKey& key,
                                                       const std::stop_token& stop) {
  const auto lease = client.Get(runtime::LeaseType(), key, stop);
  if (lease) return std::optional(runtime::ReadLease(*lease));
  if (lease.error().kind == ErrorKind::kNotFound) return std::optional<runtime::LeaseRecord>();
  return Error(lease.error()).With("read the Lease " + key.ToString());
}

struct Looking {
  kube::Client& client;
  Clock& clock;
  Duration patience;
};

/// Clocks of two machines are not compared: what changes while it is looked at has somebody who
/// changes it.
Status CheckLeader(const Looking& looking, const kube::ObjectKey& key, std::ostream& out,
                   const std::stop_token& stop) {
  const auto& [client, clock, patience] = looking;
  const SteadyTime deadline = clock.SteadyNow() + patience;
  LAB_ASSIGN_OR_RETURN(const auto first, ReadRecord(client, key, stop));
  auto now = first;
  while (now == first || !now || now->holder.empty()) {
    if (clock.SteadyNow() >= deadline) {
      const bool held = now && !now->holder.empty();
      return Unavailable(
          "no controller leads: the Lease " + key.ToString() +
          (held ? " is held by " + now->holder + ", who does not renew it" : " is held by nobody"));
    }
    if (!clock.Sleep(kPause, stop)) return Cancelled();
    LAB_ASSIGN_OR_RETURN(now, ReadRecord(client, key, stop));
  }
  out << "ok: " << now->holder << " leads, by the Lease " << key.ToString() << '\n' << std::flush;
  return Ok();
}

Status Check(const CheckOptions& options, std::ostream& out, const std::stop_token& stop) {
  RealClock clock;
  const ControllerOptions& installation = options.installation;
  LAB_ASSIGN_OR_RETURN(kube::ServerAccess server, FindKubeServer(installation));
  KubeConnection kube(clock, installation, std::move(server));
  const KubeAccess access = kube.access();
  kube::Client client(access.transport, access.watch_transport, clock, ClientOptionsFor(access));
  LAB_RETURN_IF_ERROR(CheckKinds(client, installation.name_space, out, stop));
  const auto lease = LeaseFor(installation, "", kube.server().name_space);
  if (!lease) {
    out << "ok: nobody is elected where there is one controller" << '\n' << std::flush;
    return Ok();
  }
  return CheckLeader({client, clock, options.timeout}, lease->key, out, stop);
}

}  // namespace

ExitCode RunCheck(const CheckOptions& options, std::ostream& out, std::ostream& err,
                  const std::stop_token& stop) {
  const Status status = Check(options, out, stop);
  return status ? ExitCode::kOk : Report(status.error(), err);
}

}  // namespace labgallery::cli
