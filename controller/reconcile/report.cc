// What a pass tells people: one status, and events off the happy path.

#include <algorithm>
#include <utility>

#include "controller/domain/names.h"
#include "controller/domain/status.h"
#include "controller/reconcile/work.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/kube/model/request.h"

namespace labgallery::reconcile {
namespace {

// Two attempts that fail alike differ in the id of the request.
std::string WithoutRequestId(std::string note) {
  constexpr std::string_view kMark = "request ";
  const std::size_t begin = note.rfind(kMark);
  if (begin != std::string::npos) note.erase(begin, note.find_first_of(",)", begin) - begin);
  return note;
}

}  // namespace

Result<std::optional<Duration>> Reconciler::WriteStatus(Work& work, const domain::Verdict& verdict,
                                                        bool at_once) {
  const domain::Assessment& assessment = work.assessment;
  json::Value status =
      domain::StatusDocument({work.object.meta, work.object.status, services_.clock.Now()},
                             assessment.situation, assessment.report, verdict);
  const SteadyTime now = services_.clock.SteadyNow();
  std::optional<Duration> since;
  if (work.memory.last.status) since = now - *work.memory.last.status;
  const domain::Worth worth =
      domain::WorthWriting(work.object.status, status, since, services_.progress_period);
  if (worth == domain::Worth::kNo) return std::optional<Duration>();
  if (worth == domain::Worth::kLater && !at_once)
    return std::optional<Duration>(services_.progress_period - *since);
  const kube::ResourceType type = domain::ResourceTypeOf(kind_);
  auto written = services_.kube.PatchJson(
      {.type = type, .key = work.key.object, .subresource = "status"},
      kube::StatusPatch(work.object.meta.resource_version, std::move(status)), work.stop);
  if (!written) return std::move(written).error();
  work.memory.last.status = now;
  wrote_(work.key, written->resource_version);
  NoteReadiness(work, verdict);
  return std::optional<Duration>();
}

// The moments at which an object becomes Ready, or is so no more, are the ones that people ask for.
void Reconciler::NoteReadiness(Work& work, const domain::Verdict& verdict) const {
  const json::Value* before = kube::FindCondition(work.object.status, domain::condition::kReady);
  const bool was = before != nullptr && before->Text({"status"}) == "True";
  const bool is = verdict.ready == kube::ConditionStatus::kTrue;
  if (was == is) return;
  Log(work).Info(is ? "Became Ready" : "Is not Ready any more",
                 {{"reason", domain::Name(verdict.reason)}, {"message", verdict.message}});
  if (!is) return;
  const auto since =
      before == nullptr ? std::nullopt : ParseRfc3339(before->Text({"lastTransitionTime"}));
  const SystemTime begin = since.value_or(work.object.meta.creation_time.value_or(SystemTime{}));
  work.became_ready = std::max(Duration(0), services_.clock.Now() - begin);
}

// In every pass that meets it: the recorder makes one Event of it.
void Reconciler::TellTrouble(Work& work, const domain::Verdict& verdict) {
  if (domain::StandingOf(verdict.reason) != domain::Standing::kTrouble) return;
  Tell(work,
       {domain::Event::Type::kWarning, std::string(domain::Name(verdict.reason)), verdict.message});
}

void Reconciler::Tell(const Work& work, const domain::Event& event, bool standing) {
  services_.events.Tell({.regarding = {.api_version = domain::ResourceTypeOf(kind_).ApiVersion(),
                                       .kind = std::string(domain::Name(kind_)),
                                       .key = work.object.meta.key(),
                                       .uid = work.object.meta.uid},
                         .type = event.type == domain::Event::Type::kNormal
                                     ? runtime::Note::Type::kNormal
                                     : runtime::Note::Type::kWarning,
                         .reason = event.reason,
                         .action = "Reconcile",
                         .text = event.note,
                         .same = WithoutRequestId(event.note),
                         .standing = standing});
}

}  // namespace labgallery::reconcile
