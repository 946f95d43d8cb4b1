#include <algorithm>
#include <utility>

#include "controller/domain/arm.h"
#include "controller/domain/condition_text.h"
#include "controller/domain/identity.h"
#include "controller/domain/image/bodies.h"
#include "controller/domain/image/parts.h"
#include "controller/domain/image/report.h"
#include "controller/domain/names.h"
#include "controller/domain/tagging.h"
#include "src/azure/model/operation.h"

namespace labgallery::domain::image {
namespace {

// Targets of a version that carries our tag: the record of the regions where status has lost it.
std::vector<TargetRegion> OwnTargets(const ImageObservation& seen, const ImageSpec& spec) {
  const VersionInSight* own = spec.version ? FindVersion(seen, *spec.version) : nullptr;
  for (const VersionInSight& version : seen.versions) {
    if (own != nullptr) break;
    if (OwnershipOf(version.body, seen.OwnTag()).owner == Owner::kUs) own = &version;
  }
  if (own == nullptr || OwnershipOf(own->body, seen.OwnTag()).owner != Owner::kUs) return {};
  return ReadTargetRegions(own->body).value_or(std::vector<TargetRegion>());
}

TargetInputs InputsOf(const ImageObservation& seen, const ImageSpec& spec,
                      const azure::Region& source) {
  TargetInputs inputs;
  inputs.source_region = source.name();
  inputs.replication = spec.replication;
  inputs.catalog = seen.catalog;
  inputs.record = ReadRegionsRecord(seen.status);
  inputs.own_version = OwnTargets(seen, spec);
  inputs.now = seen.now;
  return inputs;
}

Frame MakeFrame(const ImageObservation& seen, const ImageSpec& spec, azure::ResourceId id,
                const Ownership& ownership) {
  Frame frame{.seen = seen,
              .spec = spec,
              .id = std::move(id),
              .source = SourceRegion(spec, seen.gallery, seen.definition),
              .ownership = ownership,
              .targets = {},
              .targets_problem = {}};
  auto targets = DesiredTargetsOf(InputsOf(seen, spec, frame.source));
  if (targets) {
    frame.targets = *std::move(targets);
  } else {
    frame.targets_problem =
        seen.catalog_problem.empty() ? targets.error().message : seen.catalog_problem;
  }
  return frame;
}

FoundVersion Found(const VersionInSight& sight, const VersionAssessment* assessed,
                   const std::string& own_tag) {
  FoundVersion found{.name = sight.name};
  const azure::OperationPhase phase = azure::PhaseOf(sight.body);
  found.ours = OwnershipOf(sight.body, own_tag).owner == Owner::kUs;
  found.succeeded = phase == azure::OperationPhase::kSucceeded;
  found.replicating = phase == azure::OperationPhase::kRunning;
  found.ready = found.succeeded;
  if (assessed != nullptr) {
    found.ready = assessed->enough;
    found.replicating = found.replicating || assessed->counts.completed + assessed->counts.failed <
                                                 assessed->counts.target;
  }
  const json::Value* excluded =
      sight.body.At({"properties", "publishingProfile", "excludeFromLatest"});
  found.exclude_from_latest =
      excluded != nullptr && excluded->AsBoolean() != nullptr && *excluded->AsBoolean();
  return found;
}

// With spec.version that one is managed, otherwise all that were found.
std::vector<VersionAssessment> AssessVersions(const Frame& frame) {
  std::vector<VersionAssessment> assessed;
  if (frame.spec.version) {
    assessed.push_back(AssessVersion(frame, *frame.spec.version));
    return assessed;
  }
  for (const VersionInSight& version : frame.seen.versions) {
    if (ParseVersion(version.name)) assessed.push_back(AssessVersion(frame, version.name));
  }
  return assessed;
}

const VersionAssessment* Find(const std::vector<VersionAssessment>& assessed,
                              const std::string& version) {
  const auto found = std::find_if(assessed.begin(), assessed.end(),
                                  [&](const VersionAssessment& a) { return a.version == version; });
  return found == assessed.end() ? nullptr : &*found;
}

const VersionAssessment& Newest(const std::vector<VersionAssessment>& assessed) {
  return *std::max_element(assessed.begin(), assessed.end(), [](const auto& a, const auto& b) {
    return ParseVersion(a.version) < ParseVersion(b.version);
  });
}

// Azure goes on serving the current version while others are worked on.
void ServeFrom(const std::string& current, std::vector<VersionAssessment>& assessed) {
  const VersionAssessment* served = Find(assessed, current);
  if (served == nullptr || !served->enough) return;
  for (VersionAssessment& version : assessed) {
    if (version.version != current) version.part.serves = true;
  }
}

// Versions that others made are removed only when the spec says so, and never those with another's
// tag; otherwise they are in the way, as is what Azure protects.
void FindVersionsInTheWay(const ImageObservation& seen, const ImageSpec& spec, Situation& s) {
  const bool may_go = spec.retention && spec.retention->include_foreign;
  for (const VersionInSight& version : seen.versions) {
    const Owner owner = OwnershipOf(version.body, seen.OwnTag()).owner;
    const bool ours = owner == Owner::kUs || (owner == Owner::kNobody && may_go);
    const std::string end = ours ? ProtectedUntil(version, seen.now) : "";
    if (ours && end.empty()) continue;
    const std::string name =
        end.empty() ? version.name
                    : version.name + ", protected by blockDeletionBeforeEndOfLife until " + end;
    s.blockers.push_back({"ImageVersion", name, std::string(version.body.Text({"id"}))});
  }
}

void AddReleases(const Frame& frame, Situation& s) {
  if (!frame.seen.definition.present() || frame.ownership.owner != Owner::kUs) return;
  for (const VersionInSight& version : frame.seen.versions) {
    if (OwnershipOf(version.body, frame.seen.OwnTag()).owner != Owner::kUs) continue;
    s.release_tags.push_back(ReleaseTag(std::string(kVersionsPart),
                                        frame.id.Child("versions", version.name), kGalleryVersion,
                                        TagsOf(version.body), frame.seen.OwnTag()));
  }
  s.release_tags.push_back(ReleaseTag(std::string(kDefinitionPart), frame.id, kGalleryVersion,
                                      TagsOf(frame.seen.definition.body), frame.seen.OwnTag()));
}

void SetShortfall(const Frame& frame, const VersionAssessment& current, Situation& s) {
  if (current.enough) return;
  Verdict verdict{kube::ConditionStatus::kFalse, Reason::kReplicating,
                  "version " + current.version + " is in " + current.counts.Summary() + " regions"};
  const VersionInSight* sight = FindVersion(frame.seen, current.version);
  if (current.counts.failed > 0) {
    verdict.reason = Reason::kRegionFailed;
  } else if (sight != nullptr && azure::PhaseOf(sight->body) == azure::OperationPhase::kFailed) {
    verdict.reason = Reason::kAzureError;
    verdict.message += "; Azure says that it failed";
  }
  for (const RegionReport& report : current.plan.reports)
    verdict.message += "; " + report.region + ": " + report.message;
  s.shortfall = std::move(verdict);
  if (current.plan.look_again)
    s.shortfall_look_again =
        std::max<Duration>(std::chrono::seconds(1), *current.plan.look_again - frame.seen.now);
}

// True if this pass will send what the part wants.
bool IsSent(const Situation& s, const Part& part) {
  const auto open =
      std::find_if(s.parts.begin(), s.parts.end(), [](const Part& p) { return !p.Done(); });
  const bool its_turn = open != s.parts.end() && open->name == part.name;
  const bool held_back = part.moving || part.need || part.refusal ||
                         (part.failure && part.failure->remaining > Duration(0));
  return its_turn && !held_back && s.management == Management::kManage &&
         s.ownership.owner == Owner::kUs && s.has_finalizer && !s.must_record;
}

Situation SituationOf(const ImageObservation& seen, const Result<ImageSpec>& spec,
                      const azure::ResourceId& id) {
  Situation s = BaseSituation(seen, seen.definition, id.text(), false);
  if (!spec) {
    s.unacceptable = Refusal{Reason::kInvalidSpec, spec.error().message};
    NoteScopes(s, seen, {});
    return s;
  }
  if (const auto name = DefinitionName(*spec, seen.meta.name); !name) {
    s.unacceptable = Refusal{Reason::kInvalidSpec, name.error().message};
  }
  NoteScopes(s, seen, NamedIds(*spec));
  return s;
}

}  // namespace

azure::ResourceId DefinitionId(const ImageSpec& spec, const GalleryInSight& gallery,
                               const std::string& object_name) {
  if (!spec.resource_id.empty())
    return azure::ResourceId::Parse(spec.resource_id).value_or(azure::ResourceId());
  const auto name = DefinitionName(spec, object_name);
  if (gallery.id.empty() || !name) return {};
  return gallery.id.Child("images", *name);
}

azure::Region SourceRegion(const ImageSpec& spec, const GalleryInSight& gallery,
                           const Seen& definition) {
  if (spec.location) return azure::Region(*spec.location);
  if (definition.present()) return azure::Region(definition.body.Text({"location"}));
  return gallery.location;
}

std::vector<std::string> NamedIds(const ImageSpec& spec) {
  std::vector<std::string> ids;
  auto add = [&ids](std::string_view id) {
    if (!id.empty()) ids.emplace_back(id);
  };
  add(spec.resource_id);
  if (spec.lab_template) {
    add(spec.lab_template->id);
    add(spec.lab_template->plan_id);
  }
  if (spec.source) {
    add(spec.source->id);
    add(spec.source->os_disk.id);
    for (const SourceDisk& disk : spec.source->data_disks) add(disk.id);
  }
  for (const RegionSpec& region :
       spec.replication ? spec.replication->regions : std::vector<RegionSpec>()) {
    add(region.encryption.Text({"osDiskImage", "diskEncryptionSetId"}));
    add(region.encryption.Text({"osDiskImage", "securityProfile", "secureVMDiskEncryptionSetId"}));
    const json::Value* disks = region.encryption.Find("dataDiskImages");
    for (const json::Value& disk :
         disks != nullptr && disks->IsArray() ? *disks->AsArray() : json::Value::Array()) {
      add(disk.Text({"diskEncryptionSetId"}));
    }
  }
  return ids;
}

bool WantsCatalog(const ImageObservation& seen, const ImageSpec& spec) {
  return NeedsCatalog(InputsOf(seen, spec, SourceRegion(spec, seen.gallery, seen.definition)));
}

Situation Outline(const ImageObservation& seen) {
  const auto spec = ReadImageSpec(seen.spec);
  return SituationOf(seen, spec,
                     DefinitionId(spec ? *spec : ImageSpec{}, seen.gallery, seen.meta.name));
}

Assessment Assess(const ImageObservation& seen) {
  Assessment result;
  const auto read = ReadImageSpec(seen.spec);
  const ImageSpec spec = read ? *read : ImageSpec{};
  azure::ResourceId id = DefinitionId(spec, seen.gallery, seen.meta.name);
  Situation& s = result.situation;
  s = SituationOf(seen, read, id);
  if (s.deleting && !s.recorded_id.empty())
    id = azure::ResourceId::Parse(s.recorded_id).value_or(id);
  const Frame frame = MakeFrame(seen, spec, id, s.ownership);
  s.region = frame.source;
  if (s.deleting) {
    s.parts = {DefinitionPart(frame), RemovalPart(frame)};
    FindVersionsInTheWay(seen, spec, s);
    AddReleases(frame, s);
    return result;
  }
  if (!read) return result;
  std::vector<VersionAssessment> assessed = AssessVersions(frame);
  std::vector<FoundVersion> found;
  for (const VersionInSight& version : seen.versions) {
    found.push_back(Found(version, Find(assessed, version.name), seen.OwnTag()));
  }
  const std::optional<std::string> current = CurrentVersion(spec.version, found);
  if (current) ServeFrom(*current, assessed);
  const SaveAssessment save = AssessSave(frame);
  if (spec.lab_template) s.parts = {save.part};
  s.must_record = !save.record.IsNull();
  s.parts.push_back(DefinitionPart(frame));
  for (const VersionAssessment& version : assessed) {
    s.parts.push_back(version.part);
    s.must_record = s.must_record || version.recreate;
  }
  s.parts.push_back(RetentionPart(frame, found, current));
  // Status counts a repair when it is sent, not while it waits for its turn.
  for (VersionAssessment& version : assessed) {
    if (!IsSent(s, version.part)) version.history = version.as_is;
  }
  const VersionAssessment* shown = assessed.empty() ? nullptr : &Newest(assessed);
  if (current) shown = Find(assessed, *current);
  if (shown != nullptr && shown->present) SetShortfall(frame, *shown, s);
  s.done_message = shown == nullptr ? "the image definition is in Azure and has no versions yet"
                                    : "version " + shown->version + " is in " +
                                          shown->counts.Summary() + " regions";
  ReportImage(frame, s, shown, found, result.report);
  if (!save.saved.IsNull()) result.report.details.Set("savedImage", save.saved);
  if (!save.record.IsNull()) result.report.record.Set("savedImage", save.record);
  return result;
}

}  // namespace labgallery::domain::image
