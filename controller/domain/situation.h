// Everything the rules look at, the same for all kinds. A kind turns its observation into this (its
// parts each with a desired and an actual side); the rules turn this into a plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/domain/ownership.h"
#include "controller/domain/plan.h"
#include "controller/domain/policy.h"
#include "src/azure/model/region.h"

namespace labgallery::domain {

/// A field that Azure has otherwise than the spec asks.
struct Difference {
  std::string path;
  std::string want;
  std::string have;
  /// True if nothing that was there is changed or removed (another region, a tag key, a first
  /// gallery).
  bool addition = false;

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// Something that must be true first.
struct Need {
  Reason reason = Reason::kWaitingForGallery;
  std::string message;
  std::optional<Duration> look_again;  // nothing: a watch wakes us

  friend bool operator==(const Need&, const Need&) = default;
};

/// What cannot be done as asked, and how to get there.
struct Refusal {
  Reason reason = Reason::kInvalidSpec;
  std::string message;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// The last operation on a part, when it failed for this generation.
struct Failure {
  Verdict verdict;        // what it means to a person
  Duration remaining{0};  // time until the next attempt; zero or less: now

  friend bool operator==(const Failure&, const Failure&) = default;
};

/// A change of a part that Azure is busy with.
struct Moving {
  Reason reason = Reason::kUpdating;
  std::string message;
  Duration look_again{0};

  friend bool operator==(const Moving&, const Moving&) = default;
};

/// One part of a kind: a thing in Azure with a desired and an actual side.
struct Part {
  std::string name;
  bool present = false;  // something of it is in Azure (deletion looks at this)
  std::optional<Moving> moving;
  std::optional<Need> need;
  std::optional<Failure> failure;
  std::optional<Refusal> refusal;
  std::vector<Difference> differences;  // for people; `writes` is what is done about them
  std::vector<ArmWrite> writes;         // bounded; what to send now to get nearer
  std::vector<ArmWrite> removals;       // bounded; what to send now to get it out of Azure
  std::vector<ArmWrite> release;        // on letting go (`gallery.onDelete: Detach`)
  bool serves = false;        // Azure serves what the spec asks, whatever is still going on
  std::vector<Event> events;  // told when `writes` are sent (drift put back, repair, swap)

  bool report_at_once = false;  // what status says after `writes` must not wait (counted repairs)

  /// A failure counts only while there is something to write: what is as wished has not failed.
  bool Done() const { return !moving && !need && !refusal && writes.empty(); }
  friend bool operator==(const Part&, const Part&) = default;
};

/// Something in the way of a deletion.
struct Blocker {
  std::string kind;         // "Lab", "Attachment", "ImageDefinition", "ImageVersion", "Image"
  std::string name;         // namespace/name of an object, or the name in Azure
  std::string resource_id;  // where it is in Azure, or empty
  bool leaving = false;     // it is being deleted itself, or may be at any moment

  friend bool operator==(const Blocker&, const Blocker&) = default;
};

/// Whether the root resource could be read, and what that showed.
enum class Sight { kUnread, kAbsent, kPresent };

struct Situation {
  // the object
  bool exists = true;
  bool deleting = false;
  bool has_finalizer = false;
  bool paused = false;
  std::optional<Refusal> unacceptable;   // InvalidSpec, IdentityChanged
  std::optional<Refusal> out_of_scope;   // ScopeNotAllowed
  std::optional<Refusal> no_credential;  // CredentialUnavailable
  Management management = Management::kManage;
  Deletion deletion = Deletion::kRetain;
  Source deletion_source = Source::kBuiltIn;
  Adoption adoption = Adoption::kIfIdentical;
  Source adoption_source = Source::kBuiltIn;
  std::string resource_id;   // computed from the spec
  std::string recorded_id;   // as in status
  bool must_record = false;  // status has to say something before the next write to Azure
  azure::Region region;      // where it lives: Azure counts some requests per region

  // the root resource in Azure
  Sight sight = Sight::kUnread;
  Ownership ownership;
  std::string claim_message;           // for people, when it is another's
  std::optional<Rival> older_rival;    // an older object that names the same resource
  std::vector<ArmWrite> release_tags;  // turn our owner tags into the released mark

  std::vector<Blocker> blockers;  // what is in the way of a deletion
  bool keep_instead = false;      // a deletion that our own policy elsewhere turned into Retain
  std::vector<Part> parts;

  std::optional<Verdict> shortfall;  // all parts done, but Ready has to wait (regions, minRegions)
  std::optional<Duration> shortfall_look_again;
  std::string done_message;    // what Ready says in the end
  std::vector<Event> remarks;  // told when they first become true (adoption, newly offered region)
};

}  // namespace labgallery::domain
