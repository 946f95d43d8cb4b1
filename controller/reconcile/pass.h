// One pass over one object: the services it uses, and the reads of Azure with what is remembered
// between passes. A read is repeated only when Azure wants to be asked again.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "controller/domain/observation.h"
#include "controller/domain/prices.h"
#include "controller/domain/rules.h"
#include "controller/domain/status.h"
#include "controller/reconcile/memory.h"
#include "controller/reconcile/price_book.h"
#include "controller/reconcile/sessions.h"
#include "controller/reconcile/shared_reads.h"
#include "controller/reconcile/surroundings.h"
#include "src/azure/client/client.h"
#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/kube/client/client.h"
#include "src/runtime/event_recorder.h"
#include "src/telemetry/log.h"

namespace labgallery::reconcile {

/// What reconcilers use; all of it outlives them.
struct Services {
  Clock& clock;
  Random& random;
  Sessions& sessions;
  kube::Client& kube;
  runtime::EventRecorder& events;
  const Surroundings& surroundings;
  const telemetry::Logger& log;
  domain::OperatorSettings settings;
  const PriceBook& prices;
  Duration progress_period = domain::kProgressPeriod;
  SteadyTime started{};  // when the operator was made
};

/// How far a look goes.
enum class Depth {
  kNone,  // nothing is read
  kBulk,  // converged: what bulk reads show is good enough
  kFull,  // every resource by its own read, where it is due
};

/// Used by one worker.
class Pass {
 public:
  using Query = std::vector<std::pair<std::string, std::string>>;  // beside api-version, unescaped

  /// Without a session nothing is read, whatever the depth.
  Pass(const Services& services, const Result<SessionPtr>& session, ObjectMemory& memory,
       Depth depth, std::stop_token stop);

  /// A resource of the object. With kBulk the bulk row where there is one. While an operation on
  /// `part` runs and Azure does not want to be asked yet, what was seen last.
  Result<domain::Seen> Resource(std::string_view part, const azure::ResourceId& id,
                                std::string_view api_version, Query query = {});
  /// A definition, from the list of its gallery: one that is at most `life` old where nothing was
  /// written, otherwise one that is younger than the last write, or by its own read where a list
  /// takes several requests. With kBulk the bulk row where there is one.
  Result<domain::Seen> FromList(std::string_view part, const azure::ResourceId& id, Duration life);
  /// As List, but what this object's last such list said is good for `life`, until it is written
  /// to. A remembered answer asks for another look when it has grown old.
  Result<std::vector<json::Value>> ListWithin(Duration life, const std::string& path,
                                              std::string_view api_version, Query query = {});
  /// All items of a collection. kNotFound counts as none.
  Result<std::vector<json::Value>> List(const std::string& path, std::string_view api_version,
                                        Query query = {});

  /// What is remembered of the parts, as the domain sees it.
  std::map<std::string, domain::PartMemory> PartMemories(std::int64_t generation) const;

  /// Settles the operation of a part against what its resource looks like now.
  Status Settle(std::string_view part, const domain::Seen& seen);
  /// The same for what is only seen in a list: `reached` says that it is as the operation wanted
  /// it.
  Status SettleByList(std::string_view part, bool reached);

  Depth depth() const { return depth_; }
  /// False if nothing is to be read of Azure: not in this pass, or because what the object says by
  /// itself decides already.
  bool Looks(const domain::Situation& known) const {
    return depth_ != Depth::kNone && !domain::DecideWithoutLooking(known);
  }
  const Services& services() const { return services_; }
  /// The same during the whole pass.
  const domain::PriceTable& prices() const { return *prices_; }
  /// As whom Azure is talked to, or why that cannot be.
  const Result<SessionPtr>& session() const { return session_; }
  azure::Client& azure() const { return (*session_)->client; }
  SharedReads& shared() const { return (*session_)->shared; }
  ObjectMemory& memory() const { return memory_; }
  const std::stop_token& stop() const { return stop_; }
  SteadyTime LastWrite() const {
    return memory_.last.azure.value_or(SteadyTime::min() + std::chrono::hours(1));
  }
  /// When something remembered has to be read anew.
  std::optional<Duration> look_again() const { return look_again_; }
  azure::Region region;        // where the object's resources live, once it is known
  std::string correlation_id;  // of the calls to Azure
  azure::Urgency urgency = azure::Urgency::kInteractive;  // of these calls
  /// An operation of an earlier pass has failed.
  std::function<void(const Error&, const std::string& doing)> on_failure;

 private:
  /// What there is to see without a question of its own; `row_tells`: a bulk row would do.
  Result<std::optional<domain::Seen>> WithoutAsking(std::string_view part,
                                                    const azure::ResourceId& id,
                                                    bool row_tells) const;
  /// The resource, or all items of the list. Asked once a look, however many passes that takes.
  Result<Answered> Ask(const azure::Call& call);
  Result<Answered> AskAll(const azure::Call& call);
  const Answered* AskedBefore(const azure::Call& call) const;
  Answered Keep(const azure::Call& call, Answered answered);
  azure::Call CallTo(std::string path, std::string_view api_version, Query query) const;
  Result<domain::Seen> Noted(std::string_view part, const azure::ResourceId& id, domain::Seen seen,
                             SteadyTime next_poll);
  std::chrono::milliseconds NextInterval(std::string_view part) const;
  Status AskOperation(std::string_view part);
  const domain::Seen* NotDueYet(std::string_view part, const azure::ResourceId& id) const;
  /// What was seen after `not_before` and had come to rest by then; null if nothing was.
  const domain::Seen* SeenSince(SteadyTime not_before, const azure::ResourceId& id) const;

  const Services& services_;
  const std::shared_ptr<const domain::PriceTable> prices_;
  const Result<SessionPtr>& session_;
  ObjectMemory& memory_;
  const Depth depth_;
  const std::stop_token stop_;
  std::optional<Duration> look_again_;
};

/// How far apart the instants lie at which all who wait for definitions look at their list.
inline constexpr Duration kListGrid = std::chrono::seconds(20);
/// When to look at the list for an operation that Azure wants to be asked about at `at`, and then
/// every `interval`.
SteadyTime OnGrid(SteadyTime at, Duration interval);

/// The shorter of the two, where there are two.
Duration Sooner(const std::optional<Duration>& known, Duration other);

/// How long to wait after so many attempts in vain: 5 s to 5 minutes, jittered.
Duration BackoffAfter(int attempts, Random& random);

/// How long to wait for what only somebody else can heal: 5 to 15 minutes.
Duration SlowDelay(Random& random);

struct Attempt {
  std::string part;
  std::int64_t generation = 0;  // of the object that asked for it
  std::string doing;
};
/// Remembers that a write failed, so that rule FailedBefore can hold the next attempt back.
void RememberFailure(ObjectMemory& memory, const Attempt& attempt, const Error& error,
                     const Services& services);

}  // namespace labgallery::reconcile
