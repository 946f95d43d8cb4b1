// What a pass decides, as data: at most one action (or a bounded batch of independent idempotent
// ones), what to tell people, and when to look again. The shell performs it; tests compare it by
// equality.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "controller/domain/reason.h"
#include "src/azure/model/resource_id.h"
#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::domain {

enum class Verb { kPut, kPatch, kDelete, kPost };

/// One write to Azure; idempotent but for kPost, whose outcome has to be looked for before it is
/// repeated.
struct ArmWrite {
  std::string
      part;  // the part it belongs to: its operation and failures are remembered under this name
  Verb verb = Verb::kPut;
  azure::ResourceId target;
  std::string api_version;
  json::Value body;    // null for a DELETE
  std::string action;  // of the target, with kPost: "saveImage"

  friend bool operator==(const ArmWrite&, const ArmWrite&) = default;
};

enum class ActionKind {
  kNone,
  kRecord,  // status with the ARM id, now, whatever else it says
  kAddFinalizer,
  kRemoveFinalizer,
  kWrite,    // `writes`
  kRelease,  // `writes` as one attempt each, then the finalizer goes
};

struct Wait {
  enum class Kind {
    kForget,    // the object is gone
    kAtOnce,    // the action changed what the next decision looks at
    kAfter,     // `after` from now
    kBackoff,   // after a growing delay per object
    kSlowly,    // what only somebody else can heal: 5 to 15 minutes, jittered
    kChange,    // only a change of an object can help
    kSchedule,  // converged: the next look for drift
  };
  Kind kind = Kind::kAtOnce;
  Duration after{0};

  friend bool operator==(const Wait&, const Wait&) = default;
};

/// An event worth telling, off the happy path.
struct Event {
  enum class Type { kNormal, kWarning };
  Type type = Type::kNormal;
  std::string reason;  // CamelCase
  std::string note;

  friend bool operator==(const Event&, const Event&) = default;
};

/// What Ready will say.
struct Verdict {
  kube::ConditionStatus ready = kube::ConditionStatus::kFalse;
  Reason reason = Reason::kCreating;
  std::string message;

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

struct Plan {
  ActionKind action = ActionKind::kNone;
  std::vector<ArmWrite> writes;
  std::optional<Verdict> verdict;  // nothing: status stays as it is
  bool report_at_once = false;     // the status is written even if it could wait
  Wait wait;
  std::vector<Event> events;

  friend bool operator==(const Plan&, const Plan&) = default;
};

}  // namespace labgallery::domain
