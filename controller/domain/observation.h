// What one pass has gathered about one object, before anybody decides: the object, its
// surroundings, what was read from Azure and what is remembered of running operations. The kinds
// add their own reads.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/domain/policy.h"
#include "controller/domain/situation.h"
#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::domain {

/// What a read of a resource showed.
struct Seen {
  Sight sight = Sight::kUnread;
  json::Value body;

  bool present() const { return sight == Sight::kPresent; }
  bool absent() const { return sight == Sight::kAbsent; }
};
Seen Present(json::Value body);
Seen AbsentInAzure();

/// What is remembered, in memory only, of what was sent for a part.
struct PartMemory {
  struct Running {
    Verb verb = Verb::kPut;
    SystemTime since;
    Duration look_again{0};  // until Azure wants to be asked again
  };
  std::optional<Running> running;
  std::optional<Failure> failure;  // of this generation
  int accepted = 0;  // writes of this generation that Azure took since all was last as wished
};

/// What the subscription offers of the resource that is to be made. Read where it is not there.
struct Offer {
  azure::ResourceId provider;  // "/subscriptions/{s}/providers/Microsoft.LabServices"
  bool registered = true;
  bool registering = false;  // somebody has asked for it
  bool in_region = true;
  std::string regions;  // where it is offered, for people
};

struct Observation {
  SystemTime now;
  bool exists = true;
  kube::ObjectMeta meta;
  json::Value spec;
  json::Value status;  // as last written
  NamespaceView name_space;
  OperatorSettings settings;
  std::vector<Rival> rivals;  // other acceptable, managing objects of the same resource
  std::map<std::string, PartMemory> memory;
  std::optional<Refusal> no_credential;
  std::optional<Offer> offer;  // nothing: not read
  bool recorded_here = false;  // this process wrote what had to be in status before a write
  bool posted = false;         // and then sent a POST that Azure did not refuse

  bool deleting() const { return meta.deletion_time.has_value(); }
  const PartMemory& Memory(const std::string& part) const;
  std::string OwnTag() const;
  /// True if status has this condition as True.
  bool Said(std::string_view condition_type) const;
};

/// The same of any object's status.
bool SaysTrue(const json::Value& status, std::string_view condition_type);
/// True if that status has Ready=False with a reason that somebody should look at.
bool InTrouble(const json::Value& status);

/// The fields of a situation that come from the object itself, the same for all kinds. `root` is
/// the read of the resource that carries the tags; `retain_unless_own`: see EffectiveDeletion.
Situation BaseSituation(const Observation& seen, const Seen& root, const std::string& resource_id,
                        bool retain_unless_own);
OwnPolicy ReadOwnPolicy(const json::Value& spec);

/// Sets `out_of_scope` unless the namespace may name the resource and all of `named`.
void NoteScopes(Situation& s, const Observation& seen, std::vector<std::string> named);

/// Creating, Updating or Deleting, from what Azure calls it.
Reason MovingReason(const json::Value& body);

/// Fills `part.moving` from the body's provisioning state and from a remembered operation, and
/// `part.failure` from memory. `fallback` is how long to wait when Azure did not say.
void NoteProgress(Part& part, const Observation& seen, const Seen& resource, Duration fallback);

}  // namespace labgallery::domain
