// Builders for the tests of the rules: a situation in which all is well, from which each test goes
// one or two steps away, and parts that each lack one thing.
#pragma once

#include <string>
#include <utility>

#include "controller/domain/situation.h"

namespace labgallery::domain {

inline const std::string kGalleryId =
    "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Compute/galleries/teaching";

inline ArmWrite WriteTo(const std::string& name, Verb verb = Verb::kPut) {
  return {name, verb, azure::ResourceId::Parse(kGalleryId).value(), "2023-07-03", {}};
}

/// A part that is in Azure and done.
class APart {
 public:
  explicit APart(std::string name = "gallery") {
    part.name = std::move(name);
    part.present = true;
    part.removals = {WriteTo(part.name, Verb::kDelete)};
  }
  APart& NotThere() {
    return Do([](Part& p) { p.present = false; });
  }
  APart& Moving() {
    return Do([](Part& p) {
      p.moving = domain::Moving{Reason::kUpdating, "moving since noon", std::chrono::seconds(7)};
    });
  }
  APart& Needing(std::optional<Duration> look_again = {}) {
    return Do(
        [&](Part& p) { p.need = Need{Reason::kWaitingForGallery, "no gallery yet", look_again}; });
  }
  APart& Failed(Reason reason = Reason::kQuotaExceeded) {
    return Do([&](Part& p) {
      p.failure = Failure{{kube::ConditionStatus::kFalse, reason, "the quota is used up"},
                          std::chrono::minutes(3)};
    });
  }
  APart& Refused(Reason reason = Reason::kSwapRefused) {
    return Do([&](Part& p) { p.refusal = Refusal{reason, "detach it first"}; });
  }
  APart& Writing(bool addition = true) {
    return Do([&](Part& p) {
      p.differences = {{"tags.department", "cs", addition ? "" : "physics", addition}};
      p.writes = {WriteTo(p.name)};
    });
  }
  APart& Serving() {
    return Do([](Part& p) { p.serves = true; });
  }
  APart& Releasing() {
    return Do([](Part& p) { p.release = {WriteTo(p.name, Verb::kDelete)}; });
  }

  operator Part() const { return part; }  // NOLINT(google-explicit-constructor): reads as a part
  Part part;

 private:
  template <typename F>
  APart& Do(F&& change) {
    change(part);
    return *this;
  }
};

/// A gallery of ours that is in Azure as described: rule Done decides.
class ASituation {
 public:
  ASituation() {
    situation.has_finalizer = true;
    situation.deletion = domain::Deletion::kDelete;
    situation.resource_id = situation.recorded_id = kGalleryId;
    situation.sight = Sight::kPresent;
    situation.ownership = {Owner::kUs, Origin::kCreated, "inst/labs/teaching", ""};
    situation.release_tags = {WriteTo("gallery", Verb::kPatch)};
    situation.parts = {APart()};
    situation.done_message = "all is well";
  }
  ASituation& Deleting() {
    return Do([](Situation& s) { s.deleting = true; });
  }
  ASituation& Gone() {
    return Do([](Situation& s) { s.exists = false; });
  }
  ASituation& WithoutFinalizer() {
    return Do([](Situation& s) { s.has_finalizer = false; });
  }
  ASituation& Paused() {
    return Do([](Situation& s) { s.paused = true; });
  }
  ASituation& Retaining() {
    return Do([](Situation& s) { s.deletion = domain::Deletion::kRetain; });
  }
  ASituation& KeptInstead() {
    return Do([](Situation& s) { s.keep_instead = true; });
  }
  ASituation& Observing() {
    return Do([](Situation& s) { s.management = Management::kObserve; });
  }
  ASituation& Invalid() {
    return Do([](Situation& s) { s.unacceptable = Refusal{Reason::kInvalidSpec, "bad name"}; });
  }
  ASituation& OutOfScope() {
    return Do([](Situation& s) { s.out_of_scope = Refusal{Reason::kScopeNotAllowed, "outside"}; });
  }
  ASituation& WithoutCredential() {
    return Do([](Situation& s) {
      s.no_credential = Refusal{Reason::kCredentialUnavailable, "no Secret"};
    });
  }
  ASituation& Unread() {
    return Do([](Situation& s) {
      s.sight = Sight::kUnread;
      s.ownership = {};
    });
  }
  ASituation& Absent() {
    return Do([](Situation& s) {
      s.sight = Sight::kAbsent;
      s.ownership = {};
    });
  }
  ASituation& Untagged(Adoption adoption = Adoption::kIfIdentical) {
    return Do([&](Situation& s) {
      s.ownership = {Owner::kNobody, Origin::kAdopted, "", ""};
      s.adoption = adoption;
    });
  }
  ASituation& OfAnother() {
    return Do([](Situation& s) {
      s.ownership = {Owner::kOther, Origin::kCreated, "inst/labs/other", ""};
      s.claim_message = "it belongs to labs/other";
    });
  }
  ASituation& WithOlderRival() {
    return Do([](Situation& s) { s.older_rival = Rival{{"labs", "elder"}, {}}; });
  }
  ASituation& Blocked(int times = 1) {
    return Do([&](Situation& s) {
      for (int i = 1; i <= times; ++i) s.blockers.push_back({"Lab", "lab" + std::to_string(i), ""});
    });
  }
  ASituation& BlockedByWhatGoes() {
    return Do([](Situation& s) { s.blockers.push_back({"Image", "labs/ubuntu", "", true}); });
  }
  ASituation& Unrecorded() { return RecordedAs(""); }
  ASituation& RecordedAs(std::string id) {
    return Do([&](Situation& s) { s.recorded_id = std::move(id); });
  }
  ASituation& MustRecord() {
    return Do([](Situation& s) { s.must_record = true; });
  }
  ASituation& Short(std::optional<Duration> look_again = {}) {
    return Do([&](Situation& s) {
      s.shortfall = Verdict{kube::ConditionStatus::kFalse, Reason::kReplicating, "2 of 3 regions"};
      s.shortfall_look_again = look_again;
    });
  }
  ASituation& Remarking() {
    return Do([](Situation& s) { s.remarks = {{Event::Type::kNormal, "RegionOffered", "a"}}; });
  }
  template <typename... Parts>
  ASituation& With(Parts... parts) {
    return Do([&](Situation& s) { s.parts = {Part(parts)...}; });
  }

  operator Situation() const { return situation; }  // NOLINT(google-explicit-constructor)
  Situation situation;

 private:
  template <typename F>
  ASituation& Do(F&& change) {
    change(situation);
    return *this;
  }
};

}  // namespace labgallery::domain
