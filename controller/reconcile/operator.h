// All that makes up the operator but the processes around it: the shared reads, one reconciler a
// kind, the runtime that feeds them. `main`, the component tests and the benches make one of these.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "controller/reconcile/orphans.h"
#include "controller/reconcile/overlap_guard.h"
#include "controller/reconcile/price_book.h"
#include "controller/reconcile/reconciler.h"
#include "controller/reconcile/secret_rounds.h"
#include "controller/reconcile/sessions.h"
#include "controller/reconcile/shard.h"
#include "controller/reconcile/shared_reads.h"
#include "controller/reconcile/wake_spacing.h"
#include "src/azure/client/client.h"
#include "src/azure/client/graph_directory.h"
#include "src/azure/client/pacer.h"
#include "src/runtime/event_recorder.h"
#include "src/runtime/gate.h"
#include "src/runtime/runtime.h"
#include "src/runtime/threads.h"

namespace labgallery::reconcile {

struct OperatorOptions {
  domain::OperatorSettings settings;
  SharedReadOptions shared;
  runtime::RuntimeOptions runtime;
  std::string name_space;                    // empty: all
  kube::LabelSelector namespace_selector;    // of those the ones to be at work in; empty: all
  std::optional<kube::ObjectKey> lease;      // works only once Lead is called; nothing: at once
  std::optional<std::string> home;           // without a lease: looks for other operators, in this
                                             // namespace if not in all; nothing: there are none
  std::optional<domain::PriceTable> prices;  // nothing: the shipped table
  PriceBookOptions price_list;               // what is read over it
  PassObserver on_pass;
  std::string instance = "labgallery";                 // that Events name as their reporter
  Duration progress_period = domain::kProgressPeriod;  // statuses tell progress so often
};

/// Azure's published limits of Compute's gallery calls, for the pacer.
azure::PacingOptions ComputePacing();

class Operator {
 public:
  struct Parts {
    Clock& clock;
    Random& random;
    azure::Client& azure;
    kube::Client& kube;
    azure::GraphDirectory* directory;  // null: the endpoint has none
    MakeParty as_others;               // with the credential of a Secret; empty: cannot be
    runtime::Gate& gate;
    const telemetry::Logger& log;
  };
  Operator(Parts parts, OperatorOptions options);

  void Start();
  /// It holds the Lease: it looks for other operators, and its work begins. Thread-safe; does not
  /// block.
  void Lead();
  /// Running passes are awaited, and asked to stop after `grace`; then what was told is written.
  void Stop(Duration grace = std::chrono::seconds(30));
  runtime::Runtime& runtime() { return runtime_; }
  const runtime::Runtime& runtime() const { return runtime_; }
  const Orphans& orphans() const { return orphans_; }
  Sessions& sessions() { return sessions_; }
  /// Whether the objects of this namespace are worked on here: not before it leads, and not where
  /// another operator is at work. Thread-safe.
  bool Handles(const std::string& name_space) const;
  /// Asks for a pass over every object.
  void EnqueueAll();
  /// The same, for whoever has to know how things stand now: nothing that was read before counts.
  void LookAtAllDeeply();

 private:
  void Register(domain::Kind kind, const Services& services, const OperatorOptions& options);
  std::vector<runtime::Wake> Wakes(const runtime::Change& change);
  void KeepSmall(const std::stop_token& stop);
  void BeginRound();
  void WorkBesideOthers(const std::stop_token& stop);
  bool WaitUntilAtWork(const std::stop_token& stop);
  void EnqueueAll(const std::string& name_space);

  Clock& clock_;
  const runtime::Observer observer_;
  PriceBook prices_;
  WakeSpacing spacing_;
  runtime::EventRecorder events_;
  runtime::Runtime runtime_;
  Shard shard_;
  Orphans orphans_;
  SharedReads shared_;
  Surroundings surroundings_;
  Sessions sessions_;
  SecretRounds secrets_;
  std::vector<std::unique_ptr<Reconciler>> reconcilers_;
  std::optional<OverlapGuard> guard_;
  mutable std::mutex mutex_;
  Signal led_;
  bool leads_;  // guarded by mutex_
  runtime::Threads threads_;
};

}  // namespace labgallery::reconcile
