#include "src/runtime/event_series.h"

#include <algorithm>
#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::runtime {
namespace {

constexpr std::size_t kTextLimit = 1024;  // bytes, as events.k8s.io/v1 has it
constexpr std::size_t kWordLimit = 128;
constexpr std::size_t kNameLimit = 253;

constexpr Duration kRefresh = std::chrono::minutes(30);
constexpr Duration kOver = std::chrono::minutes(20);    // without another note
constexpr Duration kForgotten = std::chrono::hours(1);  // as long as a server keeps Events
constexpr std::size_t kMostSeries = 4096;
constexpr int kMostTries = 12;

// client-go's EventSourceObjectSpamFilter (tools/record/events_cache.go).
constexpr double kBurst = 25;
constexpr Duration kOneMoreAfter = std::chrono::seconds(300);

std::string ObjectOf(const Note& note) {
  return note.regarding.kind + " " + note.regarding.key.ToString() + " " + note.regarding.uid;
}

std::string SameAs(const Note& note) {
  return ObjectOf(note) + "\n" + (note.type == Note::Type::kNormal ? "n" : "w") + note.reason +
         "\n" + note.action + "\n" + note.same;
}

}  // namespace

const kube::ResourceType& EventType() {
  static const kube::ResourceType kType{"events.k8s.io", "v1", "Event", "events", true};
  return kType;
}

std::string NamespaceOf(const Note& note) {
  return note.regarding.key.name_space.empty() ? "default" : note.regarding.key.name_space;
}

json::Value EventOf(const Note& note, const Reporter& reporter, const std::string& name,
                    SystemTime first) {
  json::Value event;
  event.Set("apiVersion", EventType().ApiVersion());
  event.Set("kind", EventType().kind);
  json::Value& meta = event.Set("metadata", {});
  meta.Set("name", name);
  meta.Set("namespace", NamespaceOf(note));
  event.Set("eventTime", Rfc3339Micro(first));
  event.Set("type", note.type == Note::Type::kNormal ? "Normal" : "Warning");
  event.Set("reason", CutUtf8(note.reason, kWordLimit));
  event.Set("action", CutUtf8(note.action, kWordLimit));
  event.Set("note", CutUtf8(note.text, kTextLimit));
  event.Set("reportingController", CutUtf8(reporter.controller, kWordLimit));
  event.Set("reportingInstance", CutUtf8(reporter.instance, kWordLimit));
  json::Value& regarding = event.Set("regarding", {});
  regarding.Set("apiVersion", note.regarding.api_version);
  regarding.Set("kind", note.regarding.kind);
  regarding.Set("name", note.regarding.key.name);
  if (!note.regarding.key.name_space.empty())
    regarding.Set("namespace", note.regarding.key.name_space);
  regarding.Set("uid", note.regarding.uid);
  return event;
}

json::Value SeriesPatch(std::int64_t count, SystemTime last) {
  json::Value patch;
  json::Value& series = patch.Set("series", {});
  series.Set("count", count);
  series.Set("lastObservedTime", Rfc3339Micro(last));
  return patch;
}

bool EventSeries::Take(const Note& note, Instant now) {
  ForgetOld(now.steady);
  const std::string same = SameAs(note);
  const auto found = series_.find(same);
  if (found != series_.end()) {
    Series& series = found->second;
    series.heard = now.steady;
    if (note.standing) return true;
    ++series.count;
    series.last = now.system;
    if (series.created) series.due = std::min(series.written + kRefresh, now.steady + kOver);
    return true;
  }
  if (!TakeFromBudget(ObjectOf(note), now.steady)) return false;
  // Two operators, and two lives of one, name their Events differently.
  const std::string suffix = "." + Hash128(same + Rfc3339Micro(now.system)).substr(0, 16);
  series_.emplace(
      same, Series{.note = note,
                   .name = CutUtf8(note.regarding.key.name, kNameLimit - suffix.size()) + suffix,
                   .first = now.system,
                   .last = now.system,
                   .heard = now.steady,
                   .due = now.steady});
  return true;
}

Series* EventSeries::Due(SteadyTime now) {
  Series* first = nullptr;
  for (auto& [same, series] : series_) {
    if (!series.due || *series.due > now) continue;
    if (first == nullptr || *series.due < *first->due) first = &series;
  }
  return first;
}

Series* EventSeries::Pending() {
  for (auto& [same, series] : series_) {
    if (series.due) return &series;
  }
  return nullptr;
}

std::optional<SteadyTime> EventSeries::NextDue() const {
  std::optional<SteadyTime> next;
  for (const auto& [same, series] : series_) {
    if (series.due) next = std::min(next.value_or(kNever), *series.due);
  }
  return next;
}

void EventSeries::Written(Series& series, SteadyTime now) {
  series.created = true;
  series.due.reset();
  series.written = now;
  series.tries = 0;
}

bool EventSeries::Failed(Series& series, SteadyTime again) {
  series.due = again;
  if (++series.tries < kMostTries) return true;
  Forget(series);
  return false;
}

void EventSeries::Forget(const Series& series) { series_.erase(SameAs(series.note)); }

bool EventSeries::TakeFromBudget(const std::string& object, SteadyTime now) {
  const auto [at, fresh] = budgets_.try_emplace(object, Budget{kBurst, now});
  Budget& budget = at->second;
  const std::chrono::duration<double> passed = now - budget.at;
  const std::chrono::duration<double> one = kOneMoreAfter;
  budget = {std::min(kBurst, budget.notes + passed / one), now};
  if (budget.notes < 1) return false;
  budget.notes -= 1;
  return true;
}

void EventSeries::ForgetOld(SteadyTime now) {
  std::erase_if(series_, [now](const auto& entry) {
    return !entry.second.due && now - entry.second.heard >= kForgotten;
  });
  std::erase_if(budgets_, [now](const auto& entry) {
    return now - entry.second.at >= kBurst * kOneMoreAfter;
  });
  if (series_.size() < kMostSeries) return;
  series_.erase(std::min_element(series_.begin(), series_.end(), [](const auto& a, const auto& b) {
    return a.second.heard < b.second.heard;
  }));
}

}  // namespace labgallery::runtime
