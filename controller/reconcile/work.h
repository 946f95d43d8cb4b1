// One pass under way: what the steps of Reconciler hand to each other.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "controller/reconcile/reconciler.h"

namespace labgallery::reconcile {

/// What is attempted, for people: "write gallery", "delete gallery".
std::string Attempting(const domain::ArmWrite& write);

struct Reconciler::Work {
  runtime::Key key;
  StoredObject object;
  ObjectMemory& memory;
  std::stop_token stop;
  Result<SessionPtr> session;  // kUnauthenticated: there is no credential
  domain::Assessment assessment;
  std::optional<Duration> look_again;  // something remembered grows old
  bool deep = false;                   // no bulk reads, nothing remembered
  bool acted = false;
  bool status_waits = false;
  bool put_back = false;
  std::optional<Duration> became_ready;
  std::optional<azure::ErrorClass> error;
  std::string id;  // of the pass, in the log and as the correlation id of its calls to Azure
};

}  // namespace labgallery::reconcile
