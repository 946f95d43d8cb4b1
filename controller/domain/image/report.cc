#include "controller/domain/image/report.h"

#include "controller/domain/condition_text.h"
#include "controller/domain/image/bodies.h"
#include "controller/domain/names.h"
#include "src/azure/model/operation.h"
#include "src/base/text.h"

namespace labgallery::domain::image {
namespace {

bool IsShallow(const Frame& frame) {
  return frame.spec.replication_mode == std::optional<std::string>("Shallow");
}

void NoteGeography(const Frame& frame, const std::string& region, CostInput& input) {
  if (!frame.seen.catalog) return;
  const auto found = frame.seen.catalog->geography_of.find(region);
  if (found != frame.seen.catalog->geography_of.end()) input.geography_of.insert(*found);
}

CostInput InputFor(const Frame& frame, std::vector<ReplicaSet> replicas, const json::Value* body) {
  CostInput input;
  input.source_region = frame.source.name();
  input.replicas = std::move(replicas);
  input.shallow = IsShallow(frame);
  NoteGeography(frame, input.source_region, input);
  for (const ReplicaSet& set : input.replicas) NoteGeography(frame, set.region, input);
  if (frame.spec.occupied_size_gib) {
    input.size = ImageSize::OccupiedGiB(*frame.spec.occupied_size_gib);
  } else if (const auto size = body == nullptr ? std::nullopt : ProvisionedGB(*body)) {
    input.size = ImageSize::ProvisionedGB(*size);
  }
  return input;
}

std::int64_t Count(const std::vector<ReplicaSet>& replicas) {
  std::int64_t count = 0;
  for (const ReplicaSet& set : replicas) count += set.replicas;
  return count;
}

// The version that is meant to be, with all its regions, and what else lies in Azure.
void ReportCost(const Frame& frame, const VersionAssessment* shown, Report& report) {
  if (frame.seen.prices == nullptr) return;
  std::vector<Cost> costs;
  std::int64_t replicas = 0;
  for (const VersionInSight& version : frame.seen.versions) {
    if (shown != nullptr && shown->version == version.name) continue;
    const auto actual = ReadTargetRegions(version.body).value_or(std::vector<TargetRegion>());
    std::vector<ReplicaSet> sets = ReplicasOf(actual, actual);
    replicas += Count(sets);
    costs.push_back(
        VersionCost(InputFor(frame, std::move(sets), &version.body), *frame.seen.prices));
  }
  if (shown != nullptr) {
    const VersionInSight* sight = FindVersion(frame.seen, shown->version);
    const auto actual = sight == nullptr
                            ? std::vector<TargetRegion>()
                            : ReadTargetRegions(sight->body).value_or(std::vector<TargetRegion>());
    std::vector<ReplicaSet> sets = ReplicasOf(shown->plan.goal, actual);
    replicas += Count(sets);
    costs.push_back(
        VersionCost(InputFor(frame, std::move(sets), sight == nullptr ? nullptr : &sight->body),
                    *frame.seen.prices));
  }
  report.details.Set("replicaCount", replicas);
  const auto total = SumOfCosts(costs);
  if (!total) return;
  report.details.Set("cost", domain::ToJson(*total));
  const bool known = total->basis != CostBasis::kNoPrice;
  kube::Condition condition =
      Says(condition::kCostKnown, known, Reason::kReconciled,
           known ? "estimated from list prices" : "no amount: " + Join(total->missing, ", "));
  condition.reason = known ? "Estimated" : "NoPrice";
  report.conditions.push_back(std::move(condition));
}

void ReportRegions(const VersionAssessment& shown, Report& report) {
  json::Value regions{json::Value::Array()};
  for (const RegionRecord& record : shown.history.regions) {
    if (regions.AsArray()->size() >= kListLimit) break;
    regions.Push(ToJson(record));
  }
  report.details.Set("regions", std::move(regions));
  json::Value& counts = report.details.Set("regionCounts", {});
  counts.Set("target", shown.counts.target);
  counts.Set("completed", shown.counts.completed);
  counts.Set("failed", shown.counts.failed);
  report.details.Set("replicated", shown.counts.Summary());
  if (shown.history.repairs.empty()) return;
  json::Value& repairs = report.details.Set("repairs", json::Value::Array());
  for (const RepairCount& repair : shown.history.repairs) repairs.Push(ToJson(repair));
}

Reason ReplicatedReason(const VersionAssessment& shown) {
  if (shown.counts.failed > 0) return Reason::kRegionFailed;
  if (shown.part.moving) return shown.part.moving->reason;
  return Reason::kReplicating;
}

void ReportReplicated(const Frame& frame, const VersionAssessment& shown, Report& report) {
  const bool all = shown.present && shown.counts.completed == shown.counts.target &&
                   shown.plan.matches && frame.targets.not_offered.empty();
  std::string message =
      "version " + shown.version + " is in " + shown.counts.Summary() + " regions";
  Reason reason = all ? Reason::kReconciled : ReplicatedReason(shown);
  if (!frame.targets.not_offered.empty()) {
    reason = Reason::kRegionUnavailable;
    message += "; not offered to this subscription: " + Join(frame.targets.not_offered, ", ");
  }
  for (const RegionReport& found : shown.plan.reports)
    message += "; " + found.region + ": " + found.message;
  report.conditions.push_back(Says(condition::kReplicated, all, reason, std::move(message)));
}

void KeepVersionMarks(const Frame& frame, const VersionAssessment* shown, Report& report) {
  const std::string handled(frame.seen.status.Text({"handledRecreate"}));
  const auto asked = frame.seen.meta.annotations.find(std::string(annotation::kRecreateVersion));
  const bool recreate = shown != nullptr && shown->recreate;
  if (recreate && asked != frame.seen.meta.annotations.end()) {
    report.details.Set("handledRecreate", asked->second);
  } else if (!handled.empty()) {
    report.details.Set("handledRecreate", handled);
  }
  if (!frame.spec.version || recreate) return;
  const VersionInSight* sight = FindVersion(frame.seen, *frame.spec.version);
  const bool succeeded =
      sight != nullptr && azure::PhaseOf(sight->body) == azure::OperationPhase::kSucceeded;
  const bool before = frame.seen.status.Text({"versionSeenSucceeded"}) == *frame.spec.version;
  if (succeeded || before) report.details.Set("versionSeenSucceeded", *frame.spec.version);
}

}  // namespace

void ReportImage(const Frame& frame, Situation& s, const VersionAssessment* shown,
                 const std::vector<FoundVersion>& found, Report& report) {
  KeepVersionMarks(frame, shown, report);
  if (frame.targets.record) report.details.Set("regionsRecord", ToJson(*frame.targets.record));
  for (const std::string& region : frame.targets.newly_offered) {
    s.remarks.push_back(
        {Event::Type::kNormal, "RegionOffered",
         region +
             " is now offered in the geography; set spec.replication.newRegions to Add to use it"});
  }
  if (s.sight == Sight::kUnread) return;
  const bool there = s.sight == Sight::kPresent && azure::PhaseOf(frame.seen.definition.body) ==
                                                       azure::OperationPhase::kSucceeded;
  report.conditions.push_back(
      Says(condition::kProvisioned, there, there ? Reason::kReconciled : Reason::kCreating,
           there ? "the image definition is in Azure" : "the image definition is not there yet"));
  report.details.Set("versions", static_cast<std::int64_t>(found.size()));
  ReportCost(frame, shown, report);
  if (shown == nullptr) return;
  report.details.Set("version", shown->version);
  ReportRegions(*shown, report);
  ReportReplicated(frame, *shown, report);
}

}  // namespace labgallery::domain::image
