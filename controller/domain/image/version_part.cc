#include <algorithm>

#include "controller/domain/arm.h"
#include "controller/domain/image/bodies.h"
#include "controller/domain/image/differences.h"
#include "controller/domain/image/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain::image {
namespace {

azure::ResourceId VersionId(const Frame& frame, std::string_view version) {
  return frame.id.Child("versions", version);
}

ArmWrite VersionWrite(const Frame& frame, const std::string& version, json::Value body) {
  return {VersionPart(version), Verb::kPut, VersionId(frame, version), std::string(kGalleryVersion),
          std::move(body)};
}

RegionPlanInput PlanInput(const Frame& frame, const std::string& version, VersionRegions actual,
                          RegionHistory history) {
  RegionPlanInput input;
  input.source_region = frame.source.name();
  input.desired = frame.targets.regions;
  input.managed = frame.spec.replication.has_value();
  input.remembered = frame.seen.status.Text({"version"}) == version;
  if (frame.spec.replication) input.rollout = frame.spec.replication->rollout;
  input.actual = std::move(actual);
  input.history = std::move(history);
  input.now = frame.seen.now;
  return input;
}

// Nothing can be planned while the regions of the geography are not known.
bool TargetsUnknown(const Frame& frame, Part& part) {
  if (frame.targets_problem.empty()) return false;
  part.need = Need{Reason::kRegionUnavailable, frame.targets_problem, std::chrono::minutes(1)};
  return true;
}

void DescribeNew(VersionAssessment& result, const Frame& frame) {
  Part& part = result.part;
  const std::string handled(frame.seen.status.Text({"handledRecreate"}));
  std::optional<std::string> asked;
  const auto annotation =
      frame.seen.meta.annotations.find(std::string(annotation::kRecreateVersion));
  if (annotation != frame.seen.meta.annotations.end()) asked = annotation->second;
  const VersionPresence presence =
      PresenceOf(result.version, false, frame.seen.status.Text({"versionSeenSucceeded"}),
                 ReadRecreateRequest(asked, handled, result.version));
  if (presence == VersionPresence::kMissing) {
    // A value acts once.
    const bool used = handled == result.version || handled.starts_with(result.version + "@");
    result.missing = part.refusal =
        Refusal{Reason::kVersionMissing,
                "version " + result.version +
                    " was there and has vanished from Azure; annotate the object with " +
                    std::string(annotation::kRecreateVersion) + "=" + result.version +
                    (used ? "@<anything>" : "") + " to have it made again" +
                    (used ? "; the value " + handled + " has acted already" : "")};
    return;
  }
  result.recreate = presence == VersionPresence::kToRecreate;
  part.differences = {{part.name, "", "", true}};
  result.plan = PlanRegions(PlanInput(frame, result.version, {}, {}));
  result.history = AfterPlan(result.plan, UpdatedRecords(result.plan.goal, {}, {}, frame.seen.now));
  result.as_is = result.history;
  result.counts = CountRegions(result.history.regions);
  if (TargetsUnknown(frame, part)) return;
  part.writes = {VersionWrite(
      frame, result.version,
      NewVersionBody(frame.spec, frame.source.name(), NewTags(frame.spec.tags, frame.seen.OwnTag()),
                     result.plan.targets))};
}

constexpr const char* kNewNumber = "; change the spec back, or give spec.version a new number";
// A new number would not do: the definition and the source stay where they are.
constexpr const char* kStayHome =
    "; change spec.location back or take it out: spec.replication takes a version to other regions";

// The version's own fields; true if something was found that has to be written or refused.
bool DescribeFields(VersionAssessment& result, const Frame& frame, const VersionInSight& version,
                    const VersionRegions& actual) {
  if (frame.spec.version != result.version) return false;
  Part& part = result.part;
  const Ownership ownership = OwnershipOf(version.body, frame.seen.OwnTag());
  part.differences =
      TagDifferences(frame.spec.tags, TagsOf(version.body), WantsMark(frame.seen, ownership));
  const std::vector<BodyDifference> differences =
      VersionDifferences(frame.spec, frame.spec.location.value_or(""), version.body);
  for (const BodyDifference& d : differences) {
    part.differences.push_back(
        {"versions." + result.version + "." + d.path, d.want, d.have, d.addition});
  }
  if (const std::string immutable = ImmutableMessage(differences); !immutable.empty()) {
    const bool elsewhere = std::ranges::any_of(
        differences, [](const BodyDifference& d) { return d.path == "location"; });
    part.refusal = Refusal{Reason::kInvalidSpec, "version " + result.version + ": " + immutable +
                                                     (elsewhere ? kStayHome : kNewNumber)};
    return true;
  }
  if (part.differences.empty() || actual.moving) return false;
  part.writes = {VersionWrite(frame, result.version,
                              ChangedVersionBody(frame.spec, version.body,
                                                 DesiredTags(frame.spec.tags, TagsOf(version.body),
                                                             ownership, frame.seen.OwnTag()),
                                                 actual.targets))};
  return true;
}

// A version has an owner of its own: a tag beats everything, and one without a tag is adopted under
// the same conditions as the definition.
std::optional<Refusal> NotToBeTouched(const Part& part, const Frame& frame,
                                      const VersionInSight& version) {
  if (frame.spec.version != version.name) return std::nullopt;
  const Ownership ownership = OwnershipOf(version.body, frame.seen.OwnTag());
  const std::string id = VersionId(frame, version.name).text();
  if (ownership.owner == Owner::kOther) {
    return Refusal{Reason::kAzureResourceClaimed,
                   ClaimMessage(id, ownership.tag, frame.seen.settings.installation)};
  }
  if (!WantsMark(frame.seen, ownership)) return std::nullopt;
  const Adoption adoption =
      EffectiveAdoption(ReadOwnPolicy(frame.seen.spec), frame.seen.name_space, frame.seen.settings)
          .value;
  if (adoption == Adoption::kNever)
    return Refusal{Reason::kAdoptionRefused, id + " exists already and spec.adoption is Never"};
  std::string changes;
  for (const Difference& d : part.differences) {
    if (!d.addition) changes += (changes.empty() ? "" : ", ") + d.path;
  }
  // What Azure cannot change is refused already, and would be with Always as well.
  if (adoption == Adoption::kAlways || changes.empty() || part.refusal) return std::nullopt;
  return Refusal{Reason::kAdoptionRefused,
                 id + " exists already and adopting it would change " + changes +
                     ". Align the spec with Azure, or set spec.adoption to Always"};
}

json::Value PlannedBody(const VersionAssessment& result, const Frame& frame,
                        const VersionInSight& version) {
  if (result.plan.step == RegionStep::kAllowRemoval) return RemovalAllowedBody(version.body);
  if (frame.spec.version != result.version)
    return FoundVersionBody(version.body, result.plan.targets);
  return ChangedVersionBody(frame.spec, version.body, TagsOf(version.body), result.plan.targets);
}

void SendPlan(VersionAssessment& result, const Frame& frame, const VersionInSight& version) {
  Part& part = result.part;
  part.writes = {VersionWrite(frame, result.version, PlannedBody(result, frame, version))};
  part.report_at_once = !result.plan.removed_for_repair.empty();
  for (const RegionReport& report : result.plan.reports) {
    part.events.push_back(
        {Event::Type::kWarning, "RegionRepair", report.region + ": " + report.message});
  }
}

void NoteReplication(VersionAssessment& result, const Frame& frame, const VersionRegions& actual) {
  Part& part = result.part;
  const bool waiting = result.plan.step == RegionStep::kWait;
  const bool filling = result.counts.completed + result.counts.failed < result.counts.target;
  if (!actual.moving && !(waiting && filling)) return;
  const auto& running = frame.seen.Memory(part.name).running;
  Moving moving{Reason::kReplicating,
                "version " + result.version + " is in " + result.counts.Summary() + " regions",
                running ? running->look_again : kVersionPollInterval};
  if (actual.moving && actual.reported.empty()) {
    moving.reason = MovingReason(FindVersion(frame.seen, result.version)->body);
    moving.message = "version " + result.version + " is being made";
  }
  if (const auto since =
          StalledSince(result.history.regions, frame.seen.settings.stall_after, frame.seen.now)) {
    moving.reason = Reason::kReplicationStalled;
    moving.message += ", without progress since " + Rfc3339(*since);
  }
  part.moving = std::move(moving);
}

void DescribeRegions(VersionAssessment& result, const Frame& frame, const VersionInSight& version,
                     const VersionRegions& actual) {
  RegionHistory history = ReadRegionHistory(frame.seen.status, result.version);
  RegionPlanInput input = PlanInput(frame, result.version, actual, history);
  const Owner owner = OwnershipOf(version.body, frame.seen.OwnTag()).owner;
  input.ours = result.ours;
  input.managed = input.managed && owner != Owner::kOther;
  input.removal_allowed = AllowsRemoval(version.body);
  // A version that was found may live elsewhere than its definition.
  if (const azure::Region home(version.body.Text({"location"})); !home.empty())
    input.source_region = home.name();
  result.plan = PlanRegions(input);
  const std::vector<RegionRecord> records =
      UpdatedRecords(result.plan.goal, actual, history, frame.seen.now);
  result.history = AfterPlan(result.plan, records);
  result.as_is = {records, RepairsToday(history, frame.seen.now)};
  result.counts = CountRegions(result.history.regions);
  const auto minimum = frame.spec.replication ? frame.spec.replication->min_regions : std::nullopt;
  result.enough = EnoughRegions(result.counts, minimum) && result.plan.matches;
}

void AddTargetDifferences(VersionAssessment& result, const Frame& frame,
                          const VersionRegions& actual) {
  if (!frame.spec.replication) return;
  const bool only_added = !result.ours && frame.spec.version != result.version;
  for (const BodyDifference& d : TargetDifferences(frame.targets.regions, actual.targets)) {
    if (only_added && !d.addition) continue;
    result.part.differences.push_back(
        {"versions." + result.version + "." + d.path, d.want, d.have, d.addition});
  }
}

void WriteRegions(VersionAssessment& result, const Frame& frame, const VersionInSight& version,
                  const VersionRegions& actual) {
  Part& part = result.part;
  const auto refused = std::find_if(
      result.plan.reports.begin(), result.plan.reports.end(),
      [](const RegionReport& r) { return r.finding == RegionFinding::kStorageRefused; });
  if (refused != result.plan.reports.end()) {
    part.refusal = Refusal{Reason::kInvalidSpec, refused->region + ": " + refused->message};
  }
  const bool send =
      result.plan.step == RegionStep::kSend || result.plan.step == RegionStep::kAllowRemoval;
  if (send && !actual.moving) SendPlan(result, frame, version);
  const bool failed = azure::PhaseOf(version.body) == azure::OperationPhase::kFailed;
  const bool as_a_whole = failed && result.counts.failed == 0;  // regions have their own repair
  if (!as_a_whole) NoteReplication(result, frame, actual);
  if (as_a_whole) result.enough = false;
  if (as_a_whole && part.writes.empty() && frame.spec.version == version.name) {
    // What failed is sent again as it is wished: Azure takes the same PUT as a new attempt.
    part.writes = {VersionWrite(
        frame, version.name,
        ChangedVersionBody(frame.spec, version.body, TagsOf(version.body),
                           actual.targets.empty() ? frame.targets.regions : actual.targets))};
  }
  part.serves = result.enough;
}

void DescribePresent(VersionAssessment& result, const Frame& frame, const VersionInSight& version) {
  Part& part = result.part;
  result.present = part.present = true;
  result.ours = OwnershipOf(version.body, frame.seen.OwnTag()).owner == Owner::kUs;
  const auto actual =
      ReadVersionRegions(version.body, ReadRegionHistory(frame.seen.status, version.name));
  if (!actual) {
    part.refusal = Refusal{Reason::kAzureError, "the regions of version " + version.name +
                                                    " cannot be read: " + actual.error().message};
    return;
  }
  DescribeRegions(result, frame, version, *actual);
  const bool own_fields = DescribeFields(result, frame, version, *actual);
  if (TargetsUnknown(frame, part)) return;
  AddTargetDifferences(result, frame, *actual);
  if (auto refusal = NotToBeTouched(part, frame, version)) part.refusal = std::move(refusal);
  if (part.refusal) return;
  if (!own_fields) WriteRegions(result, frame, version, *actual);
}

}  // namespace

std::string VersionPart(std::string_view version) {
  return "image version " + std::string(version);
}

const VersionInSight* FindVersion(const ImageObservation& seen, std::string_view name) {
  const auto found = std::find_if(seen.versions.begin(), seen.versions.end(),
                                  [name](const VersionInSight& v) { return v.name == name; });
  return found == seen.versions.end() ? nullptr : &*found;
}

VersionAssessment AssessVersion(const Frame& frame, const std::string& version) {
  VersionAssessment result;
  result.version = version;
  result.part.name = VersionPart(version);
  const VersionInSight* sight = FindVersion(frame.seen, version);
  NoteProgress(result.part, frame.seen, sight == nullptr ? Seen{} : Present(sight->body),
               kVersionPollInterval);
  if (sight == nullptr) {
    DescribeNew(result, frame);
  } else {
    DescribePresent(result, frame, *sight);
  }
  return result;
}

}  // namespace labgallery::domain::image
