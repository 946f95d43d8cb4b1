// Stands for election by a Lease, keeps it while leading, and hands it over. The gate follows it:
// it gets a term with each renewal. What the record means is decided in lease.h.
//
//   Follow: read, watch the Lease ----> view_          (candidates only)
//   Campaign: wait until it is free, take it, then renew it again and again, at the end release it
//   GuardTerm: at give_up_after a renewal under way is given up, at duration everything else
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/kube/client/client.h"
#include "src/runtime/gate.h"
#include "src/runtime/lease.h"
#include "src/runtime/observer.h"
#include "src/runtime/threads.h"

namespace labgallery::runtime {

struct LeaseOptions {
  kube::ObjectKey key{};
  std::string identity{};                            // of this process: hostname_uuid
  std::map<std::string, std::string> labels{};       // that the Lease gets
  std::map<std::string, std::string> annotations{};  // that the Lease gets
  std::chrono::seconds duration{10};
  Duration renew_every = std::chrono::seconds(2);
  Duration give_up_after = std::chrono::seconds(7);  // without a renewal
  Duration retry_after = std::chrono::milliseconds(500);
  Duration watch_again_after = std::chrono::seconds(1);  // up to twice as long, at random
  Duration jitter = std::chrono::milliseconds(200);      // candidates do not all try at once
};

/// Start and Stop are for one thread that the clock knows.
class Elector {
 public:
  struct Parts {
    kube::Client& client;  // of its own: nothing that is slow may be in front of a renewal
    Clock& clock;
    Random& random;
    Gate& gate;
    const Observer& observer;
  };
  /// Called from the elector's threads; must not call Stop.
  struct Hooks {
    std::function<void()> on_leading{};
    /// For good: the process is expected to end. Not called by Stop.
    std::function<void(const std::string& why)> on_lost{};
    std::function<void(const std::string& holder)> on_other_leader{};
    std::function<void(std::string_view what, const Error&)> on_trouble{};
  };

  Elector(Parts parts, LeaseOptions options, Hooks hooks);
  ~Elector() { Stop(); }

  /// Closes the gate until this process leads.
  void Start();
  /// Releases the Lease if it is held, for which all work has to be over, and ends.
  void Stop();

 private:
  enum class Renewal { kDone, kFailed, kLost };

  // elector.cc: the leader
  void Campaign(const std::stop_token& stop);
  void Lead(const std::stop_token& stop);
  SteadyTime Renewed();
  Renewal Renew(const std::stop_token& stop);
  Renewal RenewAfterLook(const std::stop_token& stop);
  void Release(const std::stop_token& stop);
  /// `cut`: another may be at work already.
  void Lose(const std::string& why, bool cut);
  void GuardTerm(const std::stop_token& stop);

  // elector_candidate.cc: everybody
  void Follow(const std::stop_token& stop);
  void FollowWatch(const std::stop_token& stop);
  bool AwaitFree(const std::stop_token& stop);
  bool Take(const std::stop_token& stop);
  enum class As { kCandidate, kAny };
  /// As a candidate what was read is forgotten when this process leads meanwhile.
  Status LookAtLease(As as, const std::stop_token& stop);
  void Saw(std::optional<json::Value> lease, As as);
  Status Write(const LeaseRecord& record, const std::stop_token& stop);
  json::Value NewLease() const;
  void Mark(json::Value& lease) const;
  void Report(std::string_view what, const Error& error);

  const Parts parts_;
  const LeaseOptions options_;
  const Hooks hooks_;
  std::stop_source follow_stop_;  // candidates follow, a leader does not
  std::stop_source term_stop_;    // what renews is given up
  std::mutex mutex_;
  Signal changed_;
  std::optional<json::Value> lease_;  // guarded by mutex_; as last read or written
  std::optional<LeaseView> view_;     // guarded by mutex_; nothing: not looked yet
  Duration jitter_{};                 // guarded by mutex_; of this view
  bool leads_ = false;                // guarded by mutex_; or has led
  SteadyTime renewed_{};              // guarded by mutex_; start of the last renewal that succeeded
  std::string reported_;              // guarded by mutex_; the same trouble is told once
  Threads guard_;
  Threads threads_;
};

}  // namespace labgallery::runtime
