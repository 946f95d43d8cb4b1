// What a pass tells people: one status, and events off the happy path.

#include <algorithm>

#include "controller/domain/names.h"
#include "controller/domain/status.h"
#include "controller/reconcile/work.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/kube/model/request.h"

namespace labgallery::reconcile {
namespace {

constexpr std::size_t kNoteLimit = 1024;                        // bytes, as events.k8s.io/v1 has it
constexpr Duration kSameEventAfter = std::chrono::minutes(30);  // client-go's refresh of a series

json::Value EventObject(const StoredObject& object, domain::Kind kind, const domain::Event& event,
                        SystemTime now, const std::string& name) {
  json::Value value;
  value.Set("apiVersion", "events.k8s.io/v1");
  value.Set("kind", "Event");
  json::Value& meta = value.Set("metadata", {});
  meta.Set("name", name);
  meta.Set("namespace", object.meta.name_space);
  value.Set("eventTime", Rfc3339Micro(now));
  value.Set("type", event.type == domain::Event::Type::kNormal ? "Normal" : "Warning");
  value.Set("reason", event.reason);
  value.Set("action", "Reconcile");
  value.Set("note", CutUtf8(event.note, kNoteLimit));
  value.Set("reportingController", "labgallery.io/controller");
  value.Set("reportingInstance", "labgallery");
  json::Value& regarding = value.Set("regarding", {});
  regarding.Set("apiVersion", domain::ResourceTypeOf(kind).ApiVersion());
  regarding.Set("kind", domain::Name(kind));
  regarding.Set("name", object.meta.name);
  regarding.Set("namespace", object.meta.name_space);
  regarding.Set("uid", object.meta.uid);
  return value;
}

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
      domain::StatusDocument(work.observation, assessment.situation, assessment.report, verdict);
  const SteadyTime now = services_.clock.SteadyNow();
  std::optional<Duration> since;
  if (work.memory.last_status) since = now - *work.memory.last_status;
  const domain::Worth worth =
      domain::WorthWriting(work.object.status, status, since, services_.progress_period);
  if (worth == domain::Worth::kNo) return std::optional<Duration>();
  if (worth == domain::Worth::kLater && !at_once)
    return std::optional<Duration>(services_.progress_period - *since);
  const kube::ResourceType type = domain::ResourceTypeOf(kind_);
  auto written = services_.kube.PatchJson(
      {.type = type, .key = work.key.object, .subresource = "status"},
      kube::StatusPatch(work.object.meta.resource_version, status), work.stop);
  if (!written) return std::move(written).error();
  work.memory.last_status = now;
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

// Trouble is told when it begins or changes, not in every pass that meets it.
void Reconciler::TellTrouble(Work& work, const domain::Verdict& verdict) {
  if (domain::StandingOf(verdict.reason) != domain::Standing::kTrouble) return;
  Tell(work,
       {domain::Event::Type::kWarning, std::string(domain::Name(verdict.reason)), verdict.message});
}

void Reconciler::Tell(Work& work, const domain::Event& event) {
  const SteadyTime now = services_.clock.SteadyNow();
  const std::string same = event.reason + "\n" + WithoutRequestId(event.note);
  const auto told = work.memory.told.find(same);
  if (told != work.memory.told.end() && now - told->second < kSameEventAfter) return;
  std::erase_if(work.memory.told,
                [&](const auto& entry) { return now - entry.second >= kSameEventAfter; });
  work.memory.told[same] = now;
  static const kube::ResourceType kEvents{"events.k8s.io", "v1", "Event", "events", true};
  const std::string name =
      work.object.meta.name + "." + Hash128(same + services_.random.Uuid()).substr(0, 16);
  auto created = services_.kube.Create(
      kEvents, EventObject(work.object, kind_, event, services_.clock.Now(), name), work.stop);
  // An event must never hold a pass up: it is lost, and the log says so.
  if (!created)
    Log(work).Warning("Event was not written",
                      {{"reason", event.reason}, {"error", created.error()}});
}

}  // namespace labgallery::reconcile
