// The thin shell around the brain: one pass over one object. Look, decide (in the domain), perform
// what was decided, write one status if it is worth one, and say when to look again.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "controller/domain/rules.h"
#include "controller/reconcile/gather.h"
#include "controller/reconcile/memory.h"
#include "controller/reconcile/pass.h"
#include "src/azure/model/error_class.h"
#include "src/runtime/runtime.h"

namespace labgallery::reconcile {

/// One pass, for whoever watches: the live view, metrics, the log.
struct PassReport {
  runtime::Key key;
  std::string_view rule;      // the rule that decided; empty when looking failed
  bool acted = false;         // something was written to Azure, or to the object beside its status
  bool status_waits = false;  // its status is not told yet, as progress is told once a minute
  bool put_back = false;      // it had said Ready for this very spec, and Azure was written to
  /// For how long it had not been Ready, where this pass has told that it is.
  std::optional<Duration> became_ready = {};
  std::optional<azure::ErrorClass> error = {};  // the last that went wrong
};
using PassObserver = std::function<void(const PassReport&)>;

/// Thread-safe: the queue gives a key to one worker at a time.
class Reconciler {
 public:
  using LookAt = Result<domain::Assessment> (*)(const StoredObject&, Pass&);
  using WroteObject = std::function<void(const runtime::Key&, std::string_view resource_version)>;

  Reconciler(domain::Kind kind, runtime::TypeIndex type, Services services, WroteObject wrote,
             PassObserver observer);

  /// The next pass over the object reads everything anew, also if it has converged.
  void WantDeepLook(const runtime::Key& key) { memories_.WantDeepLook(key); }
  /// Something that the object's look is about has changed. Thread-safe.
  void Disturb(const runtime::Key& key) { memories_.Disturb(key); }
  /// Gives up what is remembered and does not matter any more.
  void ForgetOld() { memories_.ForgetOld(services_.clock.SteadyNow()); }

  /// Never throws for what the outside world does.
  runtime::Outcome Reconcile(const runtime::Key& key, const std::stop_token& stop);

 private:
  struct Work;  // one pass under way

  static void HearRequest(Work& work);
  runtime::Outcome Run(Work& work);
  Result<domain::Decision> Decide(Work& work);
  /// Fills `work.assessment`; after a failure with what is known without a look.
  Status Look(Work& work, Depth depth);
  void EndLook(Work& work, bool went_on) const;
  Result<domain::Assessment> LookDeep(Work& work, Depth depth);
  static bool SaidReady(const Work& work);
  static azure::Urgency UrgencyOf(const Work& work);
  static bool Converged(const Work& work);
  runtime::Outcome Perform(Work& work, domain::Plan plan);
  /// What of the writes fails becomes an event of the plan; an error: that has to be waited for.
  Status Release(Work& work, domain::Plan& plan);
  /// The error, if it passes by itself and there is time left to wait for that; retry_after is
  /// within that time.
  std::optional<Error> WhatPasses(Work& work, Error error) const;
  void NoteReleaseFailed(Work& work, const Error& error, domain::Plan& plan) const;
  runtime::Outcome AfterError(Work& work, const Error& error, const std::string& doing);
  /// Logs an error that is carried no further, and has it counted.
  void NoteError(Work& work, const Error& error, const std::string& doing) const;
  /// The log, with what tells this pass from others.
  telemetry::Logger Log(const Work& work) const;
  runtime::Outcome Conclude(Work& work, const domain::Plan& plan);

  /// True if there is no such object any more, though it had our finalizer: the API server lets one
  /// go in spite of a finalizer that is written while it deletes
  /// (https://github.com/kubernetes/kubernetes/issues/77988), and people may strip it off. Nobody
  /// would remove what is made for it now.
  bool HasGone(const Work& work) const;
  /// True if Azure took all this some times already and shows no effect: the next pass says so and
  /// waits.
  bool HoldBack(Work& work, const domain::Plan& plan);
  Result<Duration> SendWrites(Work& work, const domain::Plan& plan);
  Result<Duration> Send(Work& work, const domain::ArmWrite& write);
  /// Remembers the operation that an answer began; how long until Azure wants to be asked about it.
  Duration Await(Work& work, const domain::ArmWrite& write, azure::Answer answer,
                 SteadyTime now) const;
  Status ChangeFinalizer(Work& work, bool add);
  /// Writes the status if it is worth it; how long until a held-back one may be written.
  Result<std::optional<Duration>> WriteStatus(Work& work, const domain::Verdict& verdict,
                                              bool at_once);
  /// `standing`: it is told in every pass that finds it.
  void Tell(const Work& work, const domain::Event& event, bool standing = false);
  void TellTrouble(Work& work, const domain::Verdict& verdict);
  void NoteReadiness(Work& work, const domain::Verdict& verdict) const;

  const domain::Kind kind_;
  const runtime::TypeIndex type_;
  const Services services_;
  const WroteObject wrote_;
  const PassObserver observer_;
  const LookAt look_at_;
  Memories memories_;
};

}  // namespace labgallery::reconcile
