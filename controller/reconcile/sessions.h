// As whom Azure is talked to, object by object: the operator's own credential, or that of a Secret
// which the object or its namespace names. What is counted or kept for one identity (tokens, rates,
// shared reads) is kept apart from the others'.
//
//   Secret named --> read by its name when an object is first worked on --> read again every half
//   minute while objects use it --> changed: new session, the namespace's objects are woken
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "controller/domain/policy.h"
#include "controller/reconcile/credential_secret.h"
#include "controller/reconcile/shared_reads.h"
#include "controller/reconcile/single_flight.h"
#include "src/azure/client/client.h"
#include "src/azure/client/graph_directory.h"
#include "src/azure/client/pacer.h"
#include "src/azure/client/token_source.h"
#include "src/kube/client/client.h"
#include "src/telemetry/log.h"

namespace labgallery::reconcile {

struct AzureSession {
  azure::Client& client;
  SharedReads& shared;
  azure::Pacer* pacer = nullptr;  // of the client of a Secret; the operator's own belongs to others
};
using SessionPtr = std::shared_ptr<const AzureSession>;

/// What it takes to talk to Azure as somebody.
struct AzureParty {
  std::unique_ptr<azure::TokenSource> tokens;
  std::unique_ptr<azure::Pacer> pacer;
  std::unique_ptr<azure::Client> client;
  std::unique_ptr<azure::GraphDirectory> directory;  // null: the cloud names none
};
/// Makes it; nobody logs in yet.
using MakeParty = std::function<Result<AzureParty>(const SecretCredential&)>;

/// How often Secrets in use are read.
inline constexpr Duration kSecretPeriod = std::chrono::seconds(30);

/// Thread-safe.
class Sessions {
 public:
  struct Parts {
    kube::Client& kube;
    Clock& clock;
    const telemetry::Logger& log;
    AzureSession own;     // by the operator's own credential
    MakeParty as_others;  // empty: there is no way to log in
    SharedReadOptions shared;
    /// Whether a namespace is being deleted.
    std::function<bool(const std::string& name_space)> is_terminating;
    /// Somebody should look at the objects of this namespace.
    std::function<void(const std::string& name_space)> wake;
  };
  explicit Sessions(Parts parts);

  /// For an object with that spec. kUnauthenticated, with what is missing or wrong, if the Secret
  /// is not there, may not be read, or says nothing to log in with; other errors mean that it could
  /// not be read now. May block for one request to the API server.
  Result<SessionPtr> For(const std::string& name_space, const domain::NamespaceView& view,
                         const json::Value& spec, const std::stop_token& stop);

  /// Reads the Secrets that are in use again, and forgets those that are not any more. Where a
  /// Secret has vanished from a namespace that is being deleted, what it said goes on to be used:
  /// it is what cleans up there.
  void Refresh(const std::stop_token& stop);

  /// What the objects of each session share, the operator's own first.
  void ForEachShared(const std::function<void(SharedReads&)>& act);
  /// The pacers of the Secrets that are in use, each with the Secret's "namespace/name".
  void ForEachPacer(const std::function<void(const std::string& secret, azure::Pacer&)>& act);

 private:
  struct Known {
    std::string version;  // of the Secret; empty: it is not there
    SessionPtr session;   // null: `problem` says why
    std::string problem;
  };
  struct Slot {
    SingleFlight<Known> flight;
    std::shared_ptr<const Known> last;  // guarded by mutex_
    SteadyTime used{};                  // guarded by mutex_
  };
  Result<std::shared_ptr<const Known>> Read(Slot& slot, const kube::ObjectKey& key,
                                            SteadyTime not_before, const std::stop_token& stop);
  Result<Known> Load(const kube::ObjectKey& key, const std::shared_ptr<const Known>& last,
                     const std::stop_token& stop);
  std::vector<std::pair<kube::ObjectKey, SessionPtr>> OfSecrets();
  Known Made(const json::Value& secret, std::string version) const;

  const Parts parts_;
  const SessionPtr own_;
  std::mutex mutex_;
  std::map<kube::ObjectKey, std::shared_ptr<Slot>> slots_;  // guarded by mutex_
};

}  // namespace labgallery::reconcile
