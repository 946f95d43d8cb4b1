// Saving a lab's template VM: a POST that makes something new each time it is sent. So status says
// first what will be asked and which versions there were; what Lab Services leaves in the gallery
// is then found by comparing. A process that did not write that intent itself cannot know whether
// the POST was sent: it waits for the version, much longer than a save takes, before it asks anew.

#include <algorithm>
#include <set>

#include "controller/domain/arm.h"
#include "controller/domain/image/parts.h"
#include "controller/domain/lab_account/service.h"
#include "controller/domain/names.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::domain::image {
namespace {

// Saves take from minutes to an hour, by the size of the disk.
constexpr Duration kPatience = std::chrono::hours(3);
constexpr Duration kLookForVersion = std::chrono::minutes(1);
constexpr std::string_view kField = "savedImage";
// Environment settings: the resource provider's operation list names the action; its body is
// published nowhere, and is taken to be the one that lab plans have.
constexpr std::string_view kSettingVersion = "2019-01-01-preview";

bool IsOfPlan(const LabTemplate& lab_template) { return !lab_template.plan_id.empty(); }

ArmWrite SaveWrite(const LabTemplate& lab_template, std::string_view definition) {
  ArmWrite write{.part = std::string(kSavePart), .verb = Verb::kPost, .action = "saveImage"};
  const std::string target = IsOfPlan(lab_template) ? lab_template.plan_id : lab_template.id;
  write.target = azure::ResourceId::Parse(target).value_or(azure::ResourceId());
  write.api_version = IsOfPlan(lab_template) ? lab_account::kLabPlans.version : kSettingVersion;
  write.body.Set("name", definition);
  if (IsOfPlan(lab_template)) write.body.Set("labVirtualMachineId", lab_template.id);
  return write;
}

std::set<std::string> VersionsBefore(const json::Value& saved) {
  std::set<std::string> names;
  const json::Value* list = saved.Find("versionsBefore");
  if (list == nullptr || !list->IsArray()) return names;
  for (const json::Value& name : *list->AsArray()) {
    if (name.IsString()) names.insert(*name.AsString());
  }
  return names;
}

// The newest of those that were not there before.
std::optional<std::string> NewVersion(const ImageObservation& seen, const json::Value& saved) {
  const std::set<std::string> before = VersionsBefore(saved);
  std::optional<std::string> newest;
  for (const VersionInSight& version : seen.versions) {
    const auto number = ParseVersion(version.name);
    if (!number || before.contains(version.name)) continue;
    if (!newest || *ParseVersion(*newest) < *number) newest = version.name;
  }
  return newest;
}

json::Value Intent(const Frame& frame) {
  json::Value intent;
  intent.Set("request", frame.spec.lab_template->request);
  json::Value& before = intent.Set("versionsBefore", json::Value::Array());
  for (const VersionInSight& version : frame.seen.versions) before.Push(version.name);
  intent.Set("askedTime", Rfc3339(frame.seen.now));
  return intent;
}

std::optional<Need> NeedOf(const Frame& frame) {
  const GalleryInSight& gallery = frame.seen.gallery;
  if (!gallery.ready) return Need{Reason::kWaitingForGallery, gallery.problem, std::nullopt};
  const std::optional<std::string>& attached = frame.seen.template_gallery;
  if (attached && EqualsIgnoreCase(*attached, gallery.id.text())) return std::nullopt;
  const LabTemplate& lab_template = *frame.spec.lab_template;
  return Need{Reason::kWaitingForGallery,
              "Lab Services saves into the gallery that is attached to the " +
                  std::string(IsOfPlan(lab_template) ? "lab plan" : "lab account") + " of " +
                  lab_template.id + ": attach " + gallery.id.text() + " to it",
              kLookForVersion};
}

Moving Awaited(const Frame& frame, const json::Value& saved) {
  const auto& running = frame.seen.Memory(std::string(kSavePart)).running;
  return {Reason::kCreating,
          "Lab Services saves " + frame.spec.lab_template->id + " since " +
              std::string(saved.Text({"askedTime"})),
          running ? running->look_again : kLookForVersion};
}

bool IsExpired(const Frame& frame, const json::Value& saved) {
  const auto asked = ParseRfc3339(saved.Text({"askedTime"}));
  return !asked || frame.seen.now - *asked > kPatience;
}

// It is to be asked, and status does not say so yet.
void AskAnew(SaveAssessment& result, const Frame& frame) {
  result.part.need = NeedOf(frame);
  result.part.writes = {SaveWrite(*frame.spec.lab_template, frame.id.name())};
  if (!result.part.need) result.record = Intent(frame);
}

void Describe(SaveAssessment& result, const Frame& frame) {
  Part& part = result.part;
  const LabTemplate& wanted = *frame.spec.lab_template;
  const bool same = result.saved.Text({"request"}) == wanted.request;
  if (same && !result.saved.Text({"version"}).empty()) return;
  part.failure = frame.seen.Memory(part.name).failure;
  part.differences = {{"image version", "saved from " + wanted.id, "", true}};
  part.serves = frame.seen.Said(condition::kReady) && !part.failure;
  if (!frame.seen.versions_read && !frame.seen.gallery.id.empty()) {
    part.moving =
        Moving{Reason::kCreating, "the versions of the image are not known yet", kLookForVersion};
    return;
  }
  if (!same) return AskAnew(result, frame);
  if (const auto version = NewVersion(frame.seen, result.saved)) {
    part = {.name = part.name};
    result.record = result.saved;
    result.record.Set("version", *version);
    return;
  }
  if (frame.seen.recorded_here && !frame.seen.posted) {
    part.need = NeedOf(frame);
    part.writes = {SaveWrite(wanted, frame.id.name())};
    return;
  }
  if (part.failure || !IsExpired(frame, result.saved) || frame.seen.Memory(part.name).running) {
    part.moving = Awaited(frame, result.saved);
    return;
  }
  AskAnew(result, frame);
}

}  // namespace

SaveAssessment AssessSave(const Frame& frame) {
  SaveAssessment result{.part = {.name = std::string(kSavePart)}, .saved = {}, .record = {}};
  if (const json::Value* before = frame.seen.status.Find(kField)) result.saved = *before;
  if (frame.spec.lab_template && !frame.seen.deleting()) Describe(result, frame);
  return result;
}

}  // namespace labgallery::domain::image
